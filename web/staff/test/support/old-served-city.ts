/** The small made-up city with a run that was handed over and answered, served as the staff see it. */
import { importResults, transferFileName, writePayeeList } from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { contextOf, RELEASER } from "../../../../systems/allowance/test/support/cases.ts";
import { advance, create, resultCsv } from "../../../../systems/allowance/test/support/runs.ts";
import { seedSmallCity } from "../../../../systems/allowance/test/support/small-city.ts";
import type { SmallCity } from "../../../../systems/allowance/test/support/small-city.ts";
import { startStaffServer } from "../../src/old-server.ts";
import type { StaffServer } from "../../src/old-server.ts";

export const CLERK = "tanto.saburo";

export type ServedCity = SmallCity & {
  readonly server: StaffServer;
  readonly dataDir: string;
  readonly end: () => Promise<void>;
};

/** Seeds, runs December 2026 up to the bank's result (one transfer returned), and serves it on a free port. */
export async function serveCity(pool: Context["pool"]): Promise<ServedCity> {
  const city = await seedSmallCity(pool);
  // One person on hold from November on: her October is in the run, November stays out.
  await pool.query(
    "INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by) VALUES ($1, 'hold', '2026-11-01', '現況の確認（架空）', 'tanto.ichiro')",
    [city.hostile],
  );
  const { runNo, payOn } = await create(pool);
  await advance(pool, runNo, "handedOver");
  // 𠮷田: 10,000 × 2 = 20,000 come back from the bank.
  const run = (
    await pool.query<{ line_count: number; total: number }>("SELECT line_count, total FROM allowance.payment_run")
  ).rows[0];
  const bytes = resultCsv({ count: run?.line_count ?? 0, amount: run?.total ?? 0 }, [
    {
      customer1: String(city.yoshida).padStart(10, "0"),
      customer2: "0001202612",
      amount: 20_000,
      account: "0000103",
    },
  ]);
  await importResults(contextOf(pool, RELEASER), { key: "results/1", runNo, bytes });
  const dataDir = mkdtempSync(join(tmpdir(), "hagukumi-staff-"));
  await mkdir(join(dataDir, "files"));
  await writePayeeList(contextOf(pool, RELEASER), { runNo, outDir: join(dataDir, "files") });
  await writeFileAtomic(join(dataDir, "files", transferFileName(runNo, payOn)), "not offered from the folder");
  const context = contextOf(pool, CLERK, "2026-12-16");
  const server = await startStaffServer({ context, dataDir, port: 0, demo: true });
  const end = async (): Promise<void> => {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { ...city, server, dataDir, end };
}
