/** 寄附の申出・変更・撤回 (様式第14号, 児童手当法20条): rows of the register only; a payment takes what is in force for it. */
import { type Month, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Context } from "../context.ts";
import { cutOffOf, cutOffRule, firstPaymentMonth } from "../deductions/cut-off.ts";
import { type DonationRow, donationIn } from "../deductions/register.ts";
import type { Difference, FilingOf, Procedure, Proposal, Subject } from "../filings/procedure.ts";
import { monthOfBasis, readBasis } from "../filings/stored.ts";
import { note, proposalOf, recordEffect, stop, yen } from "./answers.ts";
import { writeNotices } from "./notices.ts";
import { checkRecipient } from "./recipient-check.ts";
import { insert, people, storedId } from "./results.ts";
import { monthShape, personShape, recipientKindShape, recipientShape, yenShape } from "./shapes.ts";
import { recordTakenBack, refuseLater, RUNS_STAY } from "./take-back.ts";

/** 支払期月 (even month) */
export const paymentMonthShape = monthShape.refine(
  (of) => Number(of.slice(5)) % 2 === 0,
  "支払期月（2・4・6・8・10・12月）で入力してください。",
);

const base = {
  claimant: personShape,
  recipientKind: recipientKindShape,
  recipientId: recipientShape,
  /** First payment month that the recipient wants; absent: as soon as possible */
  fromPayment: paymentMonthShape.optional(),
} as const;

const wishShape = z
  .strictObject({
    ...base,
    scope: z.enum(["all", "amount"]),
    /** Yen out of each payment */
    amount: yenShape.optional(),
    toPayment: paymentMonthShape.optional(),
  })
  .refine(({ scope, amount }) => (scope === "amount") === (amount !== undefined), {
    error: "一部の寄附のときは1回の額を、全部の寄附のときは額を書かないでください。",
    path: ["amount"],
  })
  .refine(
    ({ fromPayment, toPayment }) => fromPayment === undefined || toPayment === undefined || fromPayment <= toPayment,
    {
      error: "終わりの支払期月が、始まりより前です。",
      path: ["toPayment"],
    },
  );
const withdrawalShape = z.strictObject(base);

type Wish = z.infer<typeof wishShape>;
type Withdrawal = z.infer<typeof withdrawalShape>;

const subjectOf = ({ claimant, recipientKind, recipientId }: Wish | Withdrawal): Subject => ({
  claimant,
  recipientKind,
  recipientId,
  children: [],
});

const shown = (row: Pick<DonationRow, "scope" | "amount"> | null): string =>
  row === null || row.scope === "none" ? "寄附なし" : row.scope === "all" ? "全額" : `1回 ${yen(row.amount ?? 0)}`;

async function propose(
  client: PoolClient,
  filing: FilingOf<Wish | Withdrawal>,
  kind: DonationRow["kind"],
): Promise<Proposal> {
  const { content } = filing;
  const { recipient, differences: found } = await checkRecipient(client, content, filing.judgedOn, "stop");
  const differences: Difference[] = [...found];
  if (recipient?.kind === "institution") {
    differences.push(stop("recipient.kind", "施設入所等児童の分の児童手当は、寄附できません（児童手当法20条1項）。"));
  }
  const rule = await cutOffRule(client, "donation", filing.receivedOn);
  const earliest = firstPaymentMonth(filing.receivedOn, rule);
  const wanted = content.fromPayment ?? earliest;
  const fromPayment: Month = wanted < earliest ? earliest : wanted;
  if (wanted < earliest) {
    const text = `${wanted} の支払期の締切日（${cutOffOf(wanted, rule)}）を過ぎているため、${earliest} の支払期からにします。`;
    differences.push(note("donation.cutOff", text, { filed: wanted, registered: earliest }));
  }
  const before = await donationIn(client, content.recipientId, fromPayment);
  const inForce = before !== null && before.scope !== "none";
  if (kind === "request" && inForce) {
    differences.push(stop("donation.exists", "すでに寄附の申出があります。変えるときは、変更の申出にしてください。"));
  }
  if (kind !== "request" && !inForce) {
    differences.push(stop("donation.missing", `${fromPayment} の支払期に効いている寄附の申出がありません。`));
  }
  const wish = "scope" in content ? content : null;
  if (wish?.toPayment !== undefined && wish.toPayment < fromPayment) {
    differences.push(stop("donation.toPayment", "終わりの支払期月が、効き始める支払期月より前です。"));
  }
  const row = { scope: wish?.scope ?? ("none" as const), amount: wish?.amount ?? null };
  const what = { request: "寄附の申出", change: "寄附の申出の変更", withdrawal: "寄附の申出の撤回" }[kind];
  return proposalOf({
    outcome: "acknowledge",
    reasons: [`${what}を、${fromPayment} の支払期から反映します（児童手当法20条、施行規則12条の9）。`],
    differences,
    effects: [
      recordEffect("donation", `${what}（${fromPayment} の支払期から）`, {
        recipientId: content.recipientId,
        before: shown(before),
        after: shown(row),
      }),
    ],
    basis: { ...row, fromPayment, toPayment: wish?.toPayment ?? null, before: before?.donationId ?? null },
  });
}

const basisShape = z.object({
  scope: z.enum(["all", "amount", "none"]),
  amount: z.int().nullable(),
  fromPayment: monthOfBasis,
  toPayment: monthOfBasis.nullable(),
});

function donationProcedure<C extends Wish | Withdrawal>(
  kind: DonationRow["kind"],
  fixed: Pick<Procedure<C>, "code" | "name" | "shape">,
): Procedure<C> {
  return {
    ...fixed,
    form: "様式第14号",
    rule: "児童手当法20条、施行規則12条の9",
    subjectOf,
    documents: () => [],
    dueDate: () => null,
    propose: async (client, _context: Context, filing) => await propose(client, filing, kind),
    apply: async (client, _context, filing, proposal, deciders) => {
      const { scope, amount, fromPayment, toPayment } = readBasis(basisShape, proposal, filing.receptionNumber);
      const { recipientId, claimant } = filing.content;
      const filingId = storedId(filing);
      await insert(client, "donation", {
        recipient_id: recipientId,
        kind,
        scope,
        amount,
        from_payment: `${fromPayment}-01`,
        to_payment: toPayment === null ? null : `${toPayment}-01`,
        received_on: filing.receivedOn,
        filing_id: filingId,
        ...people(deciders),
      });
      await writeNotices(client, filingId, deciders, [
        { kind: "donationRegistered", to: claimant, facts: { recipientId, kind, scope, amount, fromPayment } },
      ]);
      return { recipients: [recipientId], decisions: [], detail: { fromPayment } };
    },
    undo: async (client, _context, filing) => {
      const { recipientId } = filing.content;
      await refuseLater(client, filing, { table: "donation", where: "t.recipient_id = $2", values: [recipientId] });
      const { rows } = await client.query<{ from: Month }>(
        `SELECT to_char(from_payment, 'YYYY-MM') AS "from" FROM allowance.donation WHERE filing_id = $1`,
        [filing.filingId],
      );
      const from = rows[0]?.from ?? monthOf(filing.receivedOn);
      // The row of the cancelled filing counts no more: what is in force now is what was in force before it.
      const before = await donationIn(client, recipientId, from);
      return recordTakenBack("donation", `${fixed.name}（${from} の支払期から）`, {
        recipientId,
        after: shown(before),
        differences: [note("donation.paid", RUNS_STAY)],
      });
    },
  };
}

export const donation = donationProcedure<Wish>("request", {
  code: "donation",
  name: "児童手当に係る寄附の申出書",
  shape: wishShape,
});
export const donationChange = donationProcedure<Wish>("change", {
  code: "donationChange",
  name: "児童手当に係る寄附の変更の申出書",
  shape: wishShape,
});
export const donationWithdrawal = donationProcedure<Withdrawal>("withdrawal", {
  code: "donationWithdrawal",
  name: "児童手当に係る寄附の撤回の申出書",
  shape: withdrawalShape,
});
