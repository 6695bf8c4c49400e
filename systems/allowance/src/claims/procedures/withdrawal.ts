/** 取下書: the claimant takes back, on paper, a claim or report that nobody has decided. It stays in the 受付簿. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { z } from "zod";

import { addEvent } from "../../filings/command.ts";
import { dayShape, numberShape } from "../../filings/form.ts";
import { type AnyProcedure, defineProcedure, type Difference } from "../../filings/procedure.ts";
import { loadFiling } from "../../filings/record.ts";
import { proposalOf, recordEffect, stop } from "../../procedures/answers.ts";
import { cannotTakeBack } from "../../procedures/take-back.ts";
import { refuse } from "../../refusal.ts";

const shape = z.strictObject({
  claimant: numberShape,
  /** 受付番号 of what is taken back */
  receptionNumber: z.string().regex(/^[0-9]{1,10}$/),
  withdrawnOn: dayShape,
});

type Target = {
  readonly filing_id: number | null;
  readonly claim_id: number | null;
  readonly claimant: number;
  readonly open: boolean;
};

const TARGET = `
  SELECT f.filing_id, NULL::bigint AS claim_id, f.claimant_number AS claimant, f.state IN ('submitted', 'returned', 'held', 'examined') AS open
  FROM allowance.filing_current f WHERE f.reception_number = $1
  UNION ALL
  SELECT NULL, c.claim_id, c.claimant_number, NOT EXISTS (SELECT FROM allowance.approval a WHERE a.claim_id = c.claim_id)
    AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id)
  FROM allowance.claim c WHERE c.reception_number = $1 AND c.filing_id IS NULL`;

async function targetOf(connection: Queryable, receptionNumber: string): Promise<Target | undefined> {
  const { rows } = await connection.query<Target>(TARGET, [receptionNumber]);
  return rows[0];
}

function targetDifferences(target: Target | undefined, claimant: number): Difference[] {
  if (target === undefined || target.claimant !== claimant) {
    return [stop("target", "この人の受付に、その受付番号はありません。番号を確かめてください。")];
  }
  if (target.open) return [];
  return [
    stop(
      "target.ended",
      "その受付は、もう決裁・取下げが済んでいます。変えるときは届出または取消・再決定によってください。",
    ),
  ];
}

export const withdrawal: AnyProcedure = defineProcedure({
  code: "withdrawal",
  name: "取下書",
  form: null,
  rule: "児童手当法施行細則（市の様式）",
  shape,
  subjectOf: ({ claimant }) => ({ claimant, recipientKind: "individual", recipientId: null, children: [] }),
  documents: () => [],
  dueDate: () => null,
  propose: async (client, _context, { content }) => {
    const target = await targetOf(client, content.receptionNumber);
    return proposalOf({
      outcome: "acknowledge",
      reasons: [
        `本人の申出により、受付番号 ${content.receptionNumber} を取り下げます（取下年月日 ${content.withdrawnOn}）。`,
      ],
      differences: targetDifferences(target, content.claimant),
      effects: [
        recordEffect("withdraw", `受付番号 ${content.receptionNumber} の取下げ`, { after: content.withdrawnOn }),
      ],
      basis: { target: target?.filing_id ?? target?.claim_id ?? null },
    });
  },
  apply: async (client, context, { content, receptionNumber }, _proposal, deciders) => {
    const target = await targetOf(client, content.receptionNumber);
    if (target?.filing_id !== null && target?.filing_id !== undefined) {
      const record = await loadFiling(client, target.filing_id);
      const event = { filingId: record.filingId, after: record.revision, contentRevision: record.contentRevision };
      const reason = `取下書（受付番号 ${receptionNumber ?? ""}）`;
      await addEvent(client, { ...context, today: deciders.decidedOn }, event, { kind: "withdrawn", reason });
    } else if (target?.claim_id !== null && target?.claim_id !== undefined) {
      await client.query(
        "INSERT INTO allowance.claim_withdrawal (claim_id, withdrawn_on, recorded_by) VALUES ($1, $2, $3)",
        [target.claim_id, content.withdrawnOn, deciders.typedBy],
      );
    } else {
      throw refuse("claimUnknown", "取り下げる受付が見つかりません。何も変えていません。");
    }
    return { recipients: [], decisions: [], detail: { withdrawn: content.receptionNumber } };
  },
  undo: (_client, _context, filing) => {
    throw cannotTakeBack(
      filing,
      "取下げで終わった受付は、元に戻りません。",
      "請求・届出を続けるときは、その人の申出の日を受付日として、もう一度受け付けてください。",
    );
  },
});
