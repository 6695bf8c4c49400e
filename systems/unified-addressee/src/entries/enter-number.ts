/**
 * 個人番号の入力と付番: at the moment a number is first entered its person gets a 団体内統合宛名番号.
 *
 * The number goes to the vault and nowhere else. Vault and this database cannot share a transaction, so an entry is three
 * steps: the entry is written here; the vault takes the number under the entry's key; the number is issued and linked here. An
 * entry that stopped between two steps waits in the queue, and `settleEntries` ends it with what the vault remembers.
 */
import type { IndividualNumber } from "@hagukumi/vault/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";

import { type AddresseeContext, askVault, command, ROLE } from "../context.ts";
import { subjectOf } from "../numbers.ts";
import { refuse } from "../refusal.ts";
import type { IdentityPaper, NumberPaper } from "./labels.ts";
import { settleEntry } from "./settle.ts";
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";

/** What was checked before the number was typed (番号法16条). */
export type Evidence = {
  readonly numberPaper: NumberPaper;
  readonly identityPaper: IdentityPaper;
  /** YYYY-MM-DD, from 2016-01-01 to the day of work */
  readonly checkedOn: string;
};

export type EnterNumber = {
  /** Idempotency key, 1–100 */
  readonly key: string;
  readonly systemCode: string;
  readonly addresseeNumber: number;
  readonly number: IndividualNumber;
  readonly evidence: Evidence;
};

export type EnteredNumber = {
  readonly entryId: number;
  /** `new`: a number was issued; `known`: the person had one; `same`: this addressee had this number; `changed`: by a change */
  readonly outcome: "new" | "known" | "changed" | "same";
};

/** The link in force of an addressee. */
export async function activeLink(
  client: PoolClient,
  systemCode: string,
  addresseeNumber: number,
): Promise<{ readonly personRef: string; readonly unifiedNumber: number } | undefined> {
  const { rows } = await client.query<{ personRef: string; unifiedNumber: number }>(
    `SELECT p.person_ref AS "personRef", l.unified_number AS "unifiedNumber" FROM unified.link l JOIN unified.person p USING (unified_number)
     WHERE l.system_code = $1 AND l.addressee_number = $2 AND l.ended_at IS NULL`,
    [systemCode, addresseeNumber],
  );
  return rows[0];
}

type Written = { readonly entryId: number; readonly entryKey: string; readonly personRef: string | null };

async function writeEntry(context: AddresseeContext, kind: "first" | "change", request: EnterNumber): Promise<Written> {
  const { key, systemCode, addresseeNumber, evidence } = request;
  if (evidence.checkedOn > context.today) {
    throw refuse(
      "numberMissing",
      "確認した日が、処理日より後になっています。何も変えていません。日付を確かめてください。",
    );
  }
  return await command(
    context,
    `number.${kind}`,
    `${key}/entry`,
    { kind, systemCode, addresseeNumber, evidence },
    async (client) => {
      const known = await client.query("SELECT FROM unified.system WHERE system_code = $1", [systemCode]);
      if (known.rows.length === 0)
        throw refuse("systemUnknown", `業務システム「${systemCode.slice(0, 40)}」は登録されていません。`);
      const link = await activeLink(client, systemCode, addresseeNumber);
      if (kind === "change" && link === undefined) {
        throw refuse(
          "numberMissing",
          "個人番号の登録がないので、変更できません。初めての入力として登録してください。何も変えていません。",
        );
      }
      const entryKey = `entry:${randomUUID()}`;
      const { rows } = await client.query<{ entry_id: number }>(
        `INSERT INTO unified.entry (entry_key, kind, system_code, addressee_number, number_paper, identity_paper, checked_on, entered_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING entry_id`,
        [
          entryKey,
          kind,
          systemCode,
          addresseeNumber,
          evidence.numberPaper,
          evidence.identityPaper,
          evidence.checkedOn,
          context.operator,
        ],
      );
      const entryId = rows[0]?.entry_id ?? 0;
      return {
        response: { entryId, entryKey, personRef: link?.personRef ?? null },
        audit: [
          {
            action: `number.${kind}`,
            objectKind: "entry",
            objectId: String(entryId),
            detail: { systemCode, addresseeNumber },
          },
        ],
      };
    },
  );
}

/**
 * Asks the vault about an entry. What the vault refuses has surely not been stored, so the entry ends; what broke in any other way stays in the
 * queue, because the number may have arrived.
 */
async function asked<T>(context: AddresseeContext, entryId: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal && error.code !== "vaultUnreachable")
      await settleEntry(context, { entryId, end: "refused" });
    throw error;
  }
}

async function noteFinding(
  context: AddresseeContext,
  kind: "sourceDiffers" | "duplicateAddressee",
  request: EnterNumber,
  personRef: string | null,
): Promise<void> {
  const { key, systemCode, addresseeNumber } = request;
  await command(context, "number.finding", `${key}/finding`, { kind, systemCode, addresseeNumber }, async (client) => {
    await client.query(
      "INSERT INTO unified.finding (kind, system_code, addressee_number, person_ref) VALUES ($1, $2, $3, $4)",
      [kind, systemCode, addresseeNumber, personRef],
    );
    return {
      response: {},
      audit: [
        { action: "number.finding", objectKind: "addressee", objectId: String(addresseeNumber), detail: { kind } },
      ],
    };
  });
}

/**
 * Takes a number in. Where the addressee has one already, it is only compared.
 *
 * @throws Refusal `numberDiffers` (another number is registered; a row of the confirmation list says so), `numberElsewhere` (another
 *   addressee of the same system has it), `systemUnknown`; those of the vault; `invalidValue` for a day before 2016
 */
export async function enterNumber(context: AddresseeContext, request: EnterNumber): Promise<EnteredNumber> {
  const { systemCode, addresseeNumber, number } = request;
  const subject = subjectOf(systemCode, addresseeNumber);
  const entry = await writeEntry(context, "first", request);
  if (entry.personRef !== null) {
    const personRef = entry.personRef;
    const [compared] = await asked(
      context,
      entry.entryId,
      async () => await askVault(context, "match", "numberEntry", subject, { checks: [{ personRef, number }] }),
    );
    const end = compared?.result === "same" ? "same" : "differs";
    await settleEntry(context, { entryId: entry.entryId, end });
    if (end === "same") return { entryId: entry.entryId, outcome: "same" };
    await noteFinding(context, "sourceDiffers", request, entry.personRef);
    throw refuse(
      "numberDiffers",
      "この人には別の個人番号が登録されています。登録は変えず、確認リストに載せました。書類を確かめ、番号が変わったときは「番号の変更」を行ってください。",
    );
  }
  const [registered] = await asked(
    context,
    entry.entryId,
    async () =>
      await askVault(context, "register", "numberEntry", subject, { entries: [{ entryKey: entry.entryKey, number }] }),
  );
  if (registered === undefined) throw new Error("the vault answered nothing");
  return await finish(context, request, entry.entryId, registered.personRef);
}

/** 個人番号の変更 (番号法7条2項): the number of before stays known as a former one. Errors as `enterNumber`. */
export async function changeNumber(context: AddresseeContext, request: EnterNumber): Promise<EnteredNumber> {
  const { systemCode, addresseeNumber, number } = request;
  const entry = await writeEntry(context, "change", request);
  const personRef = entry.personRef ?? "";
  const subject = subjectOf(systemCode, addresseeNumber);
  const changed = await asked(
    context,
    entry.entryId,
    async () =>
      await askVault(context, "change", "numberEntry", subject, { entryKey: entry.entryKey, personRef, number }),
  );
  return await finish(context, request, entry.entryId, changed.personRef);
}

async function finish(
  context: AddresseeContext,
  request: EnterNumber,
  entryId: number,
  personRef: string,
): Promise<EnteredNumber> {
  const outcome = await settleEntry(context, { entryId, personRef });
  if (outcome !== "new" && outcome !== "known" && outcome !== "changed") {
    await noteFinding(context, "duplicateAddressee", request, personRef);
    throw refuse(
      "numberElsewhere",
      "同じ個人番号が、同じ業務の別の宛名番号に登録されています。登録せず、確認リストに載せました。書き誤りでなければ、名寄せをしてください。",
    );
  }
  return { entryId, outcome };
}

/** Where the 個人番号 of an addressee stands, and which entry waits for a second person. */
export type NumberStatus = {
  readonly state: "none" | "waiting" | "unconfirmed" | "confirmed";
  /** The entry that waits for its confirmation */
  readonly entryId: number | null;
  readonly enteredBy: string | null;
  readonly enteredAt: Date | null;
  readonly numberPaper: NumberPaper | null;
  readonly identityPaper: IdentityPaper | null;
  readonly checkedOn: string | null;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Date | null;
};

const STATUS = `
SELECT CASE WHEN r.entry_id IS NULL THEN 'waiting' WHEN c.confirmed OR y.authority THEN 'confirmed' ELSE 'unconfirmed' END AS state,
       e.entry_id AS "entryId", e.entered_by AS "enteredBy", e.entered_at AS "enteredAt", e.number_paper AS "numberPaper",
       e.identity_paper AS "identityPaper", e.checked_on AS "checkedOn", c.confirmed_by AS "confirmedBy", c.confirmed_at AS "confirmedAt"
FROM unified.entry e JOIN unified.system y USING (system_code) LEFT JOIN unified.entry_result r USING (entry_id) LEFT JOIN unified.confirmation c USING (entry_id)
WHERE e.system_code = $1 AND e.addressee_number = $2 AND (r.outcome IS NULL OR r.outcome IN ('new', 'known', 'changed'))
  AND (c.confirmed IS NULL OR c.confirmed)
  AND (r.entry_id IS NULL OR EXISTS (SELECT FROM unified.link l WHERE l.system_code = e.system_code AND l.addressee_number = e.addressee_number
         AND l.unified_number = r.unified_number AND l.ended_at IS NULL))
ORDER BY e.entry_id DESC LIMIT 1`;

/** The status on a client that is inside a transaction of this system. */
export async function statusOn(client: PoolClient, systemCode: string, addresseeNumber: number): Promise<NumberStatus> {
  const { rows } = await client.query<NumberStatus>(STATUS, [systemCode, addresseeNumber]);
  const none: NumberStatus = {
    state: "none",
    entryId: null,
    enteredBy: null,
    enteredAt: null,
    numberPaper: null,
    identityPaper: null,
    checkedOn: null,
    confirmedBy: null,
    confirmedAt: null,
  };
  return rows[0] ?? none;
}

/** The status, for work without a session. */
export async function numberStatus(
  context: AddresseeContext,
  systemCode: string,
  addresseeNumber: number,
): Promise<NumberStatus> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    return await statusOn(client, systemCode, addresseeNumber);
  });
}
