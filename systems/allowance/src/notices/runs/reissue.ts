/** 再発行: the same words once more, marked, as a run of its own – never slipped into another (I-28). */
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash, randomUUID } from "node:crypto";

import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import { layOut } from "../content/layout.ts";
import { erasedOn, fiscalYearOf, type LetterContent } from "../content/letter.ts";
import { readPeople } from "../content/people.ts";
import type { FormCode } from "../forms/form-codes.ts";
import { formOf } from "../forms/list.ts";
import { checkLetterDays, type CreatedLetterRun } from "./create-run.ts";
import { editionDigest, recordEdition } from "./editions.ts";
import { letterCommand } from "./command.ts";
import { wordsErased } from "./erased-words.ts";
import { addRunEvent } from "./run-record.ts";

type Old = {
  readonly run_no: number;
  readonly form_code: FormCode;
  readonly version: string;
  readonly source_key: string;
  readonly last: number;
  /** The letter issued last of this source: the new one follows it */
  readonly standing: number;
  readonly times: number;
  readonly addressee_number: number | null;
  readonly outside_party: string | null;
  readonly recipient_id: number | null;
  readonly named_numbers: readonly number[];
  readonly decided_on: string;
  readonly content: LetterContent;
  readonly amount: number | null;
  readonly mailed: boolean;
};

const LETTER = `
SELECT l.run_no, l.form_code, l.version, l.source_key, l.addressee_number, l.outside_party, l.recipient_id, l.named_numbers, l.decided_on, l.content, l.amount,
       (SELECT x.letter_id FROM allowance.letter x WHERE x.form_code = l.form_code AND x.source_key = l.source_key ORDER BY x.attempt DESC LIMIT 1) AS standing,
       (SELECT max(attempt)::int FROM allowance.letter x WHERE x.form_code = l.form_code AND x.source_key = l.source_key) AS last,
       (SELECT count(*)::int FROM allowance.letter x WHERE x.form_code = l.form_code AND x.source_key = l.source_key AND x.reissue_of IS NOT NULL) AS times,
       EXISTS (SELECT FROM allowance.letter_run_state s WHERE s.run_no = l.run_no AND s.state = 'mailed') AS mailed
FROM allowance.letter l WHERE l.letter_id = $1`;

/**
 * Makes a run of one letter that was mailed, with the mark 再発行. The words stay; the envelope gets the address of today.
 *
 * @throws Refusal `letterUnknown` (not there, or never mailed), `letterInvalid` (reason)
 */
export async function reissueLetter(
  context: Context,
  asked: { readonly letterId: number; readonly reason: string; readonly key?: string },
): Promise<CreatedLetterRun> {
  const { letterId } = asked;
  const reason = asked.reason.trim();
  if (reason === "" || reason.length > 200)
    throw refuse("letterInvalid", "再発行の理由を、200文字までで書いてください。何も作っていません。");
  checkLetterDays(context, context.today, context.today);
  const key = asked.key ?? `letter.reissue/${randomUUID()}`;
  const { response } = await letterCommand(
    context,
    { name: "letter.reissue", key, request: { letterId, reason } },
    async (client) => {
      const old = (await client.query<Old>(LETTER, [letterId])).rows[0];
      if (old === undefined || !old.mailed) {
        throw refuse(
          "letterUnknown",
          `封筒 ${letterId} の通知書は、まだ発送されていないか、ありません。発送の前なら、抜き取って作り直してください。`,
          { letterId },
        );
      }
      const gone = erasedOn(old.content);
      if (gone !== undefined) throw wordsErased(letterId, gone);
      const people = await readPeople(
        client,
        old.addressee_number === null ? [] : [old.addressee_number],
        context.today,
        null,
      );
      const person = old.addressee_number === null ? undefined : people.get(old.addressee_number);
      const times = old.times + 1;
      const { envelope } = old.content;
      const content: LetterContent = {
        ...old.content,
        envelope:
          person === undefined
            ? envelope
            : {
                ...envelope,
                postalCode: person.postalCode,
                lines: [person.address, person.building].filter((line) => line !== ""),
              },
        reissue: { on: parseCivilDate(context.today) ?? context.today, times },
      };
      const { pages, issues } = layOut(content);
      const digest = createHash("sha256").update(canonicalJson(content)).digest("hex");
      const form = formOf(old.form_code);
      await recordEdition(client, form);
      const { rows: numbers } = await client.query<{ no: number }>(
        "SELECT coalesce(max(run_no), 0)::int + 1 AS no FROM allowance.letter_run",
      );
      const runNo = numbers[0]?.no ?? 1;
      const listDigest = createHash("sha256").update(`reissue ${letterId} ${digest}\n`).digest("hex");
      const amount = old.amount ?? 0;
      await client.query(
        `INSERT INTO allowance.letter_run (run_no, kind, form_code, edition_digest, document_on, mail_on, fiscal_year, letter_count, page_count, amount, list_digest, reason, maker, command_key)
       VALUES ($1, 'reissue', $2, $3, $4, $4, $5, 1, $6, $7, $8, $9, $10, $11)`,
        [
          runNo,
          old.form_code,
          editionDigest(form),
          context.today,
          fiscalYearOf(context.today),
          pages.length,
          amount,
          listDigest,
          reason,
          context.operator,
          key,
        ],
      );
      await client.query(
        `INSERT INTO allowance.letter (run_no, seq, form_code, version, source_key, attempt, addressee_number, outside_party, recipient_id, named_numbers, decided_on, document_on, content, content_digest, pages, amount, reissue_of)
       VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
        [
          runNo,
          old.form_code,
          old.version,
          old.source_key,
          old.last + 1,
          old.addressee_number,
          old.outside_party,
          old.recipient_id,
          old.named_numbers,
          old.decided_on,
          context.today,
          JSON.stringify(content),
          digest,
          pages.length,
          old.amount,
          old.standing,
        ],
      );
      await addRunEvent(client, context, runNo, "created", reason);
      const made = { runNo, letters: 1, pages: pages.length, amount, listDigest, leftOut: [], issues: issues.length };
      const detail = { of: letterId, times, reason };
      return {
        response: made,
        audit: [{ action: "letter.reissue", objectKind: "letter", objectId: String(letterId), detail }],
      };
    },
  );
  return response;
}
