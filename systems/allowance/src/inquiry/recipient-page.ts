/** 受給者の1枚: family, accounts, decisions and every month's money with its reasons. The opening is recorded first. */
import type { Calendar, CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { accountChecksOf, type AccountCheckRow } from "../accounts/account-checks.ts";
import { WITHHELD } from "../outputs/declared-list.ts";
import { SHELTERED_RECIPIENT, SHOWN_ACCOUNT } from "../protection/shown-account.ts";
import { refuse } from "../refusal.ts";
import { auditedRead } from "./audited-read.ts";
import type { Reader } from "./audited-read.ts";
import { readMonths } from "./recipient-months.ts";
import type { MonthView } from "./recipient-months.ts";

export type PersonView = {
  readonly addresseeNumber: number;
  readonly name: string;
  readonly kana: string;
  /** Null for institutions and where unknown */
  readonly birthDate: string | null;
  readonly protected: boolean;
};

export type AccountView = {
  readonly accountId: number;
  readonly bank: string;
  readonly bankName: string;
  readonly branch: string;
  readonly branchName: string;
  readonly accountType: string;
  /** Only the last three digits: `••••123` */
  readonly maskedNumber: string;
  readonly holder: string;
  readonly source: "claim" | "change" | "publicAccount";
  readonly since: Date;
  /** A change after the cut-off: used only for payments after this pay day */
  readonly afterPayOn: string | null;
  /** When the next account took its place; null for the present one */
  readonly until: Date | null;
  /** 事前照合 and 名義の確認, newest first */
  readonly checks: readonly AccountCheckRow[];
};

export type DecisionView = {
  readonly seq: number;
  readonly kind: string;
  readonly effectiveMonth: string;
  readonly cause: string;
  readonly exOfficio: boolean;
  readonly monthlyTotal: number | null;
  readonly decidedOn: string;
  readonly examinedBy: string;
  readonly approvedBy: string;
  readonly receptionNumber: string | null;
};

export type HoldView = {
  readonly holdId: number;
  readonly kind: "hold" | "pending";
  readonly fromMonth: string;
  readonly cause: string;
  readonly released: boolean;
};

/** 処理事由 under which a member of staff has the case open. */
export type OpeningView = {
  readonly openingId: number;
  readonly purposeName: string;
  readonly purposeText: string;
  readonly expiresAt: Date;
};

/** No address is part of it, for anybody: this page does not need one. */
export type RecipientPage = {
  readonly recipientId: number;
  readonly kind: "individual" | "corporateGuardian" | "institution";
  readonly wardCode: string;
  readonly person: PersonView;
  readonly children: readonly PersonView[];
  readonly firstMonth: string | null;
  readonly endedFrom: string | null;
  readonly accounts: readonly AccountView[];
  readonly decisions: readonly DecisionView[];
  readonly holds: readonly HoldView[];
  /** Newest first */
  readonly months: readonly MonthView[];
  /** 過払（返納） in yen */
  readonly receivable: number;
  /** Null for the machine's own reads, which have no session */
  readonly opening: OpeningView | null;
};

export type RecipientQuestion = {
  readonly recipientId: number;
  readonly calendar: Calendar;
  readonly today: CivilDate;
};

type Head = {
  readonly kind: RecipientPage["kind"];
  readonly ward_code: string;
  readonly addressee_number: number;
  readonly first_month: string | null;
  readonly ended_from: string | null;
};

const PERSON = `
SELECT a.addressee_number AS "addresseeNumber", coalesce(p.name, o.name, '（氏名なし）') AS name, coalesce(p.kana, o.kana, '') AS kana,
       CASE WHEN p.birth_date_unknown THEN NULL ELSE p.birth_date END AS "birthDate", coalesce(p.protected, false) AS protected
FROM unnest($1::bigint[]) WITH ORDINALITY AS a(addressee_number, place)
LEFT JOIN LATERAL (SELECT * FROM allowance.person_history h WHERE h.addressee_number = a.addressee_number ORDER BY history_no DESC, revision DESC LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT * FROM allowance.organization_history h WHERE h.addressee_number = a.addressee_number ORDER BY revision DESC LIMIT 1) o ON true
ORDER BY a.place`;

const ACCOUNTS = `
SELECT a.account_id AS "accountId", ${SHOWN_ACCOUNT("a")}, CASE WHEN sheltered.yes THEN '${WITHHELD}' ELSE coalesce(b.bank_name, '') END AS "bankName",
       CASE WHEN sheltered.yes THEN '${WITHHELD}' ELSE coalesce(b.branch_name, '') END AS "branchName", a.account_type AS "accountType",
       '••••' || right(a.account_number, 3) AS "maskedNumber", a.holder, a.source, a.recorded_at AS since, s.after_pay_on AS "afterPayOn",
       (SELECT min(n.recorded_at) FROM allowance.account n WHERE n.recipient_id = a.recipient_id AND n.account_id > a.account_id) AS until
FROM allowance.account a ${SHELTERED_RECIPIENT("a")} LEFT JOIN allowance.account_start s USING (account_id)
LEFT JOIN LATERAL (SELECT bank_name, branch_name FROM allowance.branch x WHERE x.bank = a.bank AND x.branch = a.branch ORDER BY valid_from DESC LIMIT 1) b ON true
WHERE a.recipient_id = $1 ORDER BY a.account_id DESC`;

const DECISIONS = `
SELECT d.seq, d.kind, d.effective_month AS "effectiveMonth", d.cause, d.ex_officio AS "exOfficio", d.monthly_total AS "monthlyTotal",
       d.decided_on AS "decidedOn", d.examined_by AS "examinedBy", d.approved_by AS "approvedBy", c.reception_number AS "receptionNumber"
FROM allowance.decision d LEFT JOIN allowance.claim c USING (claim_id) WHERE d.recipient_id = $1 ORDER BY d.seq DESC`;

const HOLDS = `
SELECT h.hold_id AS "holdId", h.kind, h.from_month AS "fromMonth", h.cause, r.hold_id IS NOT NULL AS released
FROM allowance.hold h LEFT JOIN allowance.hold_release r USING (hold_id) WHERE h.recipient_id = $1 ORDER BY h.hold_id DESC`;

/** 宛名番号 of the children in the facts of the last decision, in the order of the facts. */
const CHILDREN = `
SELECT (child ->> 'id')::bigint AS number FROM allowance.decision d JOIN allowance.facts f USING (facts_digest),
  jsonb_array_elements(f.facts -> 'children') WITH ORDINALITY AS x(child, place)
WHERE d.decision_id = (SELECT decision_id FROM allowance.decision WHERE recipient_id = $1 AND kind <> 'refuse' ORDER BY seq DESC LIMIT 1)
ORDER BY place`;

const OPENING = `
SELECT o.opening_id AS "openingId", coalesce(p.name, o.purpose_code) AS "purposeName", o.purpose_text AS "purposeText", o.expires_at AS "expiresAt"
FROM access.opening_of($1) o
LEFT JOIN LATERAL (SELECT name FROM access.purpose x WHERE x.code = o.purpose_code ORDER BY valid_from DESC LIMIT 1) p ON true`;

async function readPage(client: PoolClient, question: RecipientQuestion, asStaff: boolean): Promise<RecipientPage> {
  const { recipientId } = question;
  const head = (
    await client.query<Head>(
      `SELECT r.kind, r.ward_code, r.addressee_number, w.first_month, w.ended_from
       FROM allowance.recipient r LEFT JOIN allowance.recipient_window w USING (recipient_id) WHERE r.recipient_id = $1`,
      [recipientId],
    )
  ).rows[0];
  if (head === undefined) {
    throw refuse(
      "recipientUnknown",
      `認定番号 ${recipientId} の受給者はありません。番号を確かめるか、検索から選んでください。`,
      { recipientId },
    );
  }
  const numbers = (await client.query<{ number: number }>(CHILDREN, [recipientId])).rows.map(({ number }) => number);
  const [person, ...children] = (await client.query<PersonView>(PERSON, [[head.addressee_number, ...numbers]])).rows;
  if (person === undefined) throw new Error("unnest gave no row");
  const opening = asStaff ? (await client.query<OpeningView>(OPENING, [head.addressee_number])).rows[0] : undefined;
  const receivable = await client.query<{ sum: number }>(
    "SELECT coalesce(sum(outstanding), 0)::bigint AS sum FROM allowance.receivable_balance WHERE recipient_id = $1",
    [recipientId],
  );
  const accounts = (await client.query<Omit<AccountView, "checks">>(ACCOUNTS, [recipientId])).rows;
  const checks = await accountChecksOf(client, recipientId);
  return {
    recipientId,
    kind: head.kind,
    wardCode: head.ward_code,
    person,
    children,
    firstMonth: head.first_month,
    endedFrom: head.ended_from,
    accounts: accounts.map((account) => ({ ...account, checks: checks.get(account.accountId) ?? [] })),
    decisions: (await client.query<DecisionView>(DECISIONS, [recipientId])).rows,
    holds: (await client.query<HoldView>(HOLDS, [recipientId])).rows,
    months: await readMonths(client, { ...question, firstMonth: head.first_month, endedFrom: head.ended_from }),
    receivable: receivable.rows[0]?.sum ?? 0,
    opening: opening ?? null,
  };
}

/**
 * Opens one recipient. The row that says who opened whom and why is written in the same transaction, before anything is
 * read; where it cannot be written nothing is shown.
 *
 * @throws Refusal `recipientUnknown`
 */
export async function openRecipient(reader: Reader, question: RecipientQuestion): Promise<RecipientPage> {
  const entry = {
    action: "inquiry.openRecipient",
    objectKind: "recipient",
    objectId: String(question.recipientId),
  };
  return await auditedRead(
    reader,
    entry,
    async (client) => await readPage(client, question, reader.staff !== undefined),
  );
}
