import type { Account } from "../appearance/accounts.ts";
import { civilOf, type Day, dayOf, fiscalYearEndOf } from "../base/day.ts";
import type { Random } from "../base/random.ts";
import type { Family } from "../families/family.ts";
import { kanaOf } from "../appearance/names.ts";
import { findHome, wardOn } from "../people/make.ts";
import type { Person } from "../people/person.ts";
import type { Claim, ClaimChild, ClaimKind, ClaimReason } from "../people/unit.ts";
import { OPEN_END } from "../people/world.ts";
import { fileBetween, fileFor, type Filing } from "./filing.ts";
import { addIncomes, type IncomeProfile, incomeIn, incomeYearOf, isOverUpperLimit } from "./income-profile.ts";
import { REFORM, REFORM_DEADLINE, rightLastsUntil } from "./reform.ts";
import { createSupportFiling } from "./support.ts";

/** 監護の期間: one child in the care of the recipient, the last day included. */
export interface Care {
  readonly child: Person;
  readonly from: Day;
  readonly until: Day;
  /** What the recipient says when claiming for this child. */
  readonly cause: ClaimReason;
}

/** One person's time as the one who ought to claim for these children. */
export interface Spell {
  readonly recipient: Person;
  readonly profile: IncomeProfile;
  readonly employeeClass: "employee" | "nonEmployee";
  readonly from: Day;
  /** The last day on which the requirements hold for the recipient; OPEN_END when they still do. */
  readonly until: Day;
  readonly cause: ClaimReason;
  /** 事由発生年月日; a move's is the planned day of leaving the former municipality. */
  readonly event: Day;
  /** The earliest day a claim can be filed when that is not the event (after a move). */
  readonly notBefore?: Day;
  readonly obstacleEnded?: Day;
  readonly care: readonly Care[];
  /** 続柄 of the children from the recipient. */
  readonly relation: string;
  /** 生計維持 instead of 生計同一 (4条1項3号 and guardians). */
  readonly maintained?: boolean;
}

/** 子ども手当特措法 made everybody claim anew for months from 2011-10; older papers are not in the register. */
const REGISTER_BEGINS = dayOf(2011, 10, 1);
const RECLAIM_UNTIL = dayOf(2012, 3, 30);
const UPPER_LIMIT_FROM = dayOf(2022, 6, 1);

/** 支給要件 by age: to the end of junior high before 2024-10, to 18 since. */
const ageLimit = (child: Person, day: Day): Day => fiscalYearEndOf(child.born, day < REFORM ? 15 : 18);

const carriesUntil = (care: Care): Day => Math.min(care.until, rightLastsUntil(care.child.born));

interface Step {
  readonly day: Day;
  readonly kind: "start" | "care" | "over" | "under" | "reform" | "support" | "graduated";
  readonly care?: Care;
  readonly child?: Person;
}

const latest = (days: readonly Day[]): Day => days.reduce((a, b) => Math.max(a, b), -OPEN_END);

/** Files what a careful recipient (and the usual late one) would have filed, and the incomes those months ask for. */
export function fileSpell(family: Family, spell: Spell): void {
  const { random, unit, world } = family;
  const { recipient } = spell;
  const known = new Set<Care>();
  let certifiedUntil = -OPEN_END;
  let over = false;
  let account: Account | undefined;
  const incomeYears = new Set<number>();
  const support = createSupportFiling(family, spell);
  const isAlive = (day: Day): boolean => certifiedUntil >= day;
  const careOn = (day: Day): Care[] =>
    spell.care.filter((care) => care.from <= day && care.until >= day && fiscalYearEndOf(care.child.born, 18) >= day);
  const hasPayable = (day: Day): boolean => careOn(day).some((care) => ageLimit(care.child, day) >= day);

  const rowOf = (care: Care, received: Day): ClaimChild => ({
    child: care.child.number,
    role: "child",
    relation: spell.relation,
    serial: family.children.indexOf(care.child) + 1,
    careFrom: care.from,
    together: findHome(care.child, received)?.number === findHome(recipient, received)?.number,
    commonLivelihood: spell.maintained !== true,
  });

  const write = (
    kind: ClaimKind,
    filing: Filing,
    reason: ClaimReason,
    event: Day | undefined,
    children: readonly ClaimChild[],
  ): void => {
    if (kind === "certification" && (account === undefined || random.perMille(150)))
      account = world.openAccount(random, kanaOf(recipient.name));
    const changed = kind === "increase" && random.perMille(25);
    if (changed) account = world.openAccount(random, kanaOf(recipient.name));
    const claim: Claim = {
      kind,
      received: filing.received,
      channel: filing.channel,
      claimant: recipient.number,
      recipientKind: "individual",
      reason,
      ...(event === undefined ? {} : { event }),
      ...(reason === "disaster" && spell.obstacleEnded !== undefined ? { obstacleEnded: spell.obstacleEnded } : {}),
      employeeClass: spell.employeeClass,
      ward: wardOn(recipient, filing.received),
      ...((kind === "certification" || changed) && account !== undefined ? { account } : {}),
      children,
    };
    unit.claims.push(claim);
  };

  const rememberYears = (from: Day, until: Day): void => {
    const end = civilOf(Math.min(until, REFORM - 1, world.asOf));
    const start = civilOf(Math.max(from, dayOf(2012, 6, 1)));
    if (from >= REFORM || until < dayOf(2012, 6, 1)) return;
    for (let year = incomeYearOf(start.year, start.month); year <= incomeYearOf(end.year, end.month); year++)
      incomeYears.add(year);
  };

  const certify = (day: Day, filing: Filing, reason: ClaimReason, event: Day | undefined): void => {
    const { received } = filing;
    if (received > world.asOf || received > spell.until || !hasPayable(received)) return;
    known.clear();
    for (const care of careOn(received)) known.add(care);
    const children = [...known].map((care) => rowOf(care, received));
    write("certification", filing, reason, event, [...children, ...support.countedRows(received, children.length)]);
    certifiedUntil = Math.min(spell.until, latest([...known].map(carriesUntil)));
    rememberYears(Math.min(day, received), certifiedUntil);
  };

  const onCare = (care: Care): void => {
    if (known.has(care)) return;
    if (!isAlive(care.from)) {
      if (!over && hasPayable(care.from)) certify(care.from, fileFor(random, care.from), care.cause, care.from);
      return;
    }
    const filing = fileFor(random, care.from);
    if (filing.received > world.asOf || filing.received > spell.until || care.until < filing.received) return;
    // Twins and a child that came while the paper was under way go on one form.
    const added = careOn(filing.received).filter((other) => !known.has(other));
    if (added.length === 0) return;
    for (const other of added) known.add(other);
    const rows = added.map((other) => rowOf(other, filing.received));
    write("increase", filing, care.cause, care.from, [...rows, ...support.countedRows(filing.received, known.size)]);
    const until = Math.min(spell.until, latest([...known].map(carriesUntil)));
    rememberYears(Math.max(certifiedUntil, care.from), until);
    certifiedUntil = Math.max(certifiedUntil, until);
  };

  for (const step of stepsOf(family, spell)) {
    if (step.day > spell.until || step.day > world.asOf) break;
    const reached = known.size > 0 ? latest([...known].map(carriesUntil)) : -OPEN_END;
    switch (step.kind) {
      case "start":
        begin(step.day);
        break;
      case "care":
        if (step.care !== undefined) onCare(step.care);
        break;
      case "over":
        over = true;
        if (isAlive(step.day)) rememberYears(step.day, step.day);
        certifiedUntil = Math.min(certifiedUntil, step.day - 1);
        known.clear();
        break;
      case "under":
        over = false;
        if (step.day >= spell.from && !isAlive(step.day) && hasPayable(step.day)) {
          const notice = step.day + random.between(7, 12);
          certify(step.day, fileFor(random, notice), "incomeBelowUpperLimit", notice);
        }
        break;
      case "reform":
        over = false;
        if (!isAlive(step.day) && hasPayable(step.day)) certify(step.day, reformFiling(random), "other", REFORM);
        break;
      case "support":
      case "graduated":
        if (step.child !== undefined && isAlive(step.day) && reached >= step.day) {
          const payable = [...known].filter(
            (care) => ageLimit(care.child, step.day) >= step.day && care.until >= step.day,
          ).length;
          support.onStep(step.kind, step.child, step.day, payable, (filing, reason, event, rows) => {
            if (filing.received <= Math.min(world.asOf, certifiedUntil))
              write("supportConfirmation", filing, reason, event, rows);
          });
        }
        break;
    }
  }
  const rows = [...incomeYears]
    .toSorted((a, b) => a - b)
    .map((year) => incomeIn(spell.profile, recipient.number, family.children, year));
  addIncomes(unit, random, rows, world.asOf);

  function begin(day: Day): void {
    if (!hasPayable(Math.max(day, REGISTER_BEGINS))) return;
    if (day < REGISTER_BEGINS) {
      certify(REGISTER_BEGINS, fileBetween(random, REGISTER_BEGINS, RECLAIM_UNTIL), "other", REGISTER_BEGINS);
      return;
    }
    if (day >= UPPER_LIMIT_FROM && day < REFORM && over) return;
    if (spell.cause === "disaster" && spell.obstacleEnded !== undefined) {
      certify(day, fileBetween(random, spell.obstacleEnded + 1, spell.obstacleEnded + 14), "disaster", spell.event);
      return;
    }
    certify(day, fileFor(random, spell.event, spell.notBefore ?? spell.event), spell.cause, spell.event);
  }
}

/** 令6法47附則13条6項: in time until 31 March 2025; one in twenty came later. */
function reformFiling(random: Random): Filing {
  return random.perMille(950)
    ? fileBetween(random, REFORM, REFORM_DEADLINE)
    : fileBetween(random, REFORM_DEADLINE + 1, REFORM_DEADLINE + 240);
}

function stepsOf(family: Family, spell: Spell): Step[] {
  const steps: Step[] = [{ day: spell.from, kind: "start" }];
  for (const care of spell.care) if (care.from > spell.from) steps.push({ day: care.from, kind: "care", care });
  if (spell.from < REFORM) {
    let over = false;
    for (const benefitYear of [2022, 2023, 2024]) {
      const now = isOverUpperLimit(incomeIn(spell.profile, spell.recipient.number, family.children, benefitYear - 1));
      const june = dayOf(benefitYear, 6, 1);
      if (now !== over) steps.push({ day: june, kind: now ? "over" : "under" });
      over = now;
    }
  }
  if (spell.from < REFORM) steps.push({ day: REFORM, kind: "reform" });
  for (const care of spell.care) {
    const { child } = care;
    const grown = fiscalYearEndOf(child.born, 18) + 1;
    if (fiscalYearEndOf(child.born, 22) < REFORM) continue;
    const day = Math.max(grown, REFORM);
    if (day > spell.from) steps.push({ day, kind: "support", child });
    const graduates = family.support.get(child.number)?.graduates;
    if (graduates !== undefined && graduates > day && graduates <= fiscalYearEndOf(child.born, 22)) {
      steps.push({ day: graduates, kind: "graduated", child });
    }
  }
  const order = { over: 0, under: 1, start: 2, reform: 3, care: 4, support: 5, graduated: 6 } as const;
  return steps.toSorted((a, b) => a.day - b.day || order[a.kind] - order[b.kind]);
}
