import { BankError } from "./bank-error.ts";
import type { BankResults } from "./channel.ts";
import type { Transfer, TransferFile } from "./layout.ts";

/** 振込不能の理由, and the digit that the echo carries for it. */
export type ReturnReason = "該当口座なし" | "受取人名相違" | "解約済" | "取引停止";
const reasons: readonly (readonly [ReturnReason, string])[] = [
  ["該当口座なし", "1"],
  ["受取人名相違", "2"],
  ["解約済", "9"],
  ["取引停止", "9"],
];

/** 0-based position of the result code in a data record; the layout keeps these bytes blank. */
export const RESULT_CODE_AT = 113;
const PAID = 0x30;

const HEADER = "依頼日,振込指定日,銀行,支店,種目,口座,受取人名,金額,理由コード,顧客コード1,顧客コード2";

/** A number from 0 to 2^32 − 1 for each of a seed's steps, the same on every machine. */
function mixer(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const letter of seed) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}

/** Which transfers come back and why: a choice that the seed fixes, in the order of the file. */
function chooseReturns(
  file: TransferFile,
  returns: number,
  seed: string,
): Map<Transfer, readonly [ReturnReason, string]> {
  if (!Number.isSafeInteger(returns) || returns < 0 || returns > file.transfers.length) {
    throw new BankError(
      "returnsInvalid",
      `返戻 ${returns} 件は、受付 ${file.transfers.length} 件のうちから選べません。`,
    );
  }
  const next = mixer(seed);
  const drawn = file.transfers.map((transfer) => ({ transfer, at: next() }));
  const chosen = new Set(
    drawn
      .toSorted((a, b) => a.at - b.at)
      .slice(0, returns)
      .map(({ transfer }) => transfer),
  );
  const found = new Map<Transfer, readonly [ReturnReason, string]>();
  for (const transfer of file.transfers) {
    const reason = reasons[next() % reasons.length];
    if (chosen.has(transfer) && reason !== undefined) found.set(transfer, reason);
  }
  return found;
}

export interface ResultsRequest {
  readonly file: TransferFile;
  readonly bytes: Uint8Array;
  readonly requestedOn: string;
  readonly transferOn: string;
  readonly returns: number;
  readonly seed: string;
}

export function writeResults(request: ResultsRequest): BankResults {
  const { file } = request;
  const returned = chooseReturns(file, request.returns, request.seed);
  const echo = Uint8Array.from(request.bytes);
  const lines = [HEADER];
  let amount = 0;
  for (const transfer of file.transfers) {
    const reason = returned.get(transfer);
    echo[transfer.offset + RESULT_CODE_AT] = reason === undefined ? PAID : reason[1].charCodeAt(0);
    if (reason === undefined) continue;
    amount += transfer.amount;
    lines.push(
      [
        request.requestedOn,
        request.transferOn,
        transfer.bank,
        transfer.branch,
        transfer.accountType,
        transfer.account,
        transfer.payee,
        transfer.amount,
        reason[0],
        transfer.customer1,
        transfer.customer2,
      ].join(","),
    );
  }
  lines.push(`#TOTAL,${file.transfers.length},${file.amount},${returned.size},${amount}`);
  return { csv: new TextEncoder().encode(`${lines.join("\r\n")}\r\n`), echo };
}
