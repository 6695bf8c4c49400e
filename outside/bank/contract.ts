/** Simulator: the designated bank (指定金融機関), which takes a transfer file, gives a receipt and sends results. */
export { BankError, type BankErrorCode } from "./src/bank-error.ts";
export type { BankChannel, BankReceipt, BankResults } from "./src/channel.ts";
export { readTransferFile } from "./src/layout.ts";
export type { ReturnReason } from "./src/results.ts";
export {
  type BankFaults,
  type BankSimulator,
  type BankSimulatorOptions,
  createBankSimulator,
} from "./src/simulator.ts";
