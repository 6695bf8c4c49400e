/** 債権 recovery of what was paid too much. Part of the room's one door: other rooms import `systems/allowance/contract.ts`. */
export { findOverpayments, type FoundOverpayments } from "./find.ts";
export { approveUnknownReceipt, importReceipts, proposeUnknownReceipt, unknownReceipts } from "./import-receipts.ts";
export type { ImportedReceipts, UnknownReceipt } from "./import-receipts.ts";
export { ageLabels, AGES, instalmentsOf, recoveryOverview, withClocks } from "./overview.ts";
export type { Age, Instalment, ListedRecovery, RecoveryOverview } from "./overview.ts";
export { answerRecovery, proposalLabels, proposalShape, proposeRecovery, waitingProposals } from "./proposals.ts";
export { debtsInRun, debtsOf, type Debt, type DebtInRun } from "./debts.ts";
export { planLabels, type RecoveryPlan } from "./plans.ts";
export { previewOffset, type OffsetPreview, type OffsetPreviews } from "./preview-offset.ts";
export { readClaim as readRecoveryClaim, type Claim as RecoveryClaim } from "./read-claim.ts";
export type { RecoveryAnswer, RecoveryProposal, WaitingProposal } from "./proposals.ts";
export { recordReceipt as recordRepayment } from "./receipts.ts";
export { eventsOf as recoveryEventsOf, findRecovery, partsOf as recoveryPartsOf, recoveriesOf } from "./record.ts";
export type { Recovery, RecoveryEvent, RecoveryPart } from "./record.ts";
export { recoveryCauseLabels } from "./settings.ts";
export { isOpen as isOpenRecovery, RECOVERY_STATES, recoveryEventLabels, recoveryStateLabels } from "./states.ts";
export type { RecoveryState } from "./states.ts";
