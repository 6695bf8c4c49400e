/**
 * 写し: the file of a transfer. Encrypted to the receiver's public key (age), so that nobody on the way, and nobody here
 * afterwards, can open it; each line carries the mark of its copy, so that a leaked line names the copy it came from.
 */
import type { PaymentFacts } from "@hagukumi/allowance/contract.ts";
import { paymentItems } from "@hagukumi/allowance/contract.ts";
import { Decrypter, Encrypter } from "age-encryption";
import { createHash, createHmac } from "node:crypto";

const MARK_LENGTH = 16;

/** The mark of one line of one copy, 16 hexadecimal digits. */
export function markOf(watermark: string, addresseeNumber: number): string {
  return createHmac("sha256", watermark).update(String(addresseeNumber)).digest("hex").slice(0, MARK_LENGTH);
}

/** CSV with the agreed items alone (UTF-8, CRLF). Every value is a number, a date or a word of ours: no formula can stand there. */
export function writeCopy(
  facts: readonly PaymentFacts[],
  items: readonly string[],
  transfer: { readonly watermark: string; readonly number: string },
): string {
  const agreed = (Object.keys(paymentItems) as (keyof typeof paymentItems)[]).filter((item) => items.includes(item));
  const head = ["宛名番号", ...agreed.map((item) => paymentItems[item]), "移転番号", "写しの印"];
  const lines = facts.map((line) => [
    String(line.addresseeNumber).padStart(15, "0"),
    ...agreed.map((item) => line[item]),
    transfer.number,
    markOf(transfer.watermark, line.addresseeNumber),
  ]);
  return [head, ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
}

/** @param receiverKey `age1…` */
export async function sealCopy(text: string, receiverKey: string): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(receiverKey);
  return Buffer.from(await encrypter.encrypt(text));
}

/** For the receiver, and for tests: opens a copy with the secret key (`AGE-SECRET-KEY-1…`). @throws where the key is another's */
export async function openCopy(container: Uint8Array, secretKey: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(secretKey);
  return await decrypter.decrypt(container, "text");
}

/** SHA-256 of what is handed over, in hexadecimal digits. */
export function digestOf(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
