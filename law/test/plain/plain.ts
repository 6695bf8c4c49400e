/**
 * The plain calculator: a second, independent reading of 児童手当法 and its forerunners. Slow and obvious on purpose,
 * it walks month by month and counts heads. Nothing here comes from the engine.
 */
import { ageIn, payableAge, regimeIn, type Age, type Regime } from "./ages.ts";
import type { Case, Child } from "./case.ts";
import { baseOf, effectOf, type Offices } from "./claims.ts";
import { monthNumber, monthText } from "./days.ts";
import { incomeClassIn } from "./incomes.ts";
import { asKnownOn } from "./known.ts";
import { paidIn, payDayOf } from "./payments.ts";
import { both, childStretches, recipientStretches, supportStretches, type Stretch } from "./stretches.ts";
import { countAges, monthTotal, type Counts } from "./tables.ts";

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

/** A person brought in by one claim: from `start` to `end`, both months included. */
interface Entry {
  readonly child: Child;
  readonly kind: "certification" | "increase";
  readonly start: number;
  readonly end: number;
}

const REFORM = monthNumber("2024-10");

/** Claims of people who already met the requirements on the first day of a new Act start with it. */
const TRANSITIONS = [
  { day: "2010-04-01", until: "2010-09-30" },
  { day: "2011-10-01", until: "2012-09-30" },
  { day: "2024-10-01", until: "2025-03-31" },
] as const;

const covers = (stretch: Stretch, day: string): boolean => stretch.start <= day && day <= stretch.end;

/** The recipient's days a claim takes hold of: those holding on its day, else those that begin by the month it opens. */
function recipientHold(stretches: readonly Stretch[], deemed: string, start: number): Stretch | undefined {
  const now = stretches.findLast((each) => covers(each, deemed));
  return now ?? stretches.find((each) => each.start > deemed && monthNumber(each.start) <= start);
}

/** The months one person is in by one claim, or nothing. One who came after the event (born, taken in) follows a month later. */
function span(
  people: readonly Stretch[],
  recipient: readonly Stretch[],
  claim: { readonly deemed: string; readonly start: number; readonly receivedOn: string },
): { readonly start: number; readonly end: number } | undefined {
  const { deemed, receivedOn } = claim;
  const person =
    people.findLast((each) => covers(each, deemed)) ??
    people.find((each) => each.start > deemed && each.start <= receivedOn);
  const days = recipientHold(recipient, deemed, claim.start);
  if (person === undefined || days === undefined) return undefined;
  const start = person.start > deemed ? Math.max(claim.start, monthNumber(person.start) + 1) : claim.start;
  const end = Math.min(monthNumber(person.end), monthNumber(days.end));
  return start <= end ? { start, end } : undefined;
}

function payableIn(child: Child, month: number): boolean {
  return payableAge(ageIn(child.birthDate, month), regimeIn(month));
}

function childEntries(input: Case, offices: Offices): Entry[] {
  const { recipient } = input;
  const recipientDays = recipientStretches(recipient);
  const entries: Entry[] = [];
  for (const claim of input.claims ?? []) {
    if (claim.kind === "supportConfirmation") continue;
    for (const child of input.children.filter((each) => claim.children.includes(each.id))) {
      const effect = effectOf(claim, offices);
      let { start, deemed } = effect;
      const people = (residenceCounts: boolean): Stretch[] => childStretches(child, recipient, residenceCounts);
      for (const transition of TRANSITIONS) {
        const first = monthNumber(transition.day);
        const inWindow = claim.receivedOn >= transition.day && claim.receivedOn <= transition.until;
        if (!inWindow || start <= first) continue;
        const forThis =
          claim.kind === "certification" ||
          (recipient.kind === "institution" && first === REFORM && ageIn(child.birthDate, REFORM) === "HS");
        if (!forThis || !payableIn(child, first)) continue;
        const held = both(recipientDays, people(first !== monthNumber("2010-04")));
        if (!held.some((each) => covers(each, transition.day))) continue;
        start = first;
        deemed = transition.day;
      }
      start = Math.max(start, monthNumber("2010-04"));
      const { receivedOn } = claim;
      const found = span(people(regimeIn(start) !== "R1"), recipientDays, { deemed, start, receivedOn });
      if (found === undefined) continue;
      // Everyone had to claim anew under 平23法107.
      const end = regimeIn(found.start) === "R1" ? Math.min(found.end, monthNumber("2011-09")) : found.end;
      if (found.start <= end) entries.push({ child, kind: claim.kind, start: found.start, end });
    }
  }
  return entries;
}

function supportEntries(input: Case, offices: Offices): Entry[] {
  const recipientDays = recipientStretches(input.recipient);
  const claims = (input.claims ?? []).filter((each) => each.kind === "supportConfirmation");
  const entries: Entry[] = [];
  for (const claim of claims) {
    for (const child of input.children.filter((each) => claim.children.includes(each.id))) {
      const people = supportStretches(child);
      let { start, deemed } = effectOf(claim, offices);
      const onReform = both(recipientDays, people).some((each) => covers(each, "2024-10-01"));
      if (onReform && ageIn(child.birthDate, REFORM) === "UN" && start > REFORM && claim.receivedOn <= "2025-03-31") {
        start = REFORM;
        deemed = "2024-10-01";
      }
      const found = span(people, recipientDays, { deemed, start, receivedOn: claim.receivedOn });
      if (found === undefined) continue;
      let { end } = found;
      // A report of graduation ends what was confirmed for the time as a student.
      for (const later of claims) {
        if (later.cause.kind !== "graduated" || !later.children.includes(child.id)) continue;
        const base = baseOf(later.cause);
        if (claim !== later && claim.receivedOn <= later.receivedOn) end = Math.min(end, monthNumber(base) - 1);
      }
      if (found.start <= end) entries.push({ child, kind: "increase", start: found.start, end });
    }
  }
  return entries;
}

interface Walk {
  readonly entitled: boolean;
  readonly ages: readonly Age[];
}

/** Full mode: claims open, facts close, month by month from the first claim on. */
function walkClaims(input: Case, last: number, offices: Offices): Map<number, Walk> {
  const { recipient } = input;
  const entries = childEntries(input, offices);
  const supports = supportEntries(input, offices);
  const recipientDays = recipientStretches(recipient);
  const walks = new Map<number, Walk>();
  let accepted: Entry[] = [];
  let alive = false;
  for (let month = Math.min(...entries.map((each) => each.start)); month <= last; month += 1) {
    const regime: Regime = regimeIn(month);
    const isIn = (entry: Entry): boolean => entry.start <= month && month <= entry.end;
    accepted = accepted.filter(isIn);
    if (month === REFORM && recipient.kind === "institution") {
      accepted = accepted.filter((each) => ageIn(each.child.birthDate, month) !== "HS");
    }
    if (month === REFORM && recipient.kind === "individual" && alive) {
      for (const child of input.children) {
        if (ageIn(child.birthDate, month) !== "HS") continue;
        const days = both(recipientDays, childStretches(child, recipient, true));
        const stretch = days.findLast((each) => covers(each, "2024-10-01"));
        if (stretch !== undefined) {
          accepted.push({ child, kind: "increase", start: month, end: monthNumber(stretch.end) });
        }
      }
    }
    const opening = entries.filter((each) => each.start === month && isIn(each));
    const over = incomeIn(input, month, [...accepted, ...opening]) === "over";
    const certified = opening.filter((each) => each.kind === "certification");
    accepted.push(...certified);
    const standing = (): boolean => !over && accepted.some((each) => payableIn(each.child, month));
    if (alive || standing()) accepted.push(...opening.filter((each) => each.kind === "increase"));
    alive = standing();
    if (!alive) accepted = [];
    const present = alive ? new Set(accepted.map((each) => each.child)) : new Set<Child>();
    const ages: Age[] = [...present].map((each) => ageIn(each.birthDate, month)).filter((age) => age !== "UN");
    const supported = new Set(alive && regime === "R6" ? supports.filter(isIn).map((each) => each.child) : []);
    for (const child of supported) {
      const age = ageIn(child.birthDate, month);
      if (age === "UN") ages.push(age);
    }
    walks.set(month, { entitled: alive, ages });
  }
  return walks;
}

/** The income class, asked only where money could be due: a fact nobody needs may be missing. */
function incomeIn(input: Case, month: number, entries: readonly Entry[]): string {
  if (!entries.some((each) => payableIn(each.child, month))) return "normal";
  return incomeClassIn(input.recipient, month, input.knownOn ?? null);
}

function touches(stretches: readonly Stretch[], month: number): boolean {
  return stretches.some((each) => monthNumber(each.start) <= month && month <= monthNumber(each.end));
}

/** Amount-only mode: who is in follows from facts alone, from the month after birth. */
function walkFacts(input: Case, first: number, last: number): Map<number, Walk> {
  const walks = new Map<number, Walk>();
  for (let month = first; month <= last; month += 1) {
    const regime = regimeIn(month);
    const ages: Age[] = [];
    for (const child of input.children) {
      if (month <= monthNumber(child.birthDate)) continue;
      const age = ageIn(child.birthDate, month);
      if (age === "UN") {
        if (regime === "R6" && touches(supportStretches(child), month)) ages.push(age);
      } else if (touches(childStretches(child, input.recipient, regime !== "R1"), month)) {
        ages.push(age);
      }
    }
    walks.set(month, { entitled: ages.some((age) => payableAge(age, regime)), ages });
  }
  return walks;
}

/** Months, spans of entitlement and payments of one case. Throws where a needed fact or a law is missing. */
export function plainAssess(line: Case, holidays: ReadonlySet<string>): PlainAssessment {
  const input = asKnownOn(line);
  const first = monthNumber(input.from);
  const last = monthNumber(input.until);
  const offices: Offices = { holidays, closedDays: input.municipality?.closedDays ?? [] };
  const walks = input.mode === "amountOnly" ? walkFacts(input, first, last) : walkClaims(input, last, offices);
  const months: PlainMonth[] = [];
  for (let month = first; month <= last; month += 1) {
    const walk = walks.get(month) ?? { entitled: false, ages: [] };
    const counts = countAges(walk.ages);
    const regime = regimeIn(month);
    const payable = walk.ages.some((age) => payableAge(age, regime));
    const income = payable ? incomeClassIn(input.recipient, month, input.knownOn ?? null) : "normal";
    const total = payable ? monthTotal(regime, input.recipient.kind, income, counts) : 0;
    months.push({ month: monthText(month), entitled: walk.entitled, total, counts });
  }
  const starts: string[] = [];
  const ends: string[] = [];
  for (const [month, walk] of walks) {
    const before = walks.get(month - 1)?.entitled ?? false;
    if (walk.entitled && !before) starts.push(monthText(month));
    if (!walk.entitled && before) ends.push(monthText(month));
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
