/** 印刷を待つもの: by form, how many and since when; the manual tray; and what one letter of it would say. */
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import { readSetting } from "../../settings.ts";
import { composeLetter, type StopReason, stopLabels } from "../content/compose.ts";
import type { ShownAddress } from "../content/fields.ts";
import { letterText } from "../content/letter.ts";
import { readPeople } from "../content/people.ts";
import { prepared } from "../content/prepare.ts";
import { FORM_CODES, type FormCode } from "../forms/form-codes.ts";
import { formOf } from "../forms/list.ts";
import { sourceOf } from "../sources/list.ts";
import { protectedCases } from "../sources/protected.ts";
import { countOpen, readSources } from "../sources/source.ts";
import { readTexts } from "../texts/text-blocks.ts";
import { letterCommand } from "./command.ts";

export type WaitingForm = {
  readonly form: FormCode;
  readonly number: string;
  readonly title: string;
  readonly waiting: number;
  /** Day of the oldest decision that waits */
  readonly oldest: string | null;
};

/** Counts per form, in the order of the forms; forms without anything are there with 0. */
export async function waitingLetters(client: PoolClient, today: string): Promise<readonly WaitingForm[]> {
  const { from } = await readSetting(client, "letters", today);
  const rows: WaitingForm[] = [];
  for (const form of FORM_CODES) {
    const { waiting, oldest } = await countOpen(client, sourceOf(form), {
      from,
      documentOn: today,
      paymentRunNo: null,
    });
    rows.push({ form, number: formOf(form).number, title: formOf(form).title, waiting, oldest });
  }
  return rows;
}

export type TrayLetter = {
  readonly form: FormCode;
  readonly number: string;
  readonly title: string;
  readonly sourceKey: string;
  readonly addressee: number | null;
  readonly reason: StopReason;
  readonly label: string;
  /** The run that left it out last */
  readonly runNo: number;
};

/**
 * 手作業トレイ: what runs left to people and nobody has dealt with yet.
 *
 * @param withProtected whether the reader may know of protected people; without, those rows are not in the answer
 */
export async function trayLetters(connection: Queryable, withProtected: boolean): Promise<readonly TrayLetter[]> {
  const { rows } = await connection.query<Omit<TrayLetter, "number" | "title" | "label">>(
    `SELECT DISTINCT ON (r.form_code, o.source_key) r.form_code AS form, o.source_key AS "sourceKey", o.addressee_number AS addressee, o.reason, r.run_no AS "runNo"
     FROM allowance.letter_left_out o JOIN allowance.letter_run r USING (run_no)
     WHERE o.route = 'tray' AND ($1 OR o.reason <> 'protected')
       AND NOT EXISTS (SELECT FROM allowance.letter l WHERE l.form_code = r.form_code AND l.source_key = o.source_key
                       AND NOT EXISTS (SELECT FROM allowance.letter_discard d WHERE d.letter_id = l.letter_id AND d.kind <> 'returned'))
       AND NOT EXISTS (SELECT FROM allowance.letter_withheld w WHERE w.form_code = r.form_code AND w.source_key = o.source_key)
     ORDER BY r.form_code, o.source_key, r.run_no DESC LIMIT 500`,
    [withProtected],
  );
  return rows.map((row) => ({
    ...row,
    number: formOf(row.form).number,
    title: formOf(row.form).title,
    label: stopLabels[row.reason],
  }));
}

/** What one letter would say today, and every address on it beside the envelope's: the proof list of the manual tray (A78). */
export type LetterProof = {
  readonly route: "print" | "tray" | "leftOut";
  readonly reason: StopReason | null;
  readonly label: string;
  readonly lines: readonly string[];
  readonly envelope: readonly string[];
  readonly shownAddresses: readonly ShownAddress[];
  /** 宛名番号 of the protected people whom the letter touches */
  readonly protectedPeople: readonly number[];
};

/** @throws Refusal `letterUnknown`, `letterTextMissing` */
export async function proofOf(
  client: PoolClient,
  context: Pick<Context, "calendar" | "today">,
  form: FormCode,
  sourceKey: string,
): Promise<LetterProof> {
  const { today, calendar } = context;
  const { from } = await readSetting(client, "letters", today);
  const { demo } = await readSetting(client, "municipality", today);
  const [found] = await readSources(
    client,
    sourceOf(form),
    { from, documentOn: today, paymentRunNo: null, keys: [sourceKey] },
    1,
  );
  if (found === undefined)
    throw refuse(
      "letterUnknown",
      "この通知書は、もう印刷されたか、送らないと決められています。一覧を読み直してください。",
      { sourceKey },
    );
  const source = prepared(found);
  const people = await readPeople(
    client,
    [...(source.addressee === null ? [] : [source.addressee]), ...source.named],
    today,
    form,
  );
  const { content, route, shownAddresses } = composeLetter(formOf(form), source, {
    calendar,
    documentOn: parseCivilDate(today) ?? today,
    texts: await readTexts(client, today),
    people,
    protectedCases: await protectedCases(client),
    documentNumber: "",
    wardCode: "",
    demo,
  });
  const reason = route.to === "print" ? null : route.reason;
  return {
    route: route.to,
    reason,
    label: reason === null ? "" : stopLabels[reason],
    lines: letterText(content),
    envelope: [content.envelope.postalCode, ...content.envelope.lines, content.envelope.name],
    shownAddresses,
    protectedPeople: [...people.values()].filter((person) => person.protected).map(({ number }) => number),
  };
}

type Withheld = { readonly form: FormCode; readonly sourceKey: string; readonly reason: string };

/** 宛名番号 of a letter of the tray; null for an office outside. @throws Refusal `letterUnknown`, `letterInvalid` (no reason) */
export async function trayAddressee(
  connection: Queryable,
  { form, sourceKey, reason }: Withheld,
): Promise<number | null> {
  if (reason.trim() === "" || reason.trim().length > 200)
    throw refuse("letterInvalid", "送らない理由を、200文字までで書いてください。何も変えていません。");
  const { rows } = await connection.query<{ addressee: number | null }>(
    `SELECT o.addressee_number::bigint AS addressee FROM allowance.letter_left_out o JOIN allowance.letter_run r USING (run_no)
     WHERE r.form_code = $1 AND o.source_key = $2
       AND NOT EXISTS (SELECT FROM allowance.letter_withheld w WHERE w.form_code = $1 AND w.source_key = $2) LIMIT 1`,
    [form, sourceKey],
  );
  const found = rows[0];
  if (found !== undefined) return found.addressee;
  throw refuse(
    "letterUnknown",
    "この通知書は、手作業トレイにありません。一覧を読み直してください。何も変えていません。",
    { sourceKey },
  );
}

/** Writes in the open transaction that a letter of the tray is not sent. @throws Refusal `letterUnknown`, `letterInvalid` */
export async function writeWithheld(
  client: PoolClient,
  held: Withheld,
  people: { readonly enteredBy: string; readonly approvedBy: string },
): Promise<void> {
  const addressee = await trayAddressee(client, held);
  await client.query(
    "INSERT INTO allowance.letter_withheld (form_code, source_key, addressee_number, reason, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6)",
    [held.form, held.sourceKey, addressee, held.reason.trim(), people.enteredBy, people.approvedBy],
  );
}

/**
 * 送らない: two people decide that a letter of the tray is not sent (handed over, told otherwise, too dangerous).
 *
 * @throws Refusal `samePerson`, `letterInvalid`, `letterUnknown`
 */
export async function withholdLetter(
  context: Context,
  held: Withheld & { readonly approvedBy: string; readonly key?: string },
): Promise<void> {
  const { form, sourceKey, reason, approvedBy, key } = held;
  await letterCommand(
    context,
    { name: "letter.withhold", key, request: { form, sourceKey, reason: reason.trim(), approvedBy } },
    async (client) => {
      await writeWithheld(client, held, { enteredBy: context.operator, approvedBy });
      return {
        response: null,
        audit: [
          { action: "letter.withhold", objectKind: "letterSource", objectId: sourceKey, detail: { form, approvedBy } },
        ],
      };
    },
  );
}
