import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { approveLaw } from "../support/parameters.ts";
import { testContext, testFolder } from "../support/context.ts";
import { onDay } from "../support/families.ts";
import { runMass } from "../support/reviews.ts";
import { claim, claimChild, type Delivery, number15, resident, writeDelivery } from "../support/feeds.ts";

const database = useDatabase();
beforeAll(async () => await approveLaw(database.pool));
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");
let folders = 0;

async function bring(delivery: Delivery): Promise<void> {
  const result = await importFeeds(ito, await writeDelivery(join(dir, `d${(folders += 1)}`), delivery));
  expect(result.files.map(({ refused }) => refused)).toEqual(result.files.map(() => 0));
}

/** A certified parent `base` with children `base + 1` (2025-06-05) and `base + 2` (2015-07-01). Returns the 認定番号. */
async function certified(base: number): Promise<number> {
  await bring({
    residents: [resident(base, "1990-01-01"), resident(base + 1, "2025-06-05"), resident(base + 2, "2015-07-01")],
    claims: [claim(base, base, "2025-06-10", { 請求事由: "birth", 事由発生年月日: "2025-06-05" })],
    claimChildren: [claimChild(base, base + 1, 2), claimChild(base, base + 2, 1)],
  });
  await examineClaims(ito, [String(base)]);
  await approveClaims(sato, [String(base)]);
  const { rows } = await database.pool.query<{ recipient_id: number }>(
    "SELECT recipient_id FROM allowance.recipient WHERE addressee_number = $1",
    [base],
  );
  return rows[0]?.recipient_id ?? 0;
}

async function decisions(recipientId: number): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    `SELECT kind, to_char(effective_month, 'YYYY-MM') AS month, monthly_total AS total, cause, origin
     FROM allowance.decision WHERE recipient_id = $1 ORDER BY seq`,
    [recipientId],
  );
  return rows;
}

const dies = (number: number, birth: string, on: string): Record<string, string> =>
  resident(number, birth, { 履歴番号: "2", 住民状態: "3", 異動年月日: on, 異動事由コード: "21" });

// Child of 2015: 10,000; child under three: 15,000; together 25,000 from 2025-07.
const START = { kind: "certify", month: "2025-07", total: 25_000, cause: "birth", origin: "claim" };

describe("a decision ex officio", () => {
  it("is refused without a proposal, and to the person who proposed it", async () => {
    const recipient = await certified(30_001);
    await bring({ residents: [dies(30_001, "1990-01-01", "2026-09-15")] });
    await expect(approveReexamined(sato, { recipients: [recipient] })).rejects.toMatchObject({
      code: "examinationMissing",
    });
    await reexamine(ito, { recipients: [recipient] });
    await expect(approveReexamined(ito, { recipients: [recipient] })).rejects.toMatchObject({ code: "samePerson" });
    await expect(reexamine(ito, { recipients: [999_999] })).rejects.toMatchObject({ code: "recipientUnknown" });
    expect(await decisions(recipient)).toEqual([START]);
  });

  it("is refused when the facts changed again after the proposal", async () => {
    const recipient = await certified(30_011);
    await bring({ residents: [dies(30_011, "1990-01-01", "2026-09-15")] });
    await reexamine(ito, { recipients: [recipient] });
    await bring({ residents: [dies(30_011, "1990-01-01", "2026-08-15")] });
    await expect(approveReexamined(sato, { recipients: [recipient] })).rejects.toMatchObject({
      code: "examinationMissing",
    });
    expect(await decisions(recipient)).toEqual([START]);
  });

  it("ends the right with the month of death", async () => {
    const recipient = await certified(30_021);
    await bring({ residents: [dies(30_021, "1990-01-01", "2026-09-15")] });
    expect(await reexamine(ito, { recipients: [recipient] })).toMatchObject({ changed: 1, written: 1 });
    expect(await approveReexamined(sato, { recipients: [recipient] })).toMatchObject({ written: 1 });
    expect(await decisions(recipient)).toEqual([
      START,
      { kind: "extinguish", month: "2026-10", total: 0, cause: "recipientDeath", origin: "exOfficio" },
    ]);
    // Nothing is left to decide.
    expect(await reexamine(ito, { recipients: [recipient] })).toMatchObject({ changed: 0, written: 0 });
    expect(await approveReexamined(sato, { recipients: [recipient] })).toMatchObject({ changed: 0, written: 0 });
  });

  it("lowers the amount from the month after the last day of care of one child", async () => {
    const recipient = await certified(30_031);
    await bring({
      statusPeriods: [
        {
          区分: "careEnd",
          宛名番号: number15(30_033),
          相手宛名番号: number15(30_031),
          開始年月日: "2026-06-20",
          短期: "0",
          留学: "0",
        },
      ],
    });
    await reexamine(ito, { recipients: [recipient] });
    await approveReexamined(sato, { recipients: [recipient] });
    // 25,000 − 10,000 (child of 2015) = 15,000 from 2026-07
    expect((await decisions(recipient)).at(-1)).toMatchObject({ kind: "decrease", month: "2026-07", total: 15_000 });
  });

  it("takes back by 訂正 what the facts no longer bear, and keeps every earlier row", async () => {
    const recipient = await certified(30_041);
    await bring({ residents: [dies(30_041, "1990-01-01", "2026-09-15")] });
    await reexamine(ito, { recipients: [recipient] });
    await approveReexamined(sato, { recipients: [recipient] });
    // The register corrects the day of death to 2026-08-15.
    await bring({ residents: [dies(30_041, "1990-01-01", "2026-08-15")] });
    const all = await reexamine(ito, "all");
    // A mass run only names a right that has ended …
    expect(all.ended).toContain(recipient);
    await approveReexamined(sato, "all");
    expect(await decisions(recipient)).toHaveLength(2);
    // … a person decides it by itself.
    await reexamine(ito, { recipients: [recipient] });
    await approveReexamined(sato, { recipients: [recipient] });
    expect(await decisions(recipient)).toMatchObject([
      START,
      { kind: "extinguish", month: "2026-10", origin: "exOfficio" },
      { kind: "correct", month: "2026-09", total: 0, cause: "factsChanged", origin: "exOfficio" },
      { kind: "extinguish", month: "2026-09", origin: "exOfficio" },
    ]);
    const { rows } = await database.pool.query(
      "SELECT first_month, ended_from FROM allowance.recipient_window WHERE recipient_id = $1",
      [recipient],
    );
    expect(rows).toEqual([{ first_month: "2025-07-01", ended_from: "2026-09-01" }]);
  });

  it("for everyone goes by the same rules, as a batch, and touches nobody whose facts are the same", async () => {
    const moved = await certified(30_051);
    const stays = await certified(30_061);
    await bring({
      residents: [
        resident(30_051, "1990-01-01", {
          履歴番号: "2",
          住民状態: "2",
          異動年月日: "2026-10-31",
          異動事由コード: "20",
        }),
      ],
    });
    await reexamine(ito, "all");
    await approveReexamined(sato, "all");
    expect((await decisions(moved)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-11",
      cause: "movedOut",
      origin: "batch",
    });
    expect(await decisions(stays)).toEqual([START]);
  });

  it("lets a 施設等受給者 be certified once the parents' right to the child has ended", async () => {
    const parent = await certified(30_071);
    const home = {
      宛名番号: number15(39_001),
      名称: "架空園",
      区分: "institution",
      市区町村コード: "431010",
      設置者区分: "private",
    };
    await bring({
      organizations: [home],
      statusPeriods: [
        {
          区分: "institution",
          宛名番号: number15(30_073),
          相手宛名番号: number15(39_001),
          開始年月日: "2026-09-10",
          短期: "0",
          留学: "0",
        },
      ],
      claims: [
        claim(39_001, 39_001, "2026-09-20", {
          受給者区分: "institution",
          請求事由: "enteredInstitution",
          事由発生年月日: "2026-09-10",
          被用区分: "",
        }),
      ],
      claimChildren: [claimChild(39_001, 30_073, 1)],
    });
    await reexamine(ito, { recipients: [parent] });
    await approveReexamined(sato, { recipients: [parent] });
    await examineClaims(ito, ["39001"]);
    expect(await approveClaims(sato, ["39001"])).toMatchObject({ granted: 1, refused: 0 });
    // The parent loses 10,000 from 2026-10, the institution has it from 2026-10: no month twice, none without.
    expect((await decisions(parent)).at(-1)).toMatchObject({ kind: "decrease", month: "2026-10", total: 15_000 });
    const { rows } = await database.pool.query<{ recipient_id: number }>(
      "SELECT recipient_id FROM allowance.recipient WHERE addressee_number = 39001",
    );
    expect(await decisions(rows[0]?.recipient_id ?? 0)).toMatchObject([
      { kind: "certify", month: "2026-10", total: 10_000 },
    ]);
  });

  it("leaves alone what a mass run has decided since for the month to come", async () => {
    const [july, august] = [onDay(ito, "2026-07-10"), onDay(ito, "2026-08-18")];
    await bring({
      residents: [resident(30_081, "1990-01-01"), resident(30_082, "2023-08-05")],
      claims: [claim(30_081, 30_081, "2026-07-01", { 請求事由: "birth", 事由発生年月日: "2026-06-30" })],
      claimChildren: [claimChild(30_081, 30_082, 1)],
    });
    await examineClaims(july, ["30081"]);
    await approveClaims(onDay(sato, "2026-07-11"), ["30081"]);
    const { rows } = await database.pool.query<{ id: number }>(
      "SELECT recipient_id AS id FROM allowance.recipient WHERE addressee_number = 30081",
    );
    const recipient = rows[0]?.id ?? 0;
    // Three years old in August: 15,000 until then, 10,000 from September.
    await runMass({ clerk: august, approver: onDay(sato, "2026-08-18") }, "ageMilestones", { month: "2026-08" });
    const lowered = await decisions(recipient);
    expect(lowered.at(-1)).toMatchObject({ kind: "decrease", month: "2026-09", total: 10_000, origin: "batch" });
    // The last proposal looked as far as July; an approval of the whole city in August must not judge the case short of September.
    await approveReexamined(onDay(sato, "2026-08-20"), "all");
    expect(await decisions(recipient)).toEqual(lowered);
    await approveReexamined(onDay(sato, "2026-08-20"), { recipients: [recipient] });
    expect(await decisions(recipient)).toEqual(lowered);
  });
});
