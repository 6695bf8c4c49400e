import { describe, expect, it } from "vitest";

import { createProgress } from "../../src/progress/progress.ts";
import type { ProgressOptions } from "../../src/progress/progress.ts";

function shown(isTTY: boolean, options: Partial<ProgressOptions> = {}) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = { isTTY, write: (text: string) => written.push(text) };
  const progress = createProgress({ title: "住民の取込", stream, now: () => clock.ms, ...options });
  return { written, clock, progress };
}

describe("createProgress", () => {
  it("stops the step once cancelled, and not before", () => {
    const controller = new AbortController();
    const { progress } = shown(false, { signal: controller.signal });
    progress.update(1, 10);
    controller.abort();
    expect(() => progress.update(2, 10)).toThrow(expect.objectContaining({ code: "cancelled" }));
  });

  it("stays silent for machines, but can still be cancelled", () => {
    const controller = new AbortController();
    const { progress, written } = shown(true, { silent: true, signal: controller.signal });
    progress.update(1, 10);
    progress.finish();
    expect(written).toEqual([]);
    controller.abort();
    expect(() => progress.update(2, 10)).toThrow(expect.objectContaining({ code: "cancelled" }));
  });

  it("writes a plain line every five seconds into a log, and the end once", () => {
    const { progress, clock, written } = shown(false);
    for (const [ms, done] of [
      [0, 0],
      [4999, 400],
      [5000, 500],
      [9999, 900],
    ] as const) {
      clock.ms = ms;
      progress.update(done, 1000);
    }
    progress.update(1000, 1000);
    progress.finish();
    progress.finish();
    // at 5 s 500 of 1,000 are done: 5 s remain
    expect(written).toEqual([
      "住民の取込 0% 0/1,000件\n",
      "住民の取込 50% 500/1,000件 残り約5秒\n",
      "住民の取込 100% 1,000/1,000件\n",
    ]);
  });

  it("draws one bar on a terminal, never says 100 % before the end, and frees the line", () => {
    const { progress, clock, written } = shown(true);
    progress.update(0, 1000);
    clock.ms = 50; // too soon to be drawn
    progress.update(1, 1000);
    clock.ms = 1000;
    progress.update(999, 1000);
    progress.finish();
    expect(written).toEqual([
      "\r[------------------------] 住民の取込 0% 0/1,000件\x1b[K",
      "\r[#######################-] 住民の取込 99% 999/1,000件 残り約1秒\x1b[K",
      "\n",
    ]);
  });

  it("reckons the time that remains from where an earlier start had stopped, and says where the work is", () => {
    const { progress, clock, written } = shown(false, { from: 600 });
    progress.update(600, 1000, "6月");
    clock.ms = 5000;
    progress.update(700, 1000, "7月");
    // 100 took 5 s: the other 300 take 15 s (not 5 s / 700 × 300, which would be 3 s)
    expect(written).toEqual(["住民の取込 6月 60% 600/1,000件\n", "住民の取込 7月 70% 700/1,000件 残り約15秒\n"]);
  });

  it("counts where no total is known", () => {
    const { progress, written } = shown(false);
    progress.update(12_345, 0);
    expect(written).toEqual(["住民の取込 12,345件\n"]);
  });
});
