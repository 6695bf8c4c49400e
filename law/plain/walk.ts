/** Full mode of the plain calculator: claims open, facts close, one month after the other. */
import { ageIn, regimeIn, type Age } from "./ages.ts";
import type { Case, Child, Claim } from "./case.ts";
import type { Offices } from "./claims.ts";
import { monthNumber, monthText, plusDays } from "./days.ts";
import { incomeClassIn, Unknown } from "./incomes.ts";
import { covers, openingsOf, payableIn, REFORM, REFORM_DAY, supportEnd, type Opening } from "./openings.ts";
import { childStretches } from "./stretches.ts";

export interface Walk {
  readonly entitled: boolean;
  readonly ages: readonly Age[];
  /** Whose ages they are, in the same order. */
  readonly who: readonly Child[];
  /** A new certification follows in the very month an earlier one ended: no month without, but two decisions. */
  readonly renewed: boolean;
}

interface Held {
  readonly child: Child;
  /** The claim that brought the person in; none where the reform did. */
  readonly by: Claim | undefined;
  readonly end: number;
}

/** Who is in, and until when the certification holds. */
interface Standing {
  until: number | undefined;
  /** The claim day of the certification that stands. */
  received: string;
  children: Held[];
  supported: Held[];
}

const ADVANCE = "2024-06-12";

/** At or above the upper limit, as it stands now or as it stood when the office looked: only a claim undoes an extinction. */
function over(input: Case, month: number, received: string): boolean {
  const lastDay = plusDays(`${monthText(month + 1)}-01`, -1);
  const then = received > lastDay ? received : lastDay;
  const knownOn = input.knownOn ?? null;
  try {
    if (incomeClassIn(input.recipient, month, knownOn) === "over") return true;
    return incomeClassIn(input.recipient, month, knownOn !== null && knownOn < then ? knownOn : then) === "over";
  } catch (error) {
    // Months before the report may lack their income: nothing is known against the entitlement.
    if (error instanceof Unknown) return false;
    throw error;
  }
}

function stands(input: Case, standing: Standing, month: number): boolean {
  // 平22法19 knew no institutions as recipients.
  if (regimeIn(month) === "R1" && input.recipient.kind === "institution") return false;
  if (!standing.children.some((each) => payableIn(each.child, month))) return false;
  return !over(input, month, standing.received);
}

function add(list: Held[], child: Child, end: number, by?: Claim): void {
  if (!list.some((each) => each.child === child)) list.push({ child, end, by });
}

/**
 * 附則13条4項: an individual entitled for September is given the children the reform adds, without a claim. Persons past 18 have
 * to be proven first; their 確認書 then reaches back (see `transitionOf`).
 */
function reform(input: Case, standing: Standing): void {
  const { recipient } = input;
  if (recipient.kind === "institution") {
    standing.children = standing.children.filter((each) => ageIn(each.child.birthDate, REFORM) !== "HS");
    return;
  }
  for (const child of input.children) {
    const age = ageIn(child.birthDate, REFORM);
    const days = age === "HS" ? childStretches(child, recipient, true) : [];
    const held = days.find((each) => covers(each, REFORM_DAY));
    if (held !== undefined) add(standing.children, child, monthNumber(held.end));
  }
}

function take(input: Case, standing: Standing, opening: Opening, month: number): void {
  if (opening.as === "child") add(standing.children, opening.child, opening.end, opening.claim);
  else add(standing.supported, opening.child, supportEnd(input, opening.child, month, opening.end), opening.claim);
}

function empty(standing: Standing): void {
  standing.until = undefined;
  standing.children = [];
  standing.supported = [];
}

export function walkClaims(input: Case, last: number, offices: Offices): Map<number, Walk> {
  let waiting = openingsOf(input, offices);
  const walks = new Map<number, Walk>();
  /** The certifications that started an entitlement, in whatever month. */
  const started = new Set<unknown>();
  const standing: Standing = { until: undefined, received: "", children: [], supported: [] };
  for (let month = Math.min(...waiting.map((each) => each.start)); month <= last; month += 1) {
    const was = standing.until !== undefined;
    standing.children = standing.children.filter((each) => month <= each.end);
    standing.supported = standing.supported.filter((each) => month <= each.end);
    if (was) {
      const ended = month > (standing.until ?? month) || month === monthNumber("2011-10");
      if (ended) empty(standing);
      else if (month === REFORM) reform(input, standing);
      if (standing.until !== undefined && !stands(input, standing, month)) {
        // The last child has gone, yet an increase that opens this very month leaves no gap.
        for (const part of waiting) {
          if (part.start === month && part.claim.kind !== "certification") take(input, standing, part, month);
        }
        waiting = waiting.filter((each) => each.start !== month || each.claim.kind === "certification");
        if (!stands(input, standing, month)) empty(standing);
      }
    }
    const kept = standing.until !== undefined;
    const now = waiting.filter((each) => each.start === month);
    waiting = waiting.filter((each) => each.start !== month);
    for (const claim of new Set(now.map((each) => each.claim))) {
      const parts = now.filter((each) => each.claim === claim);
      if (standing.until !== undefined) {
        for (const part of parts) {
          // 附則13条6項 is for new claimants; one who is certified already follows the ordinary rule.
          if (claim.kind === "certification" && part.transitional && !started.has(claim)) continue;
          take(input, standing, part, month);
        }
      } else if (claim.kind === "supportConfirmation") {
        for (const part of parts) take(input, standing, part, month);
      } else if (claim.kind === "certification") {
        const before = { children: standing.children, supported: standing.supported };
        standing.children = [];
        standing.supported = [...standing.supported];
        standing.received = claim.receivedOn;
        for (const part of parts) take(input, standing, part, month);
        const until = parts[0]?.certifiedUntil ?? 0;
        if (month <= until && stands(input, standing, month)) {
          standing.until = until;
          started.add(claim);
        } else {
          Object.assign(standing, before);
          const advance = claim.receivedOn >= ADVANCE && claim.receivedOn < REFORM_DAY && month < REFORM;
          const lasting = parts.filter((each) => each.end >= REFORM);
          if (advance) waiting.push(...lasting.map((each) => ({ ...each, start: REFORM })));
        }
      }
    }
    if (month === REFORM && standing.until === undefined) dropReformSupport(now, standing);
    const entitled = standing.until !== undefined;
    const present = entitled ? presentIn(standing, month) : [];
    const ages = present.map((each) => each.age);
    walks.set(month, { entitled, ages, who: present.map((each) => each.child), renewed: was && !kept && entitled });
  }
  return walks;
}

/** The reform's own start for a supported person is for those entitled from October 2024; others wait for the ordinary month. */
function dropReformSupport(now: readonly Opening[], standing: Standing): void {
  for (const part of now) {
    if (part.as !== "support" || !part.transitional) continue;
    standing.supported = standing.supported.filter((each) => each.child !== part.child || each.by !== part.claim);
  }
}

function presentIn(standing: Standing, month: number): { child: Child; age: Age }[] {
  const present: { child: Child; age: Age }[] = [];
  for (const { child, end } of standing.children) {
    const age = ageIn(child.birthDate, month);
    if (month <= end && age !== "UN" && age !== "OUT") present.push({ child, age });
  }
  if (regimeIn(month) !== "R6") return present;
  for (const { child, end } of standing.supported) {
    const age = ageIn(child.birthDate, month);
    if (month <= end && age === "UN") present.push({ child, age });
  }
  return present;
}
