/** システムの記録: what is written by itself, that nobody changes it, and that it says what was written whatever the words were. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { JOURNAL_PAGE, readJournal, recordDefect } from "../../src/access/journal.ts";
import { clockSteps, createLogWatch, isShort } from "../../src/access/log-watch.ts";
import { startLogKeeping } from "../../src/access/log-keeping.ts";
import { LOG_PAGE, readAccessLog } from "../../src/access/read-log.ts";
import type { SealKey } from "../../src/access/seal/block.ts";
import { JOURNAL, LOG_STREAMS } from "../../src/access/seal/rows.ts";
import { headPath, sealLog } from "../../src/access/seal/seal-log.ts";
import { readHead } from "../../src/access/seal/head.ts";
import { readSealKey } from "../../src/access/seal/seal-key.ts";
import { checkLog, verifyLog } from "../../src/access/seal/verify-log.ts";
import { serializable, withRole } from "../../src/database/transaction.ts";
import { beginLogIn, finishLogIn } from "../../src/identity/log-in.ts";
import { logOut } from "../../src/identity/session.ts";
import { useDatabase } from "../support/cluster.ts";
import {
  goodPassword,
  makePerson,
  makeSections,
  makeTerminal,
  ORIGIN,
  shiftClock,
  testIdentity,
} from "../support/identity.ts";
import { addLogRows } from "../support/log-rows.ts";
import { callOf, signIn } from "../support/staff.ts";

const database = useDatabase();
let folder = "";
let key: SealKey;
let auditor = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hagukumi-journal-"));
  key = await readSealKey(folder);
  const section = { code: "kansa", kind: "audit", inCharge: false } as const;
  auditor = await signIn(database.pool, { staffId: "auditor.j", roles: ["auditor"], section });
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const ROOM = { bsize: 4096, blocks: 1e9, bavail: 5e8 };
const newest = async (count: number) =>
  (await readJournal(database.pool, callOf(auditor), {})).rows.slice(0, count).toReversed();

describe("what is written by itself", () => {
  it("a log-in that fails, of somebody and of nobody, and one that succeeds, with its end: who, where, how it ended – and not what was typed", async () => {
    const identity = testIdentity(database.pool);
    await makeSections(database.pool);
    const desk = await makeTerminal(identity, "DESK-J");
    const { staffId, key: card, password } = await makePerson(identity, "kaku.070", desk, { roles: ["clerk"] });
    const { rows: before } = await database.pool.query<{ last: number }>("SELECT max(seq) AS last FROM access.journal");
    const attempt = async (who: string, typed: string) => {
      const options = await beginLogIn(identity, { staffId: who, terminal: desk });
      const assertion = card.get(options, ORIGIN);
      return await finishLogIn(identity, { staffId: who, terminal: desk, assertion, password: typed });
    };
    await expect(attempt(staffId, goodPassword())).rejects.toMatchObject({ code: "logInRefused" });
    await expect(attempt("himitsu.no.kotoba", goodPassword())).rejects.toMatchObject({ code: "logInRefused" });
    const { token } = await attempt(staffId, password);
    await logOut(identity, token);
    const { rows } = await readJournal(database.pool, callOf(auditor), { kind: "authentication" });
    const news = rows.filter(({ seq }) => seq > (before[0]?.last ?? 0)).toReversed();
    expect(news.map(({ actor, terminalCode, action, outcome }) => [actor, terminalCode, action, outcome])).toEqual([
      [staffId, "DESK-J", "logIn", "refused"],
      ["unknown", "DESK-J", "logIn", "refused"],
      [staffId, "DESK-J", "logIn", "done"],
      [staffId, "DESK-J", "session.start", "done"],
      [staffId, "DESK-J", "session.end", "done"],
    ]);
    expect(news[0]?.detail).toMatchObject({ outcome: "refused", cause: "password" });
    expect(JSON.stringify(news)).not.toContain("himitsu");
  });

  it("what a command changed in the settings, took in or handed out, in its own transaction; what is work on a case is not copied", async () => {
    const event = `INSERT INTO audit.event (actor, purpose, action, object_kind, object_id, detail) VALUES ('shoku.in', '試験', $1, 'x', '1', '{"rows": 3}')`;
    await database.pool.query("BEGIN; COMMIT");
    for (const action of ["setting.add", "register.import", "massWork.approve", "claim.approve", "settings"]) {
      await database.pool.query(event, [action]);
    }
    expect((await newest(3)).map(({ kind, action }) => [kind, action])).toEqual([
      ["setting", "setting.add"],
      ["communication", "register.import"],
      ["event", "massWork.approve"],
    ]);
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query(event, ["setting.add"]);
      await client.query("ROLLBACK");
    } finally {
      client.release();
    }
    expect((await newest(1))[0]?.action).toBe("massWork.approve");
  });

  it("a defect: its name and state, not its message; where nothing can be written it does not make things worse", async () => {
    const error = Object.assign(new TypeError("架空 花子 の住所\n次の行"), { code: "22P02" });
    await recordDefect(database.pool, error, "/cases/:recipientId");
    const [row] = await newest(1);
    expect(row).toMatchObject({ kind: "error", outcome: "failed", objectId: "/cases/:recipientId" });
    expect(row?.detail).toEqual({ error: "TypeError", state: "22P02" });
    const broken = { connect: async () => await Promise.reject(new Error("gone")) } as unknown as typeof database.pool;
    await expect(recordDefect(broken, error, "x")).resolves.toBeUndefined();
  });

  it("the start and the end of a server, and too little room, once each", async () => {
    const keeping = await startLogKeeping(database.pool, key, folder, () => {}, 60_000);
    await keeping.close();
    let bavail = 5e8;
    const told: string[] = [];
    const space = async () => await Promise.resolve({ ...ROOM, bavail });
    const watch = createLogWatch(database.pool, folder, { space, tell: (line) => void told.push(line) });
    await watch();
    bavail = 1000;
    await watch();
    await watch();
    bavail = 5e8;
    await watch();
    const news = (await newest(6)).map(({ action }) => action).filter((action) => !action.startsWith("retention."));
    expect(news).toEqual(["server.start", "server.stop", "storage.short", "storage.enough"]);
    expect(told).toHaveLength(1);
    // 512 MiB or a twentieth, whichever is more: 1,000,000 × 4 KiB are 4 GB, of which a twentieth is 200 MB.
    expect(isShort({ bsize: 4096, blocks: 1e6, bavail: 131_071 })).toBe(true);
    expect(isShort({ bsize: 4096, blocks: 1e6, bavail: 131_072 })).toBe(false);
  });
});

describe("the clock", () => {
  it("runs as it should within five seconds of a round, in either direction", () => {
    const step = clockSteps();
    expect([step(1000, 0), step(2000, 1000), step(8000, 2000), step(4000, 3000)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(step(10_002, 4000)).toBe(5002);
  });

  it("[THR44] stepped by a day forward and a day back: the order of the records is kept, the seals hold, and each step is an event", async () => {
    let shift = 0;
    const watch = createLogWatch(database.pool, folder, {
      space: async () => await Promise.resolve(ROOM),
    });
    const { rows: start } = await database.pool.query<{ last: number }>(
      "SELECT coalesce(max(seq), 0)::int AS last FROM access.log",
    );
    const seal = async () => {
      for (const stream of LOG_STREAMS) {
        await sealLog(database.pool, key, folder, () => new Date(Date.now() + shift), stream);
      }
    };
    await watch();
    await addLogRows(database.pool, 3, "toki.1");
    await seal();
    for (const [days, staff] of [
      [1, "toki.2"],
      [-1, "toki.3"],
    ] as const) {
      await shiftClock(database.pool, `${Math.max(0, days)} days`);
      shift = Math.max(0, days) * 86_400_000;
      await watch();
      await addLogRows(database.pool, 3, staff);
      await seal();
    }
    const { rows } = await readAccessLog(database.pool, callOf(auditor), {});
    const mine = rows.filter(({ seq, staffId }) => seq > (start[0]?.last ?? 0) && staffId.startsWith("toki."));
    expect(mine.map(({ staffId }) => staffId)).toEqual(
      ["toki.3", "toki.2", "toki.1"].flatMap((staffId) => [staffId, staffId, staffId]),
    );
    // The middle ones say that they are of tomorrow; the numbers say what came after what.
    expect(Number(mine[3]?.processedAt)).toBeGreaterThan(Number(mine[0]?.processedAt) + 86_000_000);
    const events = await database.pool.query<{ days: number }>(
      "SELECT round((detail->>'seconds')::numeric / 86400)::int AS days FROM access.journal WHERE action = 'clock.stepped' AND abs((detail->>'seconds')::numeric) > 80000 ORDER BY seq",
    );
    expect(events.rows.map(({ days }) => days)).toEqual([1, -1]);
    for (const stream of LOG_STREAMS) {
      const head = await readHead(headPath(folder, stream));
      const check = await verifyLog(database.pool, key, head === undefined ? [] : [head], undefined, stream);
      expect({ stream: stream.name, findings: check.findings, head: check.comparedHead }).toEqual({
        stream: stream.name,
        findings: [],
        head: true,
      });
      expect(check.blocks).toBeGreaterThan(1);
    }
  });
});

describe("nobody changes it", () => {
  it("no role of the product may change, delete or empty it, and only the right to see logs reads it", async () => {
    for (const role of ["hagukumi_allowance", "hagukumi_desk", "hagukumi_identity", "hagukumi_sealer"]) {
      for (const statement of [
        "UPDATE access.journal SET actor = 'x'",
        "DELETE FROM access.journal",
        "TRUNCATE access.journal",
        "INSERT INTO access.journal (kind, actor, action, outcome) VALUES ('event', 'x', 'xx', 'done')",
        "UPDATE access.journal_seal SET upto = 0",
        "DELETE FROM access.journal_seal",
      ]) {
        const tried = serializable(database.pool, async (client) => {
          await withRole(client, role);
          await client.query(statement);
        });
        await expect(tried, `${role}: ${statement}`).rejects.toMatchObject({ code: "42501" });
      }
    }
    const clerk = await signIn(database.pool, { staffId: "clerk.j", roles: ["clerk"] });
    await expect(readJournal(database.pool, callOf(clerk), {})).rejects.toMatchObject({ code: "permissionMissing" });
  });

  it("who changes, removes, adds or moves a row as the database's administrator is found", async () => {
    await sealLog(database.pool, key, folder, undefined, JOURNAL);
    const { rows } = await database.pool.query<{ seq: number }>("SELECT seq::int FROM access.journal ORDER BY seq");
    const [first = 0, second = 0] = rows.map(({ seq }) => seq);
    const tampered = async (statement: string) => {
      const client = await database.pool.connect();
      try {
        await client.query("BEGIN");
        await client.query(statement);
        return (await checkLog(client, key, [], undefined, JOURNAL)).findings;
      } finally {
        await client.query("ROLLBACK");
        client.release();
      }
    };
    expect(await tampered("SELECT 1")).toEqual([]);
    expect(await tampered(`UPDATE access.journal SET actor = 'betsu.jin' WHERE seq = ${first}`)).toMatchObject([
      { kind: "changed", seq: first },
    ]);
    expect(await tampered(`DELETE FROM access.journal WHERE seq = ${second}`)).toMatchObject([
      { kind: "deleted", seq: second },
    ]);
    // A seal of the access log does not pass for one of the journal.
    expect(
      await tampered(
        "ALTER TABLE access.journal_seal DROP CONSTRAINT seal_format_check; DELETE FROM access.journal_seal; INSERT INTO access.journal_seal SELECT * FROM access.seal",
      ),
    ).toEqual(expect.arrayContaining([expect.objectContaining({ kind: "block", what: "content" })]));
  });
});

/** What breaks lines, terminals and formats, and the ends of text itself. */
const BREAKS = [
  "\r\n2026-11-23 00:00:00 ログイン 成功 kanri.sha",
  "\n",
  "\r",
  "\u001b[2J\u001b[31m",
  "\u0007\u0008\u007f",
  '"}],"rows":[{"seq":1}]}',
  '\\", "actor": "kanri.sha',
  "\\u0000\\n",
  "</script><script>",
  "=cmd|'/C calc'!A0",
  "';DROP TABLE access.log;--",
  "$1 %s %n {{x}} ${y}",
  "\u2028\u2029\u0085\ufeff",
  "\u202eしばじ\u202c",
  "𠮷野家\u{1F469}\u200d\u{1F467}",
  "é\u0301 ｶﾞ が",
  "\t,;|\u0001\u001f",
];

/** Every page, as it goes over the wire: one line of JSON. */
async function pages<R extends { readonly seq: number }>(
  read: (before?: number) => Promise<{ readonly rows: readonly R[]; readonly more: boolean }>,
): Promise<readonly R[]> {
  const all: R[] = [];
  for (;;) {
    const line = JSON.stringify(await read(all.at(-1)?.seq));
    // One line, and nothing that a terminal would act on.
    expect(Buffer.from(line).filter((byte) => byte < 32)).toHaveLength(0);
    const page = JSON.parse(line) as { readonly rows: readonly R[]; readonly more: boolean };
    all.push(...page.rows);
    if (!page.more) return all;
  }
}

describe("what was written is what is read", () => {
  it("[THR41] 5,000 payloads with CR, LF, ANSI sequences and breakouts of JSON, in the access log and in the journal, parse back equal", async () => {
    const payloads = Array.from({ length: 5000 }, (_, n) => {
      const pick = (place: number): string => BREAKS[place % BREAKS.length] ?? "";
      // 17 × 17 × 17 ways to put three breaks behind one another, with a number, in the 200 characters of a purpose.
      return `${n}${pick(n)}|${pick(Math.floor(n / BREAKS.length))}|${pick(Math.floor(n / BREAKS.length ** 2))}`.slice(
        0,
        200,
      );
    });
    expect(new Set(payloads).size).toBe(5000);
    const texts = payloads.map((text) => `${text.slice(0, 180)}　　　　　　　　　説明の十文字です`);
    // As clerks write a purpose: opened with it, then looked at; two hundred people each.
    for (let start = 0; start < texts.length; start += 200) {
      const session = await signIn(database.pool, { staffId: `clerk.i${start}`, roles: ["clerk"] });
      await serializable(database.pool, async (client) => {
        await client.query("SELECT set_config('hagukumi.session', $1, true)", [session]);
        await client.query(
          "SELECT access.open(ARRAY[700000 + n], 'other', p, 'search', '') FROM unnest($1::text[]) WITH ORDINALITY t(p, n)",
          [texts.slice(start, start + 200)],
        );
        await client.query(
          "SELECT access.write_log_rows(array_agg(700000 + n ORDER BY n), 'allowance', 'readCase', 'read', 'name', 1, 'req-inject', '', '', '') FROM generate_series(1, 200) n",
        );
      });
    }
    await serializable(database.pool, async (client) => {
      await withRole(client, "hagukumi_allowance");
      await client.query(
        "SELECT access.write_journal('event', 'inject', '', 'inject', 'done', '', '', jsonb_build_object('text', p)) FROM unnest($1::text[]) p",
        [payloads],
      );
    });
    const logged = await pages(
      async (before) => await readAccessLog(database.pool, callOf(auditor), before === undefined ? {} : { before }),
    );
    const injected = logged.filter(({ requestId }) => requestId === "req-inject");
    expect(injected.map(({ purposeText }) => purposeText).toReversed()).toEqual(texts);
    const journal = await pages(
      async (before) =>
        await readJournal(database.pool, callOf(auditor), {
          actor: "inject",
          ...(before === undefined ? {} : { before }),
        }),
    );
    expect(journal.map(({ detail }) => detail["text"]).toReversed()).toEqual(payloads);
    expect([injected.length, journal.length]).toEqual([25 * LOG_PAGE, 25 * JOURNAL_PAGE]);
    await sealLog(database.pool, key, folder);
    await sealLog(database.pool, key, folder, undefined, JOURNAL);
    expect((await verifyLog(database.pool, key)).findings).toEqual([]);
    expect((await verifyLog(database.pool, key, [], undefined, JOURNAL)).findings).toEqual([]);
  });
});
