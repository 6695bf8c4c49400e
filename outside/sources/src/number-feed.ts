/**
 * 番号紐付情報 with the 個人番号: the residents' office sends numbers sealed to the key that the vault's side gave it (JWE, ECDH-ES over X25519 and
 * A256GCM), so that no store, log or backup on the way holds one. Written apart from the product, after RFC 7516 and RFC 7518.
 */
import {
  createCipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";

const base64url = (bytes: Buffer | string): string => Buffer.from(bytes).toString("base64url");

const length = (value: number): Buffer => Buffer.from([0, 0, 0, value]);

/** Concat KDF of RFC 7518 4.6.2 for A256GCM without party information, over X25519's 32 bytes. */
function agreedKey(shared: Buffer): Buffer {
  const name = Buffer.from("A256GCM");
  const parts = [length(1), shared, length(name.length), name, length(0), length(0), Buffer.from([0, 0, 1, 0])];
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}

/** Seals a text to a X25519 public key. */
export function seal(receiver: KeyObject, text: string): string {
  const own = generateKeyPairSync("x25519");
  const { x } = own.publicKey.export({ format: "jwk" });
  const header = base64url(JSON.stringify({ alg: "ECDH-ES", enc: "A256GCM", epk: { kty: "OKP", crv: "X25519", x } }));
  const key = agreedKey(diffieHellman({ privateKey: own.privateKey, publicKey: receiver }));
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(header));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return [header, "", base64url(iv), base64url(sealed), base64url(cipher.getAuthTag())].join(".");
}

/** A made-up 個人番号 of a 宛名番号: always the same one for the same seed, with the check digit that the vault wants. */
export function madeUpNumber(seed: string, addresseeNumber: string): string {
  const drawn = createHmac("sha256", seed).update(addresseeNumber).digest().readBigUInt64BE() % 100_000_000_000n;
  const digits = String(drawn).padStart(11, "0");
  // 番号法施行令8条: weights 2–7 from the right, then 2–6
  let sum = 0;
  for (let n = 1; n <= 11; n += 1) sum += Number(digits[11 - n]) * (n <= 6 ? n + 1 : n - 5);
  const rest = sum % 11;
  return `${digits}${rest <= 1 ? 0 : 11 - rest}`;
}

/**
 * Rows of the number feed, in the order of its layout.
 *
 * @param receiver X25519 public key of the vault's side, as JWK text `{"kty":"OKP","crv":"X25519","x":…}`
 */
export function numberRows(seed: string, receiver: string, numbers: readonly string[]): readonly (readonly string[])[] {
  const key = createPublicKey({ key: JSON.parse(receiver) as { x: string; kty: string; crv: string }, format: "jwk" });
  // The 宛名番号 is sealed in with the number: the number of one row can't be laid under another.
  return numbers.map((each) => [each, "1", seal(key, `${each}:${madeUpNumber(seed, each)}`), ""]);
}
