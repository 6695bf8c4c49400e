/**
 * 負担割合の入力: the shares that an order (政令) fixes year by year and that this program does not carry. One person enters what the order
 * says, another approves exactly that; until then the account of the year shows the gap.
 */
import { costShares, type Bearer, type CostPart, type Fraction, type Month } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** Shares of one part in one fiscal year, as entered and approved. */
export type EnteredShares = {
  readonly part: CostPart;
  /** Of the part under three; null where the class changes no share */
  readonly employeeClass: "employee" | "nonEmployee" | null;
  readonly shares: Partial<Readonly<Record<Bearer, Fraction>>>;
  readonly source: string;
};

/** The cells of the present law (18条1項から3項): all of them are entered at once. */
export const SHARE_CELLS = [
  { part: "underThree", employeeClass: "employee" },
  { part: "underThree", employeeClass: "nonEmployee" },
  { part: "threeAndOver", employeeClass: null },
] as const satisfies readonly Pick<EnteredShares, "part" | "employeeClass">[];

const fraction = z.strictObject({
  numerator: z.int().min(1).max(1e12),
  denominator: z.int().min(1).max(1e12),
});

/** One line as it is entered: bearers that bear nothing are left out. */
export const shareLineShape = z.strictObject({
  part: z.enum(["underThree", "threeAndOver"]),
  employeeClass: z.enum(["employee", "nonEmployee"]).nullable(),
  shares: z.partialRecord(
    z.enum(["employerLevy", "treasury", "supportContribution", "specialBond", "prefecture", "municipality"]),
    fraction,
  ),
});
export type ShareLine = z.infer<typeof shareLineShape>;

export type EnterShares = {
  readonly fiscalYear: number;
  readonly lines: readonly ShareLine[];
  /** 政令・通知 */
  readonly source: string;
};

/** Whether the program has the shares of the payments of a fiscal year for the present law. */
export function sharesKnown(fiscalYear: number): boolean {
  return SHARE_CELLS.every(
    ({ part, employeeClass }) =>
      costShares({
        benefitMonth: `${String(Math.max(fiscalYear, 2025))}-04` as Month,
        fiscalYear,
        part,
        employeeClass: employeeClass ?? "nonEmployee",
      }).ok,
  );
}

function checkedLines(lines: readonly ShareLine[]): readonly ShareLine[] {
  const parsed = z.array(shareLineShape).safeParse(lines);
  const cellsOf = (rows: readonly Pick<ShareLine, "part" | "employeeClass">[]): string =>
    rows
      .map(({ part, employeeClass }) => `${part}/${employeeClass ?? ""}`)
      .toSorted()
      .join();
  if (parsed.success && cellsOf(parsed.data) === cellsOf(SHARE_CELLS)) return parsed.data;
  throw refuse(
    "statisticsInvalid",
    "負担割合は、3歳未満分（被用者・非被用者）と3歳以上分の三つを、分子と分母（1以上の整数）ですべて入れてください。何も登録していません。",
  );
}

const commandOf = (context: Context, name: string, request: unknown, key: string) => ({
  role: ROLE,
  key,
  name,
  actor: context.operator,
  guard: context.guard,
  purpose: context.purpose,
  request,
});

export type EnteredShareSet = { readonly entryId: number; readonly contentDigest: string };

/**
 * Enters the shares of a fiscal year for another person to approve.
 *
 * @throws Refusal `statisticsInvalid` where the program has the shares itself, a line is missing, or shares do not add up to one
 */
export async function enterShares(
  context: Context,
  request: EnterShares,
  key: string = `cost-share/${randomUUID()}`,
): Promise<EnteredShareSet> {
  const lines = checkedLines(request.lines);
  const { fiscalYear } = request;
  const source = request.source.trim();
  if (!Number.isInteger(fiscalYear) || fiscalYear < 2024 || fiscalYear > 2049 || sharesKnown(fiscalYear)) {
    throw refuse(
      "statisticsInvalid",
      `${String(fiscalYear)}年度の負担割合は法令の値がプログラムにあるか、対象の年度ではありません。入力はいりません。何も登録していません。`,
    );
  }
  const content = lines.map(({ part, employeeClass, shares }) => ({ part, employeeClass, shares }));
  const contentDigest = createHash("sha256").update(canonicalJson({ fiscalYear, content, source })).digest("hex");
  const { response } = await refusing(() =>
    runCommand(context.pool, commandOf(context, "costShare.enter", request, key), async (client) => {
      const { rows } = await client.query<{ entryId: number }>(
        `INSERT INTO allowance.cost_share_entry (fiscal_year, content, source, content_digest, entered_by)
         VALUES ($1, $2, $3, $4, $5) RETURNING entry_id AS "entryId"`,
        [fiscalYear, JSON.stringify(content), source, contentDigest, context.operator],
      );
      const entryId = rows[0]?.entryId;
      if (entryId === undefined) throw new Error("INSERT … RETURNING gave no row");
      const detail = { fiscalYear, contentDigest };
      return {
        response: { entryId, contentDigest },
        audit: [{ action: "costShare.enter", objectKind: "costShare", objectId: String(entryId), detail }],
      };
    }),
  );
  return response;
}

/**
 * Approves shares as they were seen.
 *
 * @throws Refusal `samePerson`; `contentChanged` where the digest is another; `statisticsInvalid` where they are unknown or approved
 */
export async function approveShares(
  context: Context,
  request: EnteredShareSet,
  key: string = `cost-share/${randomUUID()}`,
): Promise<void> {
  await refusing(() =>
    runCommand(context.pool, commandOf(context, "costShare.approve", request, key), async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO allowance.cost_share_approval (entry_id, content_digest, entered_by, approved_by)
         SELECT entry_id, $2, entered_by, $3 FROM allowance.cost_share_entry WHERE entry_id = $1`,
        [request.entryId, request.contentDigest, context.operator],
      );
      if (rowCount !== 1) {
        throw refuse(
          "statisticsInvalid",
          `負担割合の入力 ${String(request.entryId)} はありません。一覧を読み直してください。`,
        );
      }
      const detail = { contentDigest: request.contentDigest };
      return {
        response: null,
        audit: [{ action: "costShare.approve", objectKind: "costShare", objectId: String(request.entryId), detail }],
      };
    }),
  );
}

/** The shares of a fiscal year that were approved by then; empty where there are none. */
export async function approvedShares(
  connection: Queryable,
  fiscalYear: number,
  knownAt: string,
): Promise<readonly EnteredShares[]> {
  const { rows } = await connection.query<{ content: readonly ShareLine[]; source: string }>(
    `SELECT e.content, e.source FROM allowance.cost_share_entry e JOIN allowance.cost_share_approval a USING (entry_id)
     WHERE e.fiscal_year = $1 AND a.recorded_at <= $2 ORDER BY a.recorded_at DESC LIMIT 1`,
    [fiscalYear, knownAt],
  );
  const [row] = rows;
  if (row === undefined) return [];
  return row.content.map((line) => ({ ...line, source: `市の入力: ${row.source}` }));
}

export type ShareEntry = EnteredShareSet & {
  readonly fiscalYear: number;
  readonly lines: readonly ShareLine[];
  readonly source: string;
  readonly enteredBy: string;
  readonly enteredAt: Date;
  readonly approvedBy: string | null;
};

/** What was entered for a fiscal year, newest first. */
export async function listShares(connection: Queryable, fiscalYear: number): Promise<readonly ShareEntry[]> {
  const { rows } = await connection.query<ShareEntry>(
    `SELECT e.entry_id AS "entryId", e.content_digest AS "contentDigest", e.fiscal_year AS "fiscalYear", e.content AS lines, e.source,
            e.entered_by AS "enteredBy", e.recorded_at AS "enteredAt", a.approved_by AS "approvedBy"
     FROM allowance.cost_share_entry e LEFT JOIN allowance.cost_share_approval a USING (entry_id) WHERE e.fiscal_year = $1
     ORDER BY e.entry_id DESC LIMIT 50`,
    [fiscalYear],
  );
  return rows;
}
