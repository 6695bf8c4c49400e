/** 口座変更届 and 公金受取口座の利用の申出: the recipient says where the money goes; nothing else may decide it (A102–A106, I-16, I-44). */
import type { PoolClient } from "pg";
import { z } from "zod";

import { findingsOf } from "../accounts/account-checks.ts";
import {
  accountChoiceOf,
  branchOn,
  checkNewAccount,
  type CheckedAccount,
  type NewAccount,
  sharedWith,
} from "../accounts/check-account.ts";
import { NUMBER_ONCE, NUMBER_TWICE, secondTyping } from "../accounts/typed-twice.ts";
import { choiceBefore, restoreAccounts } from "../accounts/restore-accounts.ts";
import { accountTiming, type AccountTiming, writeAccount } from "../accounts/write-account.ts";
import { isHolder } from "../claims/holder.ts";
import type { Context } from "../context.ts";
import { payDayOf } from "../deductions/cut-off.ts";
import { dayShape as filedDay } from "../filings/form.ts";
import type {
  Applied,
  Deciders,
  Difference,
  FilingOf,
  Procedure,
  Proposal,
  Subject,
  TakenBack,
} from "../filings/procedure.ts";
import { readBasis } from "../filings/stored.ts";
import { look, note, proposalOf, recordEffect, stop } from "./answers.ts";
import { personOf, type RecipientRow } from "./people.ts";
import { checkRecipient } from "./recipient-check.ts";
import { insert, people, storedId } from "./results.ts";
import { dayShape, personShape, recipientKindShape, recipientShape, textShape } from "./shapes.ts";
import { cannotTakeBack, recordTakenBack, RUNS_STAY } from "./take-back.ts";

const digits = (least: number, most: number): z.ZodType<string> =>
  z.string().regex(new RegExp(`^[0-9０-９-]{${least},${most}}$`, "u"));

export const accountShape = z.union([
  z.strictObject({
    bank: z.string().regex(/^[0-9]{4}$/),
    branch: z.string().regex(/^[0-9]{3}$/),
    accountType: z.enum(["1", "2", "4"]),
    accountNumber: digits(1, 8),
    /** The number a second time (I-52) */
    numberAgain: digits(1, 10).optional(),
    holder: textShape(60),
  }),
  /** ゆうちょ銀行 as printed in the passbook; `savings` for 通常貯蓄貯金 */
  z.strictObject({
    yuchoSymbol: digits(5, 8),
    yuchoNumber: digits(1, 10),
    numberAgain: digits(1, 10).optional(),
    savings: z.boolean().default(false),
    holder: textShape(60),
  }),
]);

const changeShape = z.strictObject({
  /** 宛名番号 of the recipient, as on the form: protects against a slip in the 認定番号 (I-16) */
  claimant: personShape,
  recipientKind: recipientKindShape,
  recipientId: recipientShape,
  account: accountShape,
  /** A holder other than the recipient: why; the approver decides on it (A102) */
  exception: textShape(200).optional(),
});

type Change = z.infer<typeof changeShape>;

const choiceShape = z.discriminatedUnion("choice", [
  z.strictObject({
    claimant: personShape,
    recipientKind: recipientKindShape,
    recipientId: recipientShape,
    choice: z.literal("publicAccount"),
    /** The signed choice of the recipient */
    signedOn: dayShape,
    /** 公金受取口座 as the inquiry answered it on `answeredOn` */
    answer: z.strictObject({ answeredOn: dayShape, account: accountShape }),
  }),
  z.strictObject({
    claimant: personShape,
    recipientKind: recipientKindShape,
    recipientId: recipientShape,
    choice: z.literal("typed"),
    signedOn: dayShape,
    account: accountShape,
    exception: textShape(200).optional(),
  }),
]);

type Choice = z.infer<typeof choiceShape>;

type Checked = {
  readonly recipient: RecipientRow | undefined;
  readonly account: CheckedAccount | null;
  readonly timing: AccountTiming | null;
  readonly differences: readonly Difference[];
};

type Request = {
  readonly claimant: number;
  readonly recipientId: number;
  readonly account: NewAccount & { readonly numberAgain?: string | undefined };
  readonly exception?: string | undefined;
};

/** 最後の4桁 only: an account number has no place in a list of reasons. */
const masked = ({ bank, branch, accountNumber }: Pick<CheckedAccount, "bank" | "branch" | "accountNumber">): string =>
  `${bank}-${branch} 下4桁 ${accountNumber.slice(-4)}`;

async function holderDifferences(
  client: PoolClient,
  recipient: RecipientRow,
  account: CheckedAccount,
  exception: string | undefined,
): Promise<readonly Difference[]> {
  if (recipient.kind !== "individual") return [];
  const person = await personOf(client, recipient.number);
  if (person !== undefined && isHolder(account.holder, person.kana)) return [];
  const sides = { filed: account.holder, registered: person?.kana ?? null };
  if (exception === undefined) {
    const text =
      "口座名義が受給者のカナ氏名と一致しません。受給者本人の口座を届け出てもらうか、例外の理由を書いて決裁を受けてください。";
    return [stop("account.holder", text, sides)];
  }
  return [look("account.holder", `口座名義が受給者と違います。例外の理由: ${exception}`, sides)];
}

async function check(
  client: PoolClient,
  context: Context,
  request: Request,
  filing: FilingOf<unknown>,
  typed: boolean,
): Promise<Checked> {
  const { recipient, differences: first } = await checkRecipient(client, request, filing.judgedOn, "look");
  if (recipient === undefined) return { recipient, account: null, timing: null, differences: first };
  const checked = await checkNewAccount(client, request.account, filing.judgedOn);
  if (!checked.ok) {
    const text = `この口座には振り込めません。${checked.problem.message}通帳を確認してください。`;
    return { recipient, account: null, timing: null, differences: [...first, stop("account.invalid", text)] };
  }
  const { account } = checked;
  const differences = [...first, ...checked.warnings.map((warning) => look("account.warning", warning))];
  // The number of 公金受取口座 comes with an answer, not from a hand.
  const again = typed ? secondTyping(request.account) : "same";
  if (again === "differs") differences.push(stop("account.numberTwice", NUMBER_TWICE));
  if (again === "none") differences.push(note("account.numberOnce", NUMBER_ONCE));
  differences.push(...(await holderDifferences(client, recipient, account, request.exception)));
  const shared = await sharedWith(client, recipient.recipientId, account);
  if (shared.length > 0) {
    const text = `同じ口座が、別の受給者（認定番号 ${shared.join("、")}）にも登録されています。入力の取り違えでないか、通帳の写しで確かめてください。`;
    differences.push(look("account.shared", text));
  }
  const timing = await accountTiming(client, context, recipient.recipientId, filing.receivedOn);
  const payOn = await payDayOf(client, context, timing.firstPayment);
  const branch = await branchOn(client, account, payOn);
  if (!branch.open) {
    const next = branch.successor === null ? "" : `統廃合の後は ${branch.successor} です。`;
    const text = `この支店は、最初の支払日 ${payOn} にはありません。${next}新しい支店名と口座番号を確かめてください。`;
    differences.push(stop("account.branchOnPayDay", text));
  }
  if (timing.afterPayOn !== null) differences.push(note("account.cutOff", timing.text));
  return { recipient, account, timing, differences };
}

async function propose(
  client: PoolClient,
  context: Context,
  request: Request,
  filing: FilingOf<unknown>,
  chosen: "typed" | "publicAccount",
): Promise<Proposal> {
  const { recipient, account, timing, differences } = await check(client, context, request, filing, chosen === "typed");
  const before = recipient === undefined ? "typed" : await accountChoiceOf(client, recipient.recipientId);
  const effects =
    account === null || timing === null
      ? []
      : [
          recordEffect("account", `振込先口座の変更（${timing.text}）`, {
            recipientId: request.recipientId,
            after: masked(account),
          }),
        ];
  if (before !== chosen) {
    const names = { typed: "届け出た口座", publicAccount: "公金受取口座" } as const;
    const sides = { recipientId: request.recipientId, before: names[before], after: names[chosen] };
    effects.push(recordEffect("accountChoice", "受取口座の種類の変更（受給者の申出による）", sides));
  }
  return proposalOf({
    outcome: "acknowledge",
    reasons: [timing?.text ?? ""],
    differences,
    effects,
    basis: { account: account === null ? null : { ...account }, afterPayOn: timing?.afterPayOn ?? null, before },
  });
}

const subjectOf = ({ claimant, recipientKind, recipientId }: Change | Choice): Subject => ({
  claimant,
  recipientKind,
  recipientId,
  children: [],
});

/** An exception counts only where the holder is not the recipient: the check said so when it was examined. */
const exceptionOf = (proposal: Proposal, reason: string | undefined): string | undefined =>
  proposal.differences.some(({ item }) => item === "account.holder") ? (reason ?? "") : undefined;

/** The account that the approver saw: the proposal is bound to it, so it is what is written. */
const basisShape = z.object({
  account: z.strictObject({
    bank: z.string(),
    branch: z.string(),
    accountType: z.enum(["1", "2", "4"]),
    accountNumber: z.string(),
    holder: z.string(),
  }),
  afterPayOn: filedDay.nullable(),
  before: z.enum(["typed", "publicAccount"]),
});

type Basis = z.output<typeof basisShape>;

const basisOf = (proposal: Proposal, filing: FilingOf<unknown>): Basis =>
  readBasis(basisShape, proposal, filing.receptionNumber);

/**
 * 取消: the accounts that were in use before are written again, and the choice before. @throws Refusal `filingStopped` where a later
 * change stands, or where there was no account before
 */
async function undo(
  client: PoolClient,
  context: Context,
  filing: FilingOf<Change | Choice>,
  applied: Applied,
  deciders: Deciders,
): Promise<TakenBack> {
  const { recipientId } = filing.content;
  const { accountId } = writtenShape.parse(applied.detail);
  const choice = await choiceBefore(client, recipientId, storedId(filing));
  if (choice !== null) {
    await insert(client, "account_choice", {
      recipient_id: recipientId,
      choice,
      chosen_on: filing.receivedOn,
      filing_id: storedId(filing),
      ...people(deciders),
    });
  }
  const last = await restoreAccounts(client, { recipientId, accountId, today: context.today, deciders });
  if (last === "changedSince") {
    throw cannotTakeBack(
      filing,
      "この届出のあとで、口座がまた変わっています。",
      "いまの口座が誤りなら、新しい口座変更届によってください。",
    );
  }
  if (last === "noneBefore") {
    throw cannotTakeBack(filing, "この届出の前に、口座がありません。", "正しい口座の口座変更届によってください。");
  }
  return recordTakenBack("account", "振込先口座の変更", {
    recipientId,
    after: `前の口座（${masked(last)}）`,
    differences: [note("account.paid", RUNS_STAY)],
  });
}

/** What `apply` says that it wrote. */
const writtenShape = z.object({ accountId: z.int() });

export const accountChange: Procedure<Change> = {
  code: "accountChange",
  name: "口座変更届",
  form: null,
  rule: "市の様式（児童手当法施行規則1条の4の請求事項の変更）",
  shape: changeShape,
  subjectOf,
  documents: ({ exception }) => [
    {
      code: "passbook",
      name: "通帳またはキャッシュカードの写し",
      why: "口座番号と名義を確かめるため",
      waivable: false,
    },
    ...(exception === undefined
      ? []
      : [
          {
            code: "exceptionReason",
            name: "受給者以外の名義とする理由が分かる書類",
            why: "受給者本人の名義でない口座は、例外として決裁を受けるため",
            waivable: false,
          },
        ]),
  ],
  dueDate: () => null,
  propose: async (client, context, filing) => await propose(client, context, filing.content, filing, "typed"),
  apply: async (client, _context, filing, proposal, deciders) => {
    const { recipientId } = filing.content;
    const { account, afterPayOn, before } = basisOf(proposal, filing);
    if (before !== "typed") {
      await insert(client, "account_choice", {
        recipient_id: recipientId,
        choice: "typed",
        chosen_on: filing.receivedOn,
        filing_id: storedId(filing),
        ...people(deciders),
      });
    }
    const accountId = await writeAccount(client, {
      recipientId,
      account,
      source: "change",
      afterPayOn,
      enteredBy: deciders.typedBy,
      approvedBy: deciders.approvedBy,
      checks: findingsOf(
        filing.judgedOn,
        { preCheck: "bankMaster", holder: "passbook" },
        exceptionOf(proposal, filing.content.exception),
      ),
    });
    return { recipients: [recipientId], decisions: [], detail: { accountId, afterPayOn } };
  },
  undo,
};

const HOW = {
  publicAccount: { preCheck: "publicAccountInquiry", holder: "publicAccountInquiry" },
  typed: { preCheck: "bankMaster", holder: "passbook" },
} as const;

export const publicAccountChoice: Procedure<Choice> = {
  code: "publicAccountChoice",
  name: "公金受取口座の利用・取りやめの申出",
  form: null,
  rule: "公的給付の支給等の迅速かつ確実な実施のための預貯金口座の登録等に関する法律",
  shape: choiceShape,
  subjectOf,
  documents: ({ choice }) => [
    {
      code: "signedChoice",
      name: choice === "publicAccount" ? "公金受取口座を利用する旨の申出" : "届け出た口座に戻す旨の申出",
      why: "受取口座を選べるのは受給者だけのため",
      waivable: false,
    },
  ],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content } = filing;
    const account = content.choice === "publicAccount" ? content.answer.account : content.account;
    const exception = content.choice === "typed" ? content.exception : undefined;
    const { claimant, recipientId, choice } = content;
    const proposal = await propose(client, context, { claimant, recipientId, account, exception }, filing, choice);
    if (content.choice !== "publicAccount" || content.answer.answeredOn <= filing.judgedOn) return proposal;
    const text = "公金受取口座の照会の日が、審査の日より後になっています。日付を確かめてください。";
    return proposalOf({ ...proposal, differences: [...proposal.differences, stop("account.answeredOn", text)] });
  },
  apply: async (client, _context, filing, proposal, deciders) => {
    const { recipientId, choice } = filing.content;
    const { account, afterPayOn } = basisOf(proposal, filing);
    await insert(client, "account_choice", {
      recipient_id: recipientId,
      choice,
      chosen_on: filing.receivedOn,
      filing_id: storedId(filing),
      ...people(deciders),
    });
    const accountId = await writeAccount(client, {
      recipientId,
      account,
      source: choice === "publicAccount" ? "publicAccount" : "change",
      afterPayOn,
      enteredBy: deciders.typedBy,
      approvedBy: deciders.approvedBy,
      checks: findingsOf(
        filing.judgedOn,
        HOW[choice],
        exceptionOf(proposal, filing.content.choice === "typed" ? filing.content.exception : undefined),
      ),
    });
    return { recipients: [recipientId], decisions: [], detail: { accountId, afterPayOn } };
  },
  undo,
};
