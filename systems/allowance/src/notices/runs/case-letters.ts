/** 送った通知書: the history of a case's letters, what each said, and the page itself made again from what is kept. */
import { recordPrint } from "@hagukumi/platform/access/journal.ts";

import { auditedRead, type Reader } from "../../inquiry/audited-read.ts";
import { refuse } from "../../refusal.ts";
import { erasedOn, type LetterContent, letterText } from "../content/letter.ts";
import type { FormCode } from "../forms/form-codes.ts";
import { formOf } from "../forms/list.ts";
import { wordsErased } from "./erased-words.ts";
import { EVENT_TERMINAL, letterRunLabels, type LetterRunState } from "./run-record.ts";

export type CaseLetter = {
  readonly letterId: number;
  readonly runNo: number;
  readonly form: FormCode;
  readonly number: string;
  readonly title: string;
  readonly documentOn: string;
  readonly pages: number;
  readonly amount: number | null;
  readonly state: LetterRunState;
  readonly stateLabel: string;
  readonly reissue: boolean;
  /** 廃棄・抜取り・返戻: why; empty where it stands */
  readonly discarded: string;
  /** Who did what, when, at which terminal */
  readonly events: readonly {
    readonly what: string;
    readonly by: string;
    readonly at: string;
    readonly terminal: string | null;
  }[];
};

const LETTERS = `
SELECT l.letter_id AS "letterId", l.run_no AS "runNo", l.form_code AS form, l.content->>'title' AS title, l.document_on AS "documentOn", l.pages, l.amount,
       s.state, l.reissue_of IS NOT NULL AS reissue, coalesce(d.reason, '') AS discarded,
       (SELECT jsonb_agg(jsonb_build_object('what', e.to_state, 'by', e.actor, 'at', e.recorded_at, 'terminal', ${EVENT_TERMINAL}) ORDER BY e.seq)
        FROM allowance.letter_run_event e WHERE e.run_no = l.run_no) AS events
FROM allowance.letter l JOIN allowance.letter_run_state s USING (run_no) LEFT JOIN allowance.letter_discard d USING (letter_id)`;

type Row = Omit<CaseLetter, "number" | "stateLabel">;

const shaped = (row: Row): CaseLetter => ({
  ...row,
  number: formOf(row.form).number,
  stateLabel: letterRunLabels[row.state],
  events: row.events.map((event) => ({ ...event, what: letterRunLabels[event.what as LetterRunState] })),
});

/** Letters to the person, newest first, at most 200. The reading is recorded. */
export async function readCaseLetters(reader: Reader, addressee: number): Promise<readonly CaseLetter[]> {
  const entry = { action: "inquiry.letters", objectKind: "addressee", objectId: String(addressee) };
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<Row>(
      `${LETTERS} WHERE l.addressee_number = $1 ORDER BY l.letter_id DESC LIMIT 200`,
      [addressee],
    );
    return rows.map(shaped);
  });
}

/** One letter as it was sent: its words, and what is needed to draw its pages again. */
export type KeptLetter = {
  readonly letterId: number;
  readonly runNo: number;
  readonly seq: number;
  readonly content: LetterContent;
  readonly contentDigest: string;
  readonly lines: readonly string[];
  readonly seals: readonly (readonly [string, string])[];
};

/**
 * The letter as it was made. To `print` it is recorded with its pages and its seal (印刷の記録).
 *
 * @throws Refusal `letterUnknown` – not there, not of the person who is open, or its words were erased when its 保存期間 was over
 */
export async function readLetter(
  reader: Reader,
  addressee: number,
  letterId: number,
  use: "read" | "print" = "read",
): Promise<KeptLetter> {
  const entry = { action: "inquiry.letter", objectKind: "letter", objectId: String(letterId) };
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<
      Omit<KeptLetter, "lines" | "seals"> & { readonly formCode: FormCode; readonly pages: number }
    >(
      `SELECT letter_id AS "letterId", run_no AS "runNo", seq, content, content_digest AS "contentDigest", form_code AS "formCode", pages FROM allowance.letter WHERE letter_id = $1 AND addressee_number = $2`,
      [letterId, addressee],
    );
    const found = rows[0];
    if (found === undefined)
      throw refuse("letterUnknown", `封筒 ${letterId} の通知書はありません。一覧を読み直してください。`, { letterId });
    const gone = erasedOn(found.content);
    if (gone !== undefined) throw wordsErased(letterId, gone);
    const { rows: seals } = await client.query<{ seal: string }>(
      `SELECT t.content->>'seal' AS seal FROM allowance.letter_text t JOIN allowance.letter_text_approval a USING (text_id)
       WHERE t.kind = 'issuer' AND encode(sha256(decode(t.content->>'seal', 'base64')), 'hex') = $1 LIMIT 1`,
      [found.content.issuer.seal],
    );
    const digest = found.content.issuer.seal;
    const { formCode, pages, ...letter } = found;
    if (use === "print") {
      await recordPrint(client, reader.operator, {
        form: formOf(formCode).number,
        pages,
        seal: digest !== null,
        individualNumber: false,
        output: "pdf",
        objectKind: "letter",
        objectId: String(letterId),
      });
    }
    return {
      ...letter,
      lines: letterText(found.content),
      seals: digest === null || seals[0] === undefined ? [] : [[digest, seals[0].seal] as const],
    };
  });
}
