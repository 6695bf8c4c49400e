/** 届出・申出・職権 what the procedures leave behind: readers, lists, deductions, unpaid benefit (the procedures themselves: procedureOf). Part of the room's one door: other rooms import `systems/allowance/contract.ts`. */
export { accountChoiceOf, checkNewAccount, sharedWith } from "../accounts/check-account.ts";
export type { AccountCheck, AccountProblem, CheckedAccount } from "../accounts/check-account.ts";
export { publicAccountRecipients, takePublicAccount, type PublicAccountAnswer } from "../accounts/public-account.ts";
export {
  accountDigests,
  compareAccounts,
  recentAccountChanges,
  waitingAccountChanges,
} from "../accounts/recent-changes.ts";
export type { AccountMismatch, RecentAccountChange } from "../accounts/recent-changes.ts";
export { accountTiming, type AccountTiming } from "../accounts/write-account.ts";
export { creditorOn, FEE_KINDS, feeKindLabels, listCreditors, saveCreditor } from "../deductions/creditors.ts";
export type { Creditor, FeeKind, NewCreditor } from "../deductions/creditors.ts";
export { cutOffOf, firstPaymentMonth, type CutOffKind, type CutOffRule } from "../deductions/cut-off.ts";
export { DEDUCTION_ORDER, deductionLabels, feeYearOf, plannedDeductions } from "../deductions/planned.ts";
export type {
  DeductionKind,
  DeductionPlan,
  PayableMonth,
  PlannedDeduction,
  WantedDeduction,
} from "../deductions/planned.ts";
export { advanceOffsets, outstandingClaims, planAdvanceOffset } from "../deductions/advance-offset.ts";
export type { AdvanceOffset, PlanAdvanceOffset } from "../deductions/advance-offset.ts";
export { deductionTotals, paymentSlip, readRemittances, remittanceList } from "../deductions/remittances.ts";
export type { DeductionTotal, PaymentSlip, Remittance } from "../deductions/remittances.ts";
export { donationReceipt, type DonationReceipt } from "../deductions/receipt.ts";
export { donationIn, feeRequestsIn, wantedDeductions } from "../deductions/register.ts";
export type { DonationRow, FeeRequestRow } from "../deductions/register.ts";
export {
  addSpecialCollection,
  addSpecialCollections,
  cancelSpecialCollection,
  notifySpecialCollection,
} from "../deductions/special-collection.ts";
export type {
  NewSpecialCollection,
  SpecialCollectionList,
  SpecialCollectionRow,
} from "../deductions/special-collection.ts";
export { omitReport, unreportedChanges, type UnreportedChange } from "./change-reports.ts";
export { dueChecks, publicServantAlerts, type Alert, type DueCheck } from "./alerts.ts";
export { dueCheckLabels, listDueChecks, listUnreportedChanges } from "./case-tasks.ts";
export type { ListedChange, ListedCheck } from "./case-tasks.ts";
export { checkDesignation, designationsFor, expiringDesignations } from "./designations.ts";
export type { Designation } from "./designations.ts";
export { recipientHistory, type HistoryRow, type RecipientPicture } from "./recipient-history.ts";
export { studyClock } from "./study-abroad.ts";
export { unpaidMonths, type UnpaidMonth, type UnpaidMonths } from "../unpaid/unpaid-months.ts";
export { readCaseFilings, type CaseFiling } from "../inquiry/case-filings.ts";
