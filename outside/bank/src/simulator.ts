import { setTimeout } from "node:timers/promises";

import { BankError } from "./bank-error.ts";
import type { BankChannel, BankReceipt, BankResults } from "./channel.ts";
import { type Inbox, openInbox, sha256Of, type StoredReceipt } from "./inbox.ts";
import { readTransferFile } from "./layout.ts";
import { writeResults } from "./results.ts";
import { japaneseDate, japaneseTime, resolveTransferDate } from "./transfer-date.ts";

/** What goes wrong on the line. Read at every call, so a test may change it between two. */
export interface BankFaults {
  /** Nothing gets through. */
  down?: boolean;
  /** The file arrives, the answer does not. */
  loseAcknowledgement?: boolean;
  /** Milliseconds before every answer. */
  delay?: number;
}

export interface BankSimulatorOptions {
  /** The bank's own folder; it outlives the sender's crashes. */
  readonly dir: string;
  readonly faults?: BankFaults;
  /** Milliseconds since 1970; the wall clock unless a test sets it. */
  readonly now?: () => number;
}

export interface BankSimulator extends BankChannel {
  /**
   * 振込結果 of a received file, with this many transfers returned; which ones and why follows from the seed.
   * @throws BankError `receiptUnknown`, `returnsInvalid`
   */
  results(receiptNumber: string, wish: { readonly returns: number; readonly seed: string }): Promise<BankResults>;
}

/** `20261207-1a2b3c4d5e6f7a8b`: day of arrival and the digest's beginning, so that no counter is shared by processes. */
const RECEIPT = /^[0-9]{8}-([0-9a-f]{16})$/;
const DIGEST_SHOWN = 16;

function answer(stored: StoredReceipt, duplicate: boolean): BankReceipt {
  const { receiptNumber, receivedAt, sha256, count, amount } = stored;
  return { receiptNumber, receivedAt, sha256, count, amount, duplicate };
}

export function createBankSimulator(options: BankSimulatorOptions): BankSimulator {
  const now = options.now ?? Date.now;
  let opened: Promise<Inbox> | undefined;
  const inbox = async (): Promise<Inbox> => await (opened ??= openInbox(options.dir));

  const reach = async (): Promise<void> => {
    const { delay = 0, down = false } = options.faults ?? {};
    if (delay > 0) await setTimeout(delay);
    if (down)
      throw new BankError(
        "bankUnreachable",
        "銀行に接続できません。ファイルは届いていません。時間をおいて接続を確かめてください。",
      );
  };

  const submit = async (fileName: string, bytes: Uint8Array): Promise<BankReceipt> => {
    await reach();
    if (!/^[0-9A-Za-z._-]{1,64}$/.test(fileName)) {
      throw new BankError(
        "fileNameInvalid",
        "ファイル名は半角英数字と . _ - の 64 文字までです。名前を直して送ってください。",
      );
    }
    // Copied: what the sender does with its buffer after this line is no longer the bank's.
    const copy = Uint8Array.from(bytes);
    const sha256 = sha256Of(copy);
    const known = await (await inbox()).find(sha256);
    const outcome = known === undefined ? await receive(fileName, copy, sha256) : { receipt: known, duplicate: true };
    if (options.faults?.loseAcknowledgement === true) {
      throw new BankError(
        "acknowledgementLost",
        "銀行からの返事が途中で途絶えました。ファイルが届いたかどうかは分かりません。受付の有無を銀行に照会してください。",
      );
    }
    return answer(outcome.receipt, outcome.duplicate);
  };

  const receive = async (
    fileName: string,
    bytes: Uint8Array,
    sha256: string,
  ): Promise<{ readonly receipt: StoredReceipt; readonly duplicate: boolean }> => {
    const arrivedAt = now();
    const file = readTransferFile(bytes);
    const transferOn = resolveTransferDate(file.monthDay, arrivedAt);
    const receiptNumber = `${japaneseDate(arrivedAt).replaceAll("-", "")}-${sha256.slice(0, DIGEST_SHOWN)}`;
    const { amount } = file;
    const count = file.transfers.length;
    const receivedAt = japaneseTime(arrivedAt);
    return await (
      await inbox()
    ).take(bytes, { receiptNumber, receivedAt, sha256, count, amount, fileName, transferOn });
  };

  return {
    name: "simulator",
    submit,
    findReceipt: async (sha256) => {
      await reach();
      const found = await (await inbox()).find(sha256);
      return found === undefined ? undefined : answer(found, false);
    },
    results: async (receiptNumber, { returns, seed }) => {
      await reach();
      const store = await inbox();
      const receipt = await store.findByPrefix(RECEIPT.exec(receiptNumber)?.[1]);
      if (receipt?.receiptNumber !== receiptNumber) {
        throw new BankError(
          "receiptUnknown",
          `受付番号 ${receiptNumber.slice(0, 80)} の受付はありません。番号を確かめてください。`,
        );
      }
      const bytes = await store.read(receipt.sha256);
      const requestedOn = receipt.receivedAt.slice(0, 10);
      return writeResults({
        file: readTransferFile(bytes),
        bytes,
        requestedOn,
        transferOn: receipt.transferOn,
        returns,
        seed,
      });
    },
  };
}
