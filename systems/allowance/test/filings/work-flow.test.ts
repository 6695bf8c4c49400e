/** How the work flows: what came in, what was done, and how soon what was received was entered. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import type { FilingForm } from "../../src/filings/form.ts";
import { saveDraft, submitFiling } from "../../src/filings/receive.ts";
import { entryDelays, workFlow } from "../../src/filings/work-flow.ts";
import { testContext, testFolder } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const span = { from: civilDate("2026-10-25"), to: civilDate("2026-11-23"), wards: null };

const received = (day: string): FilingForm => birthClaim(53_001, 53_002, "2026-10-01", day);

beforeAll(async () => {
  await prepare(database.pool);
  await bring(ito, { residents: [resident(53_001, "1990-01-01"), resident(53_002, "2026-10-01")] });
});

it("[D284] the days between the receipt of a report and its entry are reported, with what has been received and lies as 仮受付; the day of work is 2026-11-23", async () => {
  const none = { sameDay: 0, withinThree: 0, withinSeven: 0, later: 0 };
  expect(await entryDelays(database.pool, span)).toEqual({ ...none, longest: null, notEntered: 0, oldest: null });
  // Received on 11-01 and typed, but never registered: 22 days to 11-23, and entered by nobody.
  await saveDraft(ito, { form: received("2026-11-01") });
  expect(await entryDelays(database.pool, span)).toEqual({ ...none, longest: null, notEntered: 1, oldest: 22 });

  // 11-23 → 0 days, 11-20 → 3, 11-19 → 4, 11-16 → 7, 11-15 → 8.
  for (const day of ["2026-11-23", "2026-11-20", "2026-11-19", "2026-11-16", "2026-11-15"])
    await submitFiling(ito, { form: received(day) });
  const delays = { sameDay: 1, withinThree: 1, withinSeven: 2, later: 1, longest: 8, notEntered: 1, oldest: 22 };
  expect(await entryDelays(database.pool, span)).toEqual(delays);
  // Another ward has none of it, the span before it neither; its own ward has all of it.
  expect(await entryDelays(database.pool, { ...span, wards: ["431028"] })).toMatchObject({ ...none, notEntered: 0 });
  expect(await entryDelays(database.pool, { ...span, wards: ["431010"] })).toEqual(delays);
  const earlier = { ...span, from: civilDate("2026-10-01"), to: civilDate("2026-10-31") };
  expect(await entryDelays(database.pool, earlier)).toMatchObject({ ...none, longest: null, notEntered: 0 });
  const flow = await workFlow(database.pool, span);
  expect(flow.reduce((sum, { received: each }) => sum + each, 0)).toBe(5);
});
