/** 検索: recipients by 認定番号, 宛名番号, folded kana or the beginning of a name, of themselves or of a child. */
import { auditedRead } from "./audited-read.ts";
import type { Reader } from "./audited-read.ts";

/** Most recipients in one answer. */
export const SEARCH_LIMIT = 50;

/** One recipient found. No address, for anybody. */
export type FoundRecipient = {
  readonly recipientId: number;
  readonly addresseeNumber: number;
  readonly name: string;
  readonly kana: string;
  /** `YYYY-MM`; null for institutions and where unknown */
  readonly birthMonth: string | null;
  readonly wardCode: string;
  /** 支援措置 */
  readonly protected: boolean;
  /** 支給が終わっている */
  readonly ended: boolean;
};

export type SearchAnswer = {
  readonly by: "number" | "kana" | "name" | "nothing";
  readonly found: readonly FoundRecipient[];
  /** More were found than are shown */
  readonly more: boolean;
};

type Question =
  | { readonly by: "number"; readonly value: number }
  | { readonly by: "kana" | "name"; readonly value: string }
  | { readonly by: "nothing" };

/**
 * What was typed, folded as the register is folded for searching: half width to full width, hiragana to katakana, spaces and
 * variation selectors away. For comparing only; nothing folded is ever stored or shown.
 */
export function readQuestion(typed: string): Question {
  const folded = typed
    .normalize("NFKC")
    .replaceAll(/[\s\p{Variation_Selector}]/gu, "")
    .slice(0, 100);
  if (folded === "") return { by: "nothing" };
  if (/^\d{1,15}$/.test(folded)) return { by: "number", value: Number(folded) };
  const kana = folded.replaceAll(/[\u3041-\u3096]/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0x60));
  return /^[\u30A1-\u30FC・]+$/.test(kana) ? { by: "kana", value: kana } : { by: "name", value: folded };
}

/** `%`, `_` and `\` in a name are letters like others. */
function prefixPattern(text: string): string {
  return `${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

const SELECTORS = "U&'[\\FE00-\\FE0F\\+0E0100-\\+0E01EF\\3000 ]'";

const MATCH = {
  number: "SELECT $1::bigint AS addressee_number",
  kana: `SELECT addressee_number FROM allowance.person_history WHERE replace(kana, '　', '') LIKE $1
         UNION SELECT addressee_number FROM allowance.organization_history WHERE replace(kana, '　', '') LIKE $1`,
  name: `SELECT addressee_number FROM allowance.person_history WHERE normalize(regexp_replace(name, ${SELECTORS}, '', 'g'), NFKC) LIKE $1
         UNION SELECT addressee_number FROM allowance.organization_history WHERE normalize(regexp_replace(name, ${SELECTORS}, '', 'g'), NFKC) LIKE $1`,
} as const;

// Matching goes over the history, so that a former name or spelling is found; shown is the present one.
function queryFor(by: keyof typeof MATCH): string {
  const ownNumber = by === "number" ? "OR r.recipient_id = $1::bigint" : "";
  return `
WITH person AS MATERIALIZED (${MATCH[by]}),
hit AS (
  SELECT r.recipient_id FROM allowance.recipient r WHERE r.addressee_number IN (SELECT addressee_number FROM person) ${ownNumber}
  UNION SELECT r.recipient_id FROM allowance.claim_child c JOIN allowance.claim k USING (claim_id) JOIN allowance.recipient r ON r.addressee_number = k.claimant_number
  WHERE c.child_number IN (SELECT addressee_number FROM person))
SELECT r.recipient_id AS "recipientId", r.addressee_number AS "addresseeNumber", coalesce(p.name, o.name, '（氏名なし）') AS name,
       coalesce(p.kana, o.kana, '') AS kana, CASE WHEN p.birth_date_unknown THEN NULL ELSE to_char(p.birth_date, 'YYYY-MM') END AS "birthMonth",
       r.ward_code AS "wardCode", coalesce(p.protected, false) AS protected, w.ended_from IS NOT NULL AS ended
FROM hit JOIN allowance.recipient r USING (recipient_id)
LEFT JOIN allowance.recipient_window w USING (recipient_id)
LEFT JOIN LATERAL (SELECT * FROM allowance.person_history h WHERE h.addressee_number = r.addressee_number ORDER BY history_no DESC, revision DESC LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT * FROM allowance.organization_history h WHERE h.addressee_number = r.addressee_number ORDER BY revision DESC LIMIT 1) o ON true
ORDER BY coalesce(p.kana, o.kana), r.recipient_id LIMIT ${SEARCH_LIMIT + 1}`;
}

/**
 * Searches; the search itself is recorded (by what kind of key, never the key: it is a name).
 *
 * @param typed anything; nothing is found by an empty question
 */
export async function searchRecipients(reader: Reader, typed: string): Promise<SearchAnswer> {
  const question = readQuestion(typed);
  if (question.by === "nothing") return { by: "nothing", found: [], more: false };
  const entry = {
    action: "inquiry.search",
    objectKind: "recipients",
    objectId: "search",
    detail: { by: question.by },
  };
  const value = question.by === "number" ? question.value : prefixPattern(question.value);
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<FoundRecipient>(queryFor(question.by), [value]);
    return { by: question.by, found: rows.slice(0, SEARCH_LIMIT), more: rows.length > SEARCH_LIMIT };
  });
}
