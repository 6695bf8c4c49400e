/** The only door to system 1 児童手当システム. Other rooms import this file and nothing behind it. */
export type { Context } from "./src/context.ts";
export { changeSetting, findSetting, readSetting, seedDemoSettings, settingShapes } from "./src/settings.ts";
export type { SettingName, SettingValue } from "./src/settings.ts";

// 法のパラメータ parameters of the law, approved by two people
export { approveParameters, registerParameters, seedApprovedParameters } from "./src/parameters/register-set.ts";
export type { ApproveParameters, RegisteredSet } from "./src/parameters/register-set.ts";
export { readParameters, type ParametersView } from "./src/parameters/read-parameters.ts";

// 文字 characters of names: 同定 by two people, survey
export {
  approveCharacters,
  identifiedCharacters,
  listCharacterSets,
  proposeCharacters,
} from "./src/characters/identify.ts";
export type { IdentifiedCharacter, ListedCharacterSet } from "./src/characters/identify.ts";
export { surveyCharacters, type SurveyedCharacter } from "./src/characters/survey.ts";

// 台帳 register
export { importFeeds, type FileResult, type ImportResult } from "./src/register/import-feeds.ts";
export { importBankMaster, type AccountHit, type MasterResult } from "./src/bank-master/import-master.ts";

// 請求と決定 claims and decisions
export { fileClaim, withdrawClaim } from "./src/claims/file-claim.ts";
export type { ClaimForm, FileClaimOptions, FiledClaim } from "./src/claims/file-claim.ts";
export { countPendingCases, examineAll, examineClaims, type ExaminationCount } from "./src/claims/examine.ts";
export { claimStateLabels, listClaims } from "./src/claims/list-claims.ts";
export type { ClaimState, ListClaimsOptions, ListedClaim } from "./src/claims/list-claims.ts";
export { approveAll, approveClaims, type ApprovalCount, type LeftOut } from "./src/decisions/decide.ts";
export { approveReexamined, reexamine } from "./src/decisions/re-decide.ts";
export { changeExOfficioCause, listExOfficioCauses } from "./src/decisions/ex-officio-causes.ts";
export type { ExOfficioCauseRow } from "./src/decisions/ex-officio-causes.ts";
export type { ReexaminationCount, Scope } from "./src/decisions/re-decide.ts";
export { holdLabels, listHolds, placeHold, releaseHold } from "./src/holds/holds.ts";
export type { HoldKind, ListedHold, NewHold } from "./src/holds/holds.ts";

// 口座 accounts
export { changeAccount } from "./src/accounts/change-account.ts";
export { seedDemoChildAccounts } from "./src/accounts/demo-child-accounts.ts";
export type { ChangeAccountRequest, NewAccount } from "./src/accounts/change-account.ts";

export {
  ACCOUNT_CHECK_KINDS,
  ACCOUNT_CHECK_METHODS,
  ACCOUNT_CHECK_RESULTS,
  accountCheckLabels,
  recordAccountCheck,
} from "./src/accounts/account-checks.ts";
export type { AccountCheckFinding, AccountCheckRow, NewAccountCheck } from "./src/accounts/account-checks.ts";

// 支払 payments
export { createRun, type CreatedRun, type CreateRunRequest } from "./src/payments/create-run.ts";
export { approveRun, inspectRun } from "./src/payments/approve-run.ts";
export { freezeRun, readFrozenFile, type FrozenFile } from "./src/payments/freeze-run.ts";
export { handOverRun, resolveHandOver, transferFileName } from "./src/payments/hand-over.ts";
export type { BankChannel, BankReceipt, HandOverResult } from "./src/payments/hand-over.ts";
export { importResults } from "./src/payments/import-results.ts";
export { closeRun, confirmReturn, resolveResult } from "./src/payments/close-run.ts";
export { cancelRun } from "./src/payments/cancel-run.ts";
export {
  changeCauseLabels,
  clearReviewItems,
  listReviewItems,
  readReview,
  reviewLabels,
} from "./src/payments/review/items.ts";
export type { ChangeCause, Review, ReviewItem, ReviewKind } from "./src/payments/review/items.ts";
export {
  approveBudgetOrder,
  findBudgetOrder,
  makeBudgetOrder,
  readBudgetOrderFile,
} from "./src/payments/budget-order.ts";
export type { BudgetOrder } from "./src/payments/budget-order.ts";
export { recordLateReturn } from "./src/payments/late-return.ts";
export { approveSettlement, proposeSettlement } from "./src/payments/settle-results.ts";
export { handOverByHand, recordReceipt } from "./src/payments/hand-over-by-hand.ts";
export { declareOutage, endOutage, linesInStatus, lineStatusLabels, statusByBank } from "./src/payments/bank-outage.ts";
export type { BankStatus, LineStatus } from "./src/payments/bank-outage.ts";
export { findRun, getRun, listReturns, listRuns, type RunRecord } from "./src/payments/run-record.ts";
export { exclusionLabels } from "./src/payments/select-lines.ts";
export { runKindLabels, stateLabels, type RunKind, type RunState } from "./src/payments/states.ts";

export { homeList, homeListCells, readHomeChildren } from "./src/payments/payee-list/home-list.ts";
export type { HomeChild, HomeTotal } from "./src/payments/payee-list/home-list.ts";
export { writePayeeList } from "./src/payments/payee-list/write-payee-list.ts";

// 債権 recovery of what was paid too much
export { findOverpayments, type FoundOverpayments } from "./src/recovery/find.ts";
export {
  approveUnknownReceipt,
  importReceipts,
  proposeUnknownReceipt,
  unknownReceipts,
} from "./src/recovery/import-receipts.ts";
export type { ImportedReceipts, UnknownReceipt } from "./src/recovery/import-receipts.ts";
export { ageLabels, AGES, instalmentsOf, recoveryOverview, withClocks } from "./src/recovery/overview.ts";
export type { Age, Instalment, ListedRecovery, RecoveryOverview } from "./src/recovery/overview.ts";
export {
  answerRecovery,
  proposalLabels,
  proposalShape,
  proposeRecovery,
  waitingProposals,
} from "./src/recovery/proposals.ts";
export { debtsInRun, debtsOf, type Debt, type DebtInRun } from "./src/recovery/debts.ts";
export { planLabels, type RecoveryPlan } from "./src/recovery/plans.ts";
export { previewOffset, type OffsetPreview, type OffsetPreviews } from "./src/recovery/preview-offset.ts";
export { readClaim as readRecoveryClaim, type Claim as RecoveryClaim } from "./src/recovery/read-claim.ts";
export type { RecoveryAnswer, RecoveryProposal, WaitingProposal } from "./src/recovery/proposals.ts";
export { recordReceipt as recordRepayment } from "./src/recovery/receipts.ts";
export {
  eventsOf as recoveryEventsOf,
  findRecovery,
  partsOf as recoveryPartsOf,
  recoveriesOf,
} from "./src/recovery/record.ts";
export type { Recovery, RecoveryEvent, RecoveryPart } from "./src/recovery/record.ts";
export { recoveryCauseLabels } from "./src/recovery/settings.ts";
export {
  isOpen as isOpenRecovery,
  RECOVERY_STATES,
  recoveryEventLabels,
  recoveryStateLabels,
} from "./src/recovery/states.ts";
export type { RecoveryState } from "./src/recovery/states.ts";

// 検査 nightly checks
export { verifyMoney, type CheckResult } from "./src/verify/verify-money.ts";

// 照会 inquiry
export { snapshotRead, type Reader } from "./src/inquiry/audited-read.ts";
export { dayText, momentText, monthText, yenText } from "./src/inquiry/dates.ts";
export { causeName, decisionName, moneyStateLabels, type MoneyState } from "./src/inquiry/labels.ts";
export {
  accountTypeName,
  addresseeNumberText,
  bandName,
  certificationNumberText,
  wardChoices,
  wardName,
} from "./src/inquiry/names.ts";
export { downloadRecorded, downloadTransferFile } from "./src/inquiry/downloads.ts";
export { openRecipient, type PersonView, type RecipientPage } from "./src/inquiry/recipient-page.ts";
export { MONTHS_SHOWN, type ChildReason, type MoneyPart, type MonthView } from "./src/inquiry/recipient-months.ts";
export { readRunSummary, type RunSummary } from "./src/inquiry/run-summary.ts";
export { SEARCH_LIMIT, searchRecipients, type SearchAnswer } from "./src/inquiry/search.ts";
export type { ControlTotals, EquationSide, TotalRow } from "./src/payments/payee-list/totals.ts";
export type { WrittenPayeeList } from "./src/payments/payee-list/write-payee-list.ts";

// 事案を開く opening a case
export { closeAllCases, closeCase, listPurposes, openCase } from "./src/openings/open-case.ts";
export { scannedTarget } from "./src/openings/scanned-code.ts";
export type { CaseTarget, DeskCall, OpenedCase, OpeningPurpose, PurposeChoice } from "./src/openings/open-case.ts";
export { HISTORY_SHOWN, readCaseHistory, type CaseEvent } from "./src/inquiry/case-history.ts";

// アクセスログの点検 review of the access log
export { raiseProtectionAlerts, reviewMonth, type LogReviewRun } from "./src/log-review/review-log.ts";
export {
  decideFinding,
  listFindings,
  listProtectionAlerts,
  openFinding,
  logOutcomeLabels,
  readFinding,
} from "./src/log-review/findings.ts";
export type { EvidenceRow, Finding, OutcomeOf, LogOutcome } from "./src/log-review/findings.ts";
export {
  drawSample,
  logInCounts,
  monthStates,
  readSample,
  recordSampleResult,
  REVIEW_DUE_DAY,
  SAMPLE_SIZE,
  signMonth,
} from "./src/log-review/months.ts";
export type { MonthState, SampleRow } from "./src/log-review/months.ts";
export { LOG_RULES_VERSION, logRules, type LogRule } from "./src/log-review/rules.ts";

// 提供する情報 what other offices may be told
export {
  changedRecipients,
  PAYMENT_ITEMS,
  type PaymentFacts,
  type PaymentItem,
  paymentItems,
  providePaymentFacts,
} from "./src/provision/payment-facts.ts";

// 支援措置の印 the mark: set by whatever says so first, ended by two people alone
export {
  approveRelease,
  attentionLabels,
  listProtections,
  measureKindLabels,
  registerMeasure,
  requestRelease,
} from "./src/protection/measures.ts";
export type { MeasureKind, NewMeasure, ProtectionAttention, StandingProtection } from "./src/protection/measures.ts";

export { noticeProtections, type MarksOfDelivery, type ProtectionMark } from "./src/protection/notice-ahead.ts";

// 支援措置の一時解除 lifting protection for a while
export {
  ADDRESS_SECONDS,
  answerLift,
  endLift,
  LIFT_MINUTES,
  liftStateLabels,
  listLifts,
  releasedAddress,
  requestLift,
} from "./src/protection/lift.ts";
export type { Lift, LiftAnswer, LiftState, NewLift, ReleasedAddress } from "./src/protection/lift.ts";

// 台帳の記載 entries of the case file
export { addEntry, confirmEntry, reviseEntry, withdrawEntry, type EntryRef } from "./src/case-file/write-entry.ts";
export { ENTRY_KINDS, entrySpecs, type EntryKind } from "./src/case-file/entry-kinds.ts";
export { acknowledgeNote, type NoteReading } from "./src/case-file/note-readings.ts";
export { caseEntries, type CaseEntry } from "./src/case-file/case-entries.ts";
export type { EntryContent, EntryInput } from "./src/case-file/entry-kinds.ts";
export type { EntryRevision, NewEntry } from "./src/case-file/write-entry.ts";
export { entryHistory, letterAddressOn, listOpenRequests, listUnconfirmed } from "./src/case-file/read-entries.ts";
export type { AsOf, EntryRow, LetterAddress, OverdueRequest, UnconfirmedEntry } from "./src/case-file/read-entries.ts";
export { changeCode, codesOn, listCodeDomains } from "./src/case-file/codes.ts";
export type { Code, CodeDomain, NewCode } from "./src/case-file/codes.ts";
export { caseOn, type CaseOn, type ChildOn, type DecisionOn, type PersonOn } from "./src/case-file/case-on.ts";
export { householdOf, type Household, type Member, type OtherRecipient } from "./src/case-file/household.ts";
export { listLimitations, type Limitation } from "./src/case-file/limitations.ts";
export { recordDecisionParts, type PartsCount } from "./src/case-file/record-parts.ts";
export { structureAddresses, type AddressCount } from "./src/case-file/structure-addresses.ts";

// 住民 a resident
export { readPerson, type PersonPage, type ResidentView } from "./src/inquiry/person-view.ts";

// 受付→審査→決裁 filings: what a screen needs, in the order of the work (see src/filings/README.md)
export { amendFiling, saveDraft, submitFiling, takeOverDraft, type SaveFiling } from "./src/filings/receive.ts";
export { receiveDocuments, requestDocuments } from "./src/filings/documents.ts";
export type { ReceiveDocuments, RequestDocuments } from "./src/filings/documents.ts";
export { examineFiling, overrideProposal, type Examined, type OverrideFiling } from "./src/filings/examine.ts";
export { acknowledgeAlert } from "./src/filings/alerts.ts";
export type { AcknowledgeAlert, Acknowledgement, ProposalAlert } from "./src/filings/alerts.ts";
export { approveFiling, sendBack, type Approved, type ApproveFiling } from "./src/filings/approve.ts";
export { withdrawFiling } from "./src/filings/withdraw.ts";
export { cancelAndDecideAgain, type CancelAndDecideAgain } from "./src/filings/correct.ts";
export { examinePanel, previewFiling } from "./src/filings/panel.ts";
export type { ExaminePanel, PanelDocument, PanelEvent, PanelPerson, Preview } from "./src/filings/panel.ts";
export { workList, workListLabels } from "./src/filings/work-list.ts";
export type { ListedFiling, WorkList, WorkListKind, WorkListQuestion } from "./src/filings/work-list.ts";
export { workFlow, type FlowDay, type FlowQuestion } from "./src/filings/work-flow.ts";
export type { FilingHead, OnFiling } from "./src/filings/command.ts";
export { filingFormShape, type FieldProblem, type FilingForm } from "./src/filings/form.ts";
export { eventLabels, filingStateLabels } from "./src/filings/record.ts";
export type { DocumentState, EventKind, ExaminationRecord, FilingRecord, FilingState } from "./src/filings/record.ts";
export { PROCEDURE_CODES, type ProcedureCode } from "./src/filings/procedure-codes.ts";
export { procedureOf, procedures } from "./src/filings/registry.ts";
export type {
  AnyProcedure,
  Applied,
  Channel,
  Difference,
  Effect,
  Outcome,
  Override,
  Proposal,
  RequiredDocument,
  Weight,
} from "./src/filings/procedure.ts";

// 窓口 what stands over every page of a person
export { marksOf, type Marks } from "./src/desk/marks.ts";
export { readPersonHead, type PersonHead } from "./src/desk/person-head.ts";
export { releaseEditLock, takeEditLock, type EditLock, type TakeEditLock } from "./src/desk/edit-lock.ts";

// 検索 search for a person
export { PEOPLE_LIMIT, searchPeople } from "./src/search/search-people.ts";
export type { FoundPerson, PeopleAnswer, SearchCall } from "./src/search/search-people.ts";
export type { SearchKeys } from "./src/search/keys.ts";

// 届出・申出・職権 what the procedures leave behind: readers, lists, deductions, unpaid benefit (the procedures themselves: procedureOf)
export { accountChoiceOf, checkNewAccount, sharedWith } from "./src/accounts/check-account.ts";
export type { AccountCheck, AccountProblem, CheckedAccount } from "./src/accounts/check-account.ts";
export { publicAccountRecipients, takePublicAccount, type PublicAccountAnswer } from "./src/accounts/public-account.ts";
export {
  accountDigests,
  compareAccounts,
  recentAccountChanges,
  waitingAccountChanges,
} from "./src/accounts/recent-changes.ts";
export type { AccountMismatch, RecentAccountChange } from "./src/accounts/recent-changes.ts";
export { accountTiming, type AccountTiming } from "./src/accounts/write-account.ts";
export { creditorOn, FEE_KINDS, feeKindLabels, listCreditors, saveCreditor } from "./src/deductions/creditors.ts";
export type { Creditor, FeeKind, NewCreditor } from "./src/deductions/creditors.ts";
export { cutOffOf, firstPaymentMonth, type CutOffKind, type CutOffRule } from "./src/deductions/cut-off.ts";
export { DEDUCTION_ORDER, deductionLabels, feeYearOf, plannedDeductions } from "./src/deductions/planned.ts";
export type {
  DeductionKind,
  DeductionPlan,
  PayableMonth,
  PlannedDeduction,
  WantedDeduction,
} from "./src/deductions/planned.ts";
export { advanceOffsets, outstandingClaims, planAdvanceOffset } from "./src/deductions/advance-offset.ts";
export type { AdvanceOffset, PlanAdvanceOffset } from "./src/deductions/advance-offset.ts";
export { deductionTotals, paymentSlip, readRemittances, remittanceList } from "./src/deductions/remittances.ts";
export type { DeductionTotal, PaymentSlip, Remittance } from "./src/deductions/remittances.ts";
export { donationReceipt, type DonationReceipt } from "./src/deductions/receipt.ts";
export { donationIn, feeRequestsIn, wantedDeductions } from "./src/deductions/register.ts";
export type { DonationRow, FeeRequestRow } from "./src/deductions/register.ts";
export {
  addSpecialCollection,
  addSpecialCollections,
  cancelSpecialCollection,
  notifySpecialCollection,
} from "./src/deductions/special-collection.ts";
export type {
  NewSpecialCollection,
  SpecialCollectionList,
  SpecialCollectionRow,
} from "./src/deductions/special-collection.ts";
export { omitReport, unreportedChanges, type UnreportedChange } from "./src/procedures/change-reports.ts";
export { dueChecks, publicServantAlerts, type Alert, type DueCheck } from "./src/procedures/alerts.ts";
export { dueCheckLabels, listDueChecks, listUnreportedChanges } from "./src/procedures/case-tasks.ts";
export type { ListedChange, ListedCheck } from "./src/procedures/case-tasks.ts";
export { checkDesignation, designationsFor, expiringDesignations } from "./src/procedures/designations.ts";
export type { Designation } from "./src/procedures/designations.ts";
export { recipientHistory, type HistoryRow, type RecipientPicture } from "./src/procedures/recipient-history.ts";
export { studyClock } from "./src/procedures/study-abroad.ts";
export { unpaidMonths, type UnpaidMonth, type UnpaidMonths } from "./src/unpaid/unpaid-months.ts";
export { readCaseFilings, type CaseFiling } from "./src/inquiry/case-filings.ts";

// 一括処理 mass work: one mechanism for everything that is done to many cases at once (see src/mass-work/README.md)
export { bookMassRun, endBooking, listBookings } from "./src/mass-work/booking.ts";
export type { Booking, Moment, NewBooking, Timing } from "./src/mass-work/booking.ts";
export { createMassRun, type NewMassRun } from "./src/mass-work/create-run.ts";
export { massChecks, massEvidence, massListCsv, writeMassEvidence } from "./src/mass-work/evidence.ts";
export type { EvidenceFile } from "./src/mass-work/evidence.ts";
export { massJobOf, massJobs } from "./src/mass-work/jobs.ts";
export type { AnyMassJob, MassCheck } from "./src/mass-work/mass-job.ts";
export { massItemCounts, massItems, massListProtects } from "./src/mass-work/read-items.ts";
export type { MassItemCount, MassItemFilter, MassItemRow } from "./src/mass-work/read-items.ts";
export { findMassRun, getMassRun, listMassRuns, massEvents } from "./src/mass-work/run-record.ts";
export type { MassEvent, MassRunFilter, MassRunRecord, MassTotals } from "./src/mass-work/run-record.ts";
export { endedThatPay, massLeftovers, type EndedThatPays, type MassLeftover } from "./src/mass-work/leftovers.ts";
export { massBookOn } from "./src/mass-work/order.ts";
export { massRunBook } from "./src/mass-work/run-book.ts";
export { massExclusionsOn, massOrderOn, requirePredecessors } from "./src/mass-work/order.ts";
export type { MassExclusion, MassOrder } from "./src/mass-work/order.ts";
export { massCalendar, overdueMassJobs, type MassDue } from "./src/mass-work/schedule.ts";
export { massScheduleOn, type MassCycle, type MassScheduleRow } from "./src/mass-work/schedule-rows.ts";
export { massOutcomeLabels, massResultLabels, massStateLabels, massTransitions } from "./src/mass-work/states.ts";
export type { MassOutcome, MassResult, MassState } from "./src/mass-work/states.ts";
export { approveMassRun, cancelMassRun, resumeMassRun, startMassRun, stopMassRun } from "./src/mass-work/steps.ts";
export type { OnMassRun } from "./src/mass-work/steps.ts";
export { undoMassRun } from "./src/mass-work/undo/create-undo.ts";
export { undoLinks, undoPossible, type UndoLinks, type UndoPossible } from "./src/mass-work/undo/possible.ts";
export { writeMassList, type WrittenMassList } from "./src/mass-work/write-list.ts";
export { workAll, workOnce, workOnRunNo, workUntilStopped } from "./src/mass-work/worker.ts";
export type { EndlessOptions, WorkerOptions } from "./src/mass-work/worker.ts";

// 現況 the annual review (see src/annual-review/README.md); its mass jobs are in the register of 一括処理
export { barcodeOf, parseBarcode } from "./src/annual-review/barcode.ts";
export { clearDifference, differenceKinds, listDifferences, readDifferences } from "./src/annual-review/differences.ts";
export type { DifferenceKind, ListedDifference } from "./src/annual-review/differences.ts";
export { makeFormAgain, readForms } from "./src/annual-review/forms.ts";
export type { FormMaterial, FormPerson, ReviewForm } from "./src/annual-review/forms.ts";
export {
  expectedButUnpaid,
  LEFTOVER_STATES,
  listLeftovers,
  readReviewCounts,
  reviewStates,
} from "./src/annual-review/overview.ts";
export type { ExpectedUnpaid, Leftover, ReviewCounts, ReviewState } from "./src/annual-review/overview.ts";
export { listReceptions, receiveReport, receptionLabels, recordOutsideChecks } from "./src/annual-review/receive.ts";
export type { ListedReception, OutsideCheck, ReceivedReport, ReceiveReport } from "./src/annual-review/receive.ts";
export { outcomeLabels, reasonLabel, reviewRules } from "./src/annual-review/rules.ts";
export type { ReviewOutcome, ReviewRule } from "./src/annual-review/rules.ts";
export {
  acceptReviewSettings,
  callForReport,
  findReviewYear,
  listReviewYears,
  openReviewYear,
} from "./src/annual-review/year.ts";
export type { ReviewYear } from "./src/annual-review/year.ts";

// 年齢到達管理 age milestones: what comes, and (as mass work `ageMilestones`, `supportInvitations`) what is decided and told
export { MILESTONE_KINDS, milestoneLabels, type Milestone, type MilestoneKind } from "./src/milestones/events.ts";
export { milestoneForecast, type MilestoneCount, type MilestoneForecast } from "./src/milestones/forecast.ts";

// 差止と時効 holds by cause, of one child, without a cause; the two-year clock
export { expiredDespiteReport, holdsWithoutCause } from "./src/holds/cause-gone.ts";
export type { ExpiredDespiteReport, HoldWithoutCause } from "./src/holds/cause-gone.ts";
export { childHoldsOf, listChildHolds, placeChildHold, releaseChildHold } from "./src/holds/child-holds.ts";
export type { ListedChildHold, NewChildHold } from "./src/holds/child-holds.ts";
export {
  LIMITATION_EVENTS,
  limitationEventLabels,
  limitationStageLabels,
  limitationWarnings,
  recordLimitationEvent,
} from "./src/holds/limitation.ts";
// 窓口払 payment at the counter out of the fund (資金前渡)
export { counterReceiptNumber, counterStageLabels, readCounter, readCounterFund } from "./src/payments/counter/read.ts";
export { counterList, readCounterList } from "./src/payments/counter/list.ts";
export { findCounterChoice } from "./src/payments/counter/choose.ts";
export { printCounterReceipts } from "./src/payments/counter/receipts.ts";
// 二人で決めること requests of one person that another approves
export { requestKinds, type RequestContent } from "./src/decision-requests/kinds.ts";
export { answerRequest, putRequest, waitingRequests } from "./src/decision-requests/requests.ts";
export type { RequestAnswer, RequestKind, WaitingRequest } from "./src/decision-requests/requests.ts";
export type { LimitationStage, LimitationWarning, NewLimitationEvent } from "./src/holds/limitation.ts";
// 通知書 letters (see src/notices/README.md)
export { openLabel, stopLabels, type StopReason } from "./src/notices/content/compose.ts";
export { FORM_CODES, type FormCode } from "./src/notices/forms/form-codes.ts";
export { formOf } from "./src/notices/forms/list.ts";
export { drawLetter } from "./src/notices/print/draw-one.ts";
export { readPageMark } from "./src/notices/print/page-mark.ts";
export { approveLetterRun, discardLetterRun, orderPrinting } from "./src/notices/runs/approve-run.ts";
export { readCaseLetters, readLetter, type CaseLetter, type KeptLetter } from "./src/notices/runs/case-letters.ts";
export { createLetterRun, type CreatedLetterRun, type CreateLetterRun } from "./src/notices/runs/create-run.ts";
export { handOutLetters, INSERT_COLUMNS, insertRows, readLetterFile } from "./src/notices/runs/hand-out.ts";
export type { HandedOut } from "./src/notices/runs/hand-out.ts";
export { lateLabels, type LateLetter } from "./src/notices/runs/last-check.ts";
export { lateOfRun, mailLetterRun, takeOutLetter } from "./src/notices/runs/mail-run.ts";
export { listOrders, orderLetterRun, workLetters, workLettersUntilStopped } from "./src/notices/runs/orders.ts";
export type { ListedOrder } from "./src/notices/runs/orders.ts";
export { printLetterRun, type PrintedRun } from "./src/notices/runs/print-run.ts";
export { reissueLetter } from "./src/notices/runs/reissue.ts";
export { requestCertificate, requestCover } from "./src/notices/runs/requests.ts";
export { getLetterRun, letterRunKindLabels, letterRunLabels, listLetterRuns } from "./src/notices/runs/run-record.ts";
export type { LetterRun, LetterRunState } from "./src/notices/runs/run-record.ts";
export { letterSamples, readLetterRun, type LetterRunPage, type LetterSample } from "./src/notices/runs/samples.ts";
export { checkArchive } from "./src/notices/runs/verify-archive.ts";
export { checkInsertionLog, type InsertionFault } from "./src/notices/runs/insertion-log.ts";
export { proofOf, trayLetters, waitingLetters, withholdLetter } from "./src/notices/runs/waiting.ts";
export type { LetterProof, TrayLetter, WaitingForm } from "./src/notices/runs/waiting.ts";
export { approveText, listTexts, proposeText, seedDemoTexts } from "./src/notices/texts/change-text.ts";
export type { ListedText } from "./src/notices/texts/change-text.ts";
export { TEXT_KINDS, textKindLabels, type TextKind } from "./src/notices/texts/text-blocks.ts";

// 所得・税 income and tax: corrections until none is left, missing incomes and inquiries, both sides compared
export { listTaxCorrections, resolveCorrection } from "./src/income/corrections.ts";
export type { ResolveCorrection, TaxCorrection } from "./src/income/corrections.ts";
export { answerInquiry, listMissingIncomes, requestIncomes, type MissingIncome } from "./src/income/missing-incomes.ts";
export { reconcileIncomes, type IncomeMismatch } from "./src/income/reconcile.ts";

// 庁内連携から from the interchange: deliveries in, changes that become work, freshness, reconciliation
export { takeDelivery, type TakeDelivery, type TakenDelivery } from "./src/register/import-feeds.ts";
export type { IncomingRow } from "./src/register/feed-rows.ts";
export { FEED_FILES, type FeedFile } from "./src/register/manifest.ts";
export { FEEDS } from "./src/register/import-feeds.ts";
export { originTotals, type OriginTotal } from "./src/register/origin-totals.ts";
export { changeKinds, type ChangeKind } from "./src/register-changes/kinds.ts";
export { proposeChanges, type ShownEffect } from "./src/register-changes/propose-changes.ts";
export { assignChange, closeChange, fileChange, makeEndorsedReports } from "./src/register-changes/handle-changes.ts";
export { countOpenChanges, listRegisterChanges } from "./src/register-changes/list-changes.ts";
export type { ListedRegisterChange } from "./src/register-changes/list-changes.ts";
export { neededPersons } from "./src/register-changes/needed-persons.ts";
export { feedStates, recordFeedStates, type FeedState } from "./src/register-changes/feed-state.ts";
export {
  explainDifferences,
  explanationCauses,
  listDifferences as listReconciliationDifferences,
  listReconciliations,
  reconcile,
} from "./src/register-changes/reconcile.ts";
export type {
  ExplanationCause,
  ListedDifference as ListedReconciliationDifference,
  ListedReconciliation,
  Reconciled,
  ReconcileRequest,
} from "./src/register-changes/reconcile.ts";
export { municipalityCode } from "./src/municipality.ts";
// 統計 statistics: each a function of what was decided and of closed runs, as known at one moment (see src/statistics/README.md)
export { annualReturn, returnItemLabels } from "./src/statistics/annual-return.ts";
export type { AnnualReturn, DecisionCount, ReturnCount, ReturnItem } from "./src/statistics/annual-return.ts";
export { casesOfFigure, type AxisFilter, type FigureCase, type FigureRef } from "./src/statistics/cases.ts";
export { approveShares, enterShares, listShares, SHARE_CELLS, sharesKnown } from "./src/statistics/city-shares.ts";
export type { EnteredShareSet, EnterShares, ShareEntry, ShareLine } from "./src/statistics/city-shares.ts";
export { AXES, axisLabels, sumsBy, totalOf } from "./src/statistics/dimensions.ts";
export type { Axis, AxisSum, StatisticsCell } from "./src/statistics/dimensions.ts";
export { tableCsv, tablesWorkbook } from "./src/statistics/files.ts";
export { bearerLabels, GRANT_PERIODS, grantAccount, periodLabels } from "./src/statistics/grant-account.ts";
export type { GrantAccount, GrantLine, GrantPeriod } from "./src/statistics/grant-account.ts";
export { monthlyCounts } from "./src/statistics/monthly-counts.ts";
export type { MonthlyCounts, RecipientCell, StatisticsMonth } from "./src/statistics/monthly-counts.ts";
export { approveReport, listReports, makeReport, reportLabels } from "./src/statistics/reports.ts";
export type { KeptReport, MadeReport, NewReport, ReportKind } from "./src/statistics/reports.ts";
export { grantTables, knownText, monthlyTables, returnTables } from "./src/statistics/tables.ts";
export type { FigureColumn, FigureRow, FigureTable } from "./src/statistics/tables.ts";
export { answerProposal, type ProposalKind, type TwoPersonProposal } from "./src/two-people/proposals.ts";
export * from "./src/two-people/restrictions.ts";
export * from "./src/two-people/retention.ts";
export { reviewLastMonth } from "./src/log-review/scheduled.ts";
