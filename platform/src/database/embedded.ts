/**
 * The embedded PostgreSQL: a real server in a folder of ours, started by the first program that needs it and stopped by
 * the last. Listens on the loopback address alone.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { chooseAccount, giveToNobody, runPostgresProgram } from "./embedded-binaries.ts";
import type { Account } from "./embedded-binaries.ts";
import { makeEmbeddedTls, TLS_MARK, tlsParameters, tlsSettings } from "./embedded-tls.ts";
import { withStartLock } from "./instance-lock.ts";
import { connectClient } from "./pool.ts";
import { Refusal } from "./problem.ts";
import { drawSecret, guardDatabase, guardSettings, programOptions, readSecret } from "./statement-log/guard.ts";
import { awaitKeeper, openPipe, pipePath, startKeeper, type StatementLog, watchKeeper } from "./statement-log/pipe.ts";

export type EmbeddedOptions = {
  /** Folder of the server; made when missing, readable by its owner alone */
  readonly dir: string;
  /** Settings added to the command line, for instance `{ fsync: "off" }` in tests */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether a server that is started takes connections over TLS with certificates alone; default: as `HAGUKUMI_DATABASE_TLS` says */
  readonly tls?: boolean;
  /** 文の記録: statements of everybody but the program itself are kept away from the server. Without it the server writes `postgres.log`. */
  readonly statementLog?: StatementLog | undefined;
};

export type EmbeddedServer = {
  /** Connection to the database `hagukumi` as the server's owner */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Whether this call made the database folder */
  readonly fresh: boolean;
  /** Whether this call started the server (false: it was running and this process joined) */
  readonly started: boolean;
  /** Leaves the server; the last process to leave stops it. Returns whether it was stopped. */
  readonly release: () => Promise<boolean>;
};

const DATABASE = "hagukumi";
const USER = "postgres";
const PRESENCE = "hagukumi presence";
const SOCKET_PATH_LIMIT = 90; // the kernel's limit is 107 bytes, and PostgreSQL adds a file name

const defaults: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  shared_buffers: "256MB",
  max_wal_size: "2GB",
  timezone: "Asia/Tokyo",
  log_timezone: "Asia/Tokyo",
};

type Running = { readonly pid: number; readonly port: number };

function isZombie(stat: string): boolean {
  return / Z /.test(stat.replace(/^.*\)/s, ""));
}

/** The server of `data` if its process is alive; a dead one that the system has not buried yet is `"zombie"`. */
async function findRunning(data: string): Promise<Running | "zombie" | undefined> {
  const lines = (await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!(pid > 0)) return undefined;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return undefined;
  if (isZombie(stat)) return "zombie";
  // After a restart of the machine another program may have the number; PostgreSQL checks the same way.
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  if (!command.includes("postgres")) return undefined;
  return port > 0 ? { pid, port } : undefined;
}

async function freePort(): Promise<number> {
  return await new Promise((done, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

function startFailed(tried: string, dir: string, output: string): Refusal {
  return new Refusal(
    "databaseStart",
    `内蔵データベースを${tried}できませんでした（フォルダ ${dir}）。フォルダの空き容量と権限を確認してください。記録: ${output.trim().slice(-2000)}`,
    { dir },
  );
}

async function readOrMakePassword(file: string): Promise<string> {
  await writeFile(file, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flag: "wx" }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    },
  );
  return (await readFile(file, "utf8")).trim();
}

/** Makes the database folder unless it is there. Made aside and renamed, so that a killed initdb leaves no half of it. */
async function initialize(dir: string, data: string, passwordFile: string, account: Account): Promise<boolean> {
  if (await readFile(join(data, "PG_VERSION"), "utf8").catch(() => undefined)) return false;
  const aside = join(dir, "data.new");
  await rm(aside, { recursive: true, force: true });
  const locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const { status, output } = await runPostgresProgram(
    "initdb",
    ["-D", aside, "-U", USER, "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "--data-checksums", ...locale],
    account,
  );
  if (account === "nobody" && /EACCES|Permission denied/.test(output)) {
    throw new Refusal(
      "databaseStart",
      `内蔵データベースを作成できません。ユーザー名前空間が使えないため nobody で動かしますが、nobody からは ${dir} または製品のフォルダに入れません。一般の利用者で実行するか、誰でも入れる場所に置くか、DATABASE_URL を設定してください。`,
      { dir },
    );
  }
  if (status !== 0) throw startFailed("作成", dir, output);
  await rename(aside, data);
  return true;
}

async function start(
  dir: string,
  data: string,
  settings: EmbeddedOptions["settings"],
  account: Account,
  statementLog?: StatementLog,
): Promise<Running> {
  const socketDir = join(dir, "sock");
  const socket = Buffer.byteLength(socketDir) < SOCKET_PATH_LIMIT ? socketDir : "";
  let output = "";
  const log = join(dir, "postgres.log");
  const guard = statementLog === undefined ? {} : guardSettings(await drawSecret(dir));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const port = await freePort(); // another program may take it before the server does: hence three attempts
    const all = { ...defaults, unix_socket_directories: socket, port: String(port), ...settings, ...guard };
    const options = Object.entries(all).map(([name, value]) => `-c ${name}='${value}'`);
    const pipe = statementLog === undefined ? undefined : await openPipe(dir);
    const said = pipe === undefined ? log : pipePath(dir);
    if (account === "nobody" && pipe !== undefined) await giveToNobody(dir);
    if (statementLog !== undefined) await startKeeper(dir, statementLog);
    const args = ["-D", data, "-l", said, "-w", "-t", "60", "-o", options.join(" "), "start"];
    const outcome = await runPostgresProgram("pg_ctl", args, account, pipe?.fd);
    await pipe?.close();
    const running = await findRunning(data);
    if (outcome.status === 0 && running !== undefined && running !== "zombie") return running;
    output = outcome.output + (await readFile(log, "utf8").catch(() => "")).slice(-1500);
  }
  throw startFailed("起動", dir, output);
}

/** The databases that may be connected to, the template of new ones among them: all get the check at log-in. */
async function guardAll(base: string, parameters: string): Promise<void> {
  for (const name of ["template1", "postgres"]) await guardDatabase(`${base}/${name}${parameters}`);
  const client = await connectClient(`${base}/postgres${parameters}`, PRESENCE);
  const names = await client
    .query<{ name: string }>(
      "SELECT datname AS name FROM pg_database WHERE datallowconn AND datname NOT IN ('template1', 'postgres')",
    )
    .then(({ rows }) => rows.map(({ name }) => name))
    .finally(async () => await client.end());
  for (const name of names) await guardDatabase(`${base}/${encodeURIComponent(name)}${parameters}`);
}

/** Waits for a crashed server to be buried: PostgreSQL would take its lock file for that of a living one (up to 15 s). */
async function awaitBurial(data: string): Promise<Running | undefined> {
  for (let i = 0; i < 150; i += 1) {
    const state = await findRunning(data);
    if (state !== "zombie") return state;
    await sleep(100);
  }
  return undefined;
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = await connectClient(adminUrl, PRESENCE);
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/**
 * Starts the server of `dir`, or joins the one that runs. Safe to call from several processes at once.
 * Measured on two busy cores: first start 1 to 2 s, later starts 0.2 s, joining 0.04 s.
 *
 * @throws Refusal `databaseStart` with the server's own words when it cannot be made or started
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dir = resolve(options.dir);
  const data = join(dir, "data");
  return await withStartLock(dir, async () => {
    await mkdir(join(dir, "sock"), { recursive: true, mode: 0o700 });
    const passwordFile = join(dir, "superuser.pw");
    const password = await readOrMakePassword(passwordFile);
    const account = await chooseAccount(data);
    if (account === "nobody") await giveToNobody(dir);
    const fresh = await initialize(dir, data, passwordFile, account);
    const before = await awaitBurial(data);
    const secured = options.tls ?? process.env["HAGUKUMI_DATABASE_TLS"] === "on";
    if (before === undefined && secured) {
      await makeEmbeddedTls(dir, USER);
      if (account === "nobody") await giveToNobody(dir);
    }
    const settings = { ...options.settings, ...(secured ? tlsSettings(dir) : {}) };
    const running = before ?? (await start(dir, data, settings, account, options.statementLog));
    // Whoever joins goes by how the server runs, not by how it would have started it itself. The name is that of the certificate.
    const line = await readFile(join(data, "postmaster.opts"), "utf8").catch(() => "");
    const withTls = TLS_MARK.test(line);
    const secret = line.includes("cluster_name=hagukumi ") ? await readSecret(dir) : undefined;
    const base = `postgres://${USER}:${password}@${withTls ? "localhost" : "127.0.0.1"}:${running.port}`;
    const words = [
      ...(withTls ? [tlsParameters(dir).slice(1)] : []),
      ...(secret === undefined ? [] : [programOptions(secret)]),
    ];
    const parameters = words.length === 0 ? "" : `?${words.join("&")}`;
    if (before === undefined && secret !== undefined) await guardAll(base, parameters);
    await ensureDatabase(`${base}/postgres${parameters}`);
    // An open connection says "this process still needs the server". The kernel closes it when the process dies.
    const presence = await connectClient(`${base}/postgres${parameters}`, PRESENCE);
    const unwatch = options.statementLog === undefined ? () => {} : watchKeeper(dir, options.statementLog);
    let left: Promise<boolean> | undefined;
    const leave = async (): Promise<boolean> =>
      await withStartLock(dir, async () => {
        const others = await presence
          .query<{ count: number }>(
            "SELECT count(*) AS count FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()",
            [PRESENCE],
          )
          .then(
            ({ rows }) => rows[0]?.count ?? 0,
            () => 0,
          );
        await presence.end().catch(() => {});
        unwatch();
        if (others > 0 || !(await stopServer(dir))) return false;
        // It lives as long as the server, and a little longer: until what the server said last is kept.
        await awaitKeeper(dir);
        return true;
      });
    return {
      url: `${base}/${DATABASE}${parameters}`,
      ...running,
      fresh,
      started: before === undefined,
      release: async () => await (left ??= leave()),
    };
  });
}

/** Tries a shutdown with a checkpoint first. A full disk cannot take one: then the next start recovers from the WAL. */
async function stopServer(dir: string): Promise<boolean> {
  const data = join(dir, "data");
  if ((await findRunning(data)) === undefined) return false;
  const account = await chooseAccount(data);
  for (const [mode, seconds] of [
    ["fast", "30"],
    ["immediate", "30"],
  ] as const) {
    const args = ["-D", data, "-m", mode, "-w", "-t", seconds, "stop"];
    if ((await runPostgresProgram("pg_ctl", args, account)).status === 0) return true;
    if ((await findRunning(data)) === undefined) return true;
  }
  return false;
}

/** Stops the server of `dir` whoever uses it; returns false where none was running. */
export async function stopEmbedded(dir: string): Promise<boolean> {
  const absolute = resolve(dir);
  return await withStartLock(absolute, async () => await stopServer(absolute));
}
