/** 債権者台帳: to whom collected fees go – sections of the city (21条1項) or third parties with an account (21条2項). Two people. */
import { randomUUID } from "node:crypto";

import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { type CheckedAccount, checkNewAccount, type NewAccount } from "../accounts/check-account.ts";
import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

export const FEE_KINDS = ["schoolLunch", "schoolFees", "afterSchool", "nursery", "nurseryLunch", "other"] as const;

/** 学校給食費・学校徴収金・放課後児童クラブ・保育料・保育所の給食費・その他 (施行規則12条の10) */
export type FeeKind = (typeof FEE_KINDS)[number];

export const feeKindLabels: Readonly<Record<FeeKind, string>> = {
  schoolLunch: "学校給食費",
  schoolFees: "学校徴収金",
  afterSchool: "放課後児童クラブの利用料",
  nursery: "保育料",
  nurseryLunch: "保育所の給食費",
  other: "その他の費用",
};

export type Creditor = {
  readonly creditorId: number;
  readonly revision: number;
  readonly name: string;
  readonly kind: "city" | "thirdParty";
  readonly feeKinds: readonly FeeKind[];
  readonly validFrom: CivilDate;
  readonly validTo: CivilDate | null;
};

const LAST = `
  SELECT DISTINCT ON (creditor_id) creditor_id AS "creditorId", revision, name, kind, fee_kinds AS "feeKinds", valid_from AS "validFrom",
         valid_to AS "validTo" FROM allowance.creditor`;

/** All creditors in their last revision. */
export async function listCreditors(connection: Queryable): Promise<readonly Creditor[]> {
  const { rows } = await connection.query<Creditor>(`${LAST} ORDER BY creditor_id, revision DESC`);
  return rows;
}

/** The creditor as it stands, if it is valid on the day. */
export async function creditorOn(
  connection: Queryable,
  creditorId: number,
  day: string,
): Promise<Creditor | undefined> {
  const { rows } = await connection.query<Creditor>(
    `SELECT * FROM (${LAST} WHERE creditor_id = $1 ORDER BY creditor_id, revision DESC) c
     WHERE "validFrom" <= $2 AND ("validTo" IS NULL OR "validTo" >= $2)`,
    [creditorId, day],
  );
  return rows[0];
}

export type NewCreditor = {
  /** Absent: a new creditor; otherwise its next revision */
  readonly creditorId?: number;
  readonly name: string;
  readonly kind: "city" | "thirdParty";
  readonly feeKinds: readonly FeeKind[];
  /** Where a third party is paid; none for the city itself */
  readonly account?: NewAccount;
  readonly validFrom: CivilDate;
  readonly validTo?: CivilDate;
  readonly approvedBy: string;
  readonly key?: string;
};

function invalid(message: string, details: Readonly<Record<string, string | number>> = {}): never {
  throw refuse("creditorInvalid", `債権者を登録できません。${message}何も変えていません。`, details);
}

/**
 * Adds a creditor or its next revision. @returns its number
 *
 * @throws Refusal `creditorInvalid`, `samePerson`
 */
export async function saveCreditor(context: Context, creditor: NewCreditor): Promise<number> {
  const { key = `creditor/${randomUUID()}`, ...request } = creditor;
  const name = request.name.trim();
  if (name === "" || name.length > 100) invalid("名称を1文字から100文字で書いてください。");
  if (request.feeKinds.length === 0) invalid("扱う費目を1つ以上選んでください。");
  if (request.validTo !== undefined && request.validTo < request.validFrom) invalid("期間の終わりが始まりより前です。");
  if ((request.kind === "thirdParty") !== (request.account !== undefined)) {
    invalid("市以外の債権者には振込先の口座が要り、市の各課には口座を登録しません。");
  }
  const command = {
    role: ROLE,
    key,
    name: "creditor.save",
    actor: context.operator,
    purpose: context.purpose,
    request,
    guard: context.guard,
  };
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, command, async (client) => {
      let account: CheckedAccount | null = null;
      if (request.account !== undefined) {
        const checked = await checkNewAccount(client, request.account, context.today);
        if (!checked.ok) invalid(checked.problem.message, { problem: checked.problem.code });
        account = checked.account;
      }
      const { rows } = await client.query<{ id: number; revision: number | null }>(
        `SELECT coalesce($1::integer, (SELECT coalesce(max(creditor_id), 0) + 1 FROM allowance.creditor)) AS id,
                (SELECT max(revision) FROM allowance.creditor WHERE creditor_id = $1) AS revision`,
        [request.creditorId ?? null],
      );
      const { id = 0, revision = null } = rows[0] ?? {};
      if (request.creditorId !== undefined && revision === null) {
        invalid(`番号 ${request.creditorId} の債権者がいません。`, { creditorId: request.creditorId });
      }
      await client.query(
        `INSERT INTO allowance.creditor (creditor_id, revision, name, kind, fee_kinds, bank, branch, account_type, account_number, holder,
           valid_from, valid_to, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
        [
          id,
          (revision ?? 0) + 1,
          name,
          request.kind,
          request.feeKinds,
          account?.bank ?? null,
          account?.branch ?? null,
          account?.accountType ?? null,
          account?.accountNumber ?? null,
          account?.holder ?? null,
          request.validFrom,
          request.validTo ?? null,
          context.operator,
          request.approvedBy,
        ],
      );
      const detail = { kind: request.kind, approvedBy: request.approvedBy };
      return {
        response: id,
        audit: [{ action: "creditor.save", objectKind: "creditor", objectId: String(id), detail }],
      };
    }),
  );
  return response;
}
