/** コード表: dated codes with their names. A new cause is a row decided by two people, not a new program (A11). */
import { randomUUID } from "node:crypto";

import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

export type Code = {
  /** As it is exchanged and printed, 1–8 characters */
  readonly code: string;
  /** As the tables hold it */
  readonly identifier: string;
  /** Japanese name */
  readonly label: string;
};

/** Codes of a domain that may be used on `day`, in order of the code. */
export async function codesOn(connection: Queryable, domain: string, day: string): Promise<readonly Code[]> {
  const { rows } = await connection.query<Code>(
    `SELECT code, identifier, label FROM allowance.code_last
     WHERE domain = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY code`,
    [domain, day],
  );
  return rows;
}

export type CodeDomain = { readonly domain: string; readonly name: string };

export async function listCodeDomains(connection: Queryable): Promise<readonly CodeDomain[]> {
  const { rows } = await connection.query<CodeDomain>("SELECT domain, name FROM allowance.code_domain ORDER BY domain");
  return rows;
}

export type NewCode = Code & {
  readonly domain: string;
  readonly validFrom: string;
  /** Last day of use; a row with the same domain, code and `validFrom` is the next revision of that code */
  readonly validTo?: string | null;
  readonly approvedBy: string;
  readonly key?: string;
};

/**
 * Adds a code, or the next revision of one (another name, an end). The operator enters, another person approves.
 *
 * @throws Refusal `codeInvalid`, `samePerson`
 */
export async function changeCode(context: Context, change: NewCode): Promise<void> {
  const { domain, code, identifier, label, validFrom, validTo = null, approvedBy, key } = change;
  const days = [validFrom, ...(validTo === null ? [] : [validTo])];
  const shaped = /^[0-9A-Z]{1,8}$/.test(code) && /^[a-z][A-Za-z0-9]{0,39}$/.test(identifier);
  const labelled = label.trim() !== "" && label.length <= 60;
  if (
    !shaped ||
    !labelled ||
    days.some((day) => parseCivilDate(day) === undefined) ||
    (validTo ?? validFrom) < validFrom
  ) {
    throw refuse(
      "codeInvalid",
      "コードを登録できません。コードは半角の英数字8文字まで、識別子は半角の英字で始まる40文字まで、名前は60文字まで、期間は始まりから終わりの順に書いてください。何も変えていません。",
      { domain, code },
    );
  }
  const command = {
    role: ROLE,
    key: key ?? `code.change/${randomUUID()}`,
    name: "code.change",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { domain, code, identifier, label, validFrom, validTo, approvedBy },
  };
  await refusing(() =>
    runCommand<null>(context.pool, command, async (client) => {
      const known = await client.query("SELECT FROM allowance.code_domain WHERE domain = $1", [domain]);
      if (known.rowCount !== 1) {
        throw refuse("codeInvalid", `コードの種類「${domain}」はありません。種類を選び直してください。`, { domain });
      }
      await client.query(
        `INSERT INTO allowance.code (domain, code, identifier, label, valid_from, valid_to, revision, entered_by, approved_by)
         SELECT $1::text, $2::text, $3, $4, $5::date, $6::date, coalesce(max(revision), 0) + 1, $7, $8
         FROM allowance.code WHERE domain = $1 AND code = $2 AND valid_from = $5`,
        [domain, code, identifier, label, validFrom, validTo, context.operator, approvedBy],
      );
      const detail = { validFrom, approvedBy };
      return {
        response: null,
        audit: [{ action: "code.change", objectKind: "code", objectId: `${domain}/${code}`, detail }],
      };
    }),
  );
}
