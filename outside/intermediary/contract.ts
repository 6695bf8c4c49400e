/** The only door to the stub of the 中間サーバー. */
export { startIntermediary } from "./src/intermediary.ts";
export type {
  HeldReplica,
  Intermediary,
  IntermediaryFault,
  IntermediaryOptions,
  Provision,
  ProvisionRecord,
} from "./src/intermediary.ts";
