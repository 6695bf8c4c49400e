import { createHash } from "node:crypto";
import type { TransferFile, TransferItem } from "../../../src/bank/transfer.ts";

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The value of a result that must be good; the problem is the failure message otherwise. */
export function valueOf<T>(
  result: { ok: true; value: T } | { ok: false; problem: { code: string; message: string } },
): T {
  if (result.ok) return result.value;
  throw new Error(`${result.problem.code}: ${result.problem.message}`);
}

/** The code of the problem, or `accepted`. */
export function codeOf(result: { ok: true } | { ok: false; problem: { code: string } }): string {
  return result.ok ? "accepted" : result.problem.code;
}

export const TEST = { allowTestBanks: true } as const;

/** The three payment lines of vectors T20–T22. All accounts and people are invented. */
export const D1: TransferItem = {
  bank: "0182",
  bankName: "ヒゴ",
  branch: "101",
  branchName: "ホンテン",
  accountType: "1",
  account: "123",
  holder: "クマモト　タロウ",
  amount: 30_000,
  newCode: "1",
  customer1: "1",
  customer2: "202612",
  transferCode: "7",
};
export const D2: TransferItem = {
  bank: "9900",
  bankName: "ユウチヨ",
  branch: "058",
  branchName: "ゼロゴハチ",
  accountType: "1",
  account: "1234567",
  holder: "ジョーンズ　ガッキュウ",
  amount: 1_234_567_890,
  newCode: "0",
  customer1: "2",
  customer2: "202612",
  transferCode: "7",
};
export const D3: TransferItem = {
  bank: "9999",
  bankName: "テストギンコウ",
  branch: "001",
  branchName: "テスト",
  accountType: "4",
  account: "9999999",
  holder: "パク　チョルス",
  amount: 1,
  newCode: "0",
  customer1: "3",
  customer2: "202612",
  transferCode: "7",
};

/** The file of vectors T19–T26. */
export const FILE: TransferFile = {
  kind: "21",
  client: {
    code: "0000043100",
    name: "クマモトシカイケイカンリシヤ",
    date: "1210",
    bank: "9999",
    bankName: "テストギンコウ",
    branch: "999",
    branchName: "テストシテン",
    accountType: "1",
    account: "1234567",
  },
  items: [D1, D2, D3],
};

/** A file of `count` different lines, the same on every call. */
export function longFile(count: number): TransferFile {
  const families = ["サトウ", "スズキ", "ジョーンズ", "ワタナベ"];
  const items = Array.from({ length: count }, (_, index): TransferItem => ({
    ...D1,
    account: String(1_000_001 + index * 7),
    holder: `${families[index % families.length] ?? ""}　カクウ${"アイウエオ".charAt(index % 5)}`,
    amount: 10_000 + index * 5000,
    customer1: String(index + 1),
  }));
  return { ...FILE, items };
}

/** Record `index` (from 0) of a file without line ends. */
export function recordOf(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.subarray(index * 120, index * 120 + 120);
}
