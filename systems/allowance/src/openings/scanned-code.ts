/**
 * 帳票のコード: what is printed on our own papers opens the case when the paper comes back. A 現況届 carries the barcode of its recipient and
 * year; every page of every letter carries the 封入の印 with the number of its envelope. A scanner types like a keyboard, in whatever layout.
 */
import type { PoolClient } from "pg";

import { parseBarcode } from "../annual-review/barcode.ts";
import { readPageMark } from "../notices/print/page-mark.ts";
import { refuse } from "../refusal.ts";
import type { CaseTarget } from "./open-case.ts";

/** Whose number nobody has: opened like anybody who is not there. */
const NOBODY = 0;

/** Whom a code names, and the 処理事由 where the paper itself says it (a 現況届 came back). */
export type ScannedCode = { readonly target: CaseTarget; readonly purpose: "annualReview" | null };

/**
 * Reads a code as a scanner or a hand typed it (full width, small letters, other signs for `:` and `-`).
 *
 * A letter that was never printed answers like a person who is not there: a code is no way of asking what exists.
 *
 * @throws Refusal `barcodeInvalid` where the text is no code of ours or was misread
 */
export async function scannedTarget(client: PoolClient, typed: string): Promise<ScannedCode> {
  const report = parseBarcode(typed);
  if (report !== undefined) return { target: { recipientId: report.recipientId }, purpose: "annualReview" };
  const parts = typed.normalize("NFKC").toUpperCase().trim();
  const mark = readPageMark(parts.replaceAll(/[^A-Z0-9]+/g, ":"));
  if (mark === undefined) {
    throw refuse(
      "barcodeInvalid",
      "この市の帳票のコードではないか、正しく読み取れていません。もう一度読み取るか、カナや認定番号で探してください。だれも開いていません。",
    );
  }
  const { rows } = await client.query<{ number: number | null }>(
    "SELECT addressee_number::bigint AS number FROM allowance.letter WHERE letter_id = $1 AND run_no = $2",
    [mark.envelope, mark.runNo],
  );
  return { target: { addresseeNumber: rows[0]?.number ?? NOBODY }, purpose: null };
}
