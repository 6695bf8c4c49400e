/**
 * Numbered crash points (障害点): places between two steps of a long command at which a test may kill the process.
 *
 * A test sets `HAGUKUMI_CRASH_POINT` to a point's name (`payment.freeze.2`); when the running command reaches it the
 * process dies by SIGKILL, as in a power cut: no `finally`, no flush. Without the variable a point costs one comparison.
 * `HAGUKUMI_CRASH_AT` is a number instead of a name: the process dies at the n-th point that it passes (from 1), whatever its name.
 * `HAGUKUMI_CRASH_ALSO` is the process id of a database server that dies first. `HAGUKUMI_CRASH_LOG` names a file to which each point reached is appended, so that a sweep can list them all.
 */
import { appendFileSync } from "node:fs";

const wanted = process.env["HAGUKUMI_CRASH_POINT"];
const log = process.env["HAGUKUMI_CRASH_LOG"];
const at = Number(process.env["HAGUKUMI_CRASH_AT"] ?? 0);
let passed = 0;
const also = process.env["HAGUKUMI_CRASH_ALSO"];

/** Dies here when a test asked for this point. @param name the point's name, unique within its command */
export function crashPoint(name: string): void {
  if (log !== undefined) appendFileSync(log, `${name}\n`);
  passed += 1;
  if (wanted !== name && passed !== at) return;
  if (also !== undefined) process.kill(Number(also), "SIGKILL");
  process.kill(process.pid, "SIGKILL");
  // The signal arrives asynchronously: nothing after this point may run.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
}
