import type { Account } from "../appearance/accounts.ts";
import type { Day } from "../base/day.ts";
import type { Family } from "../families/family.ts";
import { findHome, wardOn } from "../people/make.ts";
import type { Person } from "../people/person.ts";
import type { Claim, ClaimReason } from "../people/unit.ts";
import type { Filing } from "./filing.ts";

export interface DirectClaim {
  readonly claimant: Person;
  readonly filing: Filing;
  readonly reason: ClaimReason;
  readonly event: Day;
  readonly children: readonly Person[];
  readonly relation: string;
  /** 監護終了年月日, for a claim that cannot be granted. */
  readonly careUntil?: Day;
  readonly account: Account;
}

/** One 認定請求書 on its own: the claims that a careful recipient would not have filed, and a few rare grounds. */
export function fileDirectly(family: Family, direct: DirectClaim): void {
  const { claimant, filing } = direct;
  if (filing.received > family.world.asOf || direct.children.length === 0) return;
  const claim: Claim = {
    kind: "certification",
    received: filing.received,
    channel: filing.channel,
    claimant: claimant.number,
    recipientKind: "individual",
    reason: direct.reason,
    event: direct.event,
    employeeClass: family.employeeClass,
    ward: wardOn(claimant, filing.received),
    account: direct.account,
    children: direct.children.map((child) => ({
      child: child.number,
      role: "child",
      relation: direct.relation,
      serial: family.children.indexOf(child) + 1,
      careFrom: child.born,
      ...(direct.careUntil === undefined ? {} : { careUntil: direct.careUntil }),
      together: findHome(child, filing.received)?.number === findHome(claimant, filing.received)?.number,
      commonLivelihood: true,
    })),
  };
  family.unit.claims.push(claim);
}
