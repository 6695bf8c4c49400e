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
export { claimStateLabels, listClaims, reformStarts } from "./src/claims/list-claims.ts";
export type { ClaimState, ListClaimsOptions, ListedClaim, ReformStart } from "./src/claims/list-claims.ts";
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

// 検査 nightly checks
export { verifyMoney, type CheckResult } from "./src/verify/verify-money.ts";
export { replayRecords } from "./src/verify/replay.ts";
export { replayFromEmpty } from "./src/verify/from-empty/replay-from-empty.ts";
export type { ReplayedTable } from "./src/verify/compare-table.ts";

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

// 提供する情報 what other offices may be told
export {
  changedRecipients,
  PAYMENT_ITEMS,
  type PaymentFacts,
  type PaymentItem,
  paymentItems,
  providePaymentFacts,
} from "./src/provision/payment-facts.ts";

// 副本 the copy that the 中間サーバー answers from
export {
  makeReplicas,
  recordReplicaResults,
  REPLICA_ITEMS,
  REPLICA_LAYOUT,
  type Replica,
  type ReplicaResult,
  waitingReplicas,
} from "./src/replica/replica.ts";
export {
  askReplicaCheck,
  listReplicaChecks,
  type NewReplicaCheck,
  recordReplicaCheck,
  renewReplica,
  type ReplicaCheck,
  replicaCheckDue,
  type ReplicaCheckReason,
  type ReplicaDifference,
  replicaOverview,
  type ReplicaOverview,
  replicaOverviewOn,
  type Unmatched,
} from "./src/replica/overview.ts";

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
export * from "./src/protection/lift.ts";

// 記録される項目の種類 the dictionary of the assessment
export {
  type DictionaryItem,
  type FilePlace,
  filePlaces,
  itemDictionary,
  type ItemKind,
  itemKinds,
  PERSONAL_FILE,
} from "./src/case-file/item-kinds.ts";

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

// 窓口 what stands over every page of a person
export { marksOf, type Marks } from "./src/desk/marks.ts";
export { readPersonHead, type PersonHead } from "./src/desk/person-head.ts";
export { releaseEditLock, takeEditLock, type EditLock, type TakeEditLock } from "./src/desk/edit-lock.ts";

// 検索 search for a person
export { PEOPLE_LIMIT, searchPeople } from "./src/search/search-people.ts";
export type { FoundPerson, PeopleAnswer, SearchCall } from "./src/search/search-people.ts";
export type { SearchKeys } from "./src/search/keys.ts";

// 現況 the annual review (see src/annual-review/README.md); its mass jobs are in the register of 一括処理
export { barcodeOf, parseBarcode } from "./src/annual-review/barcode.ts";
export { clearDifference, differenceKinds, listDifferences, readDifferences } from "./src/annual-review/differences.ts";
export type { DifferenceKind, ListedDifference } from "./src/annual-review/differences.ts";
export { rehearseTurn, turnReasons, type Rehearsal, type TurnReason } from "./src/annual-review/rehearse.ts";
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
export { reportsToCheck } from "./src/annual-review/to-check.ts";
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
export {
  MILESTONE_KINDS,
  milestoneLabels,
  milestonesIn,
  type Milestone,
  type MilestoneKind,
} from "./src/milestones/events.ts";
export { type AgeChange, listAgeChanges } from "./src/milestones/age-changes.ts";
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
export { lapsesOf } from "./src/holds/lapse-cancellation.ts";
export type { Lapse } from "./src/holds/lapse-cancellation.ts";
// 送付票 of the transfer file: signed, checked without a database
export {
  checkTransferSlip,
  readSlipKey,
  readTransferReceipt,
  slipNameOf,
  type TransferSlip,
  writeTransferReceipt,
  writeTransferSlip,
} from "./src/payments/transfer-slip.ts";
// 統合収滞納: claims out, receipts back
export { type CollectionFile, importCollectionReceipts, makeCollectionFile } from "./src/recovery/collection.ts";
// 支給制限 (10条): not granted, and no hold
export {
  listRestrictions,
  RESTRICTION_CAUSES,
  restrictionCauseLabels,
  restrictionsOf,
  restrictionStateLabels,
} from "./src/restrictions/restrictions.ts";
export type { Restriction, RestrictionCause, RestrictionState } from "./src/restrictions/restrictions.ts";
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
// 所得・税 income and tax: corrections until none is left, missing incomes and inquiries, both sides compared
export { listTaxCorrections, resolveCorrection } from "./src/income/corrections.ts";
export type { ResolveCorrection, TaxCorrection } from "./src/income/corrections.ts";
export { answerInquiry, listMissingIncomes, requestIncomes, type MissingIncome } from "./src/income/missing-incomes.ts";
export { reconcileIncomes, type IncomeMismatch } from "./src/income/reconcile.ts";

// 庁内連携から from the interchange: deliveries in, changes that become work, freshness, reconciliation
export { FEEDS, takeDelivery, type TakeDelivery, type TakenDelivery } from "./src/register/import-feeds.ts";
export type { IncomingRow } from "./src/register/feed-rows.ts";
export { FEED_FILES, type FeedFile } from "./src/register/manifest.ts";
export { addChannel, addSource, setInterfaceOrigin } from "./src/register/origin-lists.ts";
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
export * from "./src/retention/erase-by-term.ts";
export * from "./src/retention/numbers-due.ts";
export * from "./src/retention/paper-due.ts";
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

// Subjects of many names, each listed in a file of its own
export * from "./src/payments/contract.ts"; // 支払 payments
export * from "./src/recovery/contract.ts"; // 債権 recovery of what was paid too much
export * from "./src/log-review/contract.ts"; // アクセスログの点検 review of the access log
export * from "./src/filings/contract.ts"; // 受付→審査→決裁 filings
export * from "./src/procedures/contract.ts"; // 届出・申出・職権 what the procedures leave behind
export * from "./src/mass-work/contract.ts"; // 一括処理 mass work
export * from "./src/notices/contract.ts"; // 通知書 letters
export { approverOf, type ListedObject } from "./src/outputs/approver-of.ts";
