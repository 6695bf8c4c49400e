/**
 * AES-256-GCM with the context as additional data: table ‖ column ‖ record ‖ key version. A row that was moved to another
 * person, column or key no longer opens. Sealed form: nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes).
 *
 * Keys are handed to the cipher as a KeyObject: Node 24 takes 9 µs for a cipher made from a Buffer and 2 µs from a KeyObject. Its own
 * copy is overwritten when it is freed, as the cipher's was before. Whoever uses a key often hands in the KeyObject itself: making one takes 1 µs.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";

const NONCE = 12;
const TAG = 16;

/** Where a sealed value lies: nothing of it is secret, all of it is bound. */
export type SealContext = {
  readonly table: string;
  readonly column: string;
  readonly record: string;
  readonly keyVersion: number;
};

/** Each part with its length before it, so that no two contexts share their bytes. */
function additionalData({ table, column, record, keyVersion }: SealContext): Buffer {
  return Buffer.from(
    `${table.length}:${table}${column.length}:${column}${record.length}:${record}#${keyVersion}`,
    "utf8",
  );
}

const keyOf = (key: Buffer | KeyObject): KeyObject => (Buffer.isBuffer(key) ? createSecretKey(key) : key);

/** Seals `plain` under a key of 32 bytes. */
export function seal(key: Buffer | KeyObject, context: SealContext, plain: Buffer): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", keyOf(key), nonce);
  cipher.setAAD(additionalData(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `seal` made; undefined where key, context or bytes are not the ones of then. */
export function open(key: Buffer | KeyObject, context: SealContext, sealed: Buffer): Buffer | undefined {
  if (sealed.length < NONCE + TAG) return undefined;
  const end = sealed.length - TAG;
  const decipher = createDecipheriv("aes-256-gcm", keyOf(key), sealed.subarray(0, NONCE), {
    authTagLength: TAG,
  });
  decipher.setAAD(additionalData(context));
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(NONCE, end));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
}
