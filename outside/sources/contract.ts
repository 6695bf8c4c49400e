/** Simulator: the other offices of the city, which deliver what happens there by file and by REST, well and badly. */
export {
  checkCopy,
  type CheckedFile,
  checkExtraction,
  checkFeed,
  checkReplicaMessage,
  checkResendRequest,
  feedLayouts,
  leavingItems,
  replicaItems,
} from "./src/check-feed.ts";
export { checkDelivery, type CheckedDelivery } from "./src/check-delivery.ts";
export { type Fault, faults, type Sent, type SendOptions, createSender, type Sender } from "./src/sender.ts";
export { type InterfaceName, layouts, type Version } from "./src/layouts.ts";
export { type DailyLife, type DailyLifeOptions, openDailyLife, PULLED, type Wrong } from "./src/month.ts";
export { madeUpNumber, numberRows, seal } from "./src/number-feed.ts";
export {
  type OfficeDay,
  type OfficeLife,
  type OfficeName,
  type OfficeRows,
  type Offices,
  openOffices,
} from "./src/offices.ts";
export { parsePlain, writePlain } from "./src/plain-csv.ts";
export { startProvider, type Provider, type ProviderLogLine } from "./src/provider.ts";
export { type Day, type Life, openTown, type Town } from "./src/town.ts";
