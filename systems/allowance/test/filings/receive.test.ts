import { isIndividualNumber } from "@hagukumi/platform/text/check-digits.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { requestDocuments } from "../../src/filings/documents.ts";
import { examineFiling } from "../../src/filings/examine.ts";
import { handOvers, takeOverDraft } from "../../src/filings/hand-over.ts";
import { amendFiling, saveDraft, submitFiling } from "../../src/filings/receive.ts";
import { loadFiling } from "../../src/filings/record.ts";
import { workList } from "../../src/filings/work-list.ts";
import { testContext, testFolder, TODAY } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");
const kacho = testContext(database, dir, "staff.kacho");
const claim = birthClaim(31_001, 31_002, "2026-10-31", "2026-11-13");

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM allowance.${table}`,
  );
  return rows[0]?.count ?? -1;
}

beforeAll(async () => {
  await prepare(database.pool);
  await bring(ito, { residents: [resident(31_001, "1990-01-01"), resident(31_002, "2026-10-31")] });
});

describe("a filing is registered", () => {
  it("[D180] not without the record of the identity check: neither by the command nor by direct SQL", async () => {
    const { identity, ...without } = claim;
    expect(identity).toBeDefined();
    const before = await count("filing");
    await expect(submitFiling(ito, { form: without })).rejects.toMatchObject({ code: "identityNeeded" });
    expect(await count("filing")).toBe(before);
    const draft = await saveDraft(ito, { form: without });
    await expect(submitFiling(ito, { filingId: draft.filingId })).rejects.toMatchObject({ code: "identityNeeded" });
    const attack = database.pool.query(
      `SET ROLE hagukumi_allowance; INSERT INTO allowance.filing_event (filing_id, seq, kind, revision, done_on, done_by) VALUES (${draft.filingId}, 2, 'submitted', 1, '2026-11-23', 'staff.ito')`,
    );
    await expect(attack).rejects.toMatchObject({ constraint: "filing_identity_needed" });
    expect((await loadFiling(database.pool, draft.filingId)).state).toBe("draft");
  });

  it("[D196] with one of three kinds of identity papers; the third needs two different ones", async () => {
    const kinds = [
      { kind: 4, documents: ["名刺"] },
      { kind: 1, documents: [] },
      { kind: 3, documents: ["健康保険の資格確認書"] },
      { kind: 3, documents: ["年金手帳", "年金手帳"] },
    ];
    for (const identity of kinds) {
      // @ts-expect-error the kinds and counts that the form does not allow
      await expect(submitFiling(ito, { form: { ...claim, identity } })).rejects.toMatchObject({
        code: "filingInvalid",
      });
    }
    const accepted = [
      { kind: 1 as const, documents: ["通知カード"] },
      { kind: 2 as const, documents: ["運転免許証"] },
      { kind: 3 as const, documents: ["健康保険の資格確認書", "年金手帳"] },
    ];
    for (const identity of accepted) {
      const { filingId } = await submitFiling(ito, { form: { ...claim, identity } });
      expect((await loadFiling(database.pool, filingId)).identity).toEqual(identity);
    }
  });

  it("[D191] with an agent's name, relation and authority where an agent files; a voluntary agent shows 委任状", async () => {
    const agents = [
      { kind: "voluntary", name: "架空　代理" },
      { kind: "voluntary", name: "架空　代理", relation: "兄", authority: "familyRegister" },
      { kind: "statutory", name: "架空　後見", relation: "未成年後見人", authority: "powerOfAttorney" },
      { kind: "voluntary", name: " ", relation: "兄", authority: "powerOfAttorney" },
    ];
    for (const agent of agents) {
      // @ts-expect-error incomplete or contradictory agents
      await expect(submitFiling(ito, { form: { ...claim, agent } })).rejects.toMatchObject({ code: "filingInvalid" });
    }
    const agent = { kind: "voluntary", name: "架空　代理", relation: "兄", authority: "powerOfAttorney" } as const;
    const { filingId } = await submitFiling(ito, { form: { ...claim, agent } });
    expect((await loadFiling(database.pool, filingId)).agent).toEqual(agent);
  });

  it("not with wrong fields: all of them are named, nothing is stored", async () => {
    const before = await count("filing");
    const wrong = form("certificationIndividual", "2026-11-13", { claimant: 31_001, cause: "birth", children: [] });
    await expect(submitFiling(ito, { form: wrong })).rejects.toMatchObject({
      code: "filingInvalid",
      details: {
        fields: expect.arrayContaining(["content.account", "content.children", "content.employeeClass"]) as unknown,
      },
    });
    await expect(submitFiling(ito, { form: { ...claim, receivedOn: "2026-11-24" } })).rejects.toMatchObject({
      code: "filingInvalid",
    });
    await expect(
      submitFiling(ito, { form: birthClaim(31_777, 31_002, "2026-10-31", "2026-11-13") }),
    ).rejects.toMatchObject({ code: "filingInvalid", details: { fields: ["content.claimant"] } });
    expect(await count("filing")).toBe(before);
  });

  it("not with a 個人番号 in any free text, nor with content without measure", async () => {
    const made = Array.from({ length: 10 }, (_, digit) => `12345678901${digit}`).find(isIndividualNumber) ?? "";
    expect(made).toHaveLength(12);
    const before = await count("filing");
    const content = { ...claim.content, written: { name: `架空　${made.slice(0, 4)} ${made.slice(4)}` } };
    await expect(submitFiling(ito, { form: { ...claim, content } })).rejects.toMatchObject({
      code: "filingInvalid",
      details: { fields: ["content.written.name"] },
    });
    await expect(saveDraft(ito, { form: { ...claim, content } })).rejects.toMatchObject({ code: "filingInvalid" });
    const endless = { ...claim.content, more: "あ".repeat(100_001) };
    await expect(saveDraft(ito, { form: { ...claim, content: endless } })).rejects.toMatchObject({
      code: "filingInvalid",
    });
    expect(await count("filing")).toBe(before);
    const filed = await submitFiling(ito, { form: claim });
    const hold = { filingId: filed.filingId, how: "held" as const, documents: [], dueOn: "2026-12-01" };
    await expect(requestDocuments(ito, { ...hold, reason: `番号は ${made}` })).rejects.toMatchObject({
      code: "filingInvalid",
    });
  });

  it("under a number that nobody has used: typed, or given by the system", async () => {
    const typed = await submitFiling(ito, { form: { ...claim, receptionNumber: "4711" } });
    expect(typed.receptionNumber).toBe("4711");
    await expect(submitFiling(ito, { form: { ...claim, receptionNumber: "4711" } })).rejects.toMatchObject({
      code: "receptionNumberReused",
    });
    const given = await submitFiling(ito, { form: claim });
    expect(given.receptionNumber).toMatch(/^6[0-9]{9}$/);
  });

  it("[A25] keeps 受付日 apart from the moment of typing, whether it came by counter, post or online", async () => {
    for (const channel of ["counter", "post", "online"] as const) {
      const { filingId } = await submitFiling(ito, { form: { ...claim, channel } });
      const { rows } = await database.pool.query<{ received: string; apart: boolean }>(
        "SELECT received_on AS received, recorded_at::date <> received_on AS apart FROM allowance.filing_content WHERE filing_id = $1",
        [filingId],
      );
      expect(rows).toEqual([{ received: "2026-11-13", apart: true }]);
    }
  });

  it("once, however often the same key asks; another content under the key is refused", async () => {
    const first = await submitFiling(ito, { form: claim, key: "submit-once" });
    const before = await count("filing");
    expect(await submitFiling(ito, { form: claim, key: "submit-once" })).toEqual(first);
    expect(await count("filing")).toBe(before);
    const other = { ...claim, receivedOn: "2026-11-12" };
    await expect(submitFiling(ito, { form: other, key: "submit-once" })).rejects.toMatchObject({
      code: "commandKeyReused",
    });
  });
});

const reader = (operator: string) => ({ pool: database.pool, operator, purpose: "試験" });

/** The drafts that this person sees. */
const draftsOf = async (operator: string): Promise<number[]> =>
  (await workList(reader(operator), { kind: "drafts", today: TODAY })).filings.map(({ filingId }) => filingId);

describe("a draft", () => {
  const incomplete = form(
    "certificationIndividual",
    "2026-11-02",
    { claimant: 31_001, cause: "birth" },
    { finalDueOn: "2026-12-10" },
  );

  it("[A31] keeps the claim date and the last date for papers through every version, until it is registered", async () => {
    const draft = await saveDraft(ito, { form: incomplete });
    await expect(submitFiling(ito, { filingId: draft.filingId })).rejects.toMatchObject({ code: "filingInvalid" });
    const saved = await saveDraft(ito, {
      filingId: draft.filingId,
      expectedRevision: draft.revision,
      form: { ...incomplete, content: { ...incomplete.content, children: [] } },
    });
    expect(saved).toMatchObject({ state: "draft", revision: 2, receptionNumber: draft.receptionNumber });
    const whole = { ...claim, receivedOn: "2026-11-02", finalDueOn: "2026-12-10" };
    await submitFiling(ito, { filingId: draft.filingId, expectedRevision: 2, form: whole });
    expect(await loadFiling(database.pool, draft.filingId)).toMatchObject({
      state: "submitted",
      receivedOn: "2026-11-02",
      finalDueOn: "2026-12-10",
      contentRevision: 3,
    });
  });

  it("[A33] is seen by nobody else: not in lists, not for changing, not among claims, decisions or the ledger", async () => {
    const tables = ["claim", "examination", "decision", "recipient", "due_item", "ledger_entry"];
    const before = await Promise.all(tables.map(count));
    const draft = await saveDraft(ito, { form: claim });
    expect(await draftsOf("staff.sato")).toEqual([]);
    expect(await draftsOf("staff.ito")).toContain(draft.filingId);
    for (const kind of ["toExamine", "toApprove", "returned", "ageing"] as const) {
      const list = await workList(reader("staff.sato"), { kind, today: TODAY });
      expect(list.filings.map(({ filingId }) => filingId)).not.toContain(draft.filingId);
    }
    await expect(saveDraft(sato, { filingId: draft.filingId, form: claim })).rejects.toMatchObject({
      code: "filingUnknown",
    });
    await expect(submitFiling(sato, { filingId: draft.filingId })).rejects.toMatchObject({ code: "filingUnknown" });
    await expect(examineFiling(ito, { filingId: draft.filingId })).rejects.toMatchObject({ code: "filingState" });
    expect(await Promise.all(tables.map(count))).toEqual(before);
  });

  it("is taken over by another person only with a reason, and is theirs from then on", async () => {
    const draft = await saveDraft(ito, { form: incomplete });
    const { receptionNumber } = draft;
    await expect(takeOverDraft(sato, { receptionNumber, reason: " " })).rejects.toMatchObject({
      code: "filingInvalid",
    });
    await takeOverDraft(sato, { receptionNumber, reason: "担当者の休暇のため" });
    expect(await loadFiling(database.pool, draft.filingId)).toMatchObject({
      typedBy: "staff.sato",
      receivedOn: "2026-11-02",
    });
    await expect(saveDraft(ito, { filingId: draft.filingId, form: incomplete })).rejects.toMatchObject({
      code: "filingUnknown",
    });
  });

  it("is handed over by a supervisor to somebody else, within what the supervisor may see; both are told, and the supervisor has typed nothing", async () => {
    const { receptionNumber, filingId } = await saveDraft(ito, { form: incomplete });
    const give = { receptionNumber, to: "staff.sato", reason: "長期の休みのため" };
    const elsewhere = { wards: ["431028"], protectedToo: false };
    await expect(takeOverDraft(kacho, { ...give, sight: elsewhere })).rejects.toMatchObject({ code: "filingUnknown" });
    expect(await loadFiling(database.pool, filingId)).toMatchObject({ typedBy: "staff.ito", contentRevision: 1 });
    await takeOverDraft(kacho, { ...give, sight: { wards: ["431010"], protectedToo: false } });
    await expect(takeOverDraft(kacho, give)).rejects.toMatchObject({ code: "filingInvalid" });
    const told = { from: "staff.ito", to: "staff.sato", by: "staff.kacho", reason: "長期の休みのため" };
    for (const staffId of ["staff.ito", "staff.sato"]) {
      expect((await handOvers(database.pool, { staffId, today: TODAY }))[0]).toMatchObject(told);
    }
    expect(await handOvers(database.pool, { staffId: "staff.kacho", today: TODAY })).toEqual([]);
    const { rows } = await database.pool.query("SELECT typed_by FROM allowance.filing_content WHERE filing_id = $1", [
      filingId,
    ]);
    expect(rows.map((row: { typed_by: string }) => row.typed_by).toSorted()).toEqual(["staff.ito", "staff.sato"]);
  });
});

describe("two clerks on one filing", () => {
  it("the second is told who was faster, when and with what; nothing of the second is kept", async () => {
    const filed = await submitFiling(ito, { form: claim });
    await requestDocuments(sato, {
      filingId: filed.filingId,
      expectedRevision: filed.revision,
      how: "held",
      documents: ["passbook"],
      reason: "通帳の写しを待つ",
      dueOn: "2026-12-01",
    });
    const late = amendFiling(ito, { filingId: filed.filingId, expectedRevision: filed.revision, form: claim });
    await expect(late).rejects.toMatchObject({
      code: "caseChanged",
      details: { by: "staff.sato", kind: "held", revision: 3, state: "held" },
    });
    expect(await loadFiling(database.pool, filed.filingId)).toMatchObject({ state: "held", contentRevision: 1 });
  });

  it("of two at the same moment exactly one succeeds", async () => {
    const { filingId, revision } = await submitFiling(ito, { form: claim });
    const both = await Promise.allSettled([
      amendFiling(ito, { filingId, expectedRevision: revision, form: { ...claim, channel: "post" } }),
      amendFiling(sato, { filingId, expectedRevision: revision, form: { ...claim, channel: "online" } }),
    ]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const failed = both.find((each) => each.status === "rejected");
    expect(failed?.reason).toMatchObject({ code: "caseChanged" });
    expect((await loadFiling(database.pool, filingId)).contentRevision).toBe(2);
  });
});
