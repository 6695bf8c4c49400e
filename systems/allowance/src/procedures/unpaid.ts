/**
 * 未払児童手当請求書 (様式第12号・第13号, 児童手当法12条, 施行規則9条): what was due and unpaid goes to the children themselves, each its own
 * part – never to the heirs, never to the account of the dead recipient. A decision and a notice of its own.
 */
import { type CivilDate, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { type CheckedAccount, checkNewAccount } from "../accounts/check-account.ts";
import { isHolder } from "../claims/holder.ts";
import type { Context } from "../context.ts";
import type { Deciders, Difference, FilingOf, Procedure, Proposal, TakenBack } from "../filings/procedure.ts";
import { decideUnpaid, type UnpaidGrant } from "../unpaid/decide-unpaid.ts";
import { sumOf, type UnpaidMonth, unpaidMonths } from "../unpaid/unpaid-months.ts";
import { accountShape } from "./account-change.ts";
import { look, note, proposalOf, recordEffect, shownNumber, stop, yen } from "./answers.ts";
import { writeNotices } from "./notices.ts";
import { childrenOfRecipient, personOf, personsOf, recipientOf, type RecipientRow, unknownNumbers } from "./people.ts";
import { storedId } from "./results.ts";
import { peopleShape, personShape, recipientShape } from "./shapes.ts";
import { both, cannotTakeBack, NOTHING_BACK, recordTakenBack } from "./take-back.ts";

const base = {
  /** 宛名番号 of the child who claims (for whom a guardian may act as 代理人) */
  claimant: personShape,
  /** 認定番号 of the recipient who died, or of the institution */
  recipientId: recipientShape,
  account: accountShape,
  /** Whose account it is: a child's, or that of who receives for the child */
  holderIs: z.enum(["child", "guardianForChild"]).default("child"),
} as const;

const deathShape = z.strictObject({ ...base, children: peopleShape(20) });
const institutionShape = z.strictObject(base);

type DeathClaim = z.infer<typeof deathShape>;
type InstitutionClaim = z.infer<typeof institutionShape>;
type Kind = "recipientDeath" | "leftInstitution";

const childrenOf = (content: DeathClaim | InstitutionClaim): readonly number[] =>
  "children" in content ? [...new Set(content.children)].toSorted((left, right) => left - right) : [content.claimant];

/** Until when something was due: the day of death, or the child's last day in the institution. Absent: it has not happened. */
async function eventDay(
  client: PoolClient,
  kind: Kind,
  recipient: RecipientRow,
  child: number,
): Promise<CivilDate | undefined> {
  if (kind === "recipientDeath") {
    const person = await personOf(client, recipient.number);
    return person?.state === 3 ? person.since : undefined;
  }
  const { rows } = await client.query<{ ends_on: CivilDate | null }>(
    `SELECT ends_on FROM (SELECT DISTINCT ON (starts_on) * FROM allowance.status_period
       WHERE kind = 'institution' AND addressee_number = $1 AND counterparty_number = $2 ORDER BY starts_on, revision DESC) s
     WHERE NOT voided ORDER BY starts_on DESC LIMIT 1`,
    [child, recipient.number],
  );
  return rows[0]?.ends_on ?? undefined;
}

async function accountDifferences(
  client: PoolClient,
  filing: FilingOf<DeathClaim | InstitutionClaim>,
): Promise<{ readonly account: CheckedAccount | null; readonly differences: readonly Difference[] }> {
  const { account: typed, claimant, holderIs } = filing.content;
  const checked = await checkNewAccount(client, typed, filing.judgedOn);
  if (!checked.ok) {
    const text = `この口座には振り込めません。${checked.problem.message}通帳を確認してください。`;
    return { account: null, differences: [stop("account.invalid", text)] };
  }
  const children = await personsOf(client, [claimant, ...childrenOf(filing.content)]);
  const holder = [...children.values()].some(({ kana }) => isHolder(checked.account.holder, kana));
  const sides = { filed: checked.account.holder, registered: children.get(claimant)?.kana ?? null };
  if (holderIs === "child" && !holder) {
    return {
      account: checked.account,
      differences: [
        stop(
          "account.holder",
          "口座名義が、請求した児童の氏名と一致しません。児童の口座を届け出てもらってください。",
          sides,
        ),
      ],
    };
  }
  if (holderIs === "guardianForChild" && !holder) {
    const text = "児童のために受け取る人の口座です。法定代理人であることを確かめてください。";
    return { account: checked.account, differences: [look("account.holder", text, sides)] };
  }
  return { account: checked.account, differences: [] };
}

type Part = { readonly child: number; readonly months: readonly UnpaidMonth[]; readonly reason: string };

type Examined = {
  readonly recipient: RecipientRow | undefined;
  readonly parts: readonly Part[];
  readonly account: CheckedAccount | null;
  readonly differences: readonly Difference[];
  readonly notes: readonly Difference[];
};

async function examineParts(
  client: PoolClient,
  context: Context,
  kind: Kind,
  filing: FilingOf<DeathClaim | InstitutionClaim>,
  recipient: RecipientRow,
): Promise<Pick<Examined, "parts" | "differences" | "notes">> {
  const differences: Difference[] = [];
  const notes: Difference[] = [];
  const parts: Part[] = [];
  const dated = { ...context, today: filing.judgedOn };
  const own = await childrenOfRecipient(client, recipient);
  const unknown = await unknownNumbers(client, childrenOf(filing.content));
  for (const child of childrenOf(filing.content)) {
    if (unknown.includes(child)) {
      const text = `宛名番号 ${shownNumber(child)} の人がいません。児童の番号を確かめてください。`;
      differences.push(stop("person.unknown", text, { child }));
      continue;
    }
    const shown = `児童（宛名番号 ${shownNumber(child)}）`;
    if (!own.some((each) => each.child === child && each.role === "child")) {
      parts.push({
        child,
        months: [],
        reason: `${shown}は、この受給者に監護されていた児童ではありません（児童手当法12条1項）。`,
      });
      continue;
    }
    const on = await eventDay(client, kind, recipient, child);
    if (on === undefined) {
      const text =
        kind === "recipientDeath"
          ? "受給者の死亡が、住民票に記録されていません。異動が届いてから決裁してください。"
          : `${shown}の退所が記録されていません。措置解除の通知を先に記録してください。`;
      differences.push(stop("event", text, { child }));
      continue;
    }
    const found = await unpaidMonths(client, dated, recipient.recipientId, monthOf(on));
    const mine = (months: readonly UnpaidMonth[]): readonly UnpaidMonth[] =>
      months.filter((each) => each.child === child);
    const underway = mine(found.underway);
    if (underway.length > 0) {
      const text = `${underway.map(({ month }) => month).join("・")} 分が支払処理の途中にあります。支払処理が締まるか取り消されてから決裁してください。`;
      differences.push(stop("underway", text, { child }));
    }
    const barred = mine(found.barred);
    if (barred.length > 0) {
      notes.push(
        note(
          "barred",
          `${barred.map(({ month }) => month).join("・")} 分は、2年の時効により支払えません（児童手当法23条1項）。`,
          { child },
        ),
      );
    }
    const months = mine(found.months);
    const range = `${months[0]?.month ?? ""} から ${months.at(-1)?.month ?? ""}`;
    parts.push({
      child,
      months,
      reason:
        months.length > 0
          ? `${shown}の ${range} 分 ${yen(sumOf(months))}が未払です（児童手当法12条）。`
          : barred.length > 0
            ? `${shown}の未払の月分は、すべて2年の時効にかかっています（児童手当法23条1項）。`
            : `${shown}には、未払の月分がありません（児童手当法12条）。`,
    });
  }
  return { parts, differences, notes };
}

async function examine(
  client: PoolClient,
  context: Context,
  kind: Kind,
  filing: FilingOf<DeathClaim | InstitutionClaim>,
): Promise<Examined> {
  const recipient = await recipientOf(client, filing.content.recipientId);
  const wrongKind = recipient !== undefined && (recipient.kind === "institution") !== (kind === "leftInstitution");
  if (recipient === undefined || wrongKind) {
    const text = `認定番号 ${filing.content.recipientId} は、この様式の請求の相手ではありません。認定番号と様式を確かめてください。`;
    return { recipient: undefined, parts: [], account: null, differences: [stop("recipient", text)], notes: [] };
  }
  const { parts, differences, notes } = await examineParts(client, context, kind, filing, recipient);
  const { account, differences: accountFound } = await accountDifferences(client, filing);
  // An account that can't be paid to stops a grant, not a refusal.
  const grants = parts.some(({ months }) => months.length > 0);
  return { recipient, parts, account, differences: [...differences, ...(grants ? accountFound : [])], notes };
}

function propose({ recipient, parts, account, differences, notes }: Examined): Proposal {
  const granted = parts.filter(({ months }) => months.length > 0);
  return proposalOf({
    outcome: granted.length > 0 ? "grant" : "refuse",
    reasons: parts.map(({ reason }) => reason),
    differences: [...differences, ...notes],
    effects: granted.map(({ child, months }) =>
      recordEffect("unpaid", `未払児童手当の支給決定（児童 ${shownNumber(child)}、${months.length}か月分）`, {
        recipientId: recipient?.recipientId ?? null,
        fromMonth: months[0]?.month ?? null,
        before: "受給者の未払",
        after: `児童に ${yen(sumOf(months))}`,
      }),
    ),
    basis: {
      account: account === null ? null : { ...account },
      parts: parts.map(({ child, months, reason }) => ({ child, reason, months: months.map((each) => ({ ...each })) })),
    },
  });
}

async function apply(
  client: PoolClient,
  context: Context,
  kind: Kind,
  filing: FilingOf<DeathClaim | InstitutionClaim>,
  proposal: Proposal,
  deciders: Deciders,
) {
  const { parts, account } = await examine(client, context, kind, filing);
  const { recipientId, claimant, holderIs } = filing.content;
  const filingId = storedId(filing);
  const refused = proposal.outcome === "refuse";
  const grants: readonly UnpaidGrant[] = parts.map(({ child, months, reason }) => ({
    child,
    months: refused ? [] : months,
    reason: refused && filing.override !== null ? filing.override.reason : reason,
  }));
  const decided = await decideUnpaid(client, context, {
    filingId,
    kind,
    recipientId,
    claimant,
    claimedOn: filing.receivedOn,
    account,
    holderIs,
    grants,
    deciders,
  });
  await writeNotices(
    client,
    filingId,
    deciders,
    decided.map(({ child, total, fromMonth, toMonth, reason }) => ({
      kind: total > 0 ? ("unpaidGranted" as const) : ("unpaidRefused" as const),
      to: child,
      facts: { total, fromMonth, toMonth, reason },
    })),
  );
  const detail = { decisions: decided.map(({ unpaidId, child, total }) => ({ unpaidId, child, total })) };
  return { recipients: [recipientId], decisions: [], detail };
}

/** The months go back to what the recipient left unpaid; what a payment run has taken can't be given back any more. */
async function undo(client: PoolClient, filing: FilingOf<DeathClaim | InstitutionClaim>): Promise<TakenBack> {
  const { rows } = await client.query<{ child: number; total: number; in_run: boolean }>(
    `SELECT d.child_number AS child, d.total, EXISTS (
       SELECT FROM allowance.unpaid_item u JOIN allowance.run_item i USING (child_number, benefit_month, generation, tranche)
       LEFT JOIN allowance.item_release x USING (child_number, benefit_month, generation, tranche, attempt)
       WHERE u.unpaid_id = d.unpaid_id AND x.attempt IS NULL) AS in_run
     FROM allowance.unpaid_decision d WHERE d.filing_id = $1 AND d.outcome = 'grant' ORDER BY d.unpaid_id`,
    [filing.filingId],
  );
  if (rows.some(({ in_run }) => in_run)) {
    throw cannotTakeBack(
      filing,
      "この決定による額は、すでに支払処理に入っています。",
      "支払処理を取り消せるときは先に取り消してください。振り込んだあとは、返納の手続によってください。",
    );
  }
  const back = rows.map(({ child, total }) =>
    recordTakenBack("unpaid", `未払児童手当の支給決定（児童 ${shownNumber(child)}）`, {
      recipientId: filing.content.recipientId,
      before: `児童に ${yen(total)}`,
      after: "受給者の未払に戻す",
    }),
  );
  return back.reduce(both, NOTHING_BACK);
}

const childAccount = [
  {
    code: "passbook",
    name: "児童の通帳またはキャッシュカードの写し",
    why: "児童の口座に支払うため（児童手当法12条、施行規則9条）",
    waivable: false,
  },
] as const;

export const unpaid: Procedure<DeathClaim> = {
  code: "unpaid",
  name: "未払児童手当請求書",
  form: "様式第12号",
  rule: "児童手当法12条1項、施行規則9条1項",
  shape: deathShape,
  subjectOf: ({ claimant, children, recipientId }) => ({
    claimant,
    recipientKind: "individual",
    recipientId,
    children,
  }),
  documents: () => childAccount,
  dueDate: () => null,
  propose: async (client, context, filing) => propose(await examine(client, context, "recipientDeath", filing)),
  apply: async (client, context, filing, proposal, deciders) =>
    await apply(client, context, "recipientDeath", filing, proposal, deciders),
  undo: async (client, _context, filing) => await undo(client, filing),
};

export const institutionUnpaid: Procedure<InstitutionClaim> = {
  code: "institutionUnpaid",
  name: "未払児童手当請求書（施設等受給者用）",
  form: "様式第13号",
  rule: "児童手当法12条2項、施行規則9条2項",
  shape: institutionShape,
  subjectOf: ({ claimant, recipientId }) => ({
    claimant,
    recipientKind: "individual",
    recipientId,
    children: [claimant],
  }),
  documents: () => childAccount,
  dueDate: () => null,
  propose: async (client, context, filing) => propose(await examine(client, context, "leftInstitution", filing)),
  apply: async (client, context, filing, proposal, deciders) =>
    await apply(client, context, "leftInstitution", filing, proposal, deciders),
  undo: async (client, _context, filing) => await undo(client, filing),
};
