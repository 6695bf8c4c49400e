/** A kind of mass work for tests of the mechanism: places a 保留 on every live recipient. Small, but it really writes. */
import { month } from "@hagukumi/law/contract.ts";
import type { Pool } from "pg";
import { z } from "zod";

import type { Context } from "../../src/context.ts";
import { approveMassRun, startMassRun } from "../../src/mass-work/steps.ts";
import { createMassRun } from "../../src/mass-work/create-run.ts";
import { defineMassJob, type MassItem } from "../../src/mass-work/mass-job.ts";
import type { MassRunRecord } from "../../src/mass-work/run-record.ts";
import { workAll } from "../../src/mass-work/worker.ts";
import { refuse } from "../../src/refusal.ts";

const parameters = z.strictObject({
  month: z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, "YYYY-MM で指定してください"),
  /** 認定番号 whose writing is refused, as a rule of the database might */
  refused: z.array(z.number()).default([]),
});

type Row = {
  readonly id: number;
  readonly addressee: number;
  readonly seq: number;
  readonly ended: boolean;
  readonly held: boolean;
};

const CAUSE = "試験の保留";

/** `lane` and `code` differ where a test wants two kinds. */
export const massHolds = (code = "testHolds", lane = "testHolds") =>
  defineMassJob<z.infer<typeof parameters>>({
    code,
    name: "保留の一括設定（試験）",
    description: "生きている受給者すべてに保留をかける",
    lane,
    subjectKind: "recipient",
    kinds: { hold: "保留" },
    parameters,
    periodOf: ({ month: of }) => of,
    slice: 2,
    count: async (connection) => {
      const { rows } = await connection.query<{ n: number }>("SELECT count(*)::int AS n FROM allowance.recipient");
      return rows[0]?.n ?? 0;
    },
    subjects: async (connection, _work, after, limit) => {
      const { rows } = await connection.query<{ id: number }>(
        "SELECT recipient_id AS id FROM allowance.recipient WHERE recipient_id > $1 ORDER BY 1 LIMIT $2",
        [after, limit],
      );
      return rows.map(({ id }) => id);
    },
    judge: async (client, { parameters: { month: of } }, subjects) => {
      const { rows } = await client.query<Row>(
        `SELECT r.recipient_id AS id, r.addressee_number AS addressee, (SELECT max(d.seq) FROM allowance.decision d WHERE d.recipient_id = r.recipient_id) AS seq,
                w.ended_from IS NOT NULL AS ended, EXISTS (SELECT FROM allowance.hold h WHERE h.recipient_id = r.recipient_id AND h.cause = $2) AS held
         FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id) WHERE r.recipient_id = ANY ($1)`,
        [subjects, CAUSE],
      );
      return rows.map(({ id, addressee, seq, ended, held }): MassItem => ({
        subject: id,
        part: 1,
        addresseeNumber: addressee,
        recipientId: id,
        kind: "hold",
        outcome: ended ? "cannot" : held ? "noChange" : "change",
        reason: ended ? "資格が終わっています" : held ? "もう保留しています" : "保留をかけます",
        before: held ? "保留" : null,
        after: ended ? null : "保留",
        // Made up, so that sums can be compared: every hold takes 10,000 yen a month away.
        yenBefore: 10_000,
        yenAfter: 0,
        effectiveMonth: month(of),
        content: { seq },
      }));
    },
    apply: async (client, { parameters: { refused }, approver }, items) => {
      const applied = [];
      for (const { subject, effectiveMonth } of items) {
        if (refused.includes(subject)) throw refuse("holdInvalid", "この受給者には保留をかけられません。");
        const { rows } = await client.query<{ id: number }>(
          `INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by) VALUES ($1, 'pending', $2, $3, $4) RETURNING hold_id AS id`,
          [subject, `${effectiveMonth ?? ""}-01`, CAUSE, approver],
        );
        applied.push({ hold: rows[0]?.id ?? 0 });
      }
      return applied;
    },
    checks: async (client) => {
      const { rows } = await client.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM (SELECT FROM allowance.hold WHERE cause = $1 GROUP BY recipient_id HAVING count(*) > 1) x`,
        [CAUSE],
      );
      return [{ name: "一人に二つの保留がない", faults: rows[0]?.n ?? 0, detail: "" }];
    },
  });

/** Holds by recipient: 認定番号 → how many. */
export async function holdsBy(pool: Pool): Promise<Readonly<Record<string, number>>> {
  const { rows } = await pool.query<{ id: number; n: number }>(
    "SELECT recipient_id AS id, count(*)::int AS n FROM allowance.hold WHERE cause = $1 GROUP BY 1 ORDER BY 1",
    [CAUSE],
  );
  return Object.fromEntries(rows.map(({ id, n }) => [String(id), n]));
}

type Crew = { readonly maker: Context; readonly approver: Context };

let keys = 0;
const key = (): string => `test-mass/${(keys += 1)}`;

/** Creates a run and lets the list be made. */
export async function listed(
  maker: Context,
  jobCode: string,
  jobs: readonly ReturnType<typeof massHolds>[],
  given: Readonly<Record<string, unknown>>,
): Promise<MassRunRecord> {
  const { response } = await createMassRun(maker, { key: key(), jobCode, parameters: given }, jobs);
  const [run] = (await workAll(maker, { jobs })).filter(({ runNo }) => runNo === response.runNo);
  if (run === undefined) throw new Error("no list was made");
  return run;
}

/** 承認 and 実行 by the other person. */
export async function approvedAndStarted({ approver }: Crew, run: MassRunRecord): Promise<MassRunRecord> {
  await approveMassRun(approver, { key: key(), runNo: run.runNo, digest: run.list?.digest ?? "" });
  return (await startMassRun(approver, { key: key(), runNo: run.runNo })).response;
}

/** The whole way: list, approval, writing. */
export async function wholeRun(
  crew: Crew,
  jobCode: string,
  jobs: readonly ReturnType<typeof massHolds>[],
  given: Readonly<Record<string, unknown>>,
): Promise<MassRunRecord> {
  const { runNo } = await approvedAndStarted(crew, await listed(crew.maker, jobCode, jobs, given));
  const [run] = (await workAll(crew.maker, { jobs })).filter((each) => each.runNo === runNo);
  if (run === undefined) throw new Error("nothing was written");
  return run;
}
