/**
 * `npm run sweep:login`: what guards the log-in, at the numbers that the catalogue of threats and goals asks for: 500 rounds of
 * 200 log-ins at 200 terminals, 5,000 timed tries, 5,000 random sequences against the model. Single: `-- race`, `-- timing`,
 * `-- model`. The whole takes about an hour on two idle cores.
 */
import { runLongTests } from "./long-tests.ts";

await runLongTests("login", {
  race: { file: "platform/test/identity/race.test.ts", setting: ["HAGUKUMI_RACE_ROUNDS", "500"] },
  timing: { file: "platform/test/identity/timing.test.ts", setting: ["HAGUKUMI_TIMING_TRIES", "5000"] },
  model: { file: "platform/test/identity/session-model.test.ts", setting: ["HAGUKUMI_SESSION_SEQUENCES", "5000"] },
});
