/**
 * 金融機関マスタの取り込み: a snapshot of all banks and branches becomes rows with validity. A later snapshot adds only the
 * differences: a new branch begins on the snapshot's day; one that is gone or has another name ends on the day before.
 */
import { createHash } from "node:crypto";

import { addDays, type CivilDate } from "@hagukumi/law/contract.ts";
import type { BankSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { streamOf } from "../stream.ts";

/** A branch of the first snapshot has an unknown beginning: it counts as old as any claim. */
const UNKNOWN_BEGINNING = "1900-01-01";

/** An account whose branch has ended. */
export type AccountHit = { readonly recipientId: number; readonly bank: string; readonly branch: string };

export type MasterResult = {
  readonly snapshotDate: CivilDate;
  /** False where exactly this snapshot was loaded before */
  readonly loaded: boolean;
  readonly added: number;
  readonly ended: number;
  /** Recipients whose present account is at a branch that has ended */
  readonly accounts: readonly AccountHit[];
};

type BranchRow = readonly [
  bank: string,
  branch: string,
  bankName: string,
  bankKana: string,
  name: string,
  kana: string,
];

function branchRows(snapshot: BankSnapshot): BranchRow[] {
  return [...snapshot.banks.values()].flatMap((bank) =>
    [...bank.branches.values()].map((branch): BranchRow => [
      bank.code,
      branch.code,
      bank.name,
      bank.kana,
      branch.name,
      branch.kana,
    ]),
  );
}

const PRESENT = `SELECT b.* FROM allowance.branch_period b WHERE b.last_day IS NULL`;
const SAME = `(p.bank_name, p.bank_kana, p.branch_name, p.branch_kana) = (s.bank_name, s.bank_kana, s.branch_name, s.branch_kana)`;

/**
 * Loads a snapshot.
 *
 * @param source where the list comes from, e.g. `zengin-code`
 * @throws Refusal `snapshotInvalid`: empty, older than the last one, of the same day with other content, or missing more
 *   than a tenth of the present branches (a broken file would otherwise close half of the country)
 */
export async function importBankMaster(
  context: Context,
  snapshot: BankSnapshot,
  source: string,
): Promise<MasterResult> {
  const rows = branchRows(snapshot);
  const snapshotDate = snapshot.snapshotDate as CivilDate;
  const sha256 = createHash("sha256").update(canonicalJson({ snapshotDate, rows })).digest("hex");
  const invalid = (what: string): never => {
    throw refuse(
      "snapshotInvalid",
      `金融機関マスタを取り込めません。${what}何も変えていません。一覧を確認してください。`,
      { snapshotDate },
    );
  };
  if (rows.length === 0) return invalid("支店が1つもありません。");
  const { response } = await refusing(() =>
    runCommand<MasterResult>(
      context.pool,
      {
        role: ROLE,
        key: `bank.import/${sha256}/${crypto.randomUUID()}`,
        name: "bank.import",
        actor: context.operator,
        guard: context.guard,
        purpose: context.purpose,
        request: { snapshotDate, sha256, source },
      },
      async (client) => {
        const known = await client.query<{ snapshot_date: CivilDate; sha256: string }>(
          "SELECT snapshot_date, sha256 FROM allowance.bank_snapshot ORDER BY snapshot_id",
        );
        const last = known.rows.at(-1);
        if (known.rows.some((row) => row.sha256 === sha256)) {
          const result: MasterResult = { snapshotDate, loaded: false, added: 0, ended: 0, accounts: [] };
          return { response: result, audit: [] };
        }
        if (last !== undefined && last.snapshot_date >= snapshotDate) {
          return invalid(
            `${snapshotDate} 現在の一覧は、取り込み済みの ${last.snapshot_date} 現在より新しくありません。`,
          );
        }
        await client.query(
          `CREATE TEMP TABLE stage_branch (bank text, branch text, bank_name text, bank_kana text, branch_name text, branch_kana text,
             PRIMARY KEY (bank, branch)) ON COMMIT DROP`,
        );
        await copyRows(
          client,
          "stage_branch",
          ["bank", "branch", "bank_name", "bank_kana", "branch_name", "branch_kana"],
          streamOf(rows),
        );
        const gone = await client.query<{ gone: number; present: number }>(
          `SELECT count(*) FILTER (WHERE s.bank IS NULL)::int AS gone, count(*)::int AS present
           FROM (${PRESENT}) p LEFT JOIN stage_branch s USING (bank, branch)`,
        );
        const counted = gone.rows[0] ?? { gone: 0, present: 0 };
        if (counted.gone * 10 > counted.present) {
          return invalid(`いまの支店 ${counted.present} のうち ${counted.gone} がなくなっています。`);
        }
        const ids = await client.query<{ snapshot_id: number }>(
          "INSERT INTO allowance.bank_snapshot (source, snapshot_date, sha256, loaded_by) VALUES ($1, $2, $3, $4) RETURNING snapshot_id",
          [source, snapshotDate, sha256, context.operator],
        );
        const snapshotId = ids.rows[0]?.snapshot_id ?? 0;
        const ended = await client.query(
          `INSERT INTO allowance.branch_end (bank, branch, valid_from, last_day, snapshot_id)
           SELECT p.bank, p.branch, p.valid_from, $1::date, $2 FROM (${PRESENT}) p LEFT JOIN stage_branch s USING (bank, branch)
           WHERE s.bank IS NULL OR NOT ${SAME}`,
          [addDays(snapshotDate, -1), snapshotId],
        );
        crashPoint("bank.import.ended");
        const added = await client.query(
          `INSERT INTO allowance.branch (bank, branch, valid_from, bank_name, bank_kana, branch_name, branch_kana, snapshot_id)
           SELECT s.bank, s.branch, $1::date, s.bank_name, s.bank_kana, s.branch_name, s.branch_kana, $2
           FROM stage_branch s WHERE NOT EXISTS (SELECT FROM (${PRESENT}) p WHERE p.bank = s.bank AND p.branch = s.branch)`,
          [last === undefined ? UNKNOWN_BEGINNING : snapshotDate, snapshotId],
        );
        const accounts = await client.query<AccountHit>(
          `SELECT a.recipient_id AS "recipientId", a.bank, a.branch
           FROM (SELECT DISTINCT ON (recipient_id) * FROM allowance.account ORDER BY recipient_id, account_id DESC) a
           WHERE NOT EXISTS (SELECT FROM allowance.branch_period p WHERE p.bank = a.bank AND p.branch = a.branch AND p.last_day IS NULL)
           ORDER BY 1`,
        );
        const result: MasterResult = {
          snapshotDate,
          loaded: true,
          added: added.rowCount ?? 0,
          ended: ended.rowCount ?? 0,
          accounts: accounts.rows,
        };
        const detail = { snapshotDate, added: result.added, ended: result.ended, accounts: result.accounts.length };
        return {
          response: result,
          audit: [{ action: "bank.import", objectKind: "bankMaster", objectId: String(snapshotId), detail }],
        };
      },
    ),
  );
  return response;
}
