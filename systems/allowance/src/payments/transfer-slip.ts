/**
 * 送付票: what goes with the transfer file to 会計課. It names the file by its hash, length and control totals and is signed by a key of
 * this installation (Ed25519). Who receives the file checks both with the public key alone, without this system's database: one byte that
 * is not the byte that was frozen, in the file or in the slip, and nothing is received (THR84). The slip holds no person.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

import { keyIdOf, type SealKey } from "@hagukumi/platform/access/seal/block.ts";
import { decodeTransferFile } from "@hagukumi/platform/bank/decode.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { z } from "zod";

import type { PaymentRefusalCode } from "./refusals.ts";

const FORMAT = "hagukumi-transfer-slip-1";
const DOMAIN = "hagukumi transfer slip\n";

const contentShape = z.strictObject({
  format: z.literal(FORMAT),
  fileName: z.string().regex(/^[0-9a-z.-]{1,80}$/),
  runNo: z.int().min(1).max(9999),
  payOn: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  /** Lines of the file, and their sum in yen (the control totals of the trailer) */
  count: z.int().min(1).max(999_999),
  amount: z.int().min(1).max(999_999_999_999),
  /** Bytes */
  length: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
});
const slipShape = z.strictObject({ content: contentShape, signature: z.string().regex(/^[0-9a-f]{128}$/) });

export type TransferSlip = z.infer<typeof contentShape>;

/** The frozen file and what its run says of it. */
export type SlipFile = {
  readonly fileName: string;
  readonly runNo: number;
  /** `YYYY-MM-DD` */
  readonly payOn: string;
  readonly count: number;
  readonly amount: number;
  readonly bytes: Uint8Array;
};

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const signed = (content: TransferSlip): Buffer => Buffer.from(`${DOMAIN}${canonicalJson(content)}`);
const written = (content: TransferSlip, signature: string): string => `${canonicalJson({ content, signature })}\n`;

/** Name of the slip beside the file. */
export const slipNameOf = (fileName: string): string => `${fileName}.slip.json`;

/** The slip of a frozen file as text: the same for the same file and key, however often it is written. */
export function writeTransferSlip(file: SlipFile, key: SealKey): string {
  const content: TransferSlip = {
    format: FORMAT,
    fileName: file.fileName,
    runNo: file.runNo,
    payOn: file.payOn,
    count: file.count,
    amount: file.amount,
    length: file.bytes.length,
    sha256: sha256(file.bytes),
    keyId: key.id,
  };
  return written(content, sign(null, signed(content), key.privateKey).toString("hex"));
}

function altered(words: string): never {
  throw new Refusal<PaymentRefusalCode>(
    "transferFileAltered",
    `${words}このファイルは受け取らないでください。支払の担当者に、送付票とファイルをもう一度渡してもらってください。`,
  );
}

/** @throws Refusal `slipKeyInvalid` where the text is no public key of this kind */
export function readSlipKey(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    // A private key would give a public one, too: whoever receives must never hold it.
    if (key.asymmetricKeyType === "ed25519" && pem.includes("-----BEGIN PUBLIC KEY-----")) return key;
  } catch {
    // told below
  }
  throw new Refusal<PaymentRefusalCode>(
    "slipKeyInvalid",
    "送付票を確かめる鍵が、公開鍵（Ed25519、PEM）ではありません。「hagukumi payment seal-key」で出したものを指定してください。何も確かめていません。",
  );
}

/**
 * Checks a slip and the file that came with it. Pure: needs neither database nor network.
 *
 * @param allowTestBanks for files of a training installation, whose banks are made up
 * @returns what was handed over
 * @throws Refusal `transferFileAltered` where any byte of either is not what was signed
 */
export function checkTransferSlip(
  bytes: Uint8Array,
  slip: Uint8Array,
  publicKey: KeyObject,
  allowTestBanks = false,
): TransferSlip {
  const text = Buffer.from(slip).toString("utf8");
  let parsed: z.infer<typeof slipShape>;
  try {
    parsed = slipShape.parse(JSON.parse(text));
  } catch {
    altered("送付票が読めません（壊れているか、書きかえられています）。");
  }
  const { content, signature } = parsed;
  // The very bytes that were written: a slip of the same meaning in other words is not the one that was signed.
  if (Buffer.compare(Buffer.from(written(content, signature)), slip) !== 0) {
    altered("送付票が、書いたときの形ではありません（書きかえられています）。");
  }
  if (content.keyId !== keyIdOf(publicKey)) altered("送付票が、別の鍵で署名されています。");
  if (!verify(null, signed(content), publicKey, Buffer.from(signature, "hex"))) {
    altered("送付票の署名が合いません（書きかえられています）。");
  }
  if (bytes.length !== content.length || sha256(bytes) !== content.sha256) {
    altered(
      `ファイルが、送付票のものと違います（${bytes.length}バイト、送付票は${content.length}バイト。ハッシュが合いません）。`,
    );
  }
  const decoded = decodeTransferFile(bytes, { allowTestBanks });
  if (!decoded.ok) altered(`ファイルが振込ファイルとして読めません。${decoded.problem.message}`);
  const { items } = decoded.value;
  const amount = items.reduce((sum, item) => sum + item.amount, 0);
  if (items.length !== content.count || amount !== content.amount) {
    altered(
      `件数と合計が、送付票と違います（${items.length}件 ${amount}円、送付票は${content.count}件 ${content.amount}円）。`,
    );
  }
  return content;
}

const receiptShape = z.strictObject({
  receivedBy: z.string().min(1).max(60),
  runNo: z.int().min(1).max(9999),
  count: z.int().min(1),
  amount: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** 受領の記録: who received what, as the check has seen it. */
export type TransferReceipt = z.infer<typeof receiptShape>;

function receiptInvalid(words: string): never {
  throw new Refusal<PaymentRefusalCode>("receiptInvalid", words);
}

/** The receipt of a checked slip as text. @throws Refusal `receiptInvalid` without who receives (1–60 characters) */
export function writeTransferReceipt(slip: TransferSlip, receivedBy: string): string {
  const { runNo, count, amount, sha256: digest } = slip;
  const receipt = receiptShape.safeParse({ receivedBy: receivedBy.trim(), runNo, count, amount, sha256: digest });
  if (!receipt.success) receiptInvalid("受領の記録には、受け取る人（60文字まで）が要ります。何も書いていません。");
  return `${JSON.stringify(receipt.data)}\n`;
}

/** @throws Refusal `receiptInvalid` where the bytes are no receipt of this run */
export function readTransferReceipt(bytes: Uint8Array, runNo: number): TransferReceipt {
  let receipt: TransferReceipt;
  try {
    receipt = receiptShape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch {
    receiptInvalid("受領の記録が読めません。「payment check --receipt」で作り直してください。何も登録していません。");
  }
  if (receipt.runNo !== runNo) {
    receiptInvalid(`受領の記録は、支払処理 ${receipt.runNo} のものです。何も登録していません。`);
  }
  return receipt;
}
