/** The codes with which this system refuses, beside those of the platform. */
import { Refusal, type RefusalDetails } from "@hagukumi/platform/database/problem.ts";

export type AllowanceRefusalCode =
  | "accountCheckInvalid"
  | "accountInvalid"
  | "accountUnknown"
  | "addresseeUnknown"
  | "barcodeInvalid"
  | "cancelled"
  | "caseChanged"
  | "caseTerminal"
  | "claimDecided"
  | "claimInvalid"
  | "claimUnknown"
  | "codeInvalid"
  | "codeUnknown"
  | "contentChanged"
  | "creditorInvalid"
  | "deductionInvalid"
  | "donationIncomplete"
  | "entryChanged"
  | "entryConfirmed"
  | "entryInvalid"
  | "entryOverlaps"
  | "entryUnknown"
  | "entryWithdrawn"
  | "examinationChanged"
  | "examinationMissing"
  | "factsChanged"
  | "feedFileBroken"
  | "feedManifest"
  | "findingDecided"
  | "findingUnknown"
  | "findingUnseen"
  | "filingEnded"
  | "filingInvalid"
  | "filingState"
  | "filingStopped"
  | "filingUnknown"
  | "formerMunicipalityPaid"
  | "holdInvalid"
  | "holdReleased"
  | "holdUnknown"
  | "holderMismatch"
  | "identityNeeded"
  | "liftAnswered"
  | "liftEnded"
  | "liftInvalid"
  | "liftNeeded"
  | "liftUnknown"
  | "massJobUnknown"
  | "massLaneBusy"
  | "massParametersInvalid"
  | "massPredecessor"
  | "massRunOpen"
  | "massRunState"
  | "massRunUnknown"
  | "limitationInvalid"
  | "lockReasonNeeded"
  | "monthInvalid"
  | "monthOpen"
  | "notDecidable"
  | "overrideInvalid"
  | "parameterInvalid"
  | "parameterMissing"
  | "parametersNotApproved"
  | "personLocked"
  | "procedureUnknown"
  | "purposeNeeded"
  | "receptionNumberReused"
  | "recipientUnknown"
  | "reviewChanged"
  | "reviewInvalid"
  | "reviewReceived"
  | "reviewUnknown"
  | "samePerson"
  | "sampleDrawn"
  | "sampleUnknown"
  | "searchKeyInvalid"
  | "searchTooWide"
  | "settingInvalid"
  | "settingMissing"
  | "snapshotInvalid"
  | "storedUnreadable";

/** A refusal of this system; `message` says what was tried, what is wrong and what to do. */
export function refuse(code: AllowanceRefusalCode, message: string, details: RefusalDetails = {}): Refusal {
  return new Refusal(code, message, details);
}

/** Ends the work between two slices when the caller asked for it. @throws Refusal `cancelled` */
export function stopIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) {
    throw refuse(
      "cancelled",
      `${what}を中止しました。終わった分はそのまま残り、途中の分は何も変えていません。もう一度実行すれば続きから始まります。`,
    );
  }
}
