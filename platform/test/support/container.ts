/** A second reader of containers (ZIP, AE-2), written from the specification and without the library that makes them. */
import { createCipheriv, createHmac, pbkdf2Sync } from "node:crypto";
import { inflateRawSync } from "node:zlib";

export type ContainerList = {
  readonly names: readonly string[];
  /** Compression method of the list: 99 is AES */
  readonly method: number;
  /** Vendor version of the AES field: 2 is AE-2 */
  readonly version: number;
  /** 3 is 256 bits */
  readonly strength: number;
  readonly encrypted: boolean;
  /** 0 in AE-2: a checksum of the plain text would tell of it */
  readonly checksum: number;
  readonly comment: string;
};

type Entry = { readonly list: ContainerList; readonly data: Buffer; readonly stored: number };

function read(zip: Buffer): Entry {
  const end = zip.lastIndexOf(Buffer.from("504b0506", "hex"));
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const first = at;
  const names: string[] = [];
  for (let entry = 0; entry < count; entry += 1) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    names.push(zip.toString("utf8", at + 46, at + 46 + (name ?? 0)));
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  let field = first + 46 + zip.readUInt16LE(first + 28);
  while (zip.readUInt16LE(field) !== 0x9901) field += 4 + zip.readUInt16LE(field + 2);
  const local = zip.readUInt32LE(first + 42);
  const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  return {
    list: {
      names,
      method: zip.readUInt16LE(first + 10),
      version: zip.readUInt16LE(field + 4),
      strength: zip.readUInt8(field + 8),
      encrypted: (zip.readUInt16LE(first + 8) & 1) === 1,
      checksum: zip.readUInt32LE(first + 16),
      comment: zip.toString("utf8", end + 22),
    },
    data: zip.subarray(from, from + zip.readUInt32LE(first + 20)),
    stored: zip.readUInt16LE(field + 9),
  };
}

/** What anybody sees without the password. */
export function containerList(zip: Buffer): ContainerList {
  return read(zip).list;
}

const keysOf = (data: Buffer, password: string): Buffer => pbkdf2Sync(password, data.subarray(0, 16), 1000, 66, "sha1");

/** Whether a guess passes the two bytes by which a tool tells a wrong password, and the authentication code after them. */
export function opens(zip: Buffer, password: string): boolean {
  const { data } = read(zip);
  const keys = keysOf(data, password);
  if (!keys.subarray(64).equals(data.subarray(16, 18))) return false;
  const code = createHmac("sha1", keys.subarray(32, 64)).update(data.subarray(18, -10)).digest();
  return code.subarray(0, 10).equals(data.subarray(-10));
}

/** @throws Error where the password is not its own */
export function openByHand(zip: Buffer, password: string): Buffer {
  if (!opens(zip, password)) throw new Error("the password does not open this container");
  const { data, stored } = read(zip);
  const sealed = data.subarray(18, -10);
  const cipher = createCipheriv("aes-256-ecb", keysOf(data, password).subarray(0, 32), null).setAutoPadding(false);
  // The counter of AE-2 is little-endian and begins at 1, which is not the counter mode of OpenSSL.
  const counters = Buffer.alloc(Math.ceil(sealed.length / 16) * 16);
  for (let block = 0; block * 16 < counters.length; block += 1) counters.writeUInt32LE(block + 1, block * 16);
  const stream = cipher.update(counters);
  const plain = Buffer.from(sealed.map((byte, index) => byte ^ (stream[index] ?? 0)));
  return stored === 8 ? inflateRawSync(plain) : plain;
}
