/**
 * What the texts leave implicit and a program has to decide, in one place. Each entry says what the text leaves open, what is
 * done here, and on whose practice. A municipality that does otherwise says so by a fact or setting, not by changing code.
 */
import type { ExOfficioCause } from "./assess/types.ts";
import type { ClaimCauseKind, PayDayRule } from "./case/types.ts";

/**
 * Causes that open the 15-day rule: change of address, or an 「やむを得ない理由」 by the practice of the municipalities. `other` does
 * not: there the office marks an unavoidable reason with `obstacleEndedOn`, which opens the rule for any cause.
 */
export const OPENS_15_DAYS: ReadonlySet<ClaimCauseKind> = new Set([
  "birth",
  "moveIn",
  "moveInFromAbroad",
  "recipientDeath",
  "leftPublicService",
  "leftInstitution",
  "enteredInstitution",
  "livingTogetherPriority",
  "guardianAppointed",
  "parentDesignation",
  "incomeBelowUpperLimit",
  "taxCorrection",
  "disaster",
]);

/** Causes for which a 確認書 (supportConfirmation) has the 15-day rule too: the recipient's own change of address, and disaster. */
export const OPENS_15_DAYS_FOR_SUPPORT: ReadonlySet<ClaimCauseKind> = new Set([
  "moveIn",
  "moveInFromAbroad",
  "disaster",
]);

/**
 * No closed stretch is longer than a month (the longest so far: ten days in 2019), nor does one more closed day of the
 * municipality bridge more than that. A claim beyond is late whatever the calendar says, also where the table of holidays does
 * not reach back to the event.
 */
export const LONGEST_CLOSURE = 31;

/** An end by one of these is part of the regular schedule; its last months are paid on the regular day. */
export const SCHEDULED_ENDS: ReadonlySet<ExOfficioCause | undefined> = new Set([
  "fiscalYearEnd15",
  "fiscalYearEnd18",
  "income",
  "reform",
]);

/** 支払日 where the case names none: the 15th, or the bank business day before it. */
export const DEFAULT_PAY_DAY = 15;
export const DEFAULT_PAY_DAY_RULE: PayDayRule = "previous";
