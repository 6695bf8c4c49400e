/**
 * The only door to the law room: 児童手当法 as pure functions of dated facts. No I/O, no clock, no dependency.
 * Everything below may be imported by other rooms; nothing else of `law/src` may.
 */
export * from "./src/dates/civil.ts";
export { attainmentDay, bandOf, fiscalYearEnd, type Band } from "./src/dates/age.ts";
export type { Problem, ProblemCode, Result } from "./src/result.ts";
export type * from "./src/case/types.ts";
export { CLAIM_CAUSE_KINDS } from "./src/case/cause-kinds.ts";
export type * from "./src/assess/types.ts";
export { regimeOf, type RegimeCode } from "./src/parameters/regimes.ts";
export {
  claimDeadline,
  createCalendar,
  isBankBusinessDay,
  isOpenDay,
  payDay,
  type Calendar,
} from "./src/dates/calendar.ts";
export { benefitMonthsOf, paymentMonthOf } from "./src/articles/article8-payment.ts";
export { parseCase } from "./src/case/read.ts";
export { assess } from "./src/assess/assess.ts";
export { createMonthlyAmounts, monthNumber, type MonthlyAmounts } from "./src/assess/amounts.ts";
export { writeAssessment } from "./src/assess/write.ts";
export { costShares, splitCost, type CostQuestion, type CostShares } from "./src/articles/article18-costs.ts";
export type { Bearer, CostPart, EmployeeClass, Fraction } from "./src/parameters/costShares.ts";
export { judgedIncome } from "./src/articles/article5-income.ts";
export { supportBenefit, type SupportBenefit, type SupportBenefitFacts } from "./src/support-benefit.ts";
// 検算 the second, plain reading of the law: shares nothing with the engine, so that the two can be compared
export { plainAssess, type PlainAssessment, type PlainMonth } from "./plain/plain.ts";
export type { Case as PlainCase } from "./plain/case.ts";
export type { Withheld as PlainWithheld } from "./plain/withheld.ts";
export {
  parameterEntries,
  parameters,
  ruleVersion,
  type Parameter,
  type ParameterEntry,
} from "./src/parameters/catalogue.ts";
export { runPublishedExamples, type ExampleAnswer } from "./src/examples.ts";
export { studyAbroadClock, type StudyAbroadClock } from "./src/articles/article3-study-abroad.ts";
