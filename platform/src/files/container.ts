/**
 * 暗号化した容れ物: a ZIP with one file in it, by AES-256 (WinZip AE-2, method 99). Its list shows a word and a length: what the file is
 * called stands on the screen, not in the list. The password is drawn for the one container and kept nowhere.
 *
 * Sources: 熊本市 特定個人情報保護評価書 III-5; WinZip AES encryption information 1.04 (AE-2).
 */
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from "@zip.js/zip.js";
import { randomInt } from "node:crypto";

import { Refusal } from "../database/problem.ts";

// The codecs of this process: no worker, and nothing fetched.
configure({ useWebWorkers: false });

/** 0, O, 1 and I are left out: a password is also read aloud and typed by hand. */
export const PASSWORD_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const GROUPS = 6;
const GROUP = 4;

const group = (): string =>
  Array.from({ length: GROUP }, () => PASSWORD_ALPHABET.charAt(randomInt(PASSWORD_ALPHABET.length))).join("");

/**
 * A password: six groups of four out of {@link PASSWORD_ALPHABET}, with hyphens between them that belong to it.
 * 32^24 = 2^120 are equally likely; at 10^12 guesses a second half of them take 2 × 10^16 years, before AE-2's 1,000 rounds for each.
 */
export function newContainerPassword(): string {
  return Array.from({ length: GROUPS }, group).join("-");
}

export type SealedContainer = { readonly bytes: Buffer; readonly password: string };

/** @param extension of the file inside (`csv`), which is called `content.csv` whatever it is about */
export async function sealContainer(content: Uint8Array, extension: string): Promise<SealedContainer> {
  const password = newContainerPassword();
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    password,
    encryptionStrength: 3,
    zipCrypto: false,
    extendedTimestamp: false,
  });
  await writer.add(`content.${extension}`, new Uint8ArrayReader(content));
  return { bytes: Buffer.from(await writer.close()), password };
}

/** Why a container is not opened. `containerWeak`: ZipCrypto, AES below 256 bits, AE-1, or no encryption at all. */
export type ContainerRefusalCode = "containerInvalid" | "containerPassword" | "containerWeak";

/** Largest content, in bytes, whatever the list of the container says of itself. */
const MOST = 512 * 1024 * 1024;
const AES_FIELD = 0x9901;
const AES_METHOD = 99;

const invalid = (): Refusal<ContainerRefusalCode> =>
  new Refusal(
    "containerInvalid",
    "暗号化した ZIP として読めないか、中のファイルが一つではありません。何も取り出していません。送り元に作り直しを頼んでください。",
  );
const weak = (): Refusal<ContainerRefusalCode> =>
  new Refusal(
    "containerWeak",
    "暗号が弱い容れ物です（AES-256（AE-2）ではない ZIP。従来の ZipCrypto は中身を推定できます）。何も取り出していません。AES-256 で作り直すよう、送り元に頼んでください。",
  );

/**
 * 弱い暗号の拒否: looks at every file in the list of a ZIP before anything is opened. Written here and not asked of the library, whose
 * reader opens ZipCrypto as well.
 *
 * @throws Refusal of {@link ContainerRefusalCode}
 */
export function checkContainer(bytes: Uint8Array): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The end of the list: 22 bytes, no comment. A container of ours, and of every tool that makes AE-2, has none.
  const end = view.length - 22;
  if (end < 30 || view.readUInt32LE(0) !== 0x04_03_4b_50 || view.readUInt32LE(end) !== 0x06_05_4b_50) throw invalid();
  const start = view.readUInt32LE(end + 16);
  if (view.readUInt16LE(end + 10) !== 1 || start + 46 > end || view.readUInt32LE(start) !== 0x02_01_4b_50)
    throw invalid();
  const encrypted = (view.readUInt16LE(start + 8) & 1) === 1;
  if (!encrypted || view.readUInt16LE(start + 10) !== AES_METHOD) throw weak();
  if (view.readUInt16LE(8) !== AES_METHOD || (view.readUInt16LE(6) & 1) !== 1) throw weak();
  let at = start + 46 + view.readUInt16LE(start + 28);
  const extraEnd = Math.min(at + view.readUInt16LE(start + 30), end);
  while (at + 4 <= extraEnd && view.readUInt16LE(at) !== AES_FIELD) at += 4 + view.readUInt16LE(at + 2);
  // vendor version 2 (AE-2: no CRC of the plain text), "AE", strength 3 (256 bits)
  const strong = at + 11 <= extraEnd && view.readUInt16LE(at + 4) === 2 && view.readUInt8(at + 8) === 3;
  if (!strong) throw weak();
}

/**
 * Opens a container that somebody handed in.
 *
 * @throws Refusal of {@link ContainerRefusalCode}; nothing of the content is given out before its authentication code was compared
 */
export async function openContainer(bytes: Uint8Array, password: string): Promise<Buffer> {
  checkContainer(bytes);
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { password, checkSignature: true });
  try {
    const [entry] = await reader.getEntries();
    if (entry === undefined || entry.directory || entry.uncompressedSize > MOST) throw invalid();
    return Buffer.from(await entry.getData(new Uint8ArrayWriter()));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal<ContainerRefusalCode>(
      "containerPassword",
      "パスワードが違うか、容れ物が途中で変わっています。何も取り出していません。パスワードを確かめ、続くときは送り元に作り直しを頼んでください。",
      {},
      { cause: error },
    );
  } finally {
    await reader.close();
  }
}
