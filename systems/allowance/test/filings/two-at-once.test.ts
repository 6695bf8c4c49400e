/** Two papers of one household decided at the same moment: the end is one that they have one after the other. */
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Pool } from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";

import { copyDatabase, type TestDatabase, useDatabase } from "../../../../platform/test/support/cluster.ts";
import type { Context } from "../../src/context.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import type { Examined } from "../../src/filings/examine.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, exOfficio } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, examined, form, prepare } from "../support/filings.ts";

const dir = testFolder();
const FATHER = 66_100;
const BABY = 66_102;
/** The city before either is decided; copies are made of it, so nobody may stay connected to it. */
const start = useDatabase();
let papers: { readonly move: Examined; readonly birth: Examined };

const by = (database: Pick<TestDatabase, "pool">, operator: string): Context => testContext(database, dir, operator);

beforeAll(async () => {
  const pool = createPool(start.url);
  await prepare(pool);
  const clerk = by({ pool }, "staff.ito");
  // A child of 2020: 10,000 a month.
  const recipientId = await certifiedFamily({ clerk, approver: by({ pool }, "staff.sato") }, FATHER, ["2020-05-10"]);
  const household = { 世帯番号: number15(FATHER) };
  await bring(clerk, {
    residents: [
      resident(BABY, "2026-10-20", household),
      // 転出 with the end of October
      resident(FATHER, "1990-01-01", {
        ...household,
        履歴番号: "2",
        住民状態: "2",
        異動年月日: "2026-10-31",
        異動事由コード: "20",
      }),
    ],
  });
  // Both are examined before either is decided.
  papers = {
    move: await examined(
      clerk,
      exOfficio("moveOut", "2026-11-18", { claimant: FATHER, state: "planned", plannedOn: "2026-10-31" }),
    ),
    birth: await examined(
      clerk,
      form("increase", "2026-10-30", {
        claimant: FATHER,
        recipientId,
        cause: "birth",
        causeOn: "2026-10-20",
        children: [{ number: BABY, role: "child" }],
      }),
    ),
  };
  await pool.end();
}, 120_000);

type Paper = keyof typeof papers;

/** 決裁 by a person of its own; the code of the refusal, or null. */
async function decide(city: TestDatabase, paper: Paper): Promise<string | null> {
  const { filingId, digest } = papers[paper];
  try {
    await approveFiling(by(city, paper === "move" ? "staff.sato" : "staff.kato"), { filingId, digest });
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** What the household has in the end: decisions, states of the papers, what each approval answered. */
async function endOf(pool: Pool, answers: Readonly<Record<Paper, string | null>>): Promise<string> {
  const { rows: decisions } = await pool.query(
    "SELECT seq, kind, effective_month, cause, monthly_total, facts_digest, approved_by FROM allowance.decision ORDER BY recipient_id, seq",
  );
  const { rows: filings } = await pool.query("SELECT filing_id, state FROM allowance.filing_current ORDER BY 1");
  const { rows: window } = await pool.query("SELECT * FROM allowance.recipient_window ORDER BY 1");
  return JSON.stringify({ answers, decisions, filings, window });
}

async function inCity(work: (city: TestDatabase) => Promise<Record<Paper, string | null>>): Promise<string> {
  const city = await copyDatabase(start);
  try {
    return await endOf(city.pool, await work(city));
  } finally {
    await city.drop();
  }
}

it(
  "[M32] 転出 and 出生 of one household, decided at the same time, end as in some serial order",
  { timeout: 120_000 },
  async () => {
    const moveFirst = await inCity(async (city) => {
      const move = await decide(city, "move");
      return { move, birth: await decide(city, "birth") };
    });
    const birthFirst = await inCity(async (city) => {
      const birth = await decide(city, "birth");
      return { birth, move: await decide(city, "move") };
    });
    // The two orders differ, and in each the second paper was examined in a world that is no more: it has to be looked at again.
    expect(JSON.parse(moveFirst).answers).toEqual({ move: null, birth: "contentChanged" });
    expect(JSON.parse(birthFirst).answers.birth).toBeNull();
    const serial = [moveFirst, birthFirst].map((end) => JSON.stringify({ ...JSON.parse(end), answers: 0 }));
    for (const [moveLater, birthLater] of [
      [0, 0],
      [0, 0],
      [15, 0],
      [0, 15],
    ] as const) {
      const end = await inCity(async (city) => {
        const [move, birth] = await Promise.all([
          sleep(moveLater).then(async () => await decide(city, "move")),
          sleep(birthLater).then(async () => await decide(city, "birth")),
        ]);
        return { move, birth };
      });
      const { answers } = JSON.parse(end);
      // One of them at least is decided; never is a paper lost with an error of the machine.
      expect(Object.values(answers)).toContain(null);
      expect(serial).toContain(JSON.stringify({ ...JSON.parse(end), answers: 0 }));
    }
  },
);
