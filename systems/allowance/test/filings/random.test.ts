/** Random sequences of the workflow, by commands and by direct SQL: whatever is tried, two people stand behind a decision. */
import { array, assert, asyncProperty, constantFrom, nat, oneof, record as recordOf, tuple } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import type { Context } from "../../src/context.ts";
import { approveFiling, sendBack } from "../../src/filings/approve.ts";
import { receiveDocuments, requestDocuments } from "../../src/filings/documents.ts";
import { examineFiling, overrideProposal } from "../../src/filings/examine.ts";
import { amendFiling, saveDraft, submitFiling } from "../../src/filings/receive.ts";
import { type FilingState, loadFiling } from "../../src/filings/record.ts";
import { withdrawFiling } from "../../src/filings/withdraw.ts";
import { testContext, testFolder } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const people = ["staff.ito", "staff.sato", "staff.suzuki"].map((name) => testContext(database, dir, name));

const ACTIONS = [
  "draft",
  "submit",
  "amend",
  "hold",
  "papers",
  "examine",
  "override",
  "sendBack",
  "approve",
  "withdraw",
] as const;
type Action = (typeof ACTIONS)[number];

/** The workflow as it should be: which state an action leads to, and who has taken part. */
type Model = { state: FilingState; took: Set<string>; typist: string; papers: boolean };

const FROM: Readonly<Record<Action, readonly FilingState[]>> = {
  draft: ["draft"],
  submit: ["draft"],
  amend: ["submitted", "held", "examined"],
  hold: ["submitted", "held", "examined"],
  papers: ["submitted", "held", "examined"],
  examine: ["submitted", "held", "examined"],
  override: ["examined"],
  sendBack: ["examined"],
  approve: ["examined"],
  withdraw: ["draft", "submitted", "held", "examined"],
};

const TO: Readonly<Record<Action, FilingState>> = {
  draft: "draft",
  submit: "submitted",
  amend: "submitted",
  hold: "held",
  papers: "submitted",
  examine: "examined",
  override: "examined",
  sendBack: "submitted",
  approve: "decided",
  withdraw: "withdrawn",
};

/** What must happen: the new state, or null where the action must be refused. */
function expected(model: Model, action: Action, actor: string): FilingState | null {
  if (!FROM[action].includes(model.state)) return null;
  if (model.state === "draft" && actor !== model.typist) return null;
  if (action === "approve" && (model.took.has(actor) || !model.papers)) return null;
  return action === "withdraw" && model.state === "draft" ? "discarded" : TO[action];
}

let families = 0;

async function perform(
  context: Context,
  action: Action,
  filingId: number,
  claim: ReturnType<typeof birthClaim>,
): Promise<void> {
  const record = await loadFiling(database.pool, filingId);
  const digest = record.examination?.digest ?? "0".repeat(64);
  switch (action) {
    case "draft":
      await saveDraft(context, { filingId, form: claim });
      return;
    case "submit":
      await submitFiling(context, { filingId, form: claim });
      return;
    case "amend":
      await amendFiling(context, { filingId, form: claim });
      return;
    case "hold":
      await requestDocuments(context, {
        filingId,
        how: "held",
        documents: [],
        reason: "確認のため",
        dueOn: "2026-12-01",
      });
      return;
    case "papers":
      await receiveDocuments(context, { filingId, received: [{ code: "passbook" }] });
      return;
    case "examine":
      await examineFiling(context, { filingId });
      return;
    case "override":
      await overrideProposal(context, {
        filingId,
        reasonCode: "date",
        reason: "日付の確認",
        adjust: { causeOn: "2026-10-31" },
      });
      return;
    case "sendBack":
      await sendBack(context, { filingId, reason: "確認" });
      return;
    case "approve":
      await approveFiling(context, { filingId, digest });
      return;
    case "withdraw":
      await withdrawFiling(context, { filingId, reason: "本人の申出" });
      return;
  }
}

const step = recordOf({ action: constantFrom(...ACTIONS), actor: nat({ max: 2 }) });
/** Mostly forward, so that many sequences reach an approval. */
const forward: readonly Action[] = ["submit", "papers", "examine", "approve"];
const sequence = oneof(
  array(step, { minLength: 4, maxLength: 14 }),
  tuple(array(step, { maxLength: 4 }), array(nat({ max: 2 }), { minLength: 4, maxLength: 4 })).map(
    ([noise, actors]) => [
      ...forward.map((action, index) => ({ action, actor: index === 0 ? 0 : (actors[index] ?? 0) })),
      ...noise,
    ],
  ),
);

beforeAll(async () => await prepare(database.pool));

describe("random sequences of commands", () => {
  it(
    "follow the model: the state, who may act, and a decision exactly where a third hand approved",
    { timeout: 180_000 },
    async () => {
      let decided = 0;
      let refusedSelf = 0;
      await assert(
        asyncProperty(sequence, async (steps) => {
          const base = 380_000 + (families += 1) * 10;
          await bring(people[0] ?? testContext(database, dir), {
            residents: [resident(base, "1990-01-01"), resident(base + 1, "2026-10-31")],
          });
          const claim = birthClaim(base, base + 1, "2026-10-31", "2026-11-13");
          const [first] = people;
          if (first === undefined) throw new Error("nobody is there");
          const { filingId } = await saveDraft(first, { form: claim });
          const model: Model = {
            state: "draft",
            took: new Set([first.operator]),
            typist: first.operator,
            papers: false,
          };
          for (const { action, actor } of steps) {
            const context = people[actor] ?? first;
            const wanted = expected(model, action, context.operator);
            if (action === "approve" && model.state === "examined" && model.took.has(context.operator))
              refusedSelf += 1;
            const done = perform(context, action, filingId, claim);
            if (wanted === null) {
              await expect(done).rejects.toHaveProperty("code");
              continue;
            }
            await done;
            model.state = wanted;
            if (["draft", "submit", "amend", "examine", "override", "papers"].includes(action))
              model.took.add(context.operator);
            if (action === "draft" || action === "submit") model.typist = context.operator;
            if (action === "papers") model.papers = true;
          }
          expect((await loadFiling(database.pool, filingId)).state).toBe(model.state);
          const { rows } = await database.pool.query(
            `SELECT d.examined_by, d.approved_by FROM allowance.decision d JOIN allowance.recipient r USING (recipient_id) WHERE r.addressee_number = $1`,
            [base],
          );
          expect(rows).toHaveLength(model.state === "decided" ? 1 : 0);
          if (model.state === "decided") decided += 1;
        }),
        { numRuns: 60, seed: 20_261_123 },
      );
      expect(decided).toBeGreaterThan(3);
      expect(refusedSelf).toBeGreaterThan(3);
    },
  );
});

const SEQUENCES = Number(process.env["HAGUKUMI_SEQUENCES"] ?? 100_000);

/**
 * Sequences a statement: what the triggers look up was planned for empty tables, and would go on reading them from end to
 * end; after each chunk the tables are counted and the plans made anew.
 */
const CHUNK = 2_000;

const RANDOM_SQL = `
DO $$
DECLARE f bigint; who text; kind text; seq integer; rev integer; exam integer; examiner text; staff text[] := ARRAY['a.one', 'b.two', 'c.three'];
BEGIN
  PERFORM setseed(0.20261123 + $FROM / 10000000.0);
  FOR s IN $FROM..$TO LOOP
    INSERT INTO allowance.filing (reception_number, procedure_code, claimant_number, recipient_kind, ward_code, opened_by)
    VALUES ((1000000 + s)::text, 'certificationIndividual', 379001, 'individual', '431010', 'a.one') RETURNING filing_id INTO f;
    seq := 0; rev := 0; exam := 0; examiner := 'nobody';
    FOR step IN 1..7 LOOP
      who := staff[1 + floor(random() * 3)::int];
      kind := (ARRAY['drafted', 'submitted', 'amended', 'documentsReceived', 'examined', 'examined', 'overridden', 'sentBack', 'approved', 'approved', 'approved', 'withdrawn'])[1 + floor(random() * 12)::int];
      IF step = 1 THEN kind := 'drafted'; ELSIF step = 2 THEN kind := 'submitted'; ELSIF step = 3 THEN kind := 'examined'; END IF;
      BEGIN
        IF kind IN ('drafted', 'amended') THEN
          INSERT INTO allowance.filing_content (filing_id, revision, received_on, channel, content, named_numbers, identity_kind, identity_documents, content_digest, typed_by)
          VALUES (f, rev + 1, '2026-11-13', 'counter', '{}', '{}', 1, '{個人番号カード}', repeat('a', 64), who);
        END IF;
        INSERT INTO allowance.filing_event (filing_id, seq, kind, revision, done_on, reason, done_by)
        VALUES (f, seq + 1, kind, rev + (kind IN ('drafted', 'amended'))::int, '2026-11-23', 'r', who);
        IF kind IN ('examined', 'overridden') THEN
          INSERT INTO allowance.filing_examination (filing_id, seq, revision, outcome, digest, proposal, override, judged_on, examined_by)
          VALUES (f, seq + 1, rev, 'grant', repeat('b', 64), '{}', CASE kind WHEN 'overridden' THEN '{"reason": "r", "reasonCode": "r"}'::jsonb END, '2026-11-23', who);
        ELSIF kind = 'approved' THEN
          INSERT INTO allowance.filing_approval (filing_id, seq, examination_seq, revision, digest, outcome, examined_by, approved_by, decided_on, applied)
          VALUES (f, seq + 1, exam, rev, repeat('b', 64), 'grant', examiner, who, '2026-11-23', '{}');
        END IF;
        seq := seq + 1;
        IF kind IN ('drafted', 'amended') THEN rev := rev + 1; END IF;
        IF kind IN ('examined', 'overridden') THEN exam := seq; examiner := who; END IF;
      EXCEPTION WHEN OTHERS THEN
        NULL;
      END;
    END LOOP;
    IF s % 200 = 0 THEN COMMIT; END IF;
  END LOOP;
END $$`;

describe("random sequences of direct SQL as the application's role", () => {
  it(
    "[THR31] over 100,000 sequences nobody approves what he or she typed or examined",
    { timeout: 1_200_000 },
    async () => {
      await bring(people[0] ?? testContext(database, dir), { residents: [resident(379_001, "1990-01-01")] });
      const client = await database.pool.connect();
      try {
        for (let from = 1, to = 0; from <= SEQUENCES; from = to + 1) {
          // A short first chunk: until then there is nothing to count.
          to = Math.min(from === 1 ? 100 : from + CHUNK - 1, SEQUENCES);
          await client.query("RESET ROLE");
          await client.query(
            "ANALYZE allowance.filing, allowance.filing_content, allowance.filing_event, allowance.filing_examination, allowance.filing_approval",
          );
          await client.query("DISCARD PLANS");
          await client.query("SET ROLE hagukumi_allowance");
          await client.query(RANDOM_SQL.replaceAll("$FROM", String(from)).replace("$TO", String(to)));
        }
      } finally {
        await client.query("RESET ROLE");
        client.release();
      }
      const { rows } = await database.pool.query<{ sequences: number; approvals: number; broken: number }>(
        `SELECT (SELECT count(*)::int FROM allowance.filing WHERE claimant_number = 379001) AS sequences,
              (SELECT count(*)::int FROM allowance.filing_approval a JOIN allowance.filing f USING (filing_id) WHERE f.claimant_number = 379001) AS approvals,
              (SELECT count(*)::int FROM allowance.filing_approval a WHERE
                 EXISTS (SELECT FROM allowance.filing_content c WHERE c.filing_id = a.filing_id AND c.typed_by = a.approved_by)
                 OR EXISTS (SELECT FROM allowance.filing_examination x WHERE x.filing_id = a.filing_id AND x.examined_by = a.approved_by)) AS broken`,
      );
      expect(rows[0]).toMatchObject({ sequences: SEQUENCES, broken: 0 });
      expect(rows[0]?.approvals).toBeGreaterThan(SEQUENCES / 100);
    },
  );
});
