/** The only door to system 2 庁内連携システム. Other rooms import this file and nothing behind it. */
export { agreementsOn, changeAgreement, getAgreement } from "./src/agreements/agreements.ts";
export type { Agreement, AgreementForm } from "./src/agreements/agreements.ts";
export type { Layout } from "./src/agreements/layout.ts";
export { seedAgreements } from "./src/agreements/seed.ts";
export { standardAgreements } from "./src/agreements/standard.ts";

export { assessmentState, listChanges } from "./src/changes/history.ts";
export type { AssessmentState, ListedChange, Timing } from "./src/changes/history.ts";
export { answerWish, digestOfWish, propose, waitingWishes } from "./src/changes/proposals.ts";
export type { ListedWish, Wish } from "./src/changes/proposals.ts";
export { describeWish, wishKinds, wishLabels } from "./src/changes/wishes.ts";
export type { DescribedLine, WishKind } from "./src/changes/wishes.ts";

export {
  type Consignment,
  listConsignments,
  listSubConsignments,
  type ListedSubConsignment,
  type ListedWorkOrder,
  listWorkOrders,
} from "./src/consignments/register.ts";
export {
  contractorPeople,
  type ContractorPerson,
  contractorReport,
  type ContractorReport,
} from "./src/consignments/report.ts";
export { erasureMethods, workOrderKinds } from "./src/consignments/shapes.ts";
export { standardConsignments } from "./src/consignments/standard.ts";
export {
  beginOrder,
  endContractorAccount,
  endOrder,
  type ListedErasure,
  type ListedHandOver,
  listErasures,
  listHandOvers,
  orderInHand,
  recordHandOver,
  recordHandOverReturn,
  reportErasure,
} from "./src/consignments/work.ts";

export { FORMAT, readAnnouncement } from "./src/deliveries/announcement.ts";
export type { Announcement } from "./src/deliveries/announcement.ts";
export { applyDeliveries } from "./src/deliveries/apply.ts";
export type { AppliedCount, ApplyOptions, Onward, RejectedLine, Taken } from "./src/deliveries/apply.ts";
export { receiveDeliveries } from "./src/deliveries/receive.ts";
export type { Received, Unreadable } from "./src/deliveries/receive.ts";
export {
  deliveryKindLabels,
  deliveryStateLabels,
  interfaceStates,
  listDeliveries,
  openRejects,
  rejectedLines,
} from "./src/deliveries/overview.ts";
export type { DeliveryState, InterfaceState, ListedDelivery } from "./src/deliveries/overview.ts";
export { clearRejects, requestResend } from "./src/deliveries/resend.ts";
export type { ResendRequest } from "./src/deliveries/resend.ts";
export { checkReplicas, type CheckedReplicas, type ReplicaCheckDoor } from "./src/replicas/check.ts";
export { type RelayedState, type ReplicaDoor, sendReplicas, type SentReplicas } from "./src/replicas/send.ts";
export { alarmOf, runRound } from "./src/run.ts";
export type { Round } from "./src/run.ts";

export {
  applyForExtraction,
  decideExtraction,
  type Extracted,
  type Extraction,
  type ExtractionForm,
  extractionPurposes,
  type ExtractionRoute,
  extractionRoutes,
  extractPayments,
  listExtractions,
  requireExtraction,
  takeExtraction,
} from "./src/leaving/extraction.ts";
export {
  type ApprovedObject,
  approvedObject,
  type LeavingBasis,
  leavingNumber,
  type NewLeaving,
  recordLeaving,
} from "./src/leaving/leave.ts";
export type { ContractCase } from "./src/verification/cases.ts";
export {
  checkContracts,
  type ContractCheck,
  type ContractDirection,
  type ContractEvidence,
  contractEvidence,
} from "./src/verification/contract-check.ts";
export { openCopy } from "./src/transfers/copy.ts";
export {
  applyForDataUse,
  type DataUse,
  type DataUseForm,
  decideDataUse,
  endDataUse,
  listDataUses,
} from "./src/transfers/data-use.ts";
export {
  changeOutlet,
  channelLabels,
  type ListedOutlet,
  type Outlet,
  outletsOn,
  seedOutlets,
  standardOutlets,
} from "./src/transfers/outlets.ts";
export { dataUseRetention, type DataUseRetention } from "./src/transfers/retention.ts";
export { PAPER_CODE_LENGTH, printTransfer, type TransferPaper } from "./src/transfers/paper.ts";
export {
  closeTransfer,
  type Closure,
  type ListedTransfer,
  listTransfers,
  type MadeTransfer,
  makeTransfer,
  type NewTransfer,
  placeCopies,
  recordReceipt,
  traceLine,
  type TracedCopy,
  transferNumber,
} from "./src/transfers/transfer.ts";

export { folderStore } from "./src/transports/object-store.ts";
export { openStore } from "./src/transports/open-store.ts";
export { s3Store } from "./src/transports/s3-store.ts";
export { s3Calls } from "./src/transports/s3-wire.ts";
export type { S3Request } from "./src/transports/s3-wire.ts";
export type { S3Options } from "./src/transports/s3-store.ts";
export type { S3Place } from "./src/transports/s3-wire.ts";
export { sftpStore, type SftpStore } from "./src/transports/sftp-store.ts";
export type { SftpOptions, SftpPlace } from "./src/transports/sftp-wire.ts";
export type { ObjectStore, StoredObject } from "./src/transports/object-store.ts";
export { inquirePerson, pullDeliveries, scopeOf } from "./src/transports/rest-source.ts";
export type { Pulled, RestSource } from "./src/transports/rest-source.ts";
export { ROLE as INTERCHANGE_ROLE } from "./src/context.ts";
export { watchStore } from "./src/watch.ts";
