/** The input line of `hagukumi assess`, as JSON after `parseCase` has checked it. */
import type { CivilDate, Month } from "../dates/civil.ts";

/** A period of civil days, inclusive at both ends; `to: null` (or absent) is open. */
export interface Period {
  readonly from: CivilDate;
  readonly to?: CivilDate | null;
}

/** 留学 is `study`; `livedInJapanSince` is the first day of the unbroken residence in Japan before leaving (規則1条). */
export interface AbroadPeriod extends Period {
  readonly study: boolean;
  readonly livedInJapanSince?: CivilDate | null;
}

/** `shortStay`: fixed at two months or less (規則1条の2), so the parents keep the allowance. */
export interface InstitutionPeriod extends Period {
  readonly shortStay?: boolean;
}

export type RecipientKind = "individual" | "corporateGuardian" | "institution";

/** 所得区分 of the months 2012-06 … 2024-09: below 所得制限限度額, at or above it, at or above 所得上限限度額. */
export type IncomeClass = "normal" | "special" | "over";

/** 所得 of one calendar year, yen. `knownOn` is the day a tax correction (更正) was notified. */
export interface IncomeRecord {
  readonly year: number;
  readonly employment?: number;
  readonly pension?: number;
  readonly other?: number;
  readonly deductions?: number;
  readonly dependants?: number;
  readonly elderlyDependants?: number;
  readonly knownOn?: CivilDate | null;
}

export interface RecipientFacts {
  readonly kind: RecipientKind;
  readonly birthDate?: CivilDate | null;
  readonly deathDate?: CivilDate | null;
  readonly residence?: readonly Period[];
  readonly publicServant?: readonly Period[];
  readonly detained?: readonly Period[];
  readonly incomeClass?: IncomeClass | null;
  readonly incomes?: readonly IncomeRecord[];
}

export interface ChildFacts {
  readonly id: string;
  readonly birthDate: CivilDate;
  readonly serial?: number;
  readonly deathDate?: CivilDate | null;
  readonly care?: readonly Period[];
  readonly supported?: readonly Period[];
  readonly abroad?: readonly AbroadPeriod[];
  readonly institution?: readonly InstitutionPeriod[];
}

/** 請求事由 */
export type ClaimCauseKind =
  | "birth"
  | "moveIn"
  | "moveInFromAbroad"
  | "recipientDeath"
  | "leftPublicService"
  | "leftInstitution"
  | "enteredInstitution"
  | "livingTogetherPriority"
  | "guardianAppointed"
  | "parentDesignation"
  | "incomeBelowUpperLimit"
  | "taxCorrection"
  | "disaster"
  | "becameUniversityAge"
  | "graduated"
  | "other";

/** `on` may be left out only for `other`; `obstacleEndedOn` opens the 15-day rule from that day (8条3項). */
export interface ClaimCause {
  readonly kind: ClaimCauseKind;
  readonly on?: CivilDate | null;
  readonly obstacleEndedOn?: CivilDate | null;
}

/** 認定請求, 額改定認定請求, 監護相当・生計費の負担についての確認書 */
export type ClaimKind = "certification" | "increase" | "supportConfirmation";

export interface Claim {
  readonly kind: ClaimKind;
  readonly receivedOn: CivilDate;
  readonly children: readonly string[];
  readonly cause: ClaimCause;
}

export interface MunicipalityFacts {
  readonly closedDays?: readonly CivilDate[];
  readonly payDay?: number;
  readonly payDayRule?: PayDayRule;
}

/** What happens when the pay day is no bank business day. */
export type PayDayRule = "previous" | "next";

export interface AssessmentCase {
  readonly case: string;
  readonly from: Month;
  readonly until: Month;
  readonly mode?: "full" | "amountOnly";
  readonly municipality?: MunicipalityFacts;
  readonly recipient: RecipientFacts;
  readonly children: readonly ChildFacts[];
  readonly claims?: readonly Claim[];
  readonly knownOn?: CivilDate | null;
}
