/** 請求の案: what the office would answer to a claim, with the reasons, the differences and what would change. */
import { type CivilDate, type Month, ruleVersion } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import type { Context } from "../../context.ts";
import { amountsIn, effectsOf } from "../../decisions/effects.ts";
import type { Foresight } from "../../decisions/foresee.ts";
import type { Difference, Effect, FilingOf, Outcome, Proposal } from "../../filings/procedure.ts";
import { stop } from "../../procedures/answers.ts";
import { recipientOf, unknownNumbers } from "../../procedures/people.ts";
import { readSetting } from "../../settings.ts";
import type { Answer, RefusalReason } from "../judge-case.ts";
import type { ClaimContent } from "./content.ts";
import { type ClaimGround, groundFits, groundOf, groundText } from "./ground.ts";
import { judgeClaim, type JudgedClaim } from "./judge-claim.ts";
import { registerDifferences } from "./register-checks.ts";
import { dayText, firstPayment, monthText, startReasons } from "./start-month.ts";
import { UNSTORED } from "./unstored-claim.ts";

const shown = (number: number): string => String(number).padStart(15, "0");

async function payDayRule(connection: Queryable, day: CivilDate) {
  try {
    return await readSetting(connection, "payDay", day);
  } catch (error) {
    if (error instanceof Refusal && error.code === "settingMissing") return null;
    throw error;
  }
}

/** 15日の特例の根拠 where the rule gives the first month; the same in the proposal and in the approval. */
export function claimGround(
  context: Context,
  content: ClaimContent,
  filing: FilingOf<unknown>,
  { answer, days, inherited, closedDays }: JudgedClaim,
): ClaimGround | null {
  const own = answer.proposal.decisions.find(({ claimId }) => claimId === UNSTORED);
  if (own === undefined || answer.outcome !== "grant") return null;
  const { cause, ruleGround: typed } = content;
  const question = { cause, typed, days, inherited, start: own.effective };
  return groundOf(filing, question, { calendar: context.calendar, closedDays });
}

/** Why this start, these amounts, and when the first payment comes. */
async function grantReasons(
  client: PoolClient,
  context: Context,
  content: ClaimContent,
  filing: FilingOf<unknown>,
  judged: JudgedClaim,
): Promise<{ reasons: string[]; start: Month | null }> {
  const own = judged.answer.proposal.decisions.find(({ claimId }) => claimId === UNSTORED);
  if (own === undefined || (own.kind !== "certify" && own.kind !== "increase")) return { reasons: [], start: null };
  const { days, inherited, closedDays } = judged;
  const { calendar } = context;
  const { cause } = content;
  const { receivedOn } = filing;
  const reasons = startReasons({
    cause,
    receivedOn,
    days,
    inherited,
    calendar,
    closedDays,
    start: own.effective,
    kind: own.kind,
  });
  const ground = claimGround(context, content, filing, judged);
  if (ground !== null) reasons.push(groundText(ground));
  const facts = judged.answer.facts?.json;
  const amounts = facts === undefined ? null : amountsIn(facts, own.effective, calendar, true);
  for (const { id, because, amount } of amounts?.children ?? []) {
    if (amount === null) continue;
    const why = (because ?? []).map(({ article, text }) => `${text}（${article}）`).join("");
    reasons.push(`児童（${shown(Number(id))}）: ${why}`);
  }
  const rule = await payDayRule(client, context.today);
  const first = rule === null ? null : firstPayment(own.effective, filing.judgedOn, rule, { calendar, closedDays });
  if (first !== null) {
    const ends = [...new Set([first.months[0] ?? first.month, first.months.at(-1) ?? first.month])];
    const months = ends.map(monthText).join("から");
    reasons.push(`初回の支払は${dayText(first.payOn)}（${months}分）の見込みです。`);
  }
  return { reasons, start: own.effective };
}

const NO_CLAIM: readonly Effect[] = [];

function accountEffect({ claim }: JudgedClaim): Effect[] {
  const { account } = claim.claim;
  if (account === null) return [];
  const after = `${account.bank}-${account.branch} 下4桁 ${account.accountNumber.slice(-4)}`;
  return [
    {
      kind: "account",
      what: "振込先口座の登録",
      recipientId: null,
      fromMonth: null,
      before: null,
      after,
      yenBefore: null,
      yenAfter: null,
      children: [],
    },
  ];
}

/** What the answer of the law means for a claim of this form. */
function formDifferences(content: ClaimContent, filing: FilingOf<unknown>, judged: JudgedClaim): Difference[] {
  const found: Difference[] = [];
  const { subject, cause, ruleGround } = content;
  if (!groundFits(cause, ruleGround)) {
    const text =
      "15日の特例の根拠が「住所の変更」ですが、請求の事由は転入ではありません。事由か根拠を補正してください。";
    found.push(stop("cause.ground", text, { filed: "住所の変更" }));
  }
  const granted = judged.answer.outcome === "grant";
  const change = judged.foresight.changes.find(({ episode }) =>
    episode.claims.some(({ claim_id }) => claim_id === UNSTORED),
  );
  if (subject.recipientId !== null && granted && change?.recipient?.recipientId !== subject.recipientId) {
    const text =
      "この認定番号の資格に加える請求になりません。認定番号と請求者を確かめてください（消滅したあとなら、新しい認定請求です）。";
    found.push(stop("recipient", text, { filed: String(subject.recipientId) }));
  }
  if (filing.override?.outcome === "grant" && judged.answer.outcome === "refuse") {
    const text = "法の判定は却下です。職員の判断だけでは認められません。日付や児童の入力を確かめてください。";
    found.push(stop("override.grant", text));
  }
  if (granted && judged.foresight.lost.length > 0) {
    found.push(stop("replaced", "取り消す請求が開いた資格を引き継げません。先に後の請求を取り消してください。"));
  }
  return found;
}

/** Only what the approval will write: the right that the claim opens or changes, and what a replaced claim leaves behind. */
function concerned({ foresight, replaced }: JudgedClaim): Foresight {
  if (replaced.length > 0) return foresight;
  const changes = foresight.changes.filter(({ episode }) =>
    episode.claims.some(({ claim_id }) => claim_id === UNSTORED),
  );
  return { ...foresight, changes };
}

/** 二重支給の防止 (A42): the child belongs to another recipient in a month of this claim. */
function attachedDifferences({ collision, proposal }: Answer): Difference[] {
  if (collision === undefined) return [];
  const { child, recipientId } = collision;
  return [stop("child.attached", proposal.reasons.join(" "), { child, registered: String(recipientId) })];
}

function impossible(reasons: readonly string[], differences: readonly Difference[]): Proposal {
  return { outcome: "impossible", reasons, differences, effects: [], basis: { ruleVersion } };
}

/** The days that a claim was refused for, stated by the claimant: the employer certifies (17条). */
export const DECLARED_PUBLIC_SERVANT: RefusalReason = {
  code: "publicServant",
  text: "請求者は公務員と申告しているため、勤務先（所属庁）が認定し支給します（児童手当法17条1項）。勤務先へ請求してください。",
};

/** The proposal for a claim. Reads only. */
export async function proposeClaim(
  client: PoolClient,
  context: Context,
  content: ClaimContent,
  filing: FilingOf<unknown>,
): Promise<Proposal> {
  const unknown = await unknownNumbers(client, [
    content.subject.claimant,
    ...content.children.map(({ number }) => number),
  ]);
  if (unknown.length > 0) {
    const text = "この宛名番号は台帳にありません。番号を確かめるか、住民登録外の人なら先に宛名を登録してください。";
    const differences = unknown.map((number) => stop("person.unknown", text, { child: number, filed: shown(number) }));
    return impossible([`宛名番号 ${unknown.map(shown).join("・")} が台帳にありません。`], differences);
  }
  const named = content.subject.recipientId;
  if (named !== null && (await recipientOf(client, named))?.number !== content.subject.claimant) {
    const text = `認定番号 ${named} は、請求者のものではありません。番号と氏名を確かめて補正してください。`;
    return impossible([text], [stop("recipient", text, { filed: String(named) })]);
  }
  const judged = await judgeClaim(client, context, content, filing);
  const { answer, foresight } = judged;
  const { reasons: why, start } = await grantReasons(client, context, content, filing, judged);
  const register = await registerDifferences(client, content, filing, start);
  const differences = [
    ...attachedDifferences(answer),
    ...formDifferences(content, filing, judged),
    ...register,
    ...judged.accountDifferences,
  ];
  const employer = content.declared?.publicServant === true;
  const outcome: Outcome = employer && answer.outcome === "grant" ? "refuse" : answer.outcome;
  const effects =
    outcome === "grant"
      ? [...(await effectsOf(client, concerned(judged), context.calendar)), ...accountEffect(judged)]
      : NO_CLAIM;
  return {
    outcome,
    reasons: employer && outcome === "refuse" ? [DECLARED_PUBLIC_SERVANT.text] : [...why, ...answer.proposal.reasons],
    differences,
    effects,
    basis: {
      ruleVersion,
      facts: answer.facts?.digest ?? null,
      until: foresight.until,
      causeOn: judged.days.causeOn,
      obstacleEndedOn: judged.days.obstacleEndedOn,
      inheritedFrom: judged.inherited?.receptionNumber ?? null,
      recipients: foresight.recorded.map(({ recipientId, decisions }) => ({
        recipientId,
        seq: decisions.at(-1)?.seq ?? 0,
      })),
    },
  };
}
