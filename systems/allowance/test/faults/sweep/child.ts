/** Child process of the sweep: works on a scene until it dies or is done. Arguments: scene, database URL, folder. */
import { createPool } from "@hagukumi/platform/database/pool.ts";

import { sceneOf } from "./scenes.ts";

const [name = "", url = "", folder = ""] = process.argv.slice(2);
const pool = createPool(url, { applicationName: "batch sweep", max: 3 });
try {
  await sceneOf(name).work(pool, folder);
} finally {
  await pool.end();
}
