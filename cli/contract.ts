/** What the benches may use of the command line: the frame in which `hagukumi assess` streams lines. */
export { Answers, type Answered } from "./src/assess/line.ts";
export { answerStream } from "./src/assess/stream.ts";
