import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { sessionNow } from "../../src/identity/actor.ts";
import { personnelColumns } from "../../src/identity/personnel-feed.ts";
import { importPersonnel } from "../../src/identity/personnel-import.ts";
import type { PersonnelResult } from "../../src/identity/personnel-import.ts";
import type { Identity } from "../../src/identity/settings.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { useDatabase } from "../support/cluster.ts";
import {
  asConsole,
  logIn,
  makePerson,
  makeSections,
  makeTerminal,
  refusalOf,
  shiftClock,
  testIdentity,
  todayOf,
} from "../support/identity.ts";
import type { Person } from "../support/identity.ts";

function feed(...lines: readonly string[]): Uint8Array {
  return Buffer.from(`${[personnelColumns.join(","), ...lines].join("\r\n")}\r\n`, "utf8");
}

describe("the personnel feed (人事異動データ)", () => {
  const database = useDatabase();
  let identity: Identity;
  let desk: TerminalProof;
  let person: Person;
  let today = "";

  const take = async (
    lines: readonly string[],
    more: { readonly full?: boolean; readonly confirmMany?: boolean } = {},
  ): Promise<PersonnelResult> =>
    await importPersonnel(identity, asConsole(), { bytes: feed(...lines), full: false, ...more });

  const assignments = async (staffId: string): Promise<readonly string[]> => {
    const { rows } = await database.pool.query<{ line: string }>(
      "SELECT concat_ws(' ', section_code, starts_on, coalesce(ends_on::text, '-')) AS line FROM identity.assignment_period WHERE staff_id = $1 ORDER BY starts_on, assignment_id",
      [staffId],
    );
    return rows.map(({ line }) => line);
  };

  const day = (offset: number): string =>
    new Date(Date.parse(`${today}T00:00:00Z`) + offset * 86_400_000).toISOString().slice(0, 10);

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    desk = await makeTerminal(identity, "DESK-1");
    person = await makePerson(identity, "kaku.201", desk, { roles: ["clerk"] });
    today = await todayOf(database.pool);
  });

  beforeEach(async () => {
    await shiftClock(database.pool, "0");
    await database.pool.query(
      "UPDATE identity.session SET ended_at = now(), end_reason = 'ended' WHERE ended_at IS NULL",
    );
  });

  it("refuses lines with line and reason and takes the rest", async () => {
    const result = await take([
      `kaku.210,架空 採用,カクウ サイヨウ,kodomo,採用,${today},`,
      `kaku.211,架空 異動,,kodomo,異動,${today},`,
      `kaku.212,架空 部署,,nowhere,採用,${today},`,
      `kaku.213,架空 日付,,kodomo,採用,2026-02-30,`,
      `kaku.214,架空 種別,,kodomo,出張,${today},`,
      `ｋａｋｕ,架空 番号,,kodomo,採用,${today},`,
      `kaku.215,架空 欠け,kodomo`,
      `kaku.216,架空 終了,,kodomo,採用,${today},2020-01-01`,
    ]);
    expect(result).toMatchObject({ repeated: false, lines: 8, changed: 1, switchedOff: [] });
    expect(result.refused.map(({ line, code }) => [line, code]).toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
      [3, "staff"], [4, "section"], [5, "value"], [6, "value"], [7, "value"], [8, "csv"], [9, "value"],
    ]); // prettier-ignore
    for (const { message } of result.refused) expect(message).toMatch(/[ぁ-ん]/);
    const { rows } = await database.pool.query("SELECT 1 FROM identity.staff WHERE staff_id LIKE 'kaku.21%'");
    expect(rows).toHaveLength(1);
    await expect(
      importPersonnel(identity, asConsole(), { bytes: Buffer.from("a,b\n"), full: false }),
    ).rejects.toMatchObject({ code: "csvHeader" });
    await expect(
      importPersonnel(identity, asConsole(), { bytes: Buffer.from([0xff, 0xfe, 0x00]), full: false }),
    ).rejects.toMatchObject({ code: "csvUnreadable" });
  });

  it("the same file again changes nothing, on the same day and on the next", async () => {
    const lines = [`kaku.220,架空 再送,,chuo,採用,${today},`, `kaku.220,架空 再送,,kita,兼務,${today},${day(30)}`];
    expect(await take(lines)).toMatchObject({ repeated: false, changed: 2 });
    const before = await assignments("kaku.220");
    expect(await take(lines)).toMatchObject({ repeated: true, changed: 0 });
    await shiftClock(database.pool, "1 day");
    expect(await take(lines)).toMatchObject({ repeated: false, changed: 0 });
    expect(await assignments("kaku.220")).toEqual(before);
  });

  it("[A152] [D209] a move entered ahead ends the old section's right at 00:00 of its day, in an open session, and gives none in the new one", async () => {
    const moveDay = day(2);
    expect(await take([`kaku.201,架空 改姓,,higashi,異動,${moveDay},`])).toMatchObject({ changed: 1 });
    expect(await assignments("kaku.201")).toEqual([`kodomo 2021-04-01 ${day(1)}`, `higashi ${moveDay} -`]);
    const { rows } = await database.pool.query<{ left: number }>(
      `SELECT extract(epoch FROM ($1::date::timestamp AT TIME ZONE 'Asia/Tokyo') - now())::float8 AS left`,
      [moveDay],
    );
    const left = rows[0]?.left ?? 0;
    await shiftClock(database.pool, `${left - 60} seconds`);
    const { tokenHash: hash } = await logIn(identity, person, desk);
    expect(await sessionNow(database.pool, hash)).toMatchObject({
      section_code: "kodomo",
      staff_name: "架空 kaku.201",
    });
    expect((await sessionNow(database.pool, hash))?.permissions).toContain("case.open");
    await shiftClock(database.pool, `${left + 1} seconds`);
    const after = await sessionNow(database.pool, hash);
    expect(after).toMatchObject({
      section_code: "higashi",
      section_name: "東区 保健こども課",
      staff_name: "架空 改姓",
      permissions: [],
      wards: [],
    });
  });

  it("a move back-dated behind a later one ends before it", async () => {
    await take([`kaku.230,架空 後先,,chuo,採用,${day(-100)},`, `kaku.230,架空 後先,,kita,異動,${day(-10)},`]);
    await take([`kaku.230,架空 後先,,nishi,異動,${day(-50)},`]);
    expect(await assignments("kaku.230")).toEqual([
      `chuo ${day(-100)} ${day(-11)}`,
      `nishi ${day(-50)} ${day(-11)}`,
      `kita ${day(-10)} -`,
    ]);
  });

  it("a leaver is out on the day, and the open session with them", async () => {
    const leaver = await makePerson(identity, "kaku.240", desk, { roles: ["clerk"] });
    const { tokenHash: hash } = await logIn(identity, leaver, desk);
    await take([`kaku.240,架空 kaku.240,,,退職,${today},`]);
    expect(await sessionNow(database.pool, hash)).toBeUndefined();
    const { rows } = await database.pool.query("SELECT end_reason FROM identity.session WHERE token_hash = $1", [hash]);
    expect(rows).toEqual([{ end_reason: "revoked" }]);
    expect(await refusalOf(logIn(identity, leaver, desk))).toBe("logInRefused");
  });

  it("[THR7] who is missing from the full list is switched off in that run, open session included; who comes back is switched on", async () => {
    const absent = await makePerson(identity, "kaku.250", desk, { roles: ["clerk"] });
    const { rows: all } = await database.pool.query<{ staff_id: string }>(
      "SELECT staff_id FROM identity.staff WHERE identity.active_on(staff_id, identity.today()) ORDER BY 1",
    );
    const line = async (staffId: string): Promise<string> => {
      const { rows } = await database.pool.query<{ section: string; starts: string; name: string }>(
        `SELECT p.section_code AS section, p.starts_on AS starts, n.name FROM identity.assignment_period p JOIN identity.staff_name n USING (staff_id)
         WHERE p.staff_id = $1 AND p.main AND p.starts_on <= identity.today() AND (p.ends_on IS NULL OR p.ends_on >= identity.today()) ORDER BY n.starts_on LIMIT 1`,
        [staffId],
      );
      return `${staffId},${rows[0]?.name ?? ""},,${rows[0]?.section ?? ""},採用,${rows[0]?.starts ?? ""},`;
    };
    const everybody = await Promise.all(all.map(async ({ staff_id: staffId }) => await line(staffId)));
    const without = everybody.filter((text) => !text.startsWith("kaku.250,"));
    expect(without).toHaveLength(everybody.length - 1);
    // A list with an unreadable line switches nobody off: the missing one may be that line.
    expect(await take([...without, '"x'], { full: true })).toMatchObject({ switchedOff: [], switchOffSkipped: true });
    const { tokenHash: hash } = await logIn(identity, absent, desk);
    expect(await take(without, { full: true })).toMatchObject({ switchedOff: ["kaku.250"] });
    expect(await sessionNow(database.pool, hash)).toBeUndefined();
    expect(await refusalOf(logIn(identity, absent, desk))).toBe("logInRefused");
    expect(await take(everybody, { full: true })).toMatchObject({ switchedOff: [], switchedOn: ["kaku.250"] });
    await expect(logIn(identity, absent, desk)).resolves.toBeDefined();
  });

  it("a full list that would switch off more than half is refused as a whole, unless somebody has looked at it", async () => {
    for (let n = 0; n < 6; n += 1) await take([`kaku.26${n},架空 多数,,kodomo,採用,${today},`]);
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM identity.staff WHERE identity.active_on(staff_id, identity.today())",
    );
    const active = rows[0]?.n ?? 0;
    const one = [`kaku.260,架空 多数,,kodomo,採用,${today},`];
    await expect(take(one, { full: true })).rejects.toMatchObject({
      code: "personnelFeedTooShort",
      details: { missing: active - 1, active },
    });
    const { rows: after } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM identity.staff WHERE identity.active_on(staff_id, identity.today())",
    );
    expect(after[0]?.n).toBe(active);
    expect((await take(one, { full: true, confirmMany: true })).switchedOff).toHaveLength(active - 1);
  });
});
