/** The process that keeps what the embedded database says of connections and statements. Begins and ends with the server; one for each. */
import { appendFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";

import { tryLock } from "@hagukumi/platform/database/instance-lock.ts";
import { keepStatements } from "@hagukumi/platform/database/statement-log/keep.ts";
import { KEEPER_LOCK, pipePath } from "@hagukumi/platform/database/statement-log/pipe.ts";

import { openStatementPlace, statementKeys } from "./place.ts";

// A Ctrl-C in the terminal of the program that started it is not meant for it: it ends when the server has said its last word.
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});
process.on("SIGTERM", () => {});

const dir = process.env["HAGUKUMI_STATEMENT_SERVER"] ?? "";
const lock = await tryLock(dir, KEEPER_LOCK);
if (lock !== undefined) {
  const dataDir = process.env["HAGUKUMI_DATA"] ?? dirname(dir);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { seal, digest } = await statementKeys(dataDir);
  await keepStatements({
    dir,
    pipe: pipePath(dir),
    key: seal,
    digestKey: digest,
    place: async () => await openStatementPlace(dataDir),
    onServerLine: async (line) => await appendFile(join(dir, "postgres.log"), line, { mode: 0o600 }),
  });
  await lock.release();
}
