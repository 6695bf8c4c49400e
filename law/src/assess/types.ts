/** The output line of `hagukumi assess`. */
import type { CivilDate, Month } from "../dates/civil.ts";
import type { Band } from "../dates/age.ts";
import type { ClaimCauseKind, IncomeClass } from "../case/types.ts";
import type { Calendar } from "../dates/calendar.ts";
import type { RegimeCode } from "../parameters/regimes.ts";

/** 決定の根拠: the article and a sentence that a resident can read. */
export interface Reason {
  readonly article: string;
  readonly text: string;
}

/** One child in one month. `amount`, yen: `null` not payable, `0` payable child but nothing due (所得上限). */
export interface ChildMonth {
  readonly id: string;
  readonly band: Band;
  readonly counted: boolean;
  readonly position: number | null;
  readonly amount: number | null;
  readonly because?: readonly Reason[];
}

/** One benefit month. `total`, yen. */
export interface MonthAssessment {
  readonly month: Month;
  readonly regime: RegimeCode;
  readonly entitled: boolean;
  readonly incomeClass: IncomeClass | null;
  readonly total: number;
  readonly children: readonly ChildMonth[];
}

/** 認定, 却下, 増額改定, 減額改定, 支給事由の消滅 */
export type DecisionKind = "certify" | "refuse" | "increase" | "decrease" | "extinguish";

/** Why an ex officio decision was made. */
export type ExOfficioCause =
  | "turnedThree"
  | "fiscalYearEnd12"
  | "fiscalYearEnd15"
  | "fiscalYearEnd18"
  | "fiscalYearEnd22"
  | "childDeath"
  | "careEnded"
  | "childAbroad"
  | "studyAbroadLimit"
  | "enteredInstitution"
  | "leftInstitution"
  | "supportEnded"
  | "graduated"
  | "recipientDeath"
  | "movedOut"
  | "becamePublicServant"
  | "detained"
  | "income"
  | "taxCorrection"
  | "reform";

/**
 * `effective` is the first month with the new state (for `extinguish` the month after the last paid one).
 * `monthlyTotal`, yen, is the month's total after this decision; `null` where it lies before the reported months and its
 * income facts are not in the case. `receivedOn` is null exactly when `exOfficio` is true.
 */
export interface Decision {
  readonly kind: DecisionKind;
  readonly effective: Month;
  readonly cause: ClaimCauseKind | ExOfficioCause;
  readonly receivedOn: CivilDate | null;
  readonly exOfficio: boolean;
  readonly monthlyTotal: number | null;
}

/** 定時払・随時払 */
export type PaymentKind = "regular" | "occasional";

/** `amount`, yen, of the benefit months listed. */
export interface PaymentEntry {
  readonly paymentMonth: Month;
  readonly payOn: CivilDate;
  readonly kind: PaymentKind;
  readonly months: readonly Month[];
  readonly amount: number;
}

export interface Assessment {
  readonly case: string;
  readonly months: readonly MonthAssessment[];
  readonly decisions: readonly Decision[];
  readonly payments: readonly PaymentEntry[];
}

/** `calendar` decides deadlines and pay days. With `explain` each child's month carries `because`; without, no reason is built. */
export interface AssessmentContext {
  readonly calendar: Calendar;
  readonly explain: boolean;
}
