/** Simulator: the other offices of the city, which deliver what happens there by file and by REST, well and badly. */
export { checkDelivery, type CheckedDelivery } from "./src/check-delivery.ts";
export { type Fault, faults, type Sent, type SendOptions, createSender, type Sender } from "./src/sender.ts";
export { type InterfaceName, layouts, type Version } from "./src/layouts.ts";
export { parsePlain, writePlain } from "./src/plain-csv.ts";
export { startProvider, type Provider, type ProviderLogLine } from "./src/provider.ts";
export { type Day, type Life, openTown, type Town } from "./src/town.ts";
