/** Moving in from another municipality (転入): the base date, the former municipality's last month, the account, the protected person. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { addEntry, confirmEntry, reviseEntry } from "../../src/case-file/write-entry.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { amendFiling } from "../../src/filings/receive.ts";
import { examinePanel } from "../../src/filings/panel.ts";
import type { FilingForm } from "../../src/filings/form.ts";
import { testContext, testFolder } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");

const moveIn = (
  claimant: number,
  child: number,
  plannedOn: string,
  receivedOn: string,
  more: object = {},
): FilingForm =>
  form("certificationIndividual", receivedOn, {
    ...birthClaim(claimant, child, plannedOn, receivedOn).content,
    cause: "moveIn",
    ...more,
  });

/** A family that moved here on 2026-10-28 with a child of six. */
async function arrived(base: number, cells: Readonly<Record<string, string>> = {}): Promise<void> {
  const since = { 異動年月日: "2026-10-28", 異動事由コード: "10" };
  await bring(ito, {
    residents: [resident(base, "1990-01-01", { ...since, ...cells }), resident(base + 1, "2020-05-10", since)],
  });
}

const items = (differences: readonly { readonly item: string }[]): string[] => differences.map(({ item }) => item);

beforeAll(async () => await prepare(database.pool));

describe("a claim after moving in", () => {
  it("[A43] is stopped while the former municipality has paid the same month; asked, answered and ended before, it is certified", async () => {
    await arrived(44_001);
    // Planned day of moving out 10-25, claimed 11-06 (day 12): from 2026-11.
    const claim = moveIn(44_001, 44_002, "2026-10-25", "2026-11-06");
    const unasked = await examined(ito, claim);
    expect(items(unasked.proposal.differences)).toContain("former.notAsked");
    const content = {
      municipalityCode: "401307",
      municipalityName: "架空市",
      method: "letter" as const,
      askedOn: "2026-11-09",
      dueOn: "2026-11-20",
    };
    const asked = await addEntry(ito, "formerInquiry", { addresseeNumber: 44_001, validFrom: "2026-11-09", content });
    const waiting = await examined(ito, moveIn(44_001, 44_002, "2026-10-25", "2026-11-07"));
    expect(items(waiting.proposal.differences)).toContain("former.unanswered");
    const answer = (lastPaidMonth: string) => ({ ...content, answeredOn: "2026-11-16", paid: true, lastPaidMonth });
    await reviseEntry(ito, "formerInquiry", {
      entryId: asked.entryId,
      revision: 1,
      validFrom: "2026-11-09",
      reason: "回答の受領",
      content: answer("2026-11"),
    });
    await confirmEntry(sato, "formerInquiry", { entryId: asked.entryId, revision: 2 });
    const overlap = await examined(ito, moveIn(44_001, 44_002, "2026-10-25", "2026-11-09"));
    expect(overlap.proposal.differences).toContainEqual(
      expect.objectContaining({ item: "former.overlap", weight: "stop" }),
    );
    await expect(approveFiling(sato, { filingId: overlap.filingId, digest: overlap.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
    await reviseEntry(ito, "formerInquiry", {
      entryId: asked.entryId,
      revision: 2,
      validFrom: "2026-11-09",
      reason: "回答の訂正",
      content: answer("2026-10"),
    });
    await confirmEntry(sato, "formerInquiry", { entryId: asked.entryId, revision: 3 });
    await decided(ito, sato, moveIn(44_001, 44_002, "2026-10-25", "2026-11-08"));
    const { rows } = await database.pool.query(
      "SELECT to_char(effective_month, 'YYYY-MM') AS month FROM allowance.decision d JOIN allowance.recipient r USING (recipient_id) WHERE r.addressee_number = 44001",
    );
    expect(rows).toEqual([{ month: "2026-11" }]);
  });

  it("counts from the planned day of moving out, not from the day of moving in", async () => {
    await arrived(44_011);
    // Planned 10-20: day 15 is 11-04. On 11-05 it is late, although only 8 days after the arrival.
    const late = await examined(ito, moveIn(44_011, 44_012, "2026-10-20", "2026-11-05"));
    expect(late.proposal.effects[0]).toMatchObject({ fromMonth: "2026-12" });
    const timely = await examined(ito, moveIn(44_011, 44_012, "2026-10-20", "2026-11-04"));
    expect(timely.proposal.effects[0]).toMatchObject({ fromMonth: "2026-11" });
  });
});

describe("what else stops or marks a claim", () => {
  it("an account in another name is a stop, with a reason for the exception a mark; an unknown branch is a stop", async () => {
    await arrived(44_021);
    const account = { bank: "0182", branch: "101", accountType: "1", accountNumber: "44021", holder: "ベツノ　ヒト" };
    const claim = (changes: object) =>
      moveIn(44_021, 44_022, "2026-10-25", "2026-11-06", { account: { ...account, ...changes } });
    const other = await examined(ito, claim({}));
    expect(other.proposal.differences).toContainEqual(
      expect.objectContaining({ item: "account.holder", weight: "stop" }),
    );
    await expect(approveFiling(sato, { filingId: other.filingId, digest: other.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
    const unknown = await examined(ito, claim({ branch: "999" }));
    expect(unknown.proposal.differences).toContainEqual(
      expect.objectContaining({ item: "account.invalid", weight: "stop" }),
    );
    const allowed = await examined(ito, claim({ exception: "法定代理人の口座。係長の承認済み" }));
    expect(allowed.proposal.differences).toContainEqual(
      expect.objectContaining({ item: "account.holder", weight: "look" }),
    );
  });

  it("a claimant who is dead, gone or unknown can't be certified; a protected one is marked", async () => {
    await arrived(44_031, { 住民状態: "3", 異動年月日: "2026-11-01", 異動事由コード: "21" });
    await arrived(44_041, { 住民状態: "2", 異動年月日: "2026-11-01", 異動事由コード: "20" });
    await arrived(44_051, { 支援措置区分: "1" });
    const dead = await examined(ito, moveIn(44_031, 44_032, "2026-10-25", "2026-11-06"));
    expect(items(dead.proposal.differences)).toContain("claimant.dead");
    const gone = await examined(ito, moveIn(44_041, 44_042, "2026-10-25", "2026-11-06"));
    expect(items(gone.proposal.differences)).toContain("claimant.residence");
    for (const { filingId, digest, proposal } of [dead, gone]) {
      // The rules alone would give the month of the event; the register stops the claim that came after it.
      expect(proposal.outcome).toBe("grant");
      await expect(approveFiling(sato, { filingId, digest })).rejects.toMatchObject({ code: "filingStopped" });
    }
    const child = await examined(ito, moveIn(44_051, 44_777, "2026-10-25", "2026-11-06"));
    expect(child.proposal).toMatchObject({ outcome: "impossible" });
    expect(items(child.proposal.differences)).toEqual(["person.unknown"]);
    const shielded = await examined(ito, moveIn(44_051, 44_052, "2026-10-25", "2026-11-06"));
    expect(items(shielded.proposal.differences)).toContain("claimant.protected");
  });
});

describe("claim information", () => {
  it("[D12] is created, read and corrected; the version before stays with who typed it", async () => {
    await arrived(44_061);
    const claim = moveIn(44_061, 44_062, "2026-10-25", "2026-11-06");
    const { filingId } = await examined(ito, claim);
    expect((await examinePanel(sato, filingId)).filing.content).toMatchObject({
      cause: "moveIn",
      causeOn: "2026-10-25",
    });
    await amendFiling(sato, {
      filingId,
      form: moveIn(44_061, 44_062, "2026-10-26", "2026-11-06"),
      reason: "転出予定日の誤記",
    });
    expect((await examinePanel(sato, filingId)).filing).toMatchObject({
      content: { causeOn: "2026-10-26" },
      contentRevision: 2,
    });
    const { rows } = await database.pool.query(
      `SELECT revision, content->>'causeOn' AS cause, typed_by FROM allowance.filing_content WHERE filing_id = $1 ORDER BY revision`,
      [filingId],
    );
    expect(rows).toEqual([
      { revision: 1, cause: "2026-10-25", typed_by: "staff.ito" },
      { revision: 2, cause: "2026-10-26", typed_by: "staff.sato" },
    ]);
  });
});
