/** 入力・訂正・取消しの二人目 (四眼): which entries need another person, and that nothing of them counts before. */
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { caseEntries } from "../../src/case-file/case-entries.ts";
import { ENTRY_KINDS, entrySpecs } from "../../src/case-file/entry-kinds.ts";
import { addEntry, confirmEntry, reviseEntry, withdrawEntry } from "../../src/case-file/write-entry.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { examineFiling } from "../../src/filings/examine.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily } from "../support/families.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, examined, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const other = testContext(database, dir, "staff.sato");

const COVERAGE = { employeeClass: "nonEmployee", evidence: "insuranceCard", pensionKind: "national" } as const;

/** What the examination says of the former municipality. */
const former = (items: readonly { readonly item: string }[]): readonly string[] =>
  items.map(({ item }) => item).filter((item) => item.startsWith("former"));

let recipientId = 0;

beforeAll(async () => {
  await prepare(database.pool);
  recipientId = await certifiedFamily({ clerk, approver: other }, 73_000, ["2025-05-10"]);
});

/** The class of costs of August 2026 (by the state on 1 June): what the entry changes. */
async function augustClass(): Promise<unknown> {
  const { rows } = await database.pool.query<{ c: string }>(
    "SELECT employee_class AS c FROM allowance.cost_class($1, '2026-08-01')",
    [recipientId],
  );
  return rows[0]?.c;
}

it("[A34] what changes right, address, account or money has a reason for its second person; a memo, a phone number and the post of papers have none", () => {
  const single = ENTRY_KINDS.filter((kind) => entrySpecs[kind].secondPerson === null);
  expect(single).toEqual(["contact", "note", "document", "materialRequest"]);
  for (const kind of ENTRY_KINDS) expect(entrySpecs[kind].secondPerson).not.toBe("");
});

it("[A34] input, correction and deletion have no effect until another person confirms each; the one who typed never can", async () => {
  const add = { addresseeNumber: 73_000, validFrom: "2026-05-25", content: COVERAGE };
  // Claimed as employee
  expect(await augustClass()).toBe("employee");
  const input = await addEntry(clerk, "coverage", add);
  expect(await augustClass()).toBe("employee");
  await expect(confirmEntry(clerk, "coverage", input)).rejects.toMatchObject({ code: "samePerson" });
  expect(await augustClass()).toBe("employee");
  await confirmEntry(other, "coverage", input);
  await expect(confirmEntry(other, "coverage", input)).rejects.toMatchObject({ code: "entryConfirmed" });
  expect(await augustClass()).toBe("nonEmployee");

  const correction = await reviseEntry(clerk, "coverage", {
    ...input,
    reason: "誤記",
    content: { employeeClass: "employee", pensionKind: "employees" },
  });
  expect(await augustClass()).toBe("nonEmployee");
  // Confirming the earlier revision is no confirmation of what stands now.
  await expect(confirmEntry(other, "coverage", input)).rejects.toMatchObject({ code: "entryChanged" });
  await confirmEntry(other, "coverage", correction);
  expect(await augustClass()).toBe("employee");
  const back = await reviseEntry(other, "coverage", { ...correction, reason: "戻す", content: COVERAGE });
  await expect(confirmEntry(other, "coverage", back)).rejects.toMatchObject({ code: "samePerson" });
  await confirmEntry(clerk, "coverage", back);
  expect(await augustClass()).toBe("nonEmployee");

  const deletion = await withdrawEntry(clerk, "coverage", { ...back, reason: "別人の記載" });
  expect(await augustClass()).toBe("nonEmployee");
  const [waiting] = await caseEntries(clerk, { recipientId, validOn: "2026-11-23", knownOn: "2027-12-31" });
  expect(waiting).toMatchObject({ kind: "coverage", withdrawn: true, confirmed: false, revision: deletion.revision });
  await expect(confirmEntry(clerk, "coverage", deletion)).rejects.toMatchObject({ code: "samePerson" });
  await confirmEntry(other, "coverage", deletion);
  expect(await augustClass()).toBe("employee");
  expect(await caseEntries(clerk, { recipientId, validOn: "2026-11-23", knownOn: "2027-12-31" })).toEqual([]);
});

it("the answer of the former municipality lets nobody be certified before another person has confirmed it", async () => {
  await bring(clerk, { residents: [resident(73_101, "1990-01-01"), resident(73_102, "2025-10-15")] });
  const asked = {
    municipalityCode: "131121",
    municipalityName: "架空区",
    method: "letter",
    askedOn: "2026-11-16",
    dueOn: "2026-11-30",
    answeredOn: "2026-11-18",
    paid: true,
    lastPaidMonth: "2026-10",
  } as const;
  const entry = await addEntry(clerk, "formerInquiry", {
    addresseeNumber: 73_101,
    validFrom: "2026-11-16",
    content: asked,
  });
  const claim = birthClaim(73_101, 73_102, "2026-11-10", "2026-11-17", { cause: "moveIn", causeOn: "2026-11-10" });
  const first = await examined(clerk, claim);
  expect(former(first.proposal.differences)).toEqual(["former.unconfirmed"]);
  await expect(approveFiling(other, { filingId: first.filingId, digest: first.digest })).rejects.toMatchObject({
    code: "filingStopped",
  });
  await confirmEntry(other, "formerInquiry", entry);
  const second = await examineFiling(clerk, { filingId: first.filingId });
  expect(former(second.proposal.differences)).toEqual(["former.answered"]);
  await approveFiling(other, { filingId: second.filingId, digest: second.digest });
});
