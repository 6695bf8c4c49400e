/** What the benches may use of the command line: the frame in which `hagukumi assess` streams lines, and the year that `demo year` plays. */
export { Answers, type Answered } from "./src/assess/line.ts";
export { answerStream } from "./src/assess/stream.ts";
export { type EndState, endState } from "./src/year/end-state.ts";
export type { JournalEntry } from "./src/year/journal.ts";
export { openGroups, ordersOf } from "./src/year/orders.ts";
export { planYear } from "./src/year/plan.ts";
export { type PlayedYear, playYear } from "./src/year/play.ts";
export { checksLine, yearTable } from "./src/year/table.ts";
export type { YearStep } from "./src/year/work.ts";
