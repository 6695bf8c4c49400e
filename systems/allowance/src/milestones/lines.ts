/** The lines of the list of 年齢到達: one for each decision that the events of a month ask for, one for each event without any. */
import { addMonths, type Calendar, type ChildMonth, type Month } from "@hagukumi/law/contract.ts";

import { amountsIn } from "../decisions/effects.ts";
import type { PlannedDecision } from "../decisions/plan-decisions.ts";
import { dayText, yenText } from "../inquiry/dates.ts";
import { causeName, decisionName } from "../inquiry/labels.ts";
import type { Json, MassItem } from "../mass-work/mass-job.ts";
import { MILESTONE_KINDS, type Milestone, type MilestoneKind, milestoneLabels } from "./events.ts";
import { type CasePlan, hasEnded, recordedIn } from "./plan.ts";

const shown = (number: number): string => String(number).padStart(15, "0");

const isMilestone = (cause: string): cause is MilestoneKind => MILESTONE_KINDS.some((kind) => kind === cause);

/** Decisions that time alone brings. Anything else is decided by a person who has looked at the case. */
const byTime = ({ kind, cause }: PlannedDecision): boolean =>
  isMilestone(cause) && (kind === "decrease" || kind === "extinguish");

/** Why the law lets the event change an amount, in one sentence with its article. */
const RULES: Readonly<Record<MilestoneKind, (event: Milestone) => string>> = {
  turnedThree: ({ month }) => `3歳未満の額は、3歳の誕生日のある ${month} 分まで（児童手当法6条・9条3項）`,
  fiscalYearEnd12: ({ month }) => `小学校修了前の額は ${month} 分まで（令和6年改正前の児童手当法6条）`,
  fiscalYearEnd15: ({ month }) => `中学校修了までの支給は ${month} 分まで（令和6年改正前の児童手当法3条）`,
  fiscalYearEnd18: ({ month }) => `18歳の年度末の ${month} 分まで支給の対象（児童手当法3条1項・9条3項）`,
  fiscalYearEnd22: ({ month }) => `22歳の年度末の ${month} 分まで算定の対象（児童手当法6条2項2号）`,
  graduated: ({ month }) =>
    `卒業予定の ${month} まで算定の対象（確認書による。児童手当法6条2項2号、施行規則1条の3の2）`,
  supportEnded: ({ month }) => `生計費の負担が ${month} に終わる（児童手当法6条2項2号）`,
  studyAbroadLimit: ({ on }) => `留学として数えるのは ${dayText(on)} まで（施行規則1条・1条の3の2第3項）`,
  shortStayOver: ({ on }) =>
    `2か月以内の短期の入所として記録されているが、${dayText(on)} に2か月を超える（施行規則1条の2）`,
};

const eventText = (event: Milestone): string =>
  `${milestoneLabels[event.kind]}（児童 ${shown(event.child)}）: ${RULES[event.kind](event)}`;

const payable = (children: readonly ChildMonth[]): readonly ChildMonth[] =>
  children.filter(({ amount }) => amount !== null);

/** 児童ごとの額 before and after, as a sentence: `第1子 10,000円→10,000円`. */
function childrenText(before: readonly ChildMonth[], after: readonly ChildMonth[]): string {
  const ids = [...new Set([...payable(before), ...payable(after)].map(({ id }) => id))];
  const amount = (children: readonly ChildMonth[], id: string): string => {
    const yen = payable(children).find((child) => child.id === id)?.amount;
    return yen === undefined || yen === null ? "対象外" : yenText(yen);
  };
  return ids.map((id) => `${shown(Number(id))} ${amount(before, id)}→${amount(after, id)}`).join("、");
}

const marks = ({ held, pending }: CasePlan): string =>
  [held ? "支払は差止・保留中" : "", pending.length > 0 ? `未決裁の受付 ${pending.join("・")}` : ""]
    .filter((mark) => mark !== "")
    .map((mark) => `【${mark}】`)
    .join("");

type Line = Omit<MassItem, "subject" | "part" | "addresseeNumber" | "recipientId">;

/** Nothing is written: the event itself as a line, with why. */
function still(
  event: Milestone,
  outcome: "noChange" | "cannot",
  why: string,
  plan: CasePlan,
  total: number | null,
): Line {
  return {
    kind: event.kind,
    outcome,
    reason: `${why}${marks(plan)} ${eventText(event)}`,
    before: total === null ? null : `月額${yenText(total)}`,
    after: total === null ? null : `月額${yenText(total)}`,
    yenBefore: total,
    yenAfter: total,
    effectiveMonth: addMonths(event.month, 1),
    content: { child: event.child, on: event.on, facts: plan.episode?.facts.digest ?? null },
  };
}

/** The event that the decision follows; the law calls a planned graduation the end of support. */
function kindOf({ cause }: PlannedDecision, due: readonly Milestone[]): MilestoneKind {
  const [first] = due;
  if (first === undefined || due.some(({ kind }) => kind === cause)) return isMilestone(cause) ? cause : "supportEnded";
  return first.kind;
}

function changed(plan: CasePlan, decision: PlannedDecision, calendar: Calendar): Line {
  const facts = plan.episode?.facts;
  const before = facts === undefined ? null : amountsIn(facts.json, addMonths(decision.effective, -1), calendar);
  const after = facts === undefined ? null : amountsIn(facts.json, decision.effective, calendar);
  const ends = decision.kind === "extinguish";
  const yenAfter = ends ? 0 : (after?.total ?? decision.monthlyTotal);
  const due = plan.events.filter(({ month }) => addMonths(month, 1) === decision.effective);
  const why =
    due.length > 0
      ? due.map(eventText).join("。")
      : `${causeName(decision.cause)}（${addMonths(decision.effective, -1)} の処理が済んでいません）`;
  const children = childrenText(before?.children ?? [], ends ? [] : (after?.children ?? []));
  const content: Json = {
    facts: facts?.digest ?? null,
    seq: plan.recipient?.decisions.at(-1)?.seq ?? 0,
    decision: {
      kind: decision.kind,
      effective: decision.effective,
      cause: decision.cause,
      monthlyTotal: decision.monthlyTotal,
    },
    children: due.map(({ child, kind, on }) => ({ child, kind, on })),
  };
  return {
    kind: kindOf(decision, due),
    outcome: "change",
    reason: `${decisionName(decision.kind)}${marks(plan)} ${why}。児童ごと: ${children}`,
    before: before === null ? null : `月額${yenText(before.total)}`,
    after: ends ? "支給しない" : yenAfter === null ? null : `月額${yenText(yenAfter)}`,
    yenBefore: before?.total ?? null,
    yenAfter,
    effectiveMonth: decision.effective,
    content,
  };
}

/** Why nothing can be written about the case at all, or undefined. */
function obstacle(plan: CasePlan): string | undefined {
  if (plan.episode === null) return "事実がそろわず、法の判断ができません。事案を開いて確かめてください。";
  if (plan.pending.length > 0 && plan.decisions.length > 0) {
    return "未決裁の受付があります。先に決裁してから、もう一度一覧を作ってください。";
  }
  const other = plan.decisions.find((decision) => !byTime(decision));
  if (other !== undefined) {
    return `年齢到達のほかに、決定と台帳の食い違いがあります（${decisionName(other.kind)}・${causeName(other.cause)}・${other.effective}分から）。事案を開き、職権の処理で1件ずつ決めてください。`;
  }
  return undefined;
}

function linesOfCase(plan: CasePlan, at: Month, calendar: Calendar): readonly Line[] {
  const effective = addMonths(at, 1);
  const overdue = plan.events.filter(({ kind }) => kind === "shortStayOver");
  const alerts = overdue.map((event) =>
    still(event, "cannot", "入所の記録を確かめ、措置の通知として処理してください。", plan, null),
  );
  const events = plan.events.filter(({ kind }) => kind !== "shortStayOver");
  if (hasEnded(plan) && plan.endedFrom !== null) {
    const done = plan.endedFrom === effective ? "もう決定されています" : "資格は終わっています";
    const why = `${done}（${addMonths(plan.endedFrom, -1)}分まで）。`;
    return [...events.map((event) => still(event, "noChange", why, plan, null)), ...alerts];
  }
  const blocked = events.length > 0 || plan.decisions.length > 0 ? obstacle(plan) : undefined;
  const facts = plan.episode?.facts;
  const total = facts === undefined ? null : (amountsIn(facts.json, effective, calendar)?.total ?? null);
  if (blocked !== undefined) return [...events.map((event) => still(event, "cannot", blocked, plan, total)), ...alerts];
  if (plan.decisions.length > 0) {
    return [...plan.decisions.map((decision) => changed(plan, decision, calendar)), ...alerts];
  }
  const recorded = recordedIn(plan, effective);
  const why =
    recorded === undefined
      ? "額は変わりません。"
      : `もう決定されています（${effective}分から ${decisionName(recorded.kind)}）。`;
  return [...events.map((event) => still(event, "noChange", why, plan, total)), ...alerts];
}

/** All lines of the plans, numbered within each case. */
export function linesOf(plans: readonly CasePlan[], at: Month, calendar: Calendar): readonly MassItem[] {
  return plans.flatMap((plan) =>
    linesOfCase(plan, at, calendar).map((line, index) => ({
      subject: plan.recipientId,
      part: index + 1,
      addresseeNumber: plan.addresseeNumber,
      recipientId: plan.recipientId,
      ...line,
    })),
  );
}
