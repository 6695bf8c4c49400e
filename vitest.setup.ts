/**
 * Property tests draw from one fixed seed, so that the same commit gives the same answer everywhere. To look further:
 * `HAGUKUMI_SEED=random vitest run law` (the seed is printed), or any number.
 */
import { resolve } from "node:path";

import * as fc from "fast-check";
import { inject } from "vitest";

const wanted = process.env["HAGUKUMI_SEED"] ?? "20261123";
const seed = wanted === "random" ? Math.floor(performance.timeOrigin % 2 ** 31) : Number(wanted);
if (wanted === "random") process.stderr.write(`HAGUKUMI_SEED=${seed}\n`);
fc.configureGlobal({ seed });

// Programs that a test starts compile their modules once, not each time anew.
process.env["NODE_COMPILE_CACHE"] ??= resolve(import.meta.dirname, "node_modules/.cache/hagukumi");

// `os.tmpdir()` of the tests, of the programs that they start and of the browser: in memory where there is room.
process.env["TMPDIR"] = inject("scratchDir");
