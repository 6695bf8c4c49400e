/** Neither the host's time zone nor its clock may change an answer: the law has no clock and knows civil dates only. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const zones = ["Asia/Tokyo", "UTC", "America/St_Johns", "Pacific/Kiritimati"] as const;

/** Midnight in Japan on the days that break software, an hour before and an hour after. */
const midnights = ["2024-02-29", "2024-03-01", "2025-01-01", "2025-04-01"].flatMap((day) =>
  [-3_600_000, 0, 3_600_000].map((step) => Date.parse(`${day}T00:00:00+09:00`) + step),
);

function digestIn(zone: string): string {
  const script = fileURLToPath(new URL("./support/digest.ts", import.meta.url));
  const out = execFileSync(process.execPath, [script, midnights.join(",")], {
    env: { ...process.env, TZ: zone, NODE_NO_WARNINGS: "1" },
    encoding: "utf8",
  });
  return out.trim();
}

describe("time zones and clocks", () => {
  it("[M23] [G16] 500 families give the same bytes in four time zones and at twelve moments around midnight", () => {
    const digests = zones.map((zone) => digestIn(zone));
    // One line of "zone offset, digests": the offsets must differ, or the zones were not really set.
    const offsets = new Set(digests.map((each) => each.split(" ")[0]));
    const answers = new Set(digests.flatMap((each) => each.split(" ").slice(1)));
    expect(offsets.size).toBe(zones.length);
    expect(digests[0]?.split(" ")).toHaveLength(1 + midnights.length);
    expect(answers.size).toBe(1);
  });
});
