/** Every operation of the API. A new area adds its list here and its rows to the authorization matrix. */
import { accessLogOperations } from "./access-log.ts";
import { accountOperations } from "./accounts.ts";
import { administrationOperations } from "./administration.ts";
import { caseEntryOperations } from "./case-entries.ts";
import { caseMoreOperations } from "./case-more.ts";
import { caseOperations } from "./cases.ts";
import { caseTaskOperations } from "./case-tasks.ts";
import { characterOperations } from "./characters.ts";
import { childHoldOperations } from "./child-holds.ts";
import { consignmentCertificateOperations } from "./consignment-certificate.ts";
import { reviewCheckOperations } from "./review-checks.ts";
import { benefitRestrictionOperations } from "./benefit-restrictions.ts";
import { consignmentOperations } from "./consignments.ts";
import { counterOperations } from "./counter.ts";
import { entranceOperations } from "./entrance.ts";
import { filingReadOperations } from "./filing-reads.ts";
import { draftHandOverOperations } from "./draft-hand-overs.ts";
import { filingOperations } from "./filings.ts";
import { caseLetterOperations } from "./case-letters.ts";
import { letterTextOperations } from "./letter-texts.ts";
import { journalOperations } from "./journal.ts";
import { letterOperations } from "./letters.ts";
import { hardCopyOperations } from "./hard-copies.ts";
import { holdAndTaxOperations } from "./holds-and-taxes.ts";
import { homeOperations } from "./home.ts";
import { interchangeOperations } from "./interchange.ts";
import { contractCheckOperations } from "./contract-checks.ts";
import { interchangeSettingOperations } from "./interchange-settings.ts";
import { logReviewOperations } from "./log-review.ts";
import { massBookingOperations } from "./mass-bookings.ts";
import { massRunOperations } from "./mass-runs.ts";
import { massReadOperations } from "./mass-reads.ts";
import { nonResidentOperations } from "./non-residents.ts";
import { numberErasureOperations } from "./number-erasures.ts";
import { numberOperations } from "./numbers.ts";
import { addresseeOperations } from "./addressees.ts";
import type { Operation } from "./operation.ts";
import { protectionOperations } from "./protection.ts";
import { operationStateOperations } from "./operation-states.ts";
import { parameterOperations } from "./parameters.ts";
import { personHeadOperations } from "./person-head.ts";
import { replicaOperations } from "./replicas.ts";
import { recoveryOperations } from "./recoveries.ts";
import { requestOperations } from "./requests.ts";
import { reviewOperations } from "./review.ts";
import { runOperations } from "./runs.ts";
import { searchOperations } from "./search.ts";
import { sessionOperations } from "./session.ts";
import { signOnOperations } from "./sign-on.ts";
import { statisticsReportOperations } from "./statistics-reports.ts";
import { statisticsOperations } from "./statistics.ts";
import { transferOperations } from "./transfers.ts";
import { extractionOperations } from "./extractions.ts";
import { twoPeopleOperations } from "./two-people.ts";

export const operations: readonly Operation[] = [
  ...entranceOperations,
  ...sessionOperations,
  ...signOnOperations,
  ...runOperations,
  ...massReadOperations,
  ...massRunOperations,
  ...massBookingOperations,
  ...caseOperations,
  ...caseEntryOperations,
  ...caseMoreOperations,
  ...childHoldOperations,
  ...benefitRestrictionOperations,
  ...reviewCheckOperations,
  ...counterOperations,
  ...personHeadOperations,
  ...filingReadOperations,
  ...filingOperations,
  ...draftHandOverOperations,
  ...searchOperations,
  ...letterOperations,
  ...caseLetterOperations,
  ...letterTextOperations,
  ...homeOperations,
  ...caseTaskOperations,
  ...interchangeOperations,
  ...operationStateOperations,
  ...replicaOperations,
  ...interchangeSettingOperations,
  ...contractCheckOperations,
  ...transferOperations,
  ...extractionOperations,
  ...consignmentOperations,
  ...consignmentCertificateOperations,
  ...protectionOperations,
  ...numberOperations,
  ...addresseeOperations,
  ...nonResidentOperations,
  ...numberErasureOperations,
  ...administrationOperations,
  ...accountOperations,
  ...parameterOperations,
  ...characterOperations,
  ...reviewOperations,
  ...holdAndTaxOperations,
  ...recoveryOperations,
  ...requestOperations,
  ...accessLogOperations,
  ...journalOperations,
  ...hardCopyOperations,
  ...logReviewOperations,
  ...statisticsOperations,
  ...statisticsReportOperations,
  ...twoPeopleOperations,
];
