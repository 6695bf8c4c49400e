/**
 * `npm run sweep:taint`: 支援措置 at the numbers that the catalogue of goals asks for: 200 families, each with three people from whom it hides,
 * through every operation that reads, every letter, list and file; and 10,000 probes whether a hidden person can be told from nobody by
 * the time of the answer. Single: `-- walk`, `-- timing`. The environment may set other numbers.
 */
import { runLongTests } from "./long-tests.ts";

await runLongTests("taint", {
  walk: { file: "web/staff/test/api/taint.test.ts", setting: ["HAGUKUMI_TAINT_FAMILIES", "200"] },
  timing: { file: "web/staff/test/api/hidden-timing.test.ts", setting: ["HAGUKUMI_HIDDEN_PROBES", "10000"] },
});
