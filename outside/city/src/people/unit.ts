import type { Account } from "../appearance/accounts.ts";
import type { Ward } from "../appearance/places.ts";
import type { Day } from "../base/day.ts";
import type { Person } from "./person.ts";

export type ClaimKind = "certification" | "increase" | "supportConfirmation";
export type ClaimReason =
  | "birth" | "moveIn" | "moveInFromAbroad" | "recipientDeath" | "leftPublicService" | "leftInstitution"
  | "enteredInstitution" | "livingTogetherPriority" | "guardianAppointed" | "parentDesignation"
  | "incomeBelowUpperLimit" | "taxCorrection" | "disaster" | "becameUniversityAge" | "graduated" | "other"; // prettier-ignore
export type Channel = "counter" | "post" | "online";

/** One row of claim_children.csv: a 児童, or a 算定対象者 (18–22) who counts for the order. */
export interface ClaimChild {
  readonly child: string;
  readonly role: "child" | "counted";
  /** 続柄 from the claimant, in words. */
  readonly relation: string;
  /** 児童連番. */
  readonly serial: number;
  readonly careFrom?: Day;
  readonly careUntil?: Day;
  readonly supportFrom?: Day;
  readonly supportUntil?: Day;
  /** 卒業予定年月 `YYYY-MM`. */
  readonly graduation?: string;
  readonly together: boolean;
  readonly commonLivelihood: boolean;
}

export interface Claim {
  readonly kind: ClaimKind;
  readonly received: Day;
  readonly channel: Channel;
  readonly claimant: string;
  readonly recipientKind: "individual" | "corporateGuardian" | "institution";
  readonly reason: ClaimReason;
  readonly event?: Day;
  readonly obstacleEnded?: Day;
  readonly employeeClass: "employee" | "nonEmployee";
  readonly ward: Ward;
  readonly account?: Account;
  readonly children: readonly ClaimChild[];
}

export interface StatusPeriod {
  readonly kind: "publicServant" | "detained" | "abroad" | "institution" | "careEnd" | "supportEnd";
  readonly person: string;
  readonly other?: string;
  readonly from: Day;
  readonly until?: Day;
  readonly shortStay?: boolean;
  readonly study?: boolean;
  readonly livedInJapanFrom?: Day;
}

/** One row of incomes.csv, in yen. */
export interface Income {
  readonly person: string;
  readonly year: number;
  readonly history: number;
  readonly salary: number;
  readonly pension: number;
  readonly other: number;
  readonly deductions: number;
  readonly dependants: number;
  readonly elderly: number;
  readonly corrected?: Day;
}

/** A child with an organization that claims for it in its own turn: a stay in an institution, or a guardianship. */
export interface Placement {
  readonly child: Person;
  /** Which of the city's institutions and foster parents, from 0; the number after the last is the guardian corporation. */
  readonly organization: number;
  readonly from: Day;
  readonly until?: Day;
  /** 二月以内の期間を定めた入所: the parent keeps the allowance. */
  readonly shortStay: boolean;
}

/** People whose registers refer to one another: the smallest piece that can be written without the rest of the city. */
export interface Unit {
  readonly people: Person[];
  readonly claims: Claim[];
  readonly statuses: StatusPeriod[];
  readonly incomes: Income[];
  readonly placements: Placement[];
}

export const emptyUnit = (): Unit => ({ people: [], claims: [], statuses: [], incomes: [], placements: [] });
