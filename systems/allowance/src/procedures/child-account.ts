/**
 * 児童の口座の届: where the money of one child goes. A home that the state or a local government runs is not paid itself; each child is
 * (児童手当法22条の2, 施行規則12条の12: the head of the home may keep it for the child). And a child that was granted what a recipient left
 * unpaid (12条) may name another account, where the one of the claim can't be paid to.
 */
import type { PoolClient } from "pg";
import { z } from "zod";

import { type CheckedAccount, checkNewAccount, sharedWith } from "../accounts/check-account.ts";
import { besideChildAccount, writeChildAccount } from "../accounts/write-child-account.ts";
import { isHolder } from "../claims/holder.ts";
import type { Deciders, Difference, FilingOf, Procedure, Proposal, TakenBack } from "../filings/procedure.ts";
import { stands } from "../filings/stands.ts";
import { readBasis } from "../filings/stored.ts";
import { NUMBER_ONCE, NUMBER_TWICE, secondTyping } from "../accounts/typed-twice.ts";
import { accountShape } from "./account-change.ts";
import { look, note, proposalOf, recordEffect, shownNumber, stop } from "./answers.ts";
import { childrenOfRecipient, personOf, recipientOf } from "./people.ts";
import { storedId } from "./results.ts";
import { personShape, recipientKindShape, recipientShape, textShape } from "./shapes.ts";
import { cannotTakeBack, recordTakenBack, RUNS_STAY } from "./take-back.ts";

const contentShape = z.strictObject({
  /** 宛名番号 of the home, or of the child that claimed 未支払 */
  claimant: personShape,
  recipientKind: recipientKindShape,
  /** 認定番号 of the home, or of the recipient who died */
  recipientId: recipientShape,
  /** publicInstitution: 22条の2; unpaid: 12条 */
  ground: z.enum(["publicInstitution", "unpaid"]).default("publicInstitution"),
  /** 宛名番号 */
  child: personShape,
  account: accountShape,
  /** A holder other than the child: who keeps it for the child, and why; the approver decides on it */
  keptBy: textShape(200).optional(),
});

type Content = z.infer<typeof contentShape>;

type Checked = {
  readonly account: CheckedAccount | null;
  readonly unpaidId: number | null;
  readonly differences: readonly Difference[];
};

/** The last standing decision that granted the child what the recipient left unpaid. */
async function grantOf(client: PoolClient, recipientId: number, child: number): Promise<number | null> {
  const { rows } = await client.query<{ id: number }>(
    `SELECT max(d.unpaid_id) AS id FROM allowance.unpaid_decision d
     WHERE d.recipient_id = $1 AND d.child_number = $2 AND d.outcome = 'grant' AND ${stands("d")}`,
    [recipientId, child],
  );
  return rows[0]?.id ?? null;
}

/** Whose the money is: a child of a home of the city, or a child with a grant. */
async function rightOf(
  client: PoolClient,
  { claimant, recipientId, ground, child }: Content,
): Promise<{ readonly unpaidId: number | null; readonly differences: readonly Difference[] }> {
  const shown = `児童（宛名番号 ${shownNumber(child)}）`;
  const recipient = await recipientOf(client, recipientId);
  if (recipient === undefined) {
    return { unpaidId: null, differences: [stop("recipient", `認定番号 ${recipientId} の受給者はいません。`)] };
  }
  if (ground === "unpaid") {
    const unpaidId = await grantOf(client, recipientId, child);
    if (unpaidId !== null) return { unpaidId, differences: [] };
    const text = `${shown}に未支払を支給する決定がありません。未支払児童手当請求書の決裁を先にしてください。`;
    return { unpaidId, differences: [stop("childAccount.noGrant", text, { child })] };
  }
  const differences: Difference[] = [];
  if (recipient.number !== claimant) {
    const text = `届け出た施設（宛名番号 ${shownNumber(claimant)}）は、認定番号 ${recipientId} の受給者ではありません。`;
    differences.push(stop("recipient", text));
  }
  const { rowCount } = await client.query("SELECT FROM allowance.public_institution WHERE recipient_id = $1", [
    recipientId,
  ]);
  if (rowCount === 0) {
    const text = `認定番号 ${recipientId} は、国・地方公共団体の設置する施設ではありません。施設の口座の変更は、口座変更届によってください。`;
    differences.push(stop("childAccount.notPublic", text));
  }
  const own = await childrenOfRecipient(client, recipient);
  if (!own.some((each) => each.child === child && each.role === "child")) {
    differences.push(
      stop("child", `${shown}は、この施設の支給対象の児童ではありません。番号を確かめてください。`, { child }),
    );
  }
  return { unpaidId: null, differences };
}

async function check(client: PoolClient, filing: FilingOf<Content>): Promise<Checked> {
  const { content } = filing;
  const { unpaidId, differences: first } = await rightOf(client, content);
  const checked = await checkNewAccount(client, content.account, filing.judgedOn);
  if (!checked.ok) {
    const text = `この口座には振り込めません。${checked.problem.message}通帳を確認してください。`;
    return { account: null, unpaidId, differences: [...first, stop("account.invalid", text)] };
  }
  const { account } = checked;
  const differences = [...first, ...checked.warnings.map((warning) => look("account.warning", warning))];
  const again = secondTyping(content.account);
  if (again === "differs") differences.push(stop("account.numberTwice", NUMBER_TWICE));
  if (again === "none") differences.push(note("account.numberOnce", NUMBER_ONCE));
  const child = await personOf(client, content.child);
  if (child === undefined || !isHolder(account.holder, child.kana)) {
    const sides = { child: content.child, filed: account.holder, registered: child?.kana ?? null };
    differences.push(
      content.keptBy === undefined
        ? stop(
            "account.holder",
            "口座名義が児童の氏名と一致しません。児童の口座にするか、だれが児童のために預かるかを書いて決裁を受けてください。",
            sides,
          )
        : look("account.holder", `児童の名義の口座ではありません。預かる人と理由: ${content.keptBy}`, sides),
    );
  }
  const shared = await sharedWith(client, content.recipientId, account);
  if (shared.length > 0) {
    const text = `同じ口座が、別の受給者（認定番号 ${shared.join("、")}）にも登録されています。通帳の写しで確かめてください。`;
    differences.push(look("account.shared", text));
  }
  return { account, unpaidId, differences };
}

/** The account that the approver saw: the proposal is bound to it, so it is what is written. */
const basisShape = z.object({
  account: z.strictObject({
    bank: z.string(),
    branch: z.string(),
    accountType: z.enum(["1", "2", "4"]),
    accountNumber: z.string(),
    holder: z.string(),
  }),
  unpaidId: z.int().nullable(),
});

const writtenShape = z.object({ childAccountId: z.int() });

const masked = ({ bank, branch, accountNumber }: Pick<CheckedAccount, "bank" | "branch" | "accountNumber">): string =>
  `${bank}-${branch} 下4桁 ${accountNumber.slice(-4)}`;

async function propose(client: PoolClient, filing: FilingOf<Content>): Promise<Proposal> {
  const { account, unpaidId, differences } = await check(client, filing);
  const { recipientId, child, ground } = filing.content;
  const why = ground === "unpaid" ? "未支払の児童手当" : "施設の児童の手当";
  return proposalOf({
    outcome: "acknowledge",
    reasons: [`${why}を、次に作る支払処理から、この児童の口座に振り込みます。`],
    differences,
    effects:
      account === null
        ? []
        : [
            recordEffect("childAccount", `児童（${shownNumber(child)}）の口座`, {
              recipientId,
              after: masked(account),
            }),
          ],
    basis: { account: account === null ? null : { ...account }, unpaidId },
  });
}

async function undo(
  client: PoolClient,
  filing: FilingOf<Content>,
  detail: unknown,
  deciders: Deciders,
): Promise<TakenBack> {
  const { childAccountId } = writtenShape.parse(detail);
  const { last, before } = await besideChildAccount(client, childAccountId);
  if (!last) {
    throw cannotTakeBack(
      filing,
      "この届のあとで、児童の口座がまた変わっています。",
      "いまの口座が誤りなら、新しい届によってください。",
    );
  }
  if (before === null) {
    throw cannotTakeBack(filing, "この届の前に、児童の口座がありません。", "正しい口座の届によってください。");
  }
  const { recipientId, child, ground } = filing.content;
  const { evidence, ...account } = before;
  const unpaidId = ground === "unpaid" ? await grantOf(client, recipientId, child) : null;
  await writeChildAccount(client, {
    recipientId,
    child,
    unpaidId,
    account,
    evidence,
    filingId: storedId(filing),
    deciders,
  });
  return recordTakenBack("childAccount", `児童（${shownNumber(child)}）の口座`, {
    recipientId,
    after: `前の口座（${masked(account)}）`,
    differences: [note("account.paid", RUNS_STAY)],
  });
}

export const childAccount: Procedure<Content> = {
  code: "childAccount",
  name: "児童の口座の届",
  form: null,
  rule: "児童手当法22条の2・12条、施行規則12条の12",
  shape: contentShape,
  subjectOf: ({ claimant, recipientKind, recipientId, child }) => ({
    claimant,
    recipientKind,
    recipientId,
    children: [child],
  }),
  documents: ({ keptBy }) => [
    {
      code: "passbook",
      name: "児童の通帳またはキャッシュカードの写し",
      why: "児童ひとりずつの口座に払うため（児童手当法22条の2、施行規則12条の12）",
      waivable: false,
    },
    ...(keptBy === undefined
      ? []
      : [
          {
            code: "keeping",
            name: "児童のために預かることが分かる書類",
            why: "児童の名義でない口座は、預かる人と理由を確かめて決裁を受けるため",
            waivable: false,
          },
        ]),
  ],
  dueDate: () => null,
  propose: async (client, _context, filing) => await propose(client, filing),
  apply: async (client, _context, filing, proposal, deciders) => {
    const { recipientId, child, keptBy } = filing.content;
    const { account, unpaidId } = readBasis(basisShape, proposal, filing.receptionNumber);
    const childAccountId = await writeChildAccount(client, {
      recipientId,
      child,
      unpaidId,
      account,
      evidence: keptBy ?? "児童の通帳の写し",
      filingId: storedId(filing),
      deciders,
    });
    return { recipients: [recipientId], decisions: [], detail: { childAccountId } };
  },
  undo: async (client, _context, filing, applied, deciders) => await undo(client, filing, applied.detail, deciders),
};
