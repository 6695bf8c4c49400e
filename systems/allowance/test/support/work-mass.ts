/** Child process: works off the mass runs of the test job, for tests that kill it. Argument: database URL. */
import { createPool } from "@hagukumi/platform/database/pool.ts";

import { workAll } from "../../src/mass-work/worker.ts";
import { contextOf } from "./cases.ts";
import { massHolds } from "./mass-holds.ts";

const [url = ""] = process.argv.slice(2);
const pool = createPool(url, { applicationName: "work-mass", max: 2 });
try {
  await workAll(contextOf(pool, "kikai"), { jobs: [massHolds()] });
} finally {
  await pool.end();
}
