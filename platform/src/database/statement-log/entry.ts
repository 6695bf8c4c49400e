/**
 * 文の記録の1件: what the server says of connections and statements, cut into entries and masked. The stream comes out of a pipe; nothing of it
 * is on a disk before it was through here.
 */
import { createHmac } from "node:crypto";

import { maskStatement } from "./mask.ts";

/** First characters of every line that the server begins (`log_line_prefix`). What a client writes is indented by a tab. */
export const MARK = "@hg@";

/** `log_line_prefix`: time, process, session, line of it, user, database, address, SQLSTATE, kind of process, and the application's own name. */
export const LINE_PREFIX = `${MARK}%m|%p|%c|%l|%u|%d|%h|%e|%b|%a@@`;

export type StatementKind =
  | "connection"
  | "disconnection"
  | "mark"
  | "statement"
  | "failed"
  | "error"
  | "server"
  | "unreadable";

/**
 * What somebody has to look at: who turns the record off or tries to (`recordTouched`), a session that never said whether it is recorded
 * (`unmarked`), lines that are missing before this one (`gap`), who reads or changes protected tables by hand (`protectedTable`), text that two processes wrote into one another (`mixed`).
 */
export type StatementAlarm = "recordTouched" | "unmarked" | "gap" | "protectedTable" | "mixed";

export type StatementEntry = {
  /** As the server writes it */
  readonly at: string;
  readonly kind: StatementKind;
  readonly session: string;
  /** Number of the line in its session, from 1: one that is missing shows */
  readonly line: number;
  readonly user: string;
  readonly database: string;
  readonly from: string;
  readonly application: string;
  readonly severity: string;
  readonly state: string;
  /** Masked */
  readonly text: string;
  /** HMAC-SHA-256 of what was said: whoever has the text of a statement in question can find it */
  readonly digest: string;
  readonly alarms: readonly StatementAlarm[];
};

const SHAPE =
  /^@hg@([^|]*)\|(\d*)\|([0-9a-f.]*)\|(\d*)\|([^|]*)\|([^|]*)\|([^|]*)\|([0-9A-Z]*)\|([a-z ]*)\|(.*?)@@([A-Z0-9]+): {2}(.*)$/s;

/** Names as they may be kept: a client chooses its own. */
const name = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9_. :[\]()-]/g, "?")
    .replaceAll(/\d{4,}/g, "#")
    .slice(0, 40);

/** Programs that are named in the record. Any other name was chosen by who connects and could be anything. */
const APPLICATIONS =
  /^(?:hagukumi[a-z ]*|psql|pg_dump|pg_restore|pg_basebackup|pgbench|vacuumdb|reindexdb|DBeaver|pgAdmin|DataGrip)\b/;
const applicationOf = (text: string): string => APPLICATIONS.exec(text)?.[0].trim() ?? (text === "" ? "" : "?");

const SAYINGS: readonly (readonly [RegExp, StatementKind])[] = [
  [/^statement: /, "statement"],
  [/^execute (?:fetch from )?\S+: /, "statement"],
  [/^fastpath function call: /, "statement"],
  [/^received replication command: /, "statement"],
  [/^connection /, "connection"],
  [/^disconnection: /, "disconnection"],
  [/^hagukumi: /, "mark"],
];

const RECORD_TOUCHED =
  /\b(?:log_statement|log_min_\w+|log_line_prefix|log_connections|log_disconnections|log_error_verbosity|log_replication_commands|log_destination|logging_collector|event_triggers|session_preload_libraries|statement_log)\b|\b(?:CREATE|ALTER|DROP)\s+EVENT\s+TRIGGER\b|\bALTER\s+SYSTEM\b|\bpg_(?:reload_conf|rotate_logfile)\b/i;
const PROTECTED_TABLE = /\b(?:allowance|access|audit|identity|vault|interchange|unified)\s*\.\s*"?[a-z_]/i;

function alarmsOf(kind: StatementKind, said: string): StatementAlarm[] {
  if (kind === "mark") return said.includes("was off") ? ["recordTouched"] : [];
  if (kind === "server")
    return /^parameter "\w+" (?:changed|removed)/.test(said) && RECORD_TOUCHED.test(said) ? ["recordTouched"] : [];
  if (kind !== "statement" && kind !== "failed") return [];
  // A comment between two words doesn't hide them.
  const plain = said.replaceAll(/\/\*.*?\*\//gs, " ").replaceAll(/--[^\n]*/g, " ");
  return [
    ...(RECORD_TOUCHED.test(plain) || RECORD_TOUCHED.test(said) ? (["recordTouched"] as const) : []),
    ...(PROTECTED_TABLE.test(plain.replaceAll('"', "")) ? (["protectedTable"] as const) : []),
  ];
}

export const digestOf = (key: Buffer, said: string): string => createHmac("sha256", key).update(said).digest("hex");

/** Reads one line of the server with what belongs to it (lines after a tab). @param key of the digests */
export function readEntry(raw: string, key: Buffer): StatementEntry {
  const said = raw.replaceAll("\n\t", "\n").trimEnd();
  const digest = digestOf(key, said);
  const found = SHAPE.exec(said);
  const unreadable = {
    at: "",
    session: "",
    line: 0,
    user: "",
    database: "",
    from: "",
    application: "",
    severity: "",
    state: "",
    digest,
  };
  // A second mark in one entry, not behind a tab: two processes wrote into one another (text longer than a page of the pipe).
  const mixed = raw.indexOf(MARK, MARK.length) !== -1;
  if (found === null || mixed) return { ...unreadable, kind: "unreadable", text: "", alarms: mixed ? ["mixed"] : [] };
  const [
    ,
    at = "",
    ,
    session = "",
    line = "0",
    user = "",
    database = "",
    from = "",
    state = "",
    backend = "",
    application = "",
    severity = "",
    message = "",
  ] = found;
  const who = {
    at,
    session,
    line: Number(line),
    user: name(user),
    database: name(database),
    from: name(from),
    application: applicationOf(application),
    severity,
    state,
    digest,
  };
  if (severity === "STATEMENT")
    return { ...who, kind: "failed", text: maskStatement(message), alarms: alarmsOf("failed", message) };
  const client =
    user !== "" ||
    backend === "client backend" ||
    backend === "not initialized" ||
    backend === "dead-end client backend";
  const named = message.replace(/ application_name=.*$/s, "");
  const saying = severity === "LOG" ? SAYINGS.find(([shape]) => shape.test(message)) : undefined;
  if (saying !== undefined) {
    const [, kind] = saying;
    const rest = kind === "statement" ? message.replace(/^[^:]*: /, "") : message;
    return {
      ...who,
      kind,
      text: maskStatement(kind === "statement" ? rest : named),
      alarms: alarmsOf(kind, rest),
    };
  }
  // Words of the server's own processes tell of the server; words for a client may repeat what the client said.
  return client
    ? { ...who, kind: "error", text: "", alarms: [] }
    : { ...who, kind: "server", text: maskStatement(message), alarms: alarmsOf("server", message) };
}

/** Most characters of one entry that are held: of a longer one the rest is left out, and the digest is that of the beginning. */
const LONGEST = 1 << 20;

/** Cuts the stream: an entry ends where the next begins, or when nothing more comes (`rest`). */
export class EntryCutter {
  #held = "";

  /** @returns the entries that are complete now */
  take(text: string): string[] {
    this.#held += text;
    const parts = this.#held.split(/\n(?!\t)/);
    this.#held = (parts.pop() ?? "").slice(0, LONGEST);
    return parts.filter((part) => part !== "");
  }

  /** What is left when the stream rests or ends. */
  rest(): string[] {
    const held = this.#held.trimEnd();
    this.#held = "";
    return held === "" ? [] : [held];
  }
}
