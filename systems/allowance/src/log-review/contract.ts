/** アクセスログの点検 review of the access log. Part of the room's one door: other rooms import `systems/allowance/contract.ts`. */
export { raiseProtectionAlerts, reviewMonth, type LogReviewRun } from "./review-log.ts";
export {
  decideFinding,
  listFindings,
  listProtectionAlerts,
  openFinding,
  logOutcomeLabels,
  readFinding,
} from "./findings.ts";
export type { EvidenceRow, Finding, OutcomeOf, LogOutcome } from "./findings.ts";
export {
  drawSample,
  logInCounts,
  monthStates,
  readSample,
  recordSampleResult,
  REVIEW_DUE_DAY,
  SAMPLE_SIZE,
  signMonth,
} from "./months.ts";
export type { MonthState, SampleRow } from "./months.ts";
export { LOG_RULES_VERSION, logRules, type LogRule } from "./rules.ts";
