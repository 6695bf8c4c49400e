/** The only door to system 1 児童手当システム. Other rooms import this file and nothing behind it. */
export type { Context } from "./src/context.ts";
export { addSetting, readSetting, seedDemoSettings, settingShapes } from "./src/settings.ts";
export type { SettingName, SettingValue } from "./src/settings.ts";

// 支払 payments
export { createRun } from "./src/payments/create-run.ts";
export type { CreatedRun, CreateRunRequest } from "./src/payments/create-run.ts";
export { approveRun, inspectRun } from "./src/payments/approve-run.ts";
export { freezeRun, readFrozenFile } from "./src/payments/freeze-run.ts";
export type { FrozenFile } from "./src/payments/freeze-run.ts";
export { handOverRun, resolveHandOver, transferFileName } from "./src/payments/hand-over.ts";
export type { BankChannel, BankReceipt, HandOverResult } from "./src/payments/hand-over.ts";
export { importResults } from "./src/payments/import-results.ts";
export { closeRun, confirmReturn, resolveResult } from "./src/payments/close-run.ts";
export { cancelRun } from "./src/payments/cancel-run.ts";
export { findRun, getRun, listRuns } from "./src/payments/run-record.ts";
export type { RunRecord } from "./src/payments/run-record.ts";
export { exclusionLabels } from "./src/payments/select-lines.ts";
export { runKindLabels, stateLabels } from "./src/payments/states.ts";
export type { RunKind, RunState } from "./src/payments/states.ts";

// 検査 nightly checks
export { verifyMoney } from "./src/verify/verify-money.ts";
export type { CheckResult } from "./src/verify/verify-money.ts";
