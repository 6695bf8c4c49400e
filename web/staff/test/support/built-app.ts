/** The browser application as the sources stand now: built once, where it is out of date. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** @throws Error with what the build said */
export function buildApp(): void {
  const script = join(import.meta.dirname, "../../../../scripts/build-web.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}
