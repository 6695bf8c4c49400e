/**
 * 統合収滞納 (市の収納・滞納整理のシステム): the claims that wait for money go there as a file, and what was paid comes back as one. Both are
 * counted and summed; a file that does not add up, or names a claim that was not handed over, is not taken in at all.
 */
import { createHash } from "node:crypto";

import { csvLine } from "@hagukumi/platform/csv/write.ts";

import type { Context } from "../context.ts";
import { addresseeNumberText, certificationNumberText } from "../inquiry/names.ts";
import { declareList } from "../outputs/declared-list.ts";
import { refuse } from "../refusal.ts";
import { readSetting } from "../settings.ts";
import { importReceipts, type ImportedReceipts, parseReceipts } from "./import-receipts.ts";
import { recoveryCommand } from "./record.ts";
import { type RecoveryState, recoveryStateLabels } from "./states.ts";

type Claim = {
  readonly recoveryId: number;
  readonly recipientId: number;
  readonly addresseeNumber: number;
  readonly foundOn: string;
  readonly dueOn: string | null;
  readonly amount: number;
  readonly recovered: number;
  readonly outstanding: number;
  readonly state: RecoveryState;
};

/** No name and no place: the collection section knows the person by the 宛名番号. */
export const collectionList = declareList<Claim>({
  code: "collectionList",
  protectedOf: () => false,
  columns: [
    { name: "債権番号", kind: "plain", cell: (row) => String(row.recoveryId).padStart(10, "0") },
    { name: "認定番号", kind: "person", cell: (row) => certificationNumberText(row.recipientId) },
    { name: "宛名番号", kind: "person", cell: (row) => addresseeNumberText(row.addresseeNumber) },
    { name: "発生年月日", kind: "plain", cell: (row) => row.foundOn },
    { name: "納期限", kind: "plain", cell: (row) => row.dueOn },
    { name: "債権額", kind: "amount", cell: (row) => row.amount },
    { name: "収納済額", kind: "amount", cell: (row) => row.recovered },
    { name: "残額", kind: "amount", cell: (row) => row.outstanding },
    { name: "状態", kind: "plain", cell: (row) => recoveryStateLabels[row.state] },
  ],
});

/** Told to the debtor and not paid: a claim whose cause is not decided yet, or that is offset against payments (13条), stays here. */
const CLAIMS = `
  SELECT s.recovery_id AS "recoveryId", s.recipient_id AS "recipientId", r.addressee_number::bigint AS "addresseeNumber", s.found_on AS "foundOn",
         (SELECT e.due_on FROM allowance.recovery_event e WHERE e.recovery_id = s.recovery_id AND e.due_on IS NOT NULL
            AND NOT EXISTS (SELECT FROM allowance.recovery_event u WHERE u.recovery_id = e.recovery_id AND u.seq = e.seq + 1 AND u.kind = 'unsent') ORDER BY e.seq DESC LIMIT 1) AS "dueOn",
         s.amount, s.recovered, s.outstanding, s.state
  FROM allowance.recovery_state s JOIN allowance.recipient r USING (recipient_id)
  WHERE s.state IN ('billed', 'reminded', 'called') AND s.outstanding > 0
    AND (SELECT p.method FROM allowance.recovery_plan p WHERE p.recovery_id = s.recovery_id ORDER BY p.proposal_id DESC LIMIT 1) IS DISTINCT FROM 'offset'
  ORDER BY s.recovery_id`;

export type CollectionFile = {
  readonly fileNo: number;
  readonly count: number;
  /** Yen outstanding */
  readonly total: number;
  readonly sha256: string;
  /** CSV, UTF-8, CRLF: `#引渡し`, heading, claims, `#合計` */
  readonly text: string;
};

const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");

/**
 * Makes the file of all claims that wait for money, by the context's operator, agreed to by `approvedBy`.
 *
 * @throws Refusal `samePerson`, `recoveryInvalid` (nothing to hand over)
 */
export async function makeCollectionFile(
  context: Context,
  request: { readonly approvedBy: string; readonly key?: string },
): Promise<CollectionFile> {
  return await recoveryCommand<CollectionFile>(context, "recovery.handOver", request, async (client) => {
    const { rows: claims } = await client.query<Claim>(CLAIMS);
    if (claims.length === 0) {
      throw refuse(
        "recoveryInvalid",
        "統合収滞納に引き渡す債権（納入通知済で、残りのあるもの）がありません。何も変えていません。",
      );
    }
    const { rows } = await client.query<{ no: number }>(
      "SELECT coalesce(max(file_no), 0)::int + 1 AS no FROM allowance.collection_file",
    );
    const fileNo = rows[0]?.no ?? 1;
    const total = claims.reduce((sum, { outstanding }) => sum + outstanding, 0);
    const lines = [
      ["#引渡し", fileNo, context.today],
      collectionList.header,
      ...claims.map((claim) => collectionList.cells(claim)),
      ["#合計", claims.length, total],
    ];
    const text = lines.map((cells) => csvLine([...cells], false)).join("");
    const digest = sha256(text);
    await client.query(
      "INSERT INTO allowance.collection_file (file_no, made_on, claim_count, total, sha256, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      [fileNo, context.today, claims.length, total, digest, context.operator, request.approvedBy],
    );
    await client.query(
      "INSERT INTO allowance.collection_claim (file_no, recovery_id, outstanding) SELECT $1, x.id, x.outstanding FROM unnest($2::bigint[], $3::int[]) x(id, outstanding)",
      [fileNo, claims.map(({ recoveryId }) => recoveryId), claims.map(({ outstanding }) => outstanding)],
    );
    const detail = { fileNo, count: claims.length, total, sha256: digest };
    return {
      response: { fileNo, count: claims.length, total, sha256: digest, text },
      audit: [{ action: "recovery.handOver", objectKind: "collectionFile", objectId: String(fileNo), detail }],
    };
  });
}

function broken(message: string): never {
  throw refuse(
    "receiptFileInvalid",
    `統合収滞納からの収納データを取り込めません。${message}何も取り込んでいません。送り元にファイルを確かめてもらってください。`,
  );
}

/** Splits off what stands before and after the receipts: the number of the hand-over, and count and sum. */
function controlsOf(bytes: Uint8Array): { fileNo: number; count: number; total: number; inner: Uint8Array } {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    broken("文字コードが UTF-8 ではありません。");
  }
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const [, fileNo] = /^#引渡し,([1-9]\d{0,8})$/.exec(lines[0] ?? "") ?? [];
  const [, count, total] = /^#合計,([1-9]\d{0,6}),([1-9]\d{0,13})$/.exec(lines.at(-1) ?? "") ?? [];
  if (fileNo === undefined) broken("1行目が「#引渡し,番号」ではありません。");
  if (count === undefined || total === undefined) {
    broken("最後の行が「#合計,件数,金額」ではありません（途中で切れているおそれがあります）。");
  }
  const inner = Buffer.from(`${lines.slice(1, -1).join("\r\n")}\r\n`);
  return { fileNo: Number(fileNo), count: Number(count), total: Number(total), inner };
}

/**
 * Takes in the receipts of a hand-over, whole or not at all.
 *
 * @throws Refusal `receiptFileInvalid` (no hand-over of that number, count or sum differ, a claim that was not handed over, a bad line),
 *   `receiptRepeated` (the same receipts came before), `settingMissing`
 */
export async function importCollectionReceipts(
  context: Context,
  request: { readonly name: string; readonly bytes: Uint8Array; readonly key?: string },
): Promise<ImportedReceipts> {
  const { fileNo, count, total, inner } = controlsOf(request.bytes);
  const layout = await readSetting(context.pool, "receiptLayout", context.today);
  const lines = parseReceipts(inner, layout, context.today);
  const sum = lines.reduce((all, { amount }) => all + amount, 0);
  if (lines.length !== count || sum !== total) {
    broken(`明細は ${lines.length}件 ${sum}円、末尾の行は ${count}件 ${total}円です。`);
  }
  const { rows } = await context.pool.query<{ id: string }>(
    "SELECT recovery_id::text AS id FROM allowance.collection_claim WHERE file_no = $1",
    [fileNo],
  );
  if (rows.length === 0) broken(`引渡し ${fileNo} はありません。`);
  const handedOver = new Set(rows.map(({ id }) => Number(id)));
  const stranger = lines.find(({ claimText }) => !/^\d{1,15}$/.test(claimText) || !handedOver.has(Number(claimText)));
  if (stranger !== undefined) {
    broken(`${stranger.lineNo}行目の債権番号「${stranger.claimText}」は、引渡し ${fileNo} にありません。`);
  }
  return await importReceipts(context, { ...request, bytes: inner, collection: { fileNo, count, total } });
}
