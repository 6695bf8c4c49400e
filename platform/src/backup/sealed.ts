/**
 * 暗号化した流れ: what is written is sealed in chunks for the holder of a key that isn't here (X25519, HKDF-SHA-256, AES-256-GCM). Who makes a copy
 * can't open it. Each chunk is bound to its place and to whether it is the last: a flipped byte, a chunk less or an end too early is found.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
} from "node:crypto";
import type { KeyObject } from "node:crypto";

import { Refusal } from "../database/problem.ts";

const MAGIC = "HGBK1";
const CHUNK = 1 << 20;
const TAG = 16;

export type SealedPart = "main" | "vault";

type Header = {
  readonly magic: string;
  readonly copyId: string;
  readonly part: SealedPart;
  readonly key: string;
  readonly once: string;
};

/** A pair whose private half is for two people. Both as DER in hex. */
export function newBackupKey(): { readonly publicKey: string; readonly privateKey: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  return {
    publicKey: publicKey.export({ type: "spki", format: "der" }).toString("hex"),
    privateKey: privateKey.export({ type: "pkcs8", format: "der" }),
  };
}

const publicOf = (hex: string): KeyObject =>
  createPublicKey({ key: Buffer.from(hex, "hex"), type: "spki", format: "der" });

/** What is the same in both halves: the mark of the key. */
export const backupKeyMark = (publicKey: string): string =>
  createHash("sha256").update(publicKey).digest("hex").slice(0, 16);

function dataKey(mine: KeyObject, theirs: KeyObject, header: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: mine, publicKey: theirs });
  return Buffer.from(hkdfSync("sha256", shared, createHash("sha256").update(header).digest(), "hagukumi backup", 32));
}

function nonceOf(place: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(place), 3);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Seals what is written and hands on sealed bytes. */
export class SealedWriter {
  readonly #key: Buffer;
  readonly #out: (bytes: Buffer) => Promise<void>;
  readonly #header: Buffer;
  #plain: Buffer[] = [];
  #size = 0;
  #place = 0;
  #begun = false;

  constructor(copyId: string, part: SealedPart, publicKey: string, out: (bytes: Buffer) => Promise<void>) {
    const once = generateKeyPairSync("x25519");
    const header: Header = {
      magic: MAGIC,
      copyId,
      part,
      key: backupKeyMark(publicKey),
      once: once.publicKey.export({ type: "spki", format: "der" }).toString("hex"),
    };
    this.#header = Buffer.from(`${JSON.stringify(header)}\n`, "utf8");
    this.#key = dataKey(once.privateKey, publicOf(publicKey), this.#header);
    this.#out = out;
  }

  async #seal(plain: Buffer, last: boolean): Promise<void> {
    if (!this.#begun) await this.#out(this.#header);
    this.#begun = true;
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonceOf(this.#place, last));
    this.#place += 1;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(plain.length);
    await this.#out(Buffer.concat([length, cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
  }

  async write(bytes: Buffer): Promise<void> {
    this.#plain.push(Buffer.from(bytes));
    this.#size += bytes.length;
    while (this.#size > CHUNK) {
      const all = Buffer.concat(this.#plain);
      const rest = all.subarray(CHUNK);
      this.#plain = [rest];
      this.#size = rest.length;
      await this.#seal(all.subarray(0, CHUNK), false);
    }
  }

  async end(): Promise<void> {
    await this.#seal(Buffer.concat(this.#plain), true);
    this.#plain = [];
    this.#key.fill(0);
  }
}

const damaged = (what: string): Refusal =>
  new Refusal(
    "backupDamaged",
    `控えが壊れているか、途中で切れています（${what}）。使っていません。別の控えを使い、この控えのことを管理者に知らせてください。`,
  );

/** Holds bytes that came until there are enough of them. */
class Inlet {
  #held = Buffer.alloc(0);
  readonly #source: AsyncIterator<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#source.next();
    if (done === true) return false;
    this.#held = Buffer.concat([this.#held, value]);
    return true;
  }

  async line(most: number): Promise<Buffer> {
    for (;;) {
      const end = this.#held.indexOf(10);
      if (end !== -1) return await this.take(end + 1);
      if (this.#held.length > most || !(await this.#more())) throw damaged("初めの部分");
    }
  }

  async take(size: number): Promise<Buffer> {
    while (this.#held.length < size) if (!(await this.#more())) throw damaged("途中で終わり");
    const taken = this.#held.subarray(0, size);
    this.#held = this.#held.subarray(size);
    return taken;
  }

  async atEnd(): Promise<boolean> {
    return this.#held.length === 0 && !(await this.#more());
  }
}

/**
 * Opens a sealed stream; nothing of a chunk is given out before it was found whole.
 *
 * @param privateKey of both shares together
 * @throws Refusal `backupDamaged`, `backupKey` (sealed for another key, or another copy or part)
 */
export async function* openSealed(
  source: AsyncIterable<Uint8Array>,
  expected: { readonly copyId: string; readonly part: SealedPart },
  privateKey: Buffer,
): AsyncGenerator<Buffer> {
  const inlet = new Inlet(source);
  const line = await inlet.line(4096);
  let header: Header;
  try {
    header = JSON.parse(line.toString("utf8")) as Header;
  } catch {
    throw damaged("初めの部分");
  }
  const mine = createPrivateKey({ key: privateKey, type: "pkcs8", format: "der" });
  const mark = backupKeyMark(createPublicKey(mine).export({ type: "spki", format: "der" }).toString("hex"));
  if (header.magic !== MAGIC) throw damaged("初めの部分");
  if (header.key !== mark || header.copyId !== expected.copyId || header.part !== expected.part)
    throw new Refusal(
      "backupKey",
      "この鍵で閉じた控えではないか、別の控えの部分です。何も開いていません。控えの番号と、鍵の札の組を確かめてください。",
    );
  let key: Buffer;
  try {
    key = dataKey(mine, publicOf(header.once), line);
  } catch {
    throw damaged("初めの部分");
  }
  for (let place = 0; ; place += 1) {
    const size = (await inlet.take(4)).readUInt32BE();
    if (size > CHUNK) throw damaged(`${place + 1} 番目の区切り`);
    const sealed = Buffer.from(await inlet.take(size + TAG));
    const last = await inlet.atEnd();
    const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(place, last), { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(size));
    const plain = decipher.update(sealed.subarray(0, size));
    try {
      decipher.final();
    } catch {
      throw damaged(`${place + 1} 番目の区切り`);
    }
    yield plain;
    if (last) return;
  }
}
