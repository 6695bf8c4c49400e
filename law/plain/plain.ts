/**
 * The plain calculator: a second, independent reading of 児童手当法 and its forerunners. Slow and obvious on purpose,
 * it walks month by month and counts heads. Nothing here comes from the engine.
 */
import { ageIn, payableAge, regimeIn, type Age } from "./ages.ts";
import type { Case, Child, Income } from "./case.ts";
import type { Offices } from "./claims.ts";
import { monthNumber, monthText } from "./days.ts";
import { incomeClassIn } from "./incomes.ts";
import { asKnownOn } from "./known.ts";
import { paidIn, payDayOf } from "./payments.ts";
import { childStretches, supportStretches, type Stretch } from "./stretches.ts";
import { countAges, monthTotal, type Counts } from "./tables.ts";
import { walkClaims, type Walk } from "./walk.ts";
import { granted, type Withheld } from "./withheld.ts";

export interface PlainMonth {
  readonly month: string;
  readonly entitled: boolean;
  readonly total: number;
  readonly counts: Counts;
}

export interface PlainPayment {
  readonly paymentMonth: string;
  readonly payOn: string;
  readonly months: readonly string[];
  readonly amount: number;
}

export interface PlainAssessment {
  readonly months: readonly PlainMonth[];
  /** First months of each unbroken entitlement, whole history. */
  readonly starts: readonly string[];
  /** First months without entitlement after each, whole history. */
  readonly ends: readonly string[];
  readonly payments: readonly PlainPayment[];
}

/** From the month after a stretch begins, the earliest the Act allows, to the month in which it ends. */
function follows(stretches: readonly Stretch[], month: number): boolean {
  return stretches.some((each) => monthNumber(each.start) < month && month <= monthNumber(each.end));
}

/** Support counts in every month it touches; after an obstacle, from the month after the obstacle ended. */
function supportedIn(child: Child, month: number): boolean {
  const stretches = supportStretches(child);
  if (follows(stretches, month)) return true;
  const begins = (child.supported ?? []).map((each) => each.from);
  return stretches.some((each) => monthNumber(each.start) === month && begins.includes(each.start));
}

/** Amount-only mode: who is in follows from facts alone. */
function walkFacts(input: Case, first: number, last: number): Map<number, Walk> {
  const walks = new Map<number, Walk>();
  for (let month = first; month <= last; month += 1) {
    const regime = regimeIn(month);
    const ages: Age[] = [];
    const who: Child[] = [];
    // 平22法19 knew no institutions as recipients.
    const nobody = regime === "R1" && input.recipient.kind === "institution";
    for (const child of nobody ? [] : input.children) {
      const age = ageIn(child.birthDate, month);
      if (age === "UN") {
        if (regime === "R6" && supportedIn(child, month)) {
          ages.push(age);
          who.push(child);
        }
      } else if (follows(childStretches(child, input.recipient, regime !== "R1"), month)) {
        ages.push(age);
        who.push(child);
      }
    }
    walks.set(month, { entitled: ages.some((age) => payableAge(age, regime)), ages, who, renewed: false });
  }
  return walks;
}

function knownIncomes(input: Case): readonly Income[] {
  const today = input.knownOn ?? null;
  return (input.recipient.incomes ?? []).filter((each) => today === null || (each.knownOn ?? "") <= today);
}

/**
 * Months, spans of entitlement and payments of one case. Throws where a needed fact or a law is missing.
 *
 * @param withheld months under a restriction (支給制限, 10条): not granted, the entitlement stays
 */
export function plainAssess(
  line: Case,
  holidays: ReadonlySet<string>,
  withheld: readonly Withheld[] = [],
): PlainAssessment {
  const input = asKnownOn(line);
  const first = monthNumber(input.from);
  const last = monthNumber(input.until);
  const offices: Offices = { holidays, closedDays: input.municipality?.closedDays ?? [], incomes: knownIncomes(input) };
  const walks = input.mode === "amountOnly" ? walkFacts(input, first, last) : walkClaims(input, last, offices);
  const months: PlainMonth[] = [];
  for (let month = first; month <= last; month += 1) {
    const walk = walks.get(month) ?? { entitled: false, ages: [], who: [], renewed: false };
    const counts = countAges(walk.ages);
    const regime = regimeIn(month);
    const payable = walk.ages.some((age) => payableAge(age, regime));
    const income = payable ? incomeClassIn(input.recipient, month, input.knownOn ?? null) : "normal";
    const { kind } = input.recipient;
    const whole = payable ? monthTotal(regime, kind, income, counts) : 0;
    const total =
      whole === 0 || withheld.length === 0
        ? whole
        : granted({ regime, kind, income, ages: walk.ages, who: walk.who }, monthText(month), whole, withheld);
    months.push({ month: monthText(month), entitled: walk.entitled, total, counts });
  }
  const starts: string[] = [];
  const ends: string[] = [];
  for (const [month, walk] of walks) {
    const before = walks.get(month - 1)?.entitled ?? false;
    if (walk.entitled && (!before || walk.renewed)) starts.push(monthText(month));
    if (before && (!walk.entitled || walk.renewed)) ends.push(monthText(month));
  }
  return { months, starts, ends, payments: paymentsOf(months, input, holidays) };
}

function paymentsOf(months: readonly PlainMonth[], input: Case, holidays: ReadonlySet<string>): PlainPayment[] {
  const day = input.municipality?.payDay ?? 15;
  const rule = input.municipality?.payDayRule ?? "previous";
  const byPayment = new Map<number, PlainMonth[]>();
  for (const month of months.filter((each) => each.total > 0)) {
    const paid = paidIn(monthNumber(month.month));
    byPayment.set(paid, [...(byPayment.get(paid) ?? []), month]);
  }
  return [...byPayment].map(([paid, list]) => ({
    paymentMonth: monthText(paid),
    payOn: payDayOf(paid, day, rule, holidays),
    months: list.map((each) => each.month),
    amount: list.reduce((sum, each) => sum + each.total, 0),
  }));
}
