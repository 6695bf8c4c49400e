/** 学校給食費等の徴収等の申出・変更・撤回 (様式第15号, 児童手当法21条): by child, creditor and kind of fee, with a cap per payment. */
import { type Month, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { creditorOn, FEE_KINDS, feeKindLabels } from "../deductions/creditors.ts";
import { cutOffOf, cutOffRule, firstPaymentMonth } from "../deductions/cut-off.ts";
import { feeRequestsIn } from "../deductions/register.ts";
import type { Difference, FilingOf, Procedure, Proposal, Subject } from "../filings/procedure.ts";
import { monthOfBasis, readBasis } from "../filings/stored.ts";
import { note, proposalOf, recordEffect, shownNumber, stop, yen } from "./answers.ts";
import { paymentMonthShape } from "./donation.ts";
import { childrenOfRecipient } from "./people.ts";
import { checkRecipient } from "./recipient-check.ts";
import { insert, people, storedId } from "./results.ts";
import { personShape, recipientKindShape, recipientShape, yenShape } from "./shapes.ts";
import { recordTakenBack, refuseLater, RUNS_STAY } from "./take-back.ts";

const base = {
  claimant: personShape,
  recipientKind: recipientKindShape,
  recipientId: recipientShape,
  child: personShape,
  creditorId: z.int().min(1).max(999_999),
  feeKind: z.enum(FEE_KINDS),
  fromPayment: paymentMonthShape.optional(),
} as const;

const wishShape = z.strictObject({
  ...base,
  /** The most that one payment may be lessened by, yen */
  cap: yenShape,
  toPayment: paymentMonthShape.optional(),
});
const withdrawalShape = z.strictObject(base);

type Wish = z.infer<typeof wishShape>;
type Withdrawal = z.infer<typeof withdrawalShape>;
type Kind = "request" | "change" | "withdrawal";

const subjectOf = ({ claimant, recipientKind, recipientId, child }: Wish | Withdrawal): Subject => ({
  claimant,
  recipientKind,
  recipientId,
  children: [child],
});

async function creditorDifferences(
  client: PoolClient,
  { creditorId, feeKind }: Wish | Withdrawal,
  fromPayment: Month,
): Promise<readonly Difference[]> {
  const creditor = await creditorOn(client, creditorId, `${fromPayment}-01`);
  if (creditor === undefined) {
    const text = `債権者 ${creditorId} は ${fromPayment} の支払期に債権者台帳にありません。番号を確かめてください。`;
    return [stop("creditor", text)];
  }
  if (creditor.feeKinds.includes(feeKind)) return [];
  return [stop("creditor.feeKind", `${creditor.name}は、${feeKindLabels[feeKind]}を扱っていません。`)];
}

async function propose(client: PoolClient, filing: FilingOf<Wish | Withdrawal>, kind: Kind): Promise<Proposal> {
  const { content } = filing;
  const { child, creditorId, feeKind, recipientId } = content;
  const { recipient, differences: found } = await checkRecipient(client, content, filing.judgedOn, "stop");
  const differences: Difference[] = [...found];
  if (recipient !== undefined) {
    const own = await childrenOfRecipient(client, recipient);
    if (!own.some((each) => each.child === child && each.role === "child")) {
      const text = `児童（宛名番号 ${shownNumber(child)}）は、この受給者の支給対象の児童ではありません。`;
      differences.push(stop("child", text, { child }));
    }
  }
  const rule = await cutOffRule(client, "feeCollection", filing.receivedOn);
  const earliest = firstPaymentMonth(filing.receivedOn, rule);
  const wanted = content.fromPayment ?? earliest;
  const fromPayment = wanted < earliest ? earliest : wanted;
  if (wanted < earliest) {
    const text = `${wanted} の支払期の締切日（${cutOffOf(wanted, rule)}）を過ぎているため、${earliest} の支払期からにします。`;
    differences.push(note("fee.cutOff", text, { filed: wanted, registered: earliest }));
  }
  if (kind !== "withdrawal") differences.push(...(await creditorDifferences(client, content, fromPayment)));
  const before = (await feeRequestsIn(client, recipientId, fromPayment)).find(
    (row) => row.child === child && row.creditorId === creditorId && row.feeKind === feeKind,
  );
  if (kind === "request" && before !== undefined) {
    differences.push(
      stop("fee.exists", "同じ児童・債権者・費目の申出があります。変えるときは、変更の申出にしてください。"),
    );
  }
  if (kind !== "request" && before === undefined) {
    differences.push(stop("fee.missing", `${fromPayment} の支払期に効いている申出がありません。`));
  }
  const wish = "cap" in content ? content : null;
  if (wish?.toPayment !== undefined && wish.toPayment < fromPayment) {
    differences.push(stop("fee.toPayment", "終わりの支払期月が、効き始める支払期月より前です。"));
  }
  const what = { request: "徴収の申出", change: "徴収の申出の変更", withdrawal: "徴収の申出の撤回" }[kind];
  return proposalOf({
    outcome: "acknowledge",
    reasons: [`${what}（${feeKindLabels[feeKind]}）を、${fromPayment} の支払期から反映します（児童手当法21条）。`],
    differences,
    effects: [
      recordEffect("feeCollection", `${what}（${fromPayment} の支払期から）`, {
        recipientId,
        before: before === undefined ? "なし" : `1回 ${yen(before.cap)}まで`,
        after: wish === null ? "なし" : `1回 ${yen(wish.cap)}まで`,
      }),
    ],
    basis: { fromPayment, toPayment: wish?.toPayment ?? null, before: before?.feeRequestId ?? null },
  });
}

const basisShape = z.object({ fromPayment: monthOfBasis, toPayment: monthOfBasis.nullable() });

function feeProcedure<C extends Wish | Withdrawal>(
  kind: Kind,
  fixed: Pick<Procedure<C>, "code" | "name" | "shape">,
): Procedure<C> {
  return {
    ...fixed,
    form: "様式第15号",
    rule: "児童手当法21条、施行規則12条の10",
    subjectOf,
    documents: () => [],
    dueDate: () => null,
    propose: async (client, _context, filing) => await propose(client, filing, kind),
    apply: async (client, _context, filing, proposal, deciders) => {
      const { fromPayment, toPayment } = readBasis(basisShape, proposal, filing.receptionNumber);
      const content: Wish | Withdrawal = filing.content;
      await insert(client, "fee_request", {
        recipient_id: content.recipientId,
        child_number: content.child,
        creditor_id: content.creditorId,
        fee_kind: content.feeKind,
        kind,
        cap: "cap" in content ? content.cap : null,
        from_payment: `${fromPayment}-01`,
        to_payment: toPayment === null ? null : `${toPayment}-01`,
        received_on: filing.receivedOn,
        filing_id: storedId(filing),
        ...people(deciders),
      });
      return { recipients: [content.recipientId], decisions: [], detail: { fromPayment } };
    },
    undo: async (client, _context, filing) => {
      const { recipientId, child, creditorId, feeKind }: Wish | Withdrawal = filing.content;
      await refuseLater(client, filing, {
        table: "fee_request",
        where: "(t.recipient_id, t.child_number, t.creditor_id, t.fee_kind) = ($2, $3, $4, $5)",
        values: [recipientId, child, creditorId, feeKind],
      });
      const { rows } = await client.query<{ from: Month }>(
        `SELECT to_char(from_payment, 'YYYY-MM') AS "from" FROM allowance.fee_request WHERE filing_id = $1`,
        [filing.filingId],
      );
      const from = rows[0]?.from ?? monthOf(filing.receivedOn);
      const before = (await feeRequestsIn(client, recipientId, from)).find(
        (row) => row.child === child && row.creditorId === creditorId && row.feeKind === feeKind,
      );
      return recordTakenBack("feeCollection", `${fixed.name}（${from} の支払期から）`, {
        recipientId,
        after: before === undefined ? "なし" : `1回 ${yen(before.cap)}まで`,
        differences: [note("fee.paid", RUNS_STAY)],
      });
    },
  };
}

export const feeCollection = feeProcedure<Wish>("request", {
  code: "feeCollection",
  name: "児童手当に係る学校給食費等の徴収等に関する申出書",
  shape: wishShape,
});
export const feeCollectionChange = feeProcedure<Wish>("change", {
  code: "feeCollectionChange",
  name: "児童手当に係る学校給食費等の徴収等の変更の申出書",
  shape: wishShape,
});
export const feeCollectionWithdrawal = feeProcedure<Withdrawal>("withdrawal", {
  code: "feeCollectionWithdrawal",
  name: "児童手当に係る学校給食費等の徴収等の撤回の申出書",
  shape: withdrawalShape,
});
