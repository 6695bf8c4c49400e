/**
 * 封 (seal) of the access log: how rows become hashes, hashes a tree, trees a chain. Pure; nothing here reads or writes.
 *
 * A row's hash and the tree are those of RFC 9162 (Certificate Transparency) 2.1.1: SHA-256, leaves prefixed with 0x00, inner
 * nodes with 0x01, so that a leaf can never be passed off as a node. A block hashes everything it says, and the hash before it.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** The hash before the first block. */
export const GENESIS = Buffer.alloc(32);

/** What a block says. Multiranges are in PostgreSQL's canonical text, e.g. `{[1,5),[7,9)}`. */
export type BlockContent = {
  readonly blockNo: number;
  readonly format: number;
  /** ISO 8601 in UTC with milliseconds */
  readonly sealedAt: string;
  /** Every number up to this one is in a block, void or pending */
  readonly upto: number;
  /** Numbers of the rows in it */
  readonly numbers: string;
  /** 欠番: numbers that were given up in it */
  readonly void: string;
  /** Numbers whose rows may still come */
  readonly pending: string;
  readonly rowCount: number;
  readonly root: Buffer;
  readonly previousHash: Buffer;
};

/** A block as it is stored. */
export type Block = BlockContent & {
  /** 32 bytes for each row, by number */
  readonly leaves: Buffer;
  readonly blockHash: Buffer;
  readonly keyId: string;
  readonly signature: Buffer;
};

function sha256(...parts: readonly (Buffer | string)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** Hash of one row's text. */
export function leafHash(text: string): Buffer {
  return sha256(LEAF, text);
}

/** Root of the tree over `leaves` (32 bytes each, one after another). Of no leaves: the hash of nothing. */
export function merkleRoot(leaves: Buffer): Buffer {
  const count = leaves.length / 32;
  if (count === 0) return sha256();
  if (count === 1) return Buffer.from(leaves);
  // RFC 9162: the left side holds the largest power of two below the count. Level by level that is: pair up, carry the odd one.
  let level = Array.from({ length: count }, (_, place) => leaves.subarray(place * 32, place * 32 + 32));
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let place = 0; place < level.length; place += 2) {
      const [left, right] = level.slice(place, place + 2);
      if (left !== undefined) above.push(right === undefined ? left : sha256(NODE, left, right));
    }
    level = above;
  }
  return level[0] ?? sha256();
}

/** What is hashed first into a block of the access log; other streams have words of their own. */
export const ACCESS_LOG_DOMAIN = "hagukumi access log block\n";

/** Hash of everything a block says. */
export function blockHash(block: BlockContent, domain: string = ACCESS_LOG_DOMAIN): Buffer {
  const said = [
    block.format,
    block.blockNo,
    block.sealedAt,
    block.upto,
    block.numbers,
    block.void,
    block.pending,
    block.rowCount,
    block.root.toString("hex"),
    block.previousHash.toString("hex"),
  ];
  return sha256(domain, JSON.stringify(said));
}

/** The key of the seals (Ed25519). */
export type SealKey = { readonly id: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };

/** The mark of a public key: the first 16 hex digits of the SHA-256 of its SPKI. */
export function keyIdOf(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: "spki", format: "der" }))
    .toString("hex")
    .slice(0, 16);
}

/** @param pem PKCS #8 in PEM */
export function sealKeyOf(pem: string): SealKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== "ed25519") throw new TypeError("the key of the seals is Ed25519");
  const publicKey = createPublicKey(privateKey);
  return { id: keyIdOf(publicKey), privateKey, publicKey };
}

/** Hashes and signs a block. */
export function sealBlock(
  content: BlockContent,
  leaves: Buffer,
  key: SealKey,
  domain: string = ACCESS_LOG_DOMAIN,
): Block {
  const hash = blockHash(content, domain);
  return { ...content, leaves, blockHash: hash, keyId: key.id, signature: sign(null, hash, key.privateKey) };
}

/** Whether the signature of a hash is by the key. */
export function isSignedBy(hash: Buffer, signature: Buffer, publicKey: KeyObject): boolean {
  return verify(null, hash, publicKey, signature);
}
