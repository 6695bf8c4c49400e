/**
 * 印刷処理を作る: everything of one form that waits, composed and sorted into what is printed, what a person must look at (手作業トレイ)
 * and what is not sent, with the reason of each. One transaction: the list that is approved is the list that was made.
 */
import { addDays, parseCivilDate } from "@hagukumi/law/contract.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import { createHash, type Hash } from "node:crypto";
import type { PoolClient } from "pg";

import type { Context } from "../../context.ts";
import { refuse, stopIfCancelled } from "../../refusal.ts";
import { readSetting } from "../../settings.ts";
import { streamOf } from "../../stream.ts";
import { type ComposedLetter, composeLetter, type ComposeFor, openLabel, type StopReason } from "../content/compose.ts";
import { layOut, type PrintIssue } from "../content/layout.ts";
import { fiscalYearOf } from "../content/letter.ts";
import { readPeople } from "../content/people.ts";
import { prepared } from "../content/prepare.ts";
import type { SourceRow } from "../content/source-row.ts";
import type { FormCode } from "../forms/form-codes.ts";
import { formOf } from "../forms/list.ts";
import { sourceOf } from "../sources/list.ts";
import { protectedCases } from "../sources/protected.ts";
import { openSources } from "../sources/source.ts";
import { readTexts } from "../texts/text-blocks.ts";
import { letterCommand } from "./command.ts";
import { editionDigest, recordEdition } from "./editions.ts";
import { ledgerAmounts } from "./ledger-amounts.ts";
import { addRunEvent, type LetterRunKind } from "./run-record.ts";

/** Letters composed at a time: bounds the memory, whatever the size of the city. */
const SLICE = 1000;

export type CreateLetterRun = {
  /** Idempotency key */
  readonly key?: string;
  readonly form: FormCode;
  /** 文書の日付 `YYYY-MM-DD` */
  readonly documentOn: string;
  /** 発送日 */
  readonly mailOn: string;
  /** Of payment notices: this run alone */
  readonly paymentRunNo?: number;
  /** From the manual tray: these sources, with the reason why they may go out */
  readonly manual?: { readonly sourceKeys: readonly string[]; readonly reason: string };
};

export type LeftOutCount = { readonly route: "tray" | "leftOut"; readonly reason: StopReason; readonly count: number };

export type CreatedLetterRun = {
  readonly runNo: number;
  readonly letters: number;
  readonly pages: number;
  readonly amount: number;
  readonly listDigest: string;
  readonly leftOut: readonly LeftOutCount[];
  readonly issues: number;
};

/** Days that a document may lie before or after the day of work: a wrong year is found here (I-30). */
const DAYS_BACK = 31;
const DAYS_AHEAD = 92;

/** @throws Refusal `letterInvalid` */
export function checkLetterDays(context: Context, documentOn: string, mailOn: string): void {
  const [document, mail] = [parseCivilDate(documentOn), parseCivilDate(mailOn)];
  const problem =
    document === undefined || mail === undefined
      ? "文書の日付か発送日が、存在しない日付です。"
      : mail < document
        ? "発送日が、文書の日付より前です。"
        : document < addDays(context.today, -DAYS_BACK) || mail > addDays(context.today, DAYS_AHEAD)
          ? `文書の日付と発送日は、処理日の${DAYS_BACK}日前から${DAYS_AHEAD}日後までにしてください。年を確かめてください。`
          : undefined;
  if (problem !== undefined)
    throw refuse("letterInvalid", `印刷処理を作れません。${problem}何も作っていません。`, { documentOn, mailOn });
}

type Counting = {
  seq: number;
  pages: number;
  amount: number;
  issues: number;
  readonly leftOut: Map<string, LeftOutCount & { count: number }>;
  readonly hash: Hash;
};

/** `differs`: the ledger says another amount than the letter would. */
type Row = { readonly source: SourceRow; readonly letter: ComposedLetter; readonly differs: boolean };

type Prepared = Row & { readonly digest: string; readonly pages: number; readonly issues: readonly PrintIssue[] };

const prepare = (row: Row): Prepared => {
  const { pages, issues } = layOut(row.letter.content);
  const digest = createHash("sha256").update(canonicalJson(row.letter.content)).digest("hex");
  return { ...row, digest, pages: pages.length, issues };
};

/** Why this letter is not printed in this run; null: it is. A wrong amount is never printed, whoever has looked at it. */
function stopOf(
  { letter: { route }, differs }: Row,
  manual: boolean,
): Exclude<ComposedLetter["route"], { to: "print" }> | null {
  if (differs && (route.to === "print" || manual)) return { to: "tray", reason: "amountDiffers" };
  if (route.to === "print") return null;
  // A person has looked at it (proof list), and another one approves the run.
  return manual && route.to === "tray" ? null : route;
}

async function attemptsOf(
  client: PoolClient,
  form: FormCode,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ key: string; last: number }>(
    "SELECT source_key AS key, max(attempt)::int AS last FROM allowance.letter WHERE form_code = $1 AND source_key = ANY ($2) GROUP BY source_key",
    [form, keys],
  );
  return new Map(rows.map(({ key, last }) => [key, last]));
}

const LETTER_COLUMNS = [
  "run_no",
  "seq",
  "form_code",
  "version",
  "source_key",
  "attempt",
  "addressee_number",
  "outside_party",
  "recipient_id",
  "named_numbers",
  "decided_on",
  "document_on",
  "content",
  "content_digest",
  "pages",
  "amount",
] as const;

async function writeSlice(
  client: PoolClient,
  runNo: number,
  rows: readonly Row[],
  counting: Counting,
  manual: boolean,
): Promise<void> {
  const printed: Prepared[] = [];
  const left: (readonly unknown[])[] = [];
  for (const row of rows) {
    const stop = stopOf(row, manual);
    if (stop === null) {
      printed.push(prepare(row));
      continue;
    }
    left.push([runNo, row.source.sourceKey, row.source.addressee, stop.to, stop.reason]);
    counting.hash.update(`${row.source.sourceKey} ${stop.to} ${stop.reason}\n`);
    const known = counting.leftOut.get(`${stop.to}/${stop.reason}`) ?? {
      route: stop.to,
      reason: stop.reason,
      count: 0,
    };
    known.count += 1;
    counting.leftOut.set(`${stop.to}/${stop.reason}`, known);
  }
  const [first] = printed;
  const attempts =
    first === undefined
      ? new Map<string, number>()
      : await attemptsOf(
          client,
          first.source.form,
          printed.map(({ source }) => source.sourceKey),
        );
  const before = counting.seq;
  const cells = printed.map(({ source, letter, digest, pages }) => {
    counting.seq += 1;
    counting.pages += pages;
    counting.amount += letter.amount ?? 0;
    counting.hash.update(`${source.sourceKey} ${digest}\n`);
    return [
      runNo,
      counting.seq,
      source.form,
      letter.content.version,
      source.sourceKey,
      (attempts.get(source.sourceKey) ?? 0) + 1,
      source.addressee,
      source.outsideParty,
      source.recipientId,
      `{${source.named.join(",")}}`,
      source.decidedOn,
      letter.content.documentOn,
      JSON.stringify(letter.content),
      digest,
      pages,
      letter.amount,
    ];
  });
  await copyRows(client, "allowance.letter", LETTER_COLUMNS, streamOf(cells));
  await copyRows(
    client,
    "allowance.letter_left_out",
    ["run_no", "source_key", "addressee_number", "route", "reason"],
    streamOf(left),
  );
  const noted = printed.flatMap(({ issues }, index) =>
    issues.map((issue, no) => ({ seq: before + index + 1, no: no + 1, ...issue })),
  );
  counting.issues += noted.length;
  for (const { seq, no, kind, codePoints, printed: shown } of noted) {
    await client.query(
      `INSERT INTO allowance.letter_print_issue (letter_id, no, kind, code_points, printed)
       SELECT letter_id, $3, $4, $5, $6 FROM allowance.letter WHERE run_no = $1 AND seq = $2`,
      [runNo, seq, no, kind, codePoints, shown],
    );
  }
}

/** The letters of a slice, composed; a payment notice whose amount is not the ledger's goes to the tray (I-37, M34). */
async function composeSlice(
  client: PoolClient,
  form: FormCode,
  slice: readonly SourceRow[],
  about: Omit<ComposeFor, "people">,
): Promise<readonly Row[]> {
  const sources = slice.map(prepared);
  const people = await readPeople(
    client,
    sources.flatMap(({ addressee, named }) => [...(addressee === null ? [] : [addressee]), ...named]),
    about.documentOn,
    form,
  );
  const ledger = await ledgerAmounts(client, sources);
  return sources.map((source) => {
    const letter = composeLetter(formOf(source.form), source, { ...about, people });
    const expected = ledger.get(source.sourceKey);
    return { source, letter, differs: expected !== undefined && expected !== letter.amount };
  });
}

async function write(
  client: PoolClient,
  context: Context,
  request: CreateLetterRun,
  kind: LetterRunKind,
): Promise<CreatedLetterRun> {
  const { form, documentOn, mailOn, manual } = request;
  const day = parseCivilDate(documentOn);
  if (day === undefined) throw new Error("checked before");
  const texts = await readTexts(client, documentOn);
  const { from } = await readSetting(client, "letters", documentOn);
  const { demo } = await readSetting(client, "municipality", documentOn);
  const { rows: last } = await client.query<{ no: number }>(
    "SELECT coalesce(max(run_no), 0)::int AS no FROM allowance.letter_run",
  );
  const runNo = (last[0]?.no ?? 0) + 1;
  const about = {
    calendar: context.calendar,
    documentOn: day,
    texts,
    protectedCases: await protectedCases(client),
    documentNumber: `${texts.get("numbering").prefix}${runNo}号`,
    wardCode: "",
    demo,
  };
  const counting: Counting = { seq: 0, pages: 0, amount: 0, issues: 0, leftOut: new Map(), hash: createHash("sha256") };
  counting.hash.update(`${form} ${documentOn} ${mailOn} ${editionDigest(formOf(form))}\n`);
  const question = {
    from,
    documentOn,
    paymentRunNo: request.paymentRunNo ?? null,
    ...(manual === undefined ? {} : { keys: manual.sourceKeys }),
  };
  for await (const slice of openSources(client, sourceOf(form), question, SLICE)) {
    stopIfCancelled(context.signal, "通知書の作成");
    await writeSlice(client, runNo, await composeSlice(client, form, slice, about), counting, manual !== undefined);
    context.onProgress?.("通知書を組む", counting.seq, counting.seq);
  }
  const leftOut = [...counting.leftOut.values()];
  // Nothing to print, but letters that only a person may send (of a protected family): the tray must have them all the same.
  if (counting.seq === 0 && (manual !== undefined || !(await hasNewInTray(client, runNo, form)))) {
    throw nothingToPrint(form, leftOut, "何も作っていません。");
  }
  const listDigest = counting.hash.digest("hex");
  await recordEdition(client, formOf(form));
  await client.query(
    `INSERT INTO allowance.letter_run (run_no, kind, form_code, edition_digest, document_on, mail_on, fiscal_year, letter_count, page_count, amount, list_digest, reason, maker, command_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      runNo,
      kind,
      form,
      editionDigest(formOf(form)),
      documentOn,
      mailOn,
      fiscalYearOf(documentOn),
      counting.seq,
      counting.pages,
      counting.amount,
      listDigest,
      manual?.reason ?? "",
      context.operator,
      request.key,
    ],
  );
  await addRunEvent(client, context, runNo, "created");
  if (counting.seq === 0) await addRunEvent(client, context, runNo, "discarded", "手作業トレイに入れるものだけ");
  return {
    runNo,
    letters: counting.seq,
    pages: counting.pages,
    amount: counting.amount,
    listDigest,
    leftOut,
    issues: counting.issues,
  };
}

/** Whether this run leaves a letter to the manual tray that no run before it has left there. */
async function hasNewInTray(client: PoolClient, runNo: number, form: FormCode): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM allowance.letter_left_out o WHERE o.run_no = $1 AND o.route = 'tray' AND NOT EXISTS (
       SELECT FROM allowance.letter_left_out b JOIN allowance.letter_run r USING (run_no) WHERE b.source_key = o.source_key AND b.route = 'tray' AND r.form_code = $2)
     LIMIT 1`,
    [runNo, form],
  );
  return rows.length > 0;
}

function nothingToPrint(form: FormCode, leftOut: CreatedLetterRun["leftOut"], done: string): Error {
  const why = leftOut.map(({ reason, count }) => `${openLabel(reason)} ${count}件`).join("、");
  return refuse(
    "letterNothing",
    `印刷する「${formOf(form).title}」はありません。${why === "" ? "通知を待つ決定などがありません。" : `どれも手作業トレイか送らないものです（${why}）。`}${done}`,
    { form, ...Object.fromEntries(leftOut.map(({ reason, count }) => [reason, count])) },
  );
}

/**
 * Makes a print run of everything of one form that waits.
 *
 * @throws Refusal `letterInvalid` (days), `letterTextMissing`, `settingMissing`, `cancelled`: nothing is made then; `letterNothing`
 *   where nothing is printed (what only a person may send is in the manual tray then)
 */
export async function createLetterRun(context: Context, asked: CreateLetterRun): Promise<CreatedLetterRun> {
  checkLetterDays(context, asked.documentOn, asked.mailOn);
  const key = asked.key ?? `letter.create/${crypto.randomUUID()}`;
  const request = { ...asked, key };
  if (asked.manual !== undefined && (asked.manual.reason.trim() === "" || asked.manual.sourceKeys.length === 0)) {
    throw refuse(
      "letterInvalid",
      "手作業トレイから印刷する通知書と、その理由（確かめたこと）を示してください。何も作っていません。",
    );
  }
  const { response } = await letterCommand(context, { name: "letter.create", key, request: asked }, async (client) => {
    const made = await write(client, context, request, asked.manual === undefined ? "first" : "manual");
    crashPoint("letter.create.composed");
    const { runNo, letters, pages, listDigest } = made;
    const detail = { form: asked.form, letters, pages, listDigest };
    return {
      response: made,
      audit: [{ action: "letter.create", objectKind: "letterRun", objectId: String(runNo), detail }],
    };
  });
  if (response.letters > 0) return response;
  throw nothingToPrint(asked.form, response.leftOut, "手作業トレイに入れました。印刷するものはありません。");
}
