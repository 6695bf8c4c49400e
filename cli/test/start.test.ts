/**
 * `hagukumi start` as real processes on a data folder of its own with the embedded PostgreSQL: twice, two at once, stopped
 * and killed at many moments, and in surroundings that do not let it work.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startEmbedded, stopEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  fileDigests,
  filesAtBank,
  serverPid,
  tableDigests,
  transfersAtBank,
  withDatabase,
} from "./support/data-folder.ts";
import { oldServer } from "./support/old-server.ts";
import { endAll, hagukumi, launch, refusalProblems } from "./support/program.ts";
import type { Ended, Environment } from "./support/program.ts";

const CITY = ["--population", "300", "--seed", "teki"] as const;
/** The payment period alone: what most of these tests are about. */
const JOB = ["start", "--no-serve", ...CITY, "--days", "0"] as const;
/** With daily life after it. */
const LIVED = ["start", "--no-serve", ...CITY, "--days", "2"] as const;
const SERVING = ["start", ...CITY, "--days", "2"] as const;
const NOBODY = 65_534;
/** An ordinary account: no rights of root are left. */
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--"];
const isRoot = process.getuid?.() === 0;

const root = mkdtempSync(join(tmpdir(), "hagukumi-start-"));
const folders: string[] = [];
let bothAtOnce: readonly Ended[] = [];
/** Where the undisturbed start ended, and what the other offices had sent by then */
let reference: EndState;
let lived: Answer["life"];
/** The start after it, which found nothing to do: what it said, and the folder before and after */
let again: { readonly changed: boolean; readonly before: Look; readonly after: Look };

type Look = readonly [tables: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>];

type EndState = {
  readonly total: unknown;
  readonly lines: unknown;
  readonly lineDigest: unknown;
  readonly state: unknown;
  readonly returned: unknown;
  readonly broken: number;
  readonly transferFile: string | undefined;
  readonly atBank: readonly string[];
  /** Every transfer in the bank's file: account and yen, in order */
  readonly transfers: readonly string[];
};

function folder(name: string): string {
  const path = join(root, name);
  folders.push(path);
  return path;
}

/** A folder with the database of an installation in which nothing has happened yet: making one takes as long as the payment. */
function prepared(name: string): string {
  const path = folder(name);
  // With owner and rights as they are: PostgreSQL starts in no folder that others can read.
  expect(spawnSync("cp", ["-a", join(root, "prepared"), path]).status).toBe(0);
  return path;
}

const on = (dataDir: string, more: Environment = {}): Environment => ({ HAGUKUMI_DATA: dataDir, ...more });

type Answer = {
  readonly changed: boolean;
  readonly run: {
    readonly runNo: number;
    readonly total: number;
    readonly lineCount: number;
    readonly lineDigest: string;
    readonly state: string;
  };
  readonly returned: number;
  readonly checks: readonly { readonly violations: number }[];
  readonly life: Readonly<Record<string, unknown>>;
};

/** A start that must succeed, and what it says of the end state. */
async function finish(
  dataDir: string,
  job: readonly string[] = JOB,
): Promise<{ readonly answer: Answer; readonly end: EndState }> {
  const ended = await hagukumi([...job, "--json"], on(dataDir));
  expect(ended.status, ended.stderr).toBe(0);
  const answer = JSON.parse(ended.stdout) as Answer;
  const files = await fileDigests(dataDir);
  const end = {
    total: answer.run.total,
    lines: answer.run.lineCount,
    lineDigest: answer.run.lineDigest,
    state: answer.run.state,
    returned: answer.returned,
    broken: answer.checks.filter((check) => check.violations > 0).length,
    transferFile: files[`files/hagukumi-${String(answer.run.runNo).padStart(4, "0")}-20261215.dat`],
    atBank: await filesAtBank(dataDir),
    transfers: await transfersAtBank(dataDir),
  };
  return { answer, end };
}

/** The audit trail, and the journal that copies from it, alone may grow in a start that finds nothing to do: they say that someone looked. */
function business(tables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tables).filter(([name]) => !/^audit\.|^access\.journal$/.test(name)));
}

beforeAll(async () => {
  const dataDir = folder("first");
  // The forbidden case is part of the first: two starts of one empty folder at the same moment.
  bothAtOnce = await Promise.all([hagukumi(LIVED, on(dataDir)), hagukumi(LIVED, on(dataDir))]);
  const look = async (): Promise<Look> => [await withDatabase(dataDir, tableDigests), await fileDigests(dataDir)];
  const before = await look();
  const { answer, end } = await finish(dataDir, LIVED);
  again = { changed: answer.changed, before, after: await look() };
  reference = end;
  lived = answer.life;
  await hagukumi(["interchange", "status"], on(folder("prepared")));
}, 300_000);

afterAll(async () => {
  endAll();
  for (const path of folders) await stopEmbedded(join(path, "postgres")).catch(() => false);
  rmSync(root, { recursive: true, force: true });
});

describe("hagukumi start on an empty folder", () => {
  it("of two starts at once one is refused in Japanese with status 1 and the other does the whole job", async () => {
    const [winner, loser] = bothAtOnce.toSorted((a, b) => (a.status ?? 9) - (b.status ?? 9));
    if (winner === undefined || loser === undefined) throw new Error("two programs were started");
    expect(refusalProblems(loser)).toEqual([]);
    expect(loser.stderr).toContain("alreadyRunning");
    expect(winner.status, winner.stderr).toBe(0);
    for (const heading of ["支払処理", "受給者", "児童", "金額", "明細", "振込不能", "不変条件", "ファイル"]) {
      expect(winner.stdout).toContain(heading);
    }
    expect(winner.stdout).toContain("項目すべて正常");
  });

  it("ends with money paid once: one file, the same at the bank and in the folder, all checks green", () => {
    expect(reference).toMatchObject({ state: "settled", returned: 2, broken: 0 });
    expect(reference.atBank).toEqual([reference.transferFile]);
    expect(reference.total).toBeGreaterThan(100_000);
  });

  it("started again changes no row and no file, and says so", () => {
    expect(again.changed).toBe(false);
    const [tables, files] = again.before;
    const [tablesAfter, filesAfter] = again.after;
    expect(filesAfter).toEqual(files);
    expect(business(tablesAfter)).toEqual(business(tables));
    expect(Object.keys(business(tables)).length).toBeGreaterThan(25);
  });

  it("took in what the other offices sent after the payment, by file and by REST: work at the desk, no gap, no difference", () => {
    expect(lived).toMatchObject({ until: "2026-12-03", refused: 0, gaps: 0, differences: 0 });
    // Six full sets (five offices and the numbers), two days of the residents' office, the comparison, and what else happened
    expect(lived["deliveries"]).toBeGreaterThanOrEqual(9);
    expect(lived["byRest"]).toBeGreaterThanOrEqual(1);
    expect(lived["changes"]).toBeGreaterThan(0);
    expect(lived["numbers"]).toBeGreaterThan(50);
    const [winner] = bothAtOnce.toSorted((a, b) => (a.status ?? 9) - (b.status ?? 9));
    for (const heading of ["庁内連携", "変更の仕事", "突合の違い", "個人番号"])
      expect(winner?.stdout).toContain(heading);
  });
});

describe("a start that is stopped", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "refuses a second start while it serves, and ends cleanly on %s: no server and no lock are left",
    async (signal) => {
      const dataDir = folder("first");
      const serving = launch([...SERVING, "--port", "18437"], on(dataDir));
      await serving.says("画面:");
      // Once is enough of each: the second signal finds the folder as the first left it.
      if (signal === "SIGTERM") {
        const second = await hagukumi(JOB, on(dataDir));
        expect(refusalProblems(second)).toEqual([]);
        expect(second.stderr).toContain("alreadyRunning");
      }
      serving.child.kill(signal);
      const ended = await serving.ended;
      expect([ended.status, ended.signal], ended.stderr).toEqual([0, null]);
      expect(ended.stdout).toContain("何も変えていません");
      expect(await serverPid(dataDir)).toBeUndefined();
      if (signal === "SIGINT") expect((await finish(dataDir, LIVED)).end).toEqual(reference);
    },
    120_000,
  );

  it("in the middle of the job ends by itself, leaves no server, and the next start goes on", async () => {
    const dataDir = prepared("stopped");
    for (const [step, signal] of [
      ["residents.csv", "SIGTERM"],
      ["審査", "SIGINT"],
    ] as const) {
      const running = launch(JOB, on(dataDir));
      await running.says(step);
      running.child.kill(signal);
      const ended = await running.ended;
      // A step that was just ending may still let the whole job end.
      if (ended.status !== 0) expect(refusalProblems(ended)).toEqual([]);
      expect(ended.signal).toBeNull();
      expect(await serverPid(dataDir)).toBeUndefined();
    }
    expect((await finish(dataDir)).end).toEqual(reference);
  }, 120_000);
});

describe("a start that is killed", () => {
  it("[M22] at one moment after another in one folder: each next start goes on, and the end is that of an undisturbed one", async () => {
    const dataDir = prepared("killed");
    const points = [
      "register.import.written",
      "examine.written",
      "examine.committed",
      "approve.committed",
      "payment.create.reserved",
      "payment.inspect.audited",
      "payment.freeze.paid",
      "payment.handOver.sent",
      "payment.settle.returned",
      "interchange.taken",
      "register.take.committed",
    ];
    const missed: string[] = [];
    for (const point of points) {
      const killed = await hagukumi(LIVED, on(dataDir, { HAGUKUMI_CRASH_POINT: point }));
      if (killed.signal !== "SIGKILL") missed.push(`${point}: status ${killed.status} ${killed.stderr.slice(-300)}`);
    }
    expect(missed).toEqual([]);
    const { answer, end } = await finish(dataDir, LIVED);
    expect(end).toEqual(reference);
    expect({ ...answer.life, changed: false }).toEqual(lived);
  }, 300_000);

  it("[M22] together with its database server, in the middle of deciding, paying and sending", async () => {
    const dataDir = prepared("both-killed");
    const missed: string[] = [];
    for (const point of ["approve.decided", "payment.freeze.audited", "payment.handOver.intended"]) {
      const server = await startEmbedded({ dir: join(dataDir, "postgres") });
      const killed = await hagukumi(
        JOB,
        on(dataDir, { HAGUKUMI_CRASH_POINT: point, HAGUKUMI_CRASH_ALSO: String(server.pid) }),
      );
      if (killed.signal !== "SIGKILL") missed.push(`${point}: status ${killed.status} ${killed.stderr.slice(-300)}`);
      await server.release();
    }
    expect(missed).toEqual([]);
    // The last point lies between the recorded intention and the sending: the bank never got the first run's file, which
    // is void, and a second run pays the same. 認定番号 may have gaps after a crash, so files are compared by transfers.
    const { answer, end } = await finish(dataDir);
    expect(answer.run.runNo).toBe(2);
    expect(end.atBank).toEqual([end.transferFile]);
    const { transferFile: _file, lineDigest: _lines, atBank: _bank, ...same } = reference;
    expect(end).toMatchObject(same);
  }, 300_000);

  it("[M22] loses its database server alone: says so without a stack trace, and the next start goes on", async () => {
    const dataDir = prepared("server-killed");
    const running = launch(JOB, on(dataDir));
    await running.says("residents.csv");
    const pid = await serverPid(dataDir);
    if (pid === undefined) throw new Error("no server to kill");
    process.kill(pid, "SIGKILL");
    const ended = await running.ended;
    expect(refusalProblems(ended)).toEqual([]);
    expect(ended.stderr).toContain("databaseUnavailable");
    expect((await finish(dataDir)).end).toEqual(reference);
  }, 300_000);
});

describe("surroundings in which a start cannot work", () => {
  it("a port that another program uses: refused in Japanese, the server stopped, the data as it was", async () => {
    const dataDir = folder("first");
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(18_438, "127.0.0.1", resolve);
    });
    try {
      const ended = await hagukumi([...SERVING, "--port", "18438"], on(dataDir));
      expect(refusalProblems(ended)).toEqual([]);
      expect(ended.stderr).toContain("EADDRINUSE");
      expect(await serverPid(dataDir)).toBeUndefined();
    } finally {
      await new Promise((resolve) => {
        other.close(resolve);
      });
    }
  });

  it.each([
    ["nobody listens", "postgres://nobody:secret@127.0.0.1:1/hagukumi"],
    ["no such host", "postgres://nobody:secret@host.invalid/hagukumi"],
    ["no address at all", "これは接続先ではない"],
  ])("a DATABASE_URL that leads nowhere (%s): refused, and the password is not repeated", async (_what, url) => {
    const ended = await hagukumi(JOB, on(folder("nowhere"), { DATABASE_URL: url }));
    expect(refusalProblems(ended)).toEqual([]);
    expect(ended.stderr).not.toContain("secret");
  });

  it("a PostgreSQL that is too old: refused with its version", async () => {
    const old = await oldServer();
    try {
      const url = `postgres://kyu@127.0.0.1:${old.port}/hagukumi`;
      const ended = await hagukumi(JOB, on(folder("old"), { DATABASE_URL: url }));
      expect(refusalProblems(ended)).toEqual([]);
      expect(ended.stderr).toContain("databaseVersion");
      expect(ended.stderr).toContain("12.3");
    } finally {
      await old.close();
    }
  });

  it("a data folder that is a file: refused", async () => {
    const path = folder("a-file");
    writeFileSync(path, "");
    expect(refusalProblems(await hagukumi(JOB, on(path)))).toEqual([]);
  });

  const canBecomeNobody = isRoot && spawnSync("setpriv", AS_NOBODY.slice(1).concat("true")).status === 0;

  it.skipIf(!canBecomeNobody)(
    "a folder of somebody else is refused to an ordinary user; in a folder of its own the whole job works",
    async () => {
      const dataDir = folder("nobody");
      mkdirSync(dataDir, { mode: 0o700 });
      chmodSync(root, 0o755);
      const home = { HOME: dataDir };
      const refused = await hagukumi(JOB, on(dataDir, home), AS_NOBODY);
      expect(refusalProblems(refused)).toEqual([]);
      chownSync(dataDir, NOBODY, NOBODY);
      const ended = await hagukumi([...JOB, "--json"], on(dataDir, home), AS_NOBODY);
      expect(ended.status, ended.stderr).toBe(0);
      const answer = JSON.parse(ended.stdout) as Answer;
      expect([answer.run.total, answer.run.lineDigest]).toEqual([reference.total, reference.lineDigest]);
    },
    120_000,
  );

  const small = join(root, "small");
  mkdirSync(small);
  const canMount = isRoot && spawnSync("mount", ["-t", "tmpfs", "-o", "size=30m", "tmpfs", small]).status === 0;
  afterAll(async () => {
    if (!canMount) return;
    await stopEmbedded(join(small, "data/postgres")).catch(() => false);
    spawnSync("umount", ["--lazy", small]);
  });

  it.skipIf(!canMount)(
    "a full disk: refused without half a state; with room again the start goes on to the same end",
    async () => {
      const dataDir = join(small, "data");
      folders.push(dataDir);
      for (const size of ["30m", "56m"]) {
        spawnSync("mount", ["-o", `remount,size=${size}`, small]);
        const ended = await hagukumi(JOB, on(dataDir));
        expect(refusalProblems(ended), size).toEqual([]);
        expect(await serverPid(dataDir), size).toBeUndefined();
      }
      spawnSync("mount", ["-o", "remount,size=2g", small]);
      expect((await finish(dataDir)).end).toEqual(reference);
    },
    180_000,
  );
});
