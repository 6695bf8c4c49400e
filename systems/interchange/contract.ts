/** The only door to system 2 庁内連携システム. Other rooms import this file and nothing behind it. */
export { agreementsOn, changeAgreement, getAgreement } from "./src/agreements/agreements.ts";
export type { Agreement, AgreementForm } from "./src/agreements/agreements.ts";
export type { Layout } from "./src/agreements/layout.ts";
export { seedAgreements } from "./src/agreements/seed.ts";
export { standardAgreements } from "./src/agreements/standard.ts";

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
export { alarmOf, runRound } from "./src/run.ts";
export type { Round } from "./src/run.ts";

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
  type ListedOutlet,
  type Outlet,
  outletsOn,
  seedOutlets,
  standardOutlets,
} from "./src/transfers/outlets.ts";
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
} from "./src/transfers/transfer.ts";

export { folderStore } from "./src/transports/object-store.ts";
export { openStore } from "./src/transports/open-store.ts";
export { s3Store } from "./src/transports/s3-store.ts";
export type { S3Options } from "./src/transports/s3-store.ts";
export type { S3Place } from "./src/transports/s3-wire.ts";
export type { ObjectStore, StoredObject } from "./src/transports/object-store.ts";
export { inquirePerson, pullDeliveries, scopeOf } from "./src/transports/rest-source.ts";
export type { Pulled, RestSource } from "./src/transports/rest-source.ts";
export { ROLE as INTERCHANGE_ROLE } from "./src/context.ts";
export { watchStore } from "./src/watch.ts";
