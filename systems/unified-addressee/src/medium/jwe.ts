/**
 * JSON Web Encryption in compact form (RFC 7516) with ECDH-ES over X25519 (RFC 7518 4.6, RFC 8037) and A256GCM: encrypted to the receiver's public
 * key, readable with any JOSE library. A fresh key pair for each file, so that nothing of ours opens it again.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";

const ALGORITHM = "A256GCM";
const KEY_BITS = 256;

function lengthPrefixed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Concat KDF (NIST SP 800-56A 5.8.1) as RFC 7518 4.6.2 uses it; one round is enough for 256 bits. */
export function concatKdf(
  shared: Buffer,
  algorithm: string,
  bits: number,
  partyU = Buffer.alloc(0),
  partyV = Buffer.alloc(0),
): Buffer {
  const round = Buffer.from([0, 0, 0, 1]);
  const suppPubInfo = Buffer.alloc(4);
  suppPubInfo.writeUInt32BE(bits);
  return createHash("sha256")
    .update(round)
    .update(shared)
    .update(lengthPrefixed(Buffer.from(algorithm)))
    .update(lengthPrefixed(partyU))
    .update(lengthPrefixed(partyV))
    .update(suppPubInfo)
    .digest()
    .subarray(0, bits / 8);
}

const text = (bytes: Buffer): string => bytes.toString("base64url");

/** Encrypts to a X25519 public key. @throws TypeError for another kind of key */
export function encryptTo(receiver: KeyObject, content: Buffer): string {
  if (receiver.asymmetricKeyType !== "x25519") throw new TypeError("the receiver's key must be X25519");
  const own = generateKeyPairSync("x25519");
  const jwk = own.publicKey.export({ format: "jwk" });
  const header = {
    alg: "ECDH-ES",
    enc: ALGORITHM,
    epk: { kty: "OKP", crv: "X25519", x: jwk.x },
    kid: fingerprint(receiver),
  };
  const protectedHeader = text(Buffer.from(JSON.stringify(header)));
  const key = concatKdf(diffieHellman({ privateKey: own.privateKey, publicKey: receiver }), ALGORITHM, KEY_BITS);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(protectedHeader, "ascii"));
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  key.fill(0);
  // Direct key agreement: the part of the encrypted key is empty
  return [protectedHeader, "", text(iv), text(sealed), text(cipher.getAuthTag())].join(".");
}

/** Opens with the receiver's private key; undefined where it does not open. For the receiver's side of tests and drills. */
export function decryptWith(privateKey: KeyObject, jwe: string): Buffer | undefined {
  const [head = "", encryptedKey = "", iv = "", sealed = "", tag = "", ...rest] = jwe.split(".");
  if (rest.length > 0 || encryptedKey !== "") return undefined;
  try {
    const header = JSON.parse(Buffer.from(head, "base64url").toString()) as { readonly epk: { readonly x: string } };
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "X25519", x: header.epk.x }, format: "jwk" });
    const key = concatKdf(diffieHellman({ privateKey, publicKey }), ALGORITHM, KEY_BITS);
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(head, "ascii"));
    decipher.setAuthTag(Buffer.from(tag, "base64url"));
    return Buffer.concat([decipher.update(Buffer.from(sealed, "base64url")), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** JWK thumbprint (RFC 7638) of a X25519 public key. */
export function fingerprint(key: KeyObject): string {
  const { x = "" } = key.export({ format: "jwk" });
  return createHash("sha256")
    .update(JSON.stringify({ crv: "X25519", kty: "OKP", x }))
    .digest("base64url");
}
