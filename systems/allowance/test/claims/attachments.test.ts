/** Who has a child already, where the recorded facts do not reach as far as the question: the year before the reform of 2024. */
import { createHash } from "node:crypto";

import { month } from "@hagukumi/law/contract.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { loadAttachments } from "../../src/claims/attachments.ts";
import { calendar, seedCases } from "../support/cases.ts";

const database = useDatabase();
const CHILD = 900_000_000_000_801;
const child = String(CHILD).padStart(15, "0");

/** Certified in October 2023 on the income of 2022, which counts for June 2023 to May 2024. */
const facts = {
  case: "900000000000701",
  from: "2023-11",
  until: "2024-05",
  recipient: { kind: "individual", incomes: [{ year: 2022, employment: 5_000_000, dependants: 0 }] },
  children: [{ id: child, birthDate: "2016-06-01", serial: 1 }],
  claims: [{ kind: "certification", receivedOn: "2023-10-02", children: [child], cause: { kind: "other" } }],
};

async function record(of: object): Promise<void> {
  const text = canonicalJson(of);
  const digest = createHash("sha256").update(text).digest("hex");
  await database.pool.query("INSERT INTO allowance.facts VALUES ($1, $2) ON CONFLICT DO NOTHING", [digest, text]);
  await database.pool.query(
    "SET session_replication_role = replica; UPDATE allowance.decision SET facts_digest = '" +
      digest +
      "'; RESET session_replication_role",
  );
}

beforeAll(async () => {
  await seedCases(database.pool, [
    { recipient: 900_000_000_000_701, children: [{ id: CHILD, birthDate: "2016-06-01" }], firstMonth: "2023-11" },
  ]);
  await database.pool.query(
    "INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial) SELECT claim_id, $1, 'child', '子', 1 FROM allowance.claim",
    [CHILD],
  );
});

it("a child whose recipient's income of the next year is not known yet stays with that recipient: the months go on, and nothing breaks", async () => {
  await record(facts);
  const held = await loadAttachments(database.pool, [CHILD], month("2024-08"), calendar, true);
  expect(held.get(CHILD)).toMatchObject([{ months: [{ from: "2023-11", to: "2024-08" }] }]);
  // Asked for months that were decided, it is what was decided.
  const known = await loadAttachments(database.pool, [CHILD], month("2024-03"), calendar, true);
  expect(known.get(CHILD)).toMatchObject([{ months: [{ from: "2023-11", to: "2024-05" }] }]);
});

it("facts that cannot be judged at all are refused with the certification number, not with a fault of the program", async () => {
  await record({ ...facts, recipient: { kind: "individual", incomes: [] } });
  await expect(loadAttachments(database.pool, [CHILD], month("2024-08"), calendar, true)).rejects.toMatchObject({
    name: "Refusal",
    code: "storedUnreadable",
  });
});
