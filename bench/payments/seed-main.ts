/** Fills the database at a URL in a process of its own: its memory is none of the run's. `seed-main.ts <url> <recipients>` */
import { createPool } from "@hagukumi/platform/database/pool.ts";

import { seedRecipients } from "./seed.ts";

const [, , url = "", count = "0"] = process.argv;
const pool = createPool(url);
process.send?.(await seedRecipients(pool, Number(count)));
await pool.end();
process.disconnect();
