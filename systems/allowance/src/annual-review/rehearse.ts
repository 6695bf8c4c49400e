/**
 * 年度切替の予行: what the turn of the year would leave different, case by case and child by child, before it comes. Everything is read on
 * one snapshot and nothing is written. Each difference must have its reason in the registers, in a decision or in the window of the right;
 * one without is a fault, to be found before anybody is paid another amount (I-8, I-9).
 *
 * Two turns lie in a year: 4月 (ages and school years) and 8月 (現況).
 */
import {
  addMonths,
  benefitMonthsOf,
  type ChildMonth,
  firstDayOfMonth,
  type Month,
  month,
} from "@hagukumi/law/contract.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import type { PoolClient } from "pg";

import { type Context, ROLE } from "../context.ts";
import { milestoneLabels, type MilestoneKind, milestonesIn } from "../milestones/events.ts";
import { cityPayDay } from "../payments/pay-day.ts";
import { stopIfCancelled } from "../refusal.ts";
import { findSetting, type SettingName, settingShapes } from "../settings.ts";
import { type MonthPicture, monthsOf, type Standing, standingOf } from "./year-picture.ts";

export const turnReasons = {
  ...milestoneLabels,
  siblings: "上の子が数えられなくなり、第何子かが変わる",
  decision: "新しい月からの決定がある",
  started: "新しい月から資格が始まる",
  ended: "新しい月から資格がない",
  setting: "新しい月からの設定が、二人で登録されている",
  unexplained: "理由が見つからない",
} as const satisfies Readonly<Record<string, string>>;

export type TurnReason = keyof typeof turnReasons;

/** One person of a case whose amount or count is another one after the turn. Amounts in yen a month; null: not payable */
export type TurnDifference = {
  readonly recipientId: number;
  readonly person: number;
  readonly before: number | null;
  readonly after: number | null;
  readonly reason: TurnReason;
};

export type Rehearsal = {
  /** The month before the turn and the first one after it */
  readonly before: Month;
  readonly after: Month;
  readonly recipients: number;
  /** Cases that the law cannot compute over the turn: 認定番号 */
  readonly notComputed: readonly number[];
  /** Yen a month of everybody together */
  readonly yenBefore: number;
  readonly yenAfter: number;
  readonly differences: readonly TurnDifference[];
  /** Settings with another value after the turn */
  readonly settings: readonly { readonly name: string; readonly reason: TurnReason }[];
  /** Pay days of the next year's payment months, by the city's rule and the calendar */
  readonly payDays: readonly { readonly paymentMonth: Month; readonly payOn: string }[];
  /** How many differences of each reason, persons and settings together; only reasons that occur */
  readonly reasons: Readonly<Partial<Record<TurnReason, number>>>;
};

/** Recipients judged at a time. */
const PAGE = 2000;

const PEOPLE = `
  SELECT recipient_id AS id FROM allowance.recipient_window
  WHERE recipient_id > $1 AND first_month <= $3 AND (ended_from IS NULL OR ended_from > $2) ORDER BY 1 LIMIT ${PAGE}`;

type Turn = { readonly before: Month; readonly after: Month };

const nothing = (at: Month): MonthPicture => ({ month: at, total: 0, children: [] });

/** The two months as decided; undefined where the decided facts cannot be put to the law. */
function sidesOf(standing: Standing, context: Pick<Context, "calendar">, { before, after }: Turn) {
  const first = month(standing.firstMonth.slice(0, 7));
  const months = monthsOf(standing, context.calendar, first > before ? first : before, after);
  if (months === undefined) return undefined;
  const at = (wanted: Month): MonthPicture => months.find((each) => each.month === wanted) ?? nothing(wanted);
  return { left: at(before), right: at(after) };
}

type Person = { readonly number: number; readonly was: ChildMonth | undefined; readonly is: ChildMonth | undefined };

const amountOf = (child: ChildMonth | undefined): number | null => child?.amount ?? null;

function changed(left: MonthPicture, right: MonthPicture): readonly Person[] {
  const [was, is] = [left, right].map(({ children }) => new Map(children.map((child) => [child.id, child])));
  return [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])]
    .map((id): Person => ({ number: Number(id), was: was?.get(id), is: is?.get(id) }))
    .filter(
      (one) => amountOf(one.was) !== amountOf(one.is) || (one.was?.counted ?? false) !== (one.is?.counted ?? false),
    );
}

type Known = {
  readonly milestones: ReadonlyMap<number, MilestoneKind>;
  readonly decided: boolean;
};

/** The reason of one person's difference, from what is known outside of the calculation. */
function reasonOf(
  person: Person,
  all: readonly Person[],
  standing: Standing,
  { milestones, decided }: Known,
  turn: Turn,
): TurnReason {
  const milestone = milestones.get(person.number);
  if (milestone !== undefined) return milestone;
  const first = firstDayOfMonth(turn.after);
  if (standing.firstMonth === first) return "started";
  if (standing.endedFrom === first) return "ended";
  if (decided) return "decision";
  // The place in the row of children moves only where somebody before has left it for a reason of his own.
  const moved = person.was?.position !== person.is?.position && person.is !== undefined && person.was !== undefined;
  const left = all.some(
    (one) =>
      one.number !== person.number &&
      one.was?.counted === true &&
      one.is?.counted !== true &&
      milestones.has(one.number),
  );
  return moved && left ? "siblings" : "unexplained";
}

async function knownOf(
  client: PoolClient,
  recipients: readonly number[],
  { before, after }: Turn,
): Promise<(id: number) => Known> {
  const events = Map.groupBy(await milestonesIn(client, before, before, recipients), ({ recipientId }) => recipientId);
  const { rows } = await client.query<{ id: number }>(
    "SELECT DISTINCT recipient_id AS id FROM allowance.decision WHERE recipient_id = ANY ($1::bigint[]) AND kind <> 'refuse' AND effective_month = $2",
    [recipients, firstDayOfMonth(after)],
  );
  const decided = new Set(rows.map(({ id }) => id));
  return (id) => ({
    milestones: new Map((events.get(id) ?? []).map(({ child, kind }) => [child, kind])),
    decided: decided.has(id),
  });
}

async function settingsOver(client: PoolClient, { before, after }: Turn): Promise<Rehearsal["settings"]> {
  const [last, first] = [firstDayOfMonth(before), firstDayOfMonth(after)];
  const found: { name: string; reason: TurnReason }[] = [];
  for (const name of Object.keys(settingShapes) as SettingName[]) {
    const [was, is] = [await findSetting(client, name, last), await findSetting(client, name, first)];
    if (was === undefined && is === undefined) continue;
    if (was !== undefined && is !== undefined && canonicalJson(was) === canonicalJson(is)) continue;
    const { rows } = await client.query(
      "SELECT FROM allowance.setting WHERE name = $1 AND valid_from > $2 AND valid_from <= $3 AND entered_by <> approved_by",
      [name, last, first],
    );
    found.push({ name, reason: rows.length > 0 ? "setting" : "unexplained" });
  }
  return found;
}

/** Every payment month of the year that begins with the turn. @throws Refusal `outsideCalendar`, `settingMissing` */
async function payDaysAfter(
  client: PoolClient,
  context: Pick<Context, "calendar">,
  after: Month,
): Promise<Rehearsal["payDays"]> {
  const found: { paymentMonth: Month; payOn: string }[] = [];
  for (let index = 0; index < 12; index += 1) {
    const paymentMonth = addMonths(after, index);
    if (benefitMonthsOf(paymentMonth).length === 0) continue;
    found.push({ paymentMonth, payOn: await cityPayDay(client, context.calendar, paymentMonth) });
  }
  return found;
}

/**
 * Rehearses one turn.
 *
 * @param after the first month after it, 4月 or 8月 of a year (any month is compared with the one before)
 * @throws Refusal `outsideCalendar` where the calendar does not know the year to come, `settingMissing`, `cancelled`
 */
export async function rehearseTurn(
  context: Pick<Context, "pool" | "calendar" | "signal" | "onProgress">,
  after: Month,
): Promise<Rehearsal> {
  const turn: Turn = { before: addMonths(after, -1), after };
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const differences: TurnDifference[] = [];
    const notComputed: number[] = [];
    let [recipients, yenBefore, yenAfter] = [0, 0, 0];
    for (let last = 0; ;) {
      stopIfCancelled(context.signal, "年度切替の予行");
      const { rows } = await client.query<{ id: number }>(PEOPLE, [
        last,
        firstDayOfMonth(turn.before),
        firstDayOfMonth(after),
      ]);
      const ids = rows.map(({ id }) => id);
      const end = ids.at(-1);
      if (end === undefined) break;
      last = end;
      const known = await knownOf(client, ids, turn);
      for (const standing of await standingOf(client, ids)) {
        const sides = sidesOf(standing, context, turn);
        if (sides === undefined) {
          notComputed.push(standing.recipientId);
          continue;
        }
        yenBefore += sides.left.total;
        yenAfter += sides.right.total;
        const people = changed(sides.left, sides.right);
        for (const person of people) {
          differences.push({
            recipientId: standing.recipientId,
            person: person.number,
            before: amountOf(person.was),
            after: amountOf(person.is),
            reason: reasonOf(person, people, standing, known(standing.recipientId), turn),
          });
        }
      }
      recipients += ids.length;
      context.onProgress?.("年度切替の予行", recipients, recipients);
    }
    const settings = await settingsOver(client, turn);
    const payDays = await payDaysAfter(client, context, after);
    const reasons: Partial<Record<TurnReason, number>> = {};
    for (const { reason } of [...differences, ...settings]) reasons[reason] = (reasons[reason] ?? 0) + 1;
    return { ...turn, recipients, notComputed, yenBefore, yenAfter, differences, settings, payDays, reasons };
  });
}
