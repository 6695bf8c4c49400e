/**
 * The case line as plain data, typed anew from the written contract so that nothing here leans on the engine.
 * Days are `YYYY-MM-DD`, months `YYYY-MM`, money is whole yen.
 */

/** A period of days, both ends included; `to: null` is open. */
export interface Period {
  readonly from: string;
  readonly to: string | null;
}

export interface AbroadPeriod extends Period {
  readonly study?: boolean;
  readonly livedInJapanSince?: string | null;
}

export interface InstitutionPeriod extends Period {
  readonly shortStay?: boolean;
}

/** One income year's tax items (所得), yen. */
export interface Income {
  readonly year: number;
  readonly employment?: number;
  readonly pension?: number;
  readonly other?: number;
  readonly deductions?: number;
  readonly dependants?: number;
  readonly elderlyDependants?: number;
  readonly knownOn?: string | null;
}

export interface Child {
  readonly id: string;
  readonly birthDate: string;
  readonly serial?: number;
  readonly deathDate?: string | null;
  readonly care?: readonly Period[];
  readonly supported?: readonly Period[];
  readonly abroad?: readonly AbroadPeriod[];
  readonly institution?: readonly InstitutionPeriod[];
}

export interface Cause {
  readonly kind: string;
  /** May be left out for `other` only. */
  readonly on?: string | null;
  readonly obstacleEndedOn?: string | null;
}

export interface Claim {
  readonly kind: "certification" | "increase" | "supportConfirmation";
  readonly receivedOn: string;
  readonly children: readonly string[];
  readonly cause: Cause;
}

export type RecipientKind = "individual" | "corporateGuardian" | "institution";
export type IncomeClass = "normal" | "special" | "over";

export interface Recipient {
  readonly kind: RecipientKind;
  readonly birthDate?: string | null;
  readonly deathDate?: string | null;
  readonly residence?: readonly Period[];
  readonly publicServant?: readonly Period[];
  readonly detained?: readonly Period[];
  readonly incomeClass?: IncomeClass;
  readonly incomes?: readonly Income[];
}

export interface Case {
  readonly case: string;
  readonly from: string;
  readonly until: string;
  readonly mode?: "full" | "amountOnly";
  readonly municipality?: {
    readonly closedDays?: readonly string[];
    readonly payDay?: number;
    readonly payDayRule?: "previous" | "next";
  };
  readonly recipient: Recipient;
  readonly children: readonly Child[];
  readonly claims?: readonly Claim[];
  readonly knownOn?: string | null;
}
