/** 支払 payments. Part of the room's one door: other rooms import `systems/allowance/contract.ts`. */
export { createRun, type CreatedRun, type CreateRunRequest } from "./create-run.ts";
export { approveRun, inspectRun } from "./approve-run.ts";
export { freezeRun, readFrozenFile, type FrozenFile } from "./freeze-run.ts";
export { handOverRun, resolveHandOver, transferFileName } from "./hand-over.ts";
export type { BankChannel, BankReceipt, HandOverResult } from "./hand-over.ts";
export { importResults } from "./import-results.ts";
export { closeRun, confirmReturn, resolveResult } from "./close-run.ts";
export { cancelRun } from "./cancel-run.ts";
export { changeCauseLabels, clearReviewItems, listReviewItems, readReview, reviewLabels } from "./review/items.ts";
export type { ChangeCause, Review, ReviewItem, ReviewKind } from "./review/items.ts";
export { approveBudgetOrder, findBudgetOrder, makeBudgetOrder, readBudgetOrderFile } from "./budget-order.ts";
export type { BudgetOrder } from "./budget-order.ts";
export { recordLateReturn } from "./late-return.ts";
export { approveSettlement, proposeSettlement } from "./settle-results.ts";
export { handOverByHand, recordReceipt } from "./hand-over-by-hand.ts";
export { declareOutage, endOutage, linesInStatus, lineStatusLabels, statusByBank } from "./bank-outage.ts";
export type { BankStatus, LineStatus } from "./bank-outage.ts";
export { findRun, getRun, listReturns, listRuns, type RunRecord } from "./run-record.ts";
export { exclusionLabels } from "./select-lines.ts";
export { runKindLabels, stateLabels, type RunKind, type RunState } from "./states.ts";

export { homeList, homeListCells, readHomeChildren } from "./payee-list/home-list.ts";
export type { HomeChild, HomeTotal } from "./payee-list/home-list.ts";
export { writePayeeList } from "./payee-list/write-payee-list.ts";
