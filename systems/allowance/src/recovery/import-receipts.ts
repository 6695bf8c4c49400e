/**
 * 収納データの取込み: a file is taken in once and whole. A line whose 債権番号 is a claim becomes a receipt; one that fits none stays
 * on the list of unknown receipts until two people have said what it is; a number that came in before is named and left alone.
 */
import { createHash } from "node:crypto";

import { type CivilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import { parse } from "csv-parse/sync";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { readSetting } from "../settings.ts";
import { bookReceipt, type ReceiptEntry } from "./receipts.ts";
import { auditOf, findRecovery, getRecovery, recoveryCommand } from "./record.ts";
import type { ReceiptLayout } from "./settings.ts";

/** A line as the file says it. */
export type ReceiptLine = {
  readonly lineNo: number;
  readonly reference: string;
  /** 債権番号 as written */
  readonly claimText: string;
  readonly paidOn: CivilDate;
  readonly amount: number;
};

const FORMS = {
  "YYYY-MM-DD": /^(\d{4})-(\d{2})-(\d{2})$/,
  "YYYY/MM/DD": /^(\d{4})\/(\d{2})\/(\d{2})$/,
  YYYYMMDD: /^(\d{4})(\d{2})(\d{2})$/,
} as const;
const MAX_LINES = 100_000;

function broken(message: string): never {
  throw refuse(
    "receiptFileInvalid",
    `収納データを取り込めません。${message}何も取り込んでいません。ファイルと、設定「収納データの項目」を確かめてください。`,
  );
}

/** Reads a file by the layout of the city. Columns that the layout does not name are not read. @throws Refusal `receiptFileInvalid` */
export function parseReceipts(bytes: Uint8Array, layout: ReceiptLayout, today: CivilDate): readonly ReceiptLine[] {
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    broken("文字コードが UTF-8 ではありません。");
  }
  let rows: string[][];
  try {
    rows = parse(content, { bom: true, delimiter: layout.delimiter, skip_empty_lines: true, relax_column_count: true });
  } catch {
    broken("CSV として読めません（引用符が閉じていない、など）。");
  }
  const [heading = [], ...lines] = rows;
  const at = (name: string): number => {
    const index = heading.indexOf(name);
    if (index === -1 || heading.indexOf(name, index + 1) !== -1) broken(`1行目に項目「${name}」が1つだけありません。`);
    return index;
  };
  const { columns } = layout;
  const places = {
    reference: at(columns.reference),
    claim: at(columns.claim),
    paidOn: at(columns.paidOn),
    amount: at(columns.amount),
  };
  if (lines.length === 0) broken("明細がありません。");
  if (lines.length > MAX_LINES) broken(`明細が ${MAX_LINES} 行を超えています。`);
  const seen = new Set<string>();
  return lines.map((cells, index) => {
    const row = index + 2;
    if (cells.length !== heading.length) broken(`${row}行目の項目の数が、1行目と違います。`);
    const reference = (cells[places.reference] ?? "").trim();
    if (!/^[0-9A-Za-z-]{1,40}$/.test(reference))
      broken(`${row}行目の「${columns.reference}」が英数字とハイフンの40文字までではありません。`);
    if (seen.has(reference)) broken(`${row}行目の「${columns.reference}」が、同じファイルに二度あります。`);
    seen.add(reference);
    const [, year = "", of = "", day = ""] = FORMS[layout.dateForm].exec((cells[places.paidOn] ?? "").trim()) ?? [];
    const paidOn = parseCivilDate(`${year}-${of}-${day}`);
    if (paidOn === undefined || paidOn > today)
      broken(`${row}行目の「${columns.paidOn}」が ${layout.dateForm} の、今日までの日付ではありません。`);
    const amount = (cells[places.amount] ?? "").trim();
    if (!/^[1-9]\d{0,7}$/.test(amount))
      broken(`${row}行目の「${columns.amount}」が1円以上の整数（8桁まで）ではありません。`);
    return {
      lineNo: row,
      reference,
      claimText: (cells[places.claim] ?? "").trim().slice(0, 40),
      paidOn,
      amount: Number(amount),
    };
  });
}

export type ImportedReceipts = {
  readonly fileId: number;
  readonly lines: number;
  readonly applied: number;
  readonly appliedAmount: number;
  readonly unknown: number;
  readonly repeated: number;
  /** 過納 that came about, yen */
  readonly excess: number;
};

/** The claim that a line names: plain digits, leading zeros allowed. */
const claimNumber = (text: string): number | null => (/^0*[1-9]\d{0,14}$/.test(text) ? Number(text) : null);

/**
 * Takes in a file of receipts.
 *
 * @throws Refusal `receiptFileInvalid` (with the line), `receiptRepeated` (the same bytes came before), `settingMissing`
 */
export async function importReceipts(
  context: Context,
  request: {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly key?: string;
    /** 統合収滞納: for which hand-over the receipts came, and what the file says of itself */
    readonly collection?: { readonly fileNo: number; readonly count: number; readonly total: number };
  },
): Promise<ImportedReceipts> {
  const layout = await readSetting(context.pool, "receiptLayout", context.today);
  const lines = parseReceipts(request.bytes, layout, context.today);
  const sha256 = createHash("sha256").update(request.bytes).digest("hex");
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const name = request.name.slice(0, 200) || "収納データ";
  return await recoveryCommand<ImportedReceipts>(
    context,
    "recovery.import",
    { key: request.key, name, sha256 },
    async (client, key) => {
      const { rows } = await client.query<{ id: number }>(
        "INSERT INTO allowance.receipt_file (name, sha256, line_count, total, imported_by) VALUES ($1, $2, $3, $4, $5) RETURNING file_id AS id",
        [name, sha256, lines.length, total, context.operator],
      );
      const fileId = rows[0]?.id ?? 0;
      if (request.collection !== undefined) {
        await client.query(
          "INSERT INTO allowance.collection_receipt (receipt_file_id, file_no, line_count, total) VALUES ($1, $2, $3, $4)",
          [fileId, request.collection.fileNo, request.collection.count, request.collection.total],
        );
      }
      crashPoint("recovery.import.file");
      const { rows: known } = await client.query<{ reference: string }>(
        `SELECT reference FROM allowance.recovery_receipt WHERE reference = ANY ($1::text[])
         UNION SELECT reference FROM allowance.receipt_line WHERE reference = ANY ($1::text[]) AND outcome <> 'repeated'`,
        [lines.map(({ reference }) => reference)],
      );
      const before = new Set(known.map(({ reference }) => reference));
      const counted = { applied: 0, appliedAmount: 0, unknown: 0, repeated: 0, excess: 0 };
      for (const line of lines) {
        const number = claimNumber(line.claimText);
        const recovery = number === null ? undefined : await findRecovery(client, number);
        const outcome = before.has(line.reference) ? "repeated" : recovery === undefined ? "unknown" : "applied";
        counted[outcome] += 1;
        await client.query(
          "INSERT INTO allowance.receipt_line (file_id, line_no, reference, claim_text, paid_on, amount, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7)",
          [fileId, line.lineNo, line.reference, line.claimText, line.paidOn, line.amount, outcome],
        );
        if (outcome !== "applied" || recovery === undefined) continue;
        const entry = { ...line, line: { fileId, lineNo: line.lineNo } };
        const { excess } = await bookReceipt(client, context, key, recovery, entry);
        counted.appliedAmount += line.amount;
        counted.excess += excess;
        crashPoint("recovery.import.line");
      }
      const detail = { fileId, lines: lines.length, total, applied: counted.applied, unknown: counted.unknown };
      return {
        response: { fileId, lines: lines.length, ...counted },
        audit: [{ action: "recovery.import", objectKind: "receiptFile", objectId: String(fileId), detail }],
      };
    },
  );
}

export type UnknownReceipt = ReceiptLine & {
  readonly fileId: number;
  readonly fileName: string;
  /** The proposal that waits for its second person */
  readonly proposal: {
    readonly seq: number;
    readonly recoveryId: number | null;
    readonly reason: string;
    readonly proposedBy: string;
  } | null;
};

/** 不明の収納: lines that belong to no claim and that two people have not dealt with. */
export async function unknownReceipts(connection: Queryable): Promise<readonly UnknownReceipt[]> {
  const { rows } = await connection.query<UnknownReceipt>(
    `SELECT l.file_id AS "fileId", f.name AS "fileName", l.line_no AS "lineNo", l.reference, l.claim_text AS "claimText", l.paid_on AS "paidOn", l.amount,
            (SELECT jsonb_build_object('seq', p.seq, 'recoveryId', p.recovery_id, 'reason', p.reason, 'proposedBy', p.proposed_by)
             FROM allowance.receipt_line_proposal p WHERE (p.file_id, p.line_no) = (l.file_id, l.line_no) ORDER BY p.seq DESC LIMIT 1) AS proposal
     FROM allowance.receipt_line l JOIN allowance.receipt_file f USING (file_id) LEFT JOIN allowance.receipt_line_answer a USING (file_id, line_no)
     WHERE l.outcome = 'unknown' AND a.file_id IS NULL ORDER BY l.file_id, l.line_no LIMIT 500`,
  );
  return rows;
}

type OnLine = { readonly fileId: number; readonly lineNo: number };

function notOpen({ fileId, lineNo }: OnLine): never {
  throw refuse(
    "recoveryChanged",
    `収納データ ${fileId} の ${lineNo}行目は、不明の一覧にありません。読み直してください。何も変えていません。`,
  );
}

/**
 * Says which claim an unknown receipt belongs to, or (without one) that it is none of these and goes elsewhere.
 *
 * @throws Refusal `recoveryUnknown`, `recoveryInvalid`, `recoveryChanged`
 */
export async function proposeUnknownReceipt(
  context: Context,
  request: OnLine & { readonly recoveryId: number | null; readonly reason: string; readonly key?: string },
): Promise<void> {
  const reason = request.reason.trim();
  if (reason === "") throw refuse("recoveryInvalid", "確かめたことを書いてください。何も変えていません。");
  await recoveryCommand<null>(context, "recovery.line.propose", { ...request }, async (client) => {
    const line = (await unknownReceipts(client)).find(
      ({ fileId, lineNo }) => fileId === request.fileId && lineNo === request.lineNo,
    );
    if (line === undefined) notOpen(request);
    if (request.recoveryId !== null) await getRecovery(client, request.recoveryId);
    await client.query(
      "INSERT INTO allowance.receipt_line_proposal (file_id, line_no, seq, recovery_id, reason, proposed_by) VALUES ($1, $2, $3, $4, $5, $6)",
      [request.fileId, request.lineNo, (line.proposal?.seq ?? 0) + 1, request.recoveryId, reason, context.operator],
    );
    const objectId = `${request.fileId}/${request.lineNo}`;
    const detail = { recoveryId: request.recoveryId };
    return {
      response: null,
      audit: [{ action: "recovery.line.propose", objectKind: "receiptLine", objectId, detail }],
    };
  });
}

/**
 * The second person agrees with proposal `seq`: the receipt is booked, or set aside.
 *
 * @throws Refusal `samePerson`, `recoveryChanged` (a later proposal, dealt with before)
 */
export async function approveUnknownReceipt(
  context: Context,
  request: OnLine & { readonly seq: number; readonly key?: string },
): Promise<void> {
  await recoveryCommand<null>(context, "recovery.line.approve", { ...request }, async (client, key) => {
    const line = (await unknownReceipts(client)).find(
      ({ fileId, lineNo }) => fileId === request.fileId && lineNo === request.lineNo,
    );
    if (line === undefined || line.proposal === null || line.proposal.seq !== request.seq) notOpen(request);
    const { seq, recoveryId, proposedBy } = line.proposal;
    await client.query(
      "INSERT INTO allowance.receipt_line_answer (file_id, line_no, seq, proposed_by, answered_by) VALUES ($1, $2, $3, $4, $5)",
      [request.fileId, request.lineNo, seq, proposedBy, context.operator],
    );
    const objectId = `${request.fileId}/${request.lineNo}`;
    const audit = [{ action: "recovery.line.approve", objectKind: "receiptLine", objectId, detail: { recoveryId } }];
    if (recoveryId === null) return { response: null, audit };
    const recovery = await getRecovery(client, recoveryId);
    const { reference, paidOn, amount, fileId, lineNo } = line;
    const entry: ReceiptEntry = { reference, paidOn, amount, line: { fileId, lineNo } };
    await bookReceipt(client, context, key, recovery, entry);
    return { response: null, audit: [...audit, auditOf("recovery.receipt", recovery, { reference, amount })] };
  });
}
