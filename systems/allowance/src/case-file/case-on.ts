/**
 * 台帳の時間旅行 (A19): what was true of a case on one day, as far as it was known on another. Every row says when it was recorded;
 * what was recorded after the end of the known day (in Japan) is not there, so a later discovery never changes what this
 * function says about an earlier day.
 */
import { type CivilDate, type Month, monthOf, parseCivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { standing } from "../decisions/plan-decisions.ts";
import type { RecordedDecision } from "../decisions/recorded.ts";
import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import { SHELTERED_RECIPIENT, SHOWN_ACCOUNT } from "../protection/shown-account.ts";
import { refuse } from "../refusal.ts";
import { ENTRY_KINDS, type EntryKind } from "./entry-kinds.ts";
import { type AsOf, entriesOn, type EntryRow, KNOWN_BY } from "./read-entries.ts";

/** A person as the register had it: no address, this page does not need one. */
export type PersonOn = {
  readonly addresseeNumber: number;
  readonly name: string;
  readonly kana: string;
  /** Null where unknown */
  readonly birthDate: string | null;
  readonly householdNumber: number | null;
  readonly protected: boolean;
  /** Which row of the register it is */
  readonly historyNo: number;
  readonly revision: number;
};

export type ChildOn = {
  readonly addresseeNumber: number;
  readonly person: PersonOn | null;
  readonly role: "child" | "counted";
};

export type AccountOn = {
  readonly accountId: number;
  readonly bank: string;
  readonly branch: string;
  readonly maskedNumber: string;
  readonly holder: string;
  readonly source: string;
  /** First day on which payments use it: the day of its record in Japan, or the day after the last pay day of the account before */
  readonly since: string;
  /** Whether it was the account in use on the day */
  readonly inUse: boolean;
};

export type DecisionOn = RecordedDecision & {
  readonly decisionId: number;
  readonly cause: string;
  readonly exOfficio: boolean;
  readonly decidedOn: string;
  /** Not taken back by a later 訂正 that was known */
  readonly stands: boolean;
  /** The one that governed the month of the day */
  readonly inForce: boolean;
};

export type HoldOn = {
  readonly holdId: number;
  readonly kind: string;
  readonly fromMonth: string;
  readonly cause: string;
};

export type CaseOn = AsOf & {
  readonly recipientId: number;
  readonly kind: "individual" | "corporateGuardian" | "institution";
  readonly addresseeNumber: number;
  readonly person: PersonOn | null;
  /** Children and counted persons named by the claims that were known, in the order of their numbers */
  readonly children: readonly ChildOn[];
  readonly accounts: readonly AccountOn[];
  /** All that were known, in the order in which they were made */
  readonly decisions: readonly DecisionOn[];
  /** Yen a month by the decision in force; null where none is, or its amount is not recorded */
  readonly monthlyTotal: number | null;
  readonly holds: readonly HoldOn[];
  readonly entries: { readonly [K in EntryKind]: readonly EntryRow<K>[] };
};

const PERSONS = `
  SELECT DISTINCT ON (addressee_number) addressee_number AS "addresseeNumber", name, kana,
         CASE WHEN birth_date_unknown THEN NULL ELSE birth_date END AS "birthDate", household_number AS "householdNumber", protected,
         history_no AS "historyNo", revision
  FROM (SELECT DISTINCT ON (addressee_number, history_no) * FROM allowance.person_history
        WHERE addressee_number = ANY ($1::bigint[]) AND ${KNOWN_BY("$3")} ORDER BY addressee_number, history_no, revision DESC) p
  WHERE NOT deleted AND valid_from <= $2::date ORDER BY addressee_number, history_no DESC`;

const CHILDREN = `
  SELECT DISTINCT ON (k.child_number) k.child_number AS number, k.role FROM (
    SELECT c.claim_id, c.received_on, c.recorded_at FROM allowance.claim c JOIN allowance.recipient r ON r.addressee_number = c.claimant_number AND r.kind = c.recipient_kind
    WHERE r.recipient_id = $1) c
  JOIN allowance.claim_child k USING (claim_id)
  WHERE c.received_on <= $2::date AND c.${KNOWN_BY("$3")}
    AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id AND w.withdrawn_on <= $2::date AND w.${KNOWN_BY("$3")})
  ORDER BY k.child_number, c.received_on DESC, c.claim_id DESC`;

// A change after the cut-off is used only for pay days after `after_pay_on` (account_start).
const ACCOUNTS = `
  SELECT a.account_id AS "accountId", ${SHOWN_ACCOUNT("a")}, '••••' || right(a.account_number, 3) AS "maskedNumber", a.holder, a.source,
         to_char(greatest((a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date, s.after_pay_on + 1), 'YYYY-MM-DD') AS since
  FROM allowance.account a ${SHELTERED_RECIPIENT("a")} LEFT JOIN allowance.account_start s USING (account_id)
  WHERE a.recipient_id = $1 AND a.${KNOWN_BY("$2")} ORDER BY a.account_id`;

const DECISIONS = `
  SELECT decision_id AS "decisionId", seq, kind, to_char(effective_month, 'YYYY-MM') AS effective, monthly_total AS "monthlyTotal",
         facts_digest AS "factsDigest", cause, ex_officio AS "exOfficio", decided_on AS "decidedOn"
  FROM allowance.decision WHERE recipient_id = $1 AND ${KNOWN_BY("$2")} ORDER BY seq`;

const HOLDS = `
  SELECT h.hold_id AS "holdId", h.kind, to_char(h.from_month, 'YYYY-MM') AS "fromMonth", h.cause FROM allowance.hold h
  WHERE h.recipient_id = $1 AND h.${KNOWN_BY("$3")} AND h.from_month <= $2::date
    AND NOT EXISTS (SELECT FROM allowance.hold_release r WHERE r.hold_id = h.hold_id AND r.${KNOWN_BY("$3")}
                    AND (r.recorded_at AT TIME ZONE 'Asia/Tokyo')::date <= $2::date)
  ORDER BY h.hold_id`;

function checkedDay(text: string): CivilDate {
  const day = parseCivilDate(text);
  if (day !== undefined) return day;
  throw refuse(
    "entryInvalid",
    `「${text}」は日付ではありません。いつの時点か、いつまでに知っていたかを YYYY-MM-DD で書いてください。`,
  );
}

async function persons(client: PoolClient, numbers: readonly number[], asOf: AsOf): Promise<Map<number, PersonOn>> {
  const { rows } = await client.query<PersonOn>(PERSONS, [numbers, asOf.validOn, asOf.knownOn]);
  return new Map(rows.map((row) => [row.addresseeNumber, row]));
}

type KnownDecision = Omit<DecisionOn, "stands" | "inForce">;

/** Marks what stood, and the last standing decision that had begun by `month`. */
function marked(known: readonly KnownDecision[], month: Month): readonly DecisionOn[] {
  const live = standing(known);
  const inForce = live.filter(({ effective }) => effective <= month).at(-1);
  return known.map((decision) => ({
    ...decision,
    stands: decision.kind !== "correct" && live.some(({ seq }) => seq === decision.seq),
    inForce: decision.seq === inForce?.seq,
  }));
}

async function entries(client: PoolClient, addresseeNumber: number, asOf: AsOf): Promise<CaseOn["entries"]> {
  const found: Partial<Record<EntryKind, readonly EntryRow<EntryKind>[]>> = {};
  for (const kind of ENTRY_KINDS) found[kind] = await entriesOn(client, kind, addresseeNumber, asOf);
  return found as CaseOn["entries"];
}

async function read(client: PoolClient, recipientId: number, asOf: AsOf): Promise<CaseOn> {
  const head = (
    await client.query<{ kind: CaseOn["kind"]; number: number }>(
      "SELECT kind, addressee_number AS number FROM allowance.recipient WHERE recipient_id = $1",
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
  const { validOn, knownOn } = asOf;
  const named = await client.query<{ number: number; role: ChildOn["role"] }>(CHILDREN, [
    recipientId,
    validOn,
    knownOn,
  ]);
  const everyone = await persons(client, [head.number, ...named.rows.map(({ number }) => number)], asOf);
  const accounts = (await client.query<Omit<AccountOn, "inUse">>(ACCOUNTS, [recipientId, knownOn])).rows;
  const inUse = accounts.findLast(({ since }) => since <= validOn)?.accountId;
  const known = (await client.query<KnownDecision>(DECISIONS, [recipientId, knownOn])).rows;
  const decisions = marked(known, monthOf(checkedDay(validOn)));
  return {
    ...asOf,
    recipientId,
    kind: head.kind,
    addresseeNumber: head.number,
    person: everyone.get(head.number) ?? null,
    children: named.rows.map(({ number, role }) => ({
      addresseeNumber: number,
      person: everyone.get(number) ?? null,
      role,
    })),
    accounts: accounts.map((account) => ({ ...account, inUse: account.accountId === inUse })),
    decisions,
    monthlyTotal: decisions.find((decision) => decision.inForce)?.monthlyTotal ?? null,
    holds: (await client.query<HoldOn>(HOLDS, [recipientId, validOn, knownOn])).rows,
    entries: await entries(client, head.number, asOf),
  };
}

/**
 * A case on a day as known on a day. The opening is recorded.
 *
 * @throws Refusal `recipientUnknown`, `entryInvalid` for what is no day; what a guarded read refuses
 */
export async function caseOn(
  reader: Reader,
  question: { readonly recipientId: number; readonly validOn: string; readonly knownOn: string },
): Promise<CaseOn> {
  const { recipientId } = question;
  const asOf = { validOn: checkedDay(question.validOn), knownOn: checkedDay(question.knownOn) };
  const entry = {
    action: "inquiry.caseOn",
    objectKind: "recipient",
    objectId: String(recipientId),
    detail: asOf,
  };
  return await auditedRead(reader, entry, async (client) => await read(client, recipientId, asOf));
}
