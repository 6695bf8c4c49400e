/**
 * Which sessions are recorded: all, but those of the program itself. A session of the program proves itself with a secret that is drawn at each
 * start of the server and is known to who may read the program's files; the server holds its hash where no session can change it
 * (`cluster_name`). The check is an event trigger at log-in, in every database from the first start on. Whoever brings no secret is recorded,
 * whatever settings came with the connection, the role or the database.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { writeFileAtomic } from "../../files/atomic.ts";
import { connectClient } from "../pool.ts";
import { LINE_PREFIX } from "./entry.ts";

const secretPath = (dir: string): string => join(dir, "program.secret");

/** A new secret for a server that is about to start. */
export async function drawSecret(dir: string): Promise<string> {
  const secret = randomBytes(32).toString("hex");
  await writeFileAtomic(secretPath(dir), `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** The secret of the running server; undefined where it was started without the record. */
export async function readSecret(dir: string): Promise<string | undefined> {
  return (await readFile(secretPath(dir), "utf8").catch(() => undefined))?.trim();
}

/** What a session says of itself at its end of the line, as a parameter of the address. */
export function programOptions(secret: string): string {
  return new URLSearchParams({ options: `-c TimeZone=Asia/Tokyo -c hagukumi.program=${secret}` }).toString();
}

/** Settings of the command line: no file, no ALTER SYSTEM and no later start of the server outranks them. */
export function guardSettings(secret: string): Readonly<Record<string, string>> {
  return {
    cluster_name: `hagukumi ${createHash("sha256").update(secret).digest("hex").slice(0, 40)}`,
    log_statement: "all",
    log_connections: "receipt,authentication,authorization",
    log_disconnections: "on",
    log_replication_commands: "on",
    log_min_error_statement: "error",
    log_min_messages: "warning",
    log_error_verbosity: "terse",
    log_parameter_max_length: "0",
    log_parameter_max_length_on_error: "0",
    log_line_prefix: LINE_PREFIX,
    log_destination: "stderr",
    logging_collector: "off",
  };
}

// Whatever goes wrong in it, nobody may be kept from logging in: the default is to record.
const GUARD = `
CREATE SCHEMA IF NOT EXISTS statement_log;
COMMENT ON SCHEMA statement_log IS 'データベースの文の記録（だれの文を記録するかを、つないだときに決める）';
CREATE OR REPLACE FUNCTION statement_log.at_login() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  -- A server that was started without the record (a restore drill, a test) has nobody who would mask what it writes.
  IF current_setting('cluster_name') NOT LIKE 'hagukumi %' THEN RETURN; END IF;
  IF length(coalesce(current_setting('hagukumi.program', true), '')) = 64
     AND current_setting('cluster_name') = 'hagukumi ' || left(encode(sha256(convert_to(current_setting('hagukumi.program'), 'UTF8')), 'hex'), 40) THEN
    RAISE LOG 'hagukumi: session of the program';
    PERFORM set_config('log_statement', 'none', false), set_config('log_min_messages', 'log', false);
  ELSE
    IF current_setting('log_statement') <> 'all' THEN RAISE LOG 'hagukumi: the record was off at log-in and is on again'; END IF;
    PERFORM set_config('log_statement', 'all', false), set_config('log_min_messages', 'warning', false),
      set_config('log_min_error_statement', 'error', false), set_config('log_error_verbosity', 'terse', false),
      set_config('log_parameter_max_length', '0', false), set_config('log_parameter_max_length_on_error', '0', false);
    RAISE LOG 'hagukumi: session is recorded';
  END IF;
  PERFORM set_config('hagukumi.program', '', false);
EXCEPTION WHEN OTHERS THEN RAISE LOG 'hagukumi: the check at log-in failed';
END $body$;
COMMENT ON FUNCTION statement_log.at_login() IS 'つないだときに、文を記録するかを決める（プログラム自身だけを除く）';
DROP EVENT TRIGGER IF EXISTS statement_log_at_login;
CREATE EVENT TRIGGER statement_log_at_login ON login EXECUTE FUNCTION statement_log.at_login();
ALTER EVENT TRIGGER statement_log_at_login ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER statement_log_at_login IS 'つないだときに、文を記録するかを決める';
REVOKE ALL ON SCHEMA statement_log FROM PUBLIC;
DO $mark$ BEGIN RAISE LOG 'hagukumi: session of the program that brings the check'; END $mark$;`;

/** Puts the trigger into one database where it is not there as it should be. @param url of the server's owner */
export async function guardDatabase(url: string): Promise<void> {
  const client = await connectClient(url, "hagukumi statement log");
  try {
    const { rows } = await client.query<{ body: string | null }>(
      `SELECT (SELECT p.prosrc FROM pg_event_trigger t JOIN pg_proc p ON p.oid = t.evtfoid
               WHERE t.evtname = 'statement_log_at_login' AND t.evtenabled = 'A' AND t.evtevent = 'login') AS body`,
    );
    const body = /\$body\$(.*)\$body\$/s.exec(GUARD)?.[1];
    if (rows[0]?.body !== body) await client.query(`BEGIN; ${GUARD} COMMIT`);
  } finally {
    await client.end();
  }
}
