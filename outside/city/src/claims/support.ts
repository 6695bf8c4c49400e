import { civilOf, type Day, fiscalYearEndOf, pad } from "../base/day.ts";
import type { Family } from "../families/family.ts";
import { findHome } from "../people/make.ts";
import type { Person } from "../people/person.ts";
import type { ClaimChild, ClaimReason } from "../people/unit.ts";
import { fileBetween, type Filing } from "./filing.ts";
import { REFORM } from "./reform.ts";
import type { Spell } from "./spell.ts";

/** The amount rises only from the third counted person on, so below three nobody is asked for a 確認書. */
const THIRD = 3;

type Write = (filing: Filing, reason: ClaimReason, event: Day, rows: readonly ClaimChild[]) => void;

export interface SupportFiling {
  /** 算定対象者 that belong on a claim received on a day, given how many children it names. */
  countedRows(received: Day, children: number): ClaimChild[];
  /** A child has grown up, or has graduated, while the right lives. */
  onStep(kind: "support" | "graduated", child: Person, day: Day, payable: number, write: Write): void;
}

/** 監護相当・生計費の負担についての確認書 for the 18- to 22-year-old siblings of one recipient. */
export function createSupportFiling(family: Family, spell: Spell): SupportFiling {
  const { random, unit } = family;
  const confirmed = new Set<string>();

  const isSupportedOn = (child: Person, day: Day): boolean =>
    family.support.get(child.number)?.supported === true &&
    fiscalYearEndOf(child.born, 18) < day &&
    fiscalYearEndOf(child.born, 22) >= day &&
    spell.care.some((care) => care.child === child && care.until >= day) &&
    !unit.statuses.some(
      (status) => status.kind === "supportEnd" && status.person === child.number && status.from < day,
    );

  const rowOf = (child: Person, day: Day, studies: boolean): ClaimChild => {
    const graduates = family.support.get(child.number)?.graduates;
    const last = graduates === undefined ? undefined : civilOf(graduates - 1);
    return {
      child: child.number,
      role: "counted",
      relation: spell.relation,
      serial: family.children.indexOf(child) + 1,
      supportFrom: fiscalYearEndOf(child.born, 18) + 1,
      ...(studies && last !== undefined ? { graduation: `${pad(last.year, 4)}-${pad(last.month, 2)}` } : {}),
      together: findHome(child, day)?.number === findHome(spell.recipient, day)?.number,
      commonLivelihood: true,
    };
  };

  const stillStudies = (child: Person, day: Day): boolean => (family.support.get(child.number)?.graduates ?? 0) > day;

  return {
    countedRows: (received, children) => {
      if (received < REFORM) return [];
      const counted = family.children.filter((child) => isSupportedOn(child, received));
      if (counted.length === 0 || children + counted.length < THIRD) return [];
      for (const child of counted) confirmed.add(child.number);
      return counted.map((child) => rowOf(child, received, stillStudies(child, received)));
    },
    onStep: (kind, child, day, payable, write) => {
      if (payable === 0 || !isSupportedOn(child, day)) return;
      const counted = family.children.filter((other) => isSupportedOn(other, day)).length;
      if (payable + counted < THIRD) return;
      if (kind === "graduated") {
        if (!confirmed.has(child.number)) return;
        if (random.perMille(500)) {
          write(fileAround(day), "graduated", day, [rowOf(child, day, false)]);
        } else {
          unit.statuses.push({
            kind: "supportEnd",
            person: child.number,
            other: spell.recipient.number,
            from: day - 1,
          });
        }
        return;
      }
      if (confirmed.has(child.number)) return;
      confirmed.add(child.number);
      if (day === REFORM) {
        const late = random.perMille(60);
        const filing = late
          ? fileBetween(random, REFORM + 182, REFORM + 300)
          : fileBetween(random, REFORM, REFORM + 181);
        if (filing.received > fiscalYearEndOf(child.born, 22)) return;
        write(filing, "other", REFORM, [rowOf(child, filing.received, stillStudies(child, day))]);
        return;
      }
      const filing = fileAround(day);
      write(filing, "becameUniversityAge", day, [rowOf(child, filing.received, stillStudies(child, day))]);
    },
  };

  /** Around 16 April: most in advance or in the first two weeks, some on the last day in time, one in ten late. */
  function fileAround(event: Day): Filing {
    const roll = random.below(100);
    if (roll < 35) return fileBetween(random, event - 21, event - 1);
    if (roll < 78) return fileBetween(random, event, event + 14);
    if (roll < 90) return fileBetween(random, event + 15, event + 15);
    return fileBetween(random, event + 16, event + 75);
  }
}
