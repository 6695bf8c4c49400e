import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling, sendBack } from "../../src/filings/approve.ts";
import { receiveDocuments, requestDocuments } from "../../src/filings/documents.ts";
import { examineFiling, overrideProposal } from "../../src/filings/examine.ts";
import { amendFiling, submitFiling } from "../../src/filings/receive.ts";
import { loadFiling } from "../../src/filings/record.ts";
import { withdrawFiling } from "../../src/filings/withdraw.ts";
import { testContext, testFolder } from "../support/context.ts";
import { number15, resident } from "../support/feeds.ts";
import { birthClaim, bring, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");
const suzuki = testContext(database, dir, "staff.suzuki");

/** A family of its own for each test: parent `base`, child `base + 1` born on 2026-10-31. */
async function family(base: number): Promise<ReturnType<typeof birthClaim>> {
  await bring(ito, { residents: [resident(base, "1990-01-01"), resident(base + 1, "2026-10-31")] });
  return birthClaim(base, base + 1, "2026-10-31", "2026-11-13");
}

async function decisionsOf(claimant: number): Promise<readonly { kind: string; total: number | null }[]> {
  const { rows } = await database.pool.query<{ kind: string; total: number | null }>(
    `SELECT d.kind, d.monthly_total AS total FROM allowance.decision d LEFT JOIN allowance.recipient r USING (recipient_id)
     LEFT JOIN allowance.claim c ON c.claim_id = d.claim_id WHERE coalesce(r.addressee_number, c.claimant_number) = $1 ORDER BY d.decision_id`,
    [claimant],
  );
  return rows;
}

beforeAll(async () => await prepare(database.pool));

describe("the second person", () => {
  it("[D197] who typed, examined, changed the proposal, corrected or recorded a paper can't approve; another person can", async () => {
    const filed = await family(32_001);
    const { filingId } = await submitFiling(ito, { form: filed });
    await receiveDocuments(sato, { filingId, received: [{ code: "passbook" }] });
    await examineFiling(ito, { filingId });
    await amendFiling(suzuki, { filingId, form: { ...filed, channel: "post" }, reason: "郵送で届いたため" });
    const { digest } = await examineFiling(ito, { filingId });
    for (const context of [ito, sato, suzuki]) {
      await expect(approveFiling(context, { filingId, digest })).rejects.toMatchObject({ code: "samePerson" });
    }
    expect(await decisionsOf(32_001)).toEqual([]);
    await approveFiling(testContext(database, dir, "staff.tanaka"), { filingId, digest });
    // Under three: 15,000
    expect(await decisionsOf(32_001)).toEqual([{ kind: "certify", total: 15_000 }]);
  });

  it("of two approvers at the same moment exactly one decides", async () => {
    const { filingId, digest } = await examined(ito, await family(32_011));
    const both = await Promise.allSettled([
      approveFiling(sato, { filingId, digest }),
      approveFiling(suzuki, { filingId, digest }),
    ]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await decisionsOf(32_011)).toHaveLength(1);
  });

  it("the same key gets the first answer; another key finds the filing decided", async () => {
    const { filingId, digest } = await examined(ito, await family(32_021));
    const first = await approveFiling(sato, { filingId, digest, key: "approve-once" });
    expect(await approveFiling(sato, { filingId, digest, key: "approve-once" })).toEqual(first);
    await expect(approveFiling(sato, { filingId, digest })).rejects.toMatchObject({ code: "filingEnded" });
    expect(await decisionsOf(32_021)).toHaveLength(1);
  });
});

describe("an approval is bound to what was seen", () => {
  it("another digest, a corrected version or a later examination is refused", async () => {
    const filed = await family(32_031);
    const seen = await examined(ito, filed);
    const { filingId } = seen;
    await expect(approveFiling(sato, { filingId, digest: "0".repeat(64) })).rejects.toMatchObject({
      code: "contentChanged",
    });
    await amendFiling(ito, { filingId, form: { ...filed, receivedOn: "2026-11-16" } });
    await expect(approveFiling(sato, { filingId, digest: seen.digest })).rejects.toMatchObject({ code: "filingState" });
    const again = await examineFiling(ito, { filingId });
    expect(again.digest).not.toBe(seen.digest);
    await expect(approveFiling(sato, { filingId, digest: seen.digest })).rejects.toMatchObject({
      code: "contentChanged",
    });
    expect(await decisionsOf(32_031)).toEqual([]);
    await approveFiling(sato, { filingId, digest: again.digest });
    expect(await decisionsOf(32_031)).toHaveLength(1);
  });

  it("a fact that arrives in between is named, and nothing is decided until it has been examined", async () => {
    const { filingId, digest } = await examined(ito, await family(32_041));
    await bring(ito, {
      statusPeriods: [
        { 区分: "publicServant", 宛名番号: number15(32_041), 開始年月日: "2026-04-01", 短期: "0", 留学: "0" },
      ],
    });
    await expect(approveFiling(sato, { filingId, digest })).rejects.toMatchObject({
      code: "contentChanged",
      details: { changed: expect.arrayContaining(["outcome", "reasons"]) as unknown },
    });
    expect(await decisionsOf(32_041)).toEqual([]);
    const again = await examineFiling(ito, { filingId });
    expect(again.proposal.outcome).toBe("refuse");
  });

  it("a name that changes in the register changes what was seen", async () => {
    const base = await family(32_051);
    const filed = { ...base, content: { ...base.content, written: { name: "架空　32051子" } } };
    const { filingId, digest, proposal } = await examined(ito, filed);
    // Nothing but the number of the account, which this test types once.
    expect(proposal.differences.map(({ item }) => item)).toEqual(["account.numberOnce"]);
    await bring(ito, {
      residents: [resident(32_051, "1990-01-01", { 履歴番号: "2", 氏名: "架空　改姓", 異動事由コード: "30" })],
    });
    await expect(approveFiling(sato, { filingId, digest })).rejects.toMatchObject({
      code: "contentChanged",
      details: { changed: ["differences"] },
    });
  });
});

describe("papers", () => {
  it("that are missing stop the approval; 返戻 and 保留 wait until a day; each paper is received or waived with a reason", async () => {
    const base = await family(32_061);
    const filed = {
      ...base,
      content: { ...base.content, children: [{ number: 32_062, role: "child", living: "apart" }] },
    };
    const { filingId } = await submitFiling(ito, { form: filed });
    const first = await examineFiling(ito, { filingId });
    const items = first.proposal.differences.filter(({ weight }) => weight === "stop").map(({ item }) => item);
    expect(items).toEqual(["document.careApart", "document.childResidence", "document.passbook"]);
    await expect(approveFiling(sato, { filingId, digest: first.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
    const request = { filingId, how: "returned" as const, documents: ["careApart"], reason: "申立書がないため" };
    await expect(requestDocuments(ito, { ...request, dueOn: "2026-11-22" })).rejects.toMatchObject({
      code: "filingInvalid",
    });
    await expect(
      requestDocuments(ito, { ...request, documents: ["noSuch"], dueOn: "2026-12-07" }),
    ).rejects.toMatchObject({ code: "filingInvalid" });
    await requestDocuments(ito, { ...request, dueOn: "2026-12-07" });
    expect(await loadFiling(database.pool, filingId)).toMatchObject({ state: "returned", dueOn: "2026-12-07" });
    await requestDocuments(ito, { ...request, how: "held", dueOn: "2026-12-10" });
    expect(await loadFiling(database.pool, filingId)).toMatchObject({ state: "held", dueOn: "2026-12-10" });
    const waive = { code: "careApart", reason: "台帳で確認" };
    await expect(receiveDocuments(ito, { filingId, waived: [waive] })).rejects.toMatchObject({ code: "filingInvalid" });
    await expect(
      receiveDocuments(ito, { filingId, waived: [{ code: "childResidence", reason: " " }] }),
    ).rejects.toMatchObject({ code: "filingInvalid" });
    await receiveDocuments(ito, {
      filingId,
      received: [{ code: "careApart", on: "2026-11-20" }, { code: "passbook" }],
      waived: [{ code: "childResidence", reason: "住民基本台帳で確認" }],
    });
    const second = await examineFiling(ito, { filingId });
    await approveFiling(sato, { filingId, digest: second.digest });
    // The claim date is still that of the first arrival: born 10-31, claimed 11-13 → from 2026-11.
    expect(await decisionsOf(32_061)).toEqual([{ kind: "certify", total: 15_000 }]);
  });
});

describe("a change of the proposal", () => {
  it("needs a reason; a refusal by a person is shown to the approver and decided as such", async () => {
    const { filingId, digest } = await examined(ito, await family(32_071));
    const change = { filingId, outcome: "refuse" as const, reasonCode: "notMainEarner" };
    await expect(overrideProposal(ito, { ...change, reason: "　" })).rejects.toMatchObject({ code: "filingInvalid" });
    await expect(overrideProposal(ito, { filingId, reasonCode: "x", reason: "理由だけ" })).rejects.toMatchObject({
      code: "overrideInvalid",
    });
    const overridden = await overrideProposal(ito, { ...change, reason: "配偶者の方が恒常的に所得が高いため" });
    expect(overridden.proposal).toMatchObject({ outcome: "refuse", effects: [] });
    expect(overridden.proposal.reasons[0]).toBe("配偶者の方が恒常的に所得が高いため");
    expect(overridden.proposal.reasons[1]).toContain("（システムの案の理由）");
    await expect(approveFiling(sato, { filingId, digest })).rejects.toMatchObject({ code: "contentChanged" });
    await approveFiling(sato, { filingId, digest: overridden.digest });
    expect(await decisionsOf(32_071)).toEqual([{ kind: "refuse", total: null }]);
  });

  it("can't grant what the law refuses", async () => {
    const filed = await family(32_081);
    await bring(ito, {
      statusPeriods: [
        { 区分: "publicServant", 宛名番号: number15(32_081), 開始年月日: "2020-04-01", 短期: "0", 留学: "0" },
      ],
    });
    const { filingId } = await examined(ito, filed);
    const forced = await overrideProposal(ito, {
      filingId,
      outcome: "grant",
      reasonCode: "other",
      reason: "支給したいため",
    });
    await expect(approveFiling(sato, { filingId, digest: forced.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
    expect(await decisionsOf(32_081)).toEqual([]);
  });

  it("[A37] of the start: the reasoning names cause, 15th day and closed days; other days need a reason and the approval", async () => {
    await bring(ito, { residents: [resident(32_091, "1990-01-01"), resident(32_092, "2026-10-01")] });
    // Born 10-01; day 15 is 10-16 (Friday). Claimed 11-20: late → from 2026-12.
    const late = await examined(ito, birthClaim(32_091, 32_092, "2026-10-01", "2026-11-20"));
    expect(late.proposal.effects[0]).toMatchObject({ kind: "certify", fromMonth: "2026-12" });
    expect(late.proposal.reasons[0]).toContain("2026年10月16日");
    expect(late.proposal.reasons[0]).toContain("期限を過ぎている");
    // In hospital until 11-10, claimed within 15 days of it: the month after the birth.
    const { filingId } = late;
    const moved = await overrideProposal(ito, {
      filingId,
      reasonCode: "obstacle",
      reason: "請求者が 11月10日まで入院していたため（医師の証明書を確認）",
      adjust: { obstacleEndedOn: "2026-11-10" },
    });
    expect(moved.proposal.effects[0]).toMatchObject({ kind: "certify", fromMonth: "2026-11" });
    await approveFiling(sato, { filingId, digest: moved.digest });
    const { rows } = await database.pool.query(
      "SELECT to_char(effective_month, 'YYYY-MM') AS month FROM allowance.decision d JOIN allowance.recipient r USING (recipient_id) WHERE r.addressee_number = 32091",
    );
    expect(rows).toEqual([{ month: "2026-11" }]);
  });
});

describe("the other ways", () => {
  it("差戻し goes back to the examination with the reason; the same approver may approve afterwards", async () => {
    const { filingId, digest } = await examined(ito, await family(32_101));
    await expect(sendBack(sato, { filingId, reason: "" })).rejects.toMatchObject({ code: "filingInvalid" });
    await sendBack(sato, { filingId, reason: "口座の写しを確かめてください" });
    await expect(approveFiling(sato, { filingId, digest })).rejects.toMatchObject({ code: "filingState" });
    expect(await loadFiling(database.pool, filingId)).toMatchObject({
      state: "submitted",
      lastReason: "口座の写しを確かめてください",
    });
    const again = await examineFiling(ito, { filingId });
    await approveFiling(sato, { filingId, digest: again.digest });
    expect(await decisionsOf(32_101)).toHaveLength(1);
  });

  it("取下げ ends an undecided filing; a decided one can't be withdrawn, a withdrawn one not examined", async () => {
    const first = await examined(ito, await family(32_111));
    await withdrawFiling(ito, { filingId: first.filingId, reason: "本人の申出" });
    await expect(examineFiling(ito, { filingId: first.filingId })).rejects.toMatchObject({ code: "filingEnded" });
    await expect(approveFiling(sato, { filingId: first.filingId, digest: first.digest })).rejects.toMatchObject({
      code: "filingEnded",
    });
    const second = await examined(ito, birthClaim(32_111, 32_112, "2026-10-31", "2026-11-14"));
    await approveFiling(sato, { filingId: second.filingId, digest: second.digest });
    await expect(withdrawFiling(ito, { filingId: second.filingId, reason: "間違い" })).rejects.toMatchObject({
      code: "filingEnded",
    });
  });

  it("取下書 by the claimant is a filing of its own: only for the own, undecided filing, by two people", async () => {
    const target = await examined(ito, await family(32_121));
    await bring(ito, { residents: [resident(32_131, "1990-01-01")] });
    const content = { receptionNumber: target.receptionNumber, withdrawnOn: "2026-11-20" };
    const foreign = await examined(ito, form("withdrawal", "2026-11-20", { claimant: 32_131, ...content }));
    await expect(approveFiling(sato, { filingId: foreign.filingId, digest: foreign.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
    const own = await examined(ito, form("withdrawal", "2026-11-20", { claimant: 32_121, ...content }));
    await approveFiling(sato, { filingId: own.filingId, digest: own.digest });
    expect((await loadFiling(database.pool, target.filingId)).state).toBe("withdrawn");
    expect(await decisionsOf(32_121)).toEqual([]);
  });

  it("[D2] [D3] reception, examination and answer of a claim and of an increase are three dated states, each found by itself", async () => {
    const first = await examined(ito, await family(32_141));
    await approveFiling(sato, { filingId: first.filingId, digest: first.digest });
    await bring(ito, { residents: [resident(32_143, "2026-11-05")] });
    const { rows: recipients } = await database.pool.query<{ id: number }>(
      "SELECT recipient_id AS id FROM allowance.recipient WHERE addressee_number = 32141",
    );
    const second = await examined(
      ito,
      form("increase", "2026-11-13", {
        claimant: 32_141,
        recipientId: recipients[0]?.id,
        cause: "birth",
        causeOn: "2026-11-05",
        children: [{ number: 32_143, role: "child" }],
      }),
    );
    await approveFiling(sato, { filingId: second.filingId, digest: second.digest });
    for (const { filingId } of [first, second]) {
      for (const kind of ["submitted", "examined", "approved"]) {
        const found = await database.pool.query(
          "SELECT FROM allowance.filing_event WHERE kind = $1 AND done_on = '2026-11-23' AND filing_id = $2",
          [kind, filingId],
        );
        expect(found.rowCount, kind).toBe(1);
      }
    }
    // A refusal is an answer too.
    const third = await examined(ito, await family(32_151));
    const refusal = await overrideProposal(ito, {
      filingId: third.filingId,
      outcome: "refuse",
      reasonCode: "notMainEarner",
      reason: "配偶者が生計中心者のため",
    });
    await approveFiling(sato, { filingId: refusal.filingId, digest: refusal.digest });
    const { rows } = await database.pool.query(
      "SELECT outcome, decided_on FROM allowance.filing_approval WHERE filing_id = ANY($1) ORDER BY filing_id",
      [[first.filingId, second.filingId, third.filingId]],
    );
    expect(rows).toEqual(["grant", "grant", "refuse"].map((outcome) => ({ outcome, decided_on: "2026-11-23" })));
  });
});
