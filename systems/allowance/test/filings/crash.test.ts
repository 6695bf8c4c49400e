/** The process is killed at every point of an approval: either nothing is decided, or everything; a repetition completes it. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, examined, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const CHILD = resolve(import.meta.dirname, "../support/approve-one.ts");
const NODE = resolve(import.meta.dirname, "../../../../node_modules/.bin/node");

type Whole = {
  readonly state: string;
  readonly claims: number;
  readonly decisions: number;
  readonly accounts: number;
  readonly commands: number;
};

async function whole(filingId: number, claimant: number): Promise<Whole | undefined> {
  const { rows } = await database.pool.query<Whole>(
    `SELECT f.state, (SELECT count(*)::int FROM allowance.claim c WHERE c.filing_id = f.filing_id) AS claims,
       (SELECT count(*)::int FROM allowance.decision d JOIN allowance.recipient r USING (recipient_id) WHERE r.addressee_number = $2) AS decisions,
       (SELECT count(*)::int FROM allowance.account a JOIN allowance.recipient r USING (recipient_id) WHERE r.addressee_number = $2) AS accounts,
       (SELECT count(*)::int FROM audit.command WHERE command_key = 'approve-' || f.filing_id) AS commands
     FROM allowance.filing_current f WHERE f.filing_id = $1`,
    [filingId, claimant],
  );
  return rows[0];
}

function approve(
  filingId: number,
  digest: string,
  env: Record<string, string>,
): { signal: string | null; status: number | null; stderr: string } {
  const { signal, status, stderr } = spawnSync(
    NODE,
    [CHILD, database.url, String(filingId), digest, `approve-${filingId}`],
    {
      env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "", ...env },
      encoding: "utf8",
    },
  );
  return { signal, status, stderr };
}

const NOTHING = { state: "examined", claims: 0, decisions: 0, accounts: 0, commands: 0 };
const ALL = { state: "decided", claims: 1, decisions: 1, accounts: 1, commands: 1 };

/** A family of its own with its claim examined. */
async function next(index: number): Promise<{ filingId: number; digest: string; claimant: number }> {
  const claimant = 38_001 + index * 10;
  await bring(ito, { residents: [resident(claimant, "1990-01-01"), resident(claimant + 1, "2026-10-31")] });
  const { filingId, digest } = await examined(ito, birthClaim(claimant, claimant + 1, "2026-10-31", "2026-11-13"));
  return { filingId, digest, claimant };
}

beforeAll(async () => await prepare(database.pool));

it(
  "[M22] an approval killed at any point leaves the old state or the new one, never a part",
  { timeout: 120_000 },
  async () => {
    const log = join(dir, "points.txt");
    const first = await next(0);
    const plain = approve(first.filingId, first.digest, { HAGUKUMI_CRASH_LOG: log });
    expect(plain.status, plain.stderr).toBe(0);
    expect(existsSync(log)).toBe(true);
    const points = [...new Set(readFileSync(log, "utf8").trim().split("\n"))];
    expect(points).toEqual([
      "filing.approve.event",
      "claim.stored",
      "filing.approve.applied",
      "filing.approve.written",
      "filing.approve.audited",
      "filing.approve.committed",
    ]);
    for (const [index, point] of points.entries()) {
      const { filingId, digest, claimant } = await next(index + 1);
      expect(approve(filingId, digest, { HAGUKUMI_CRASH_POINT: point }).signal, point).toBe("SIGKILL");
      expect(await whole(filingId, claimant), point).toEqual(point === "filing.approve.committed" ? ALL : NOTHING);
      const repeated = approve(filingId, digest, {});
      expect(repeated.status, repeated.stderr).toBe(0);
      expect(await whole(filingId, claimant), point).toEqual(ALL);
    }
  },
);
