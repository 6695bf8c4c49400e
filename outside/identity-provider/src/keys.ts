/** Signing keys of the provider: RSA 2,048 bits, published as a JWK set (RFC 7517), rotated; and JWS in compact form (RFC 7515). */
import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export type SigningKey = { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };

export function makeSigningKey(): SigningKey {
  return { kid: randomUUID(), ...generateKeyPairSync("rsa", { modulusLength: 2048 }) };
}

/** The key as relying parties see it. */
export function published({ kid, publicKey }: SigningKey): Readonly<Record<string, unknown>> {
  return { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** How a token is signed: properly, or as an attacker would like it to be accepted. */
export type SignedBy = "key" | "otherKey" | "none" | "hmac";

let foreignKey: SigningKey | undefined;

/** A token over these claims. `hmac`: HS256 with the public key's text as the secret, the classic confusion of algorithms. */
export function signToken(claims: Readonly<Record<string, unknown>>, key: SigningKey, by: SignedBy = "key"): string {
  const alg = by === "none" ? "none" : by === "hmac" ? "HS256" : "RS256";
  const head = `${encode({ alg, typ: "JWT", kid: key.kid })}.${encode(claims)}`;
  if (by === "none") return `${head}.`;
  if (by === "hmac") {
    const secret = key.publicKey.export({ type: "spki", format: "pem" });
    return `${head}.${createHmac("sha256", secret).update(head).digest("base64url")}`;
  }
  if (by === "otherKey") foreignKey ??= makeSigningKey();
  const { privateKey } = by === "otherKey" && foreignKey !== undefined ? foreignKey : key;
  return `${head}.${sign("RSA-SHA256", Buffer.from(head), privateKey).toString("base64url")}`;
}
