/**
 * 申立て: what every call of the vault carries. Who acts, for what purpose, which operation, about what, when both factors were
 * given; signed by the calling program (Ed25519), good for at most sixty seconds and for one use.
 *
 * Text form: `<base64url of the JSON>.<base64url of the signature>`. It never holds a number, nor a digest of one.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import { z } from "zod";

/** Longest life of a statement, in seconds. */
export const STATEMENT_SECONDS = 60;

/** How far the clocks of caller and vault may differ, in seconds. */
const SKEW_SECONDS = 5;
const PREFIX = "hagukumi-vault-statement/1\n";
const LONGEST = 2048;

const token = z.string().regex(/^[A-Za-z0-9:._/-]{1,120}$/);

const payloadShape = z.strictObject({
  v: z.literal(1),
  id: z.uuid(),
  client: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/),
  actor: z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/),
  operation: z.string().regex(/^[a-z][A-Za-z]{1,39}$/),
  purpose: z.string().regex(/^[a-z][A-Za-z]{2,39}$/),
  subject: token,
  issued: z.int(),
  expires: z.int(),
  steppedUp: z.int().nullable(),
});

/** Times are milliseconds since 1970. */
export type StatementPayload = z.output<typeof payloadShape>;

/** Who signs: the registered name of the calling program and its private key. */
export type StatementSigner = { readonly client: string; readonly key: KeyObject };

/** What is said: everything but the identifier and the times. */
export type Said = {
  /** 処理する人: staff identifier, or the name of a part of the system */
  readonly actor: string;
  readonly operation: string;
  readonly purpose: string;
  /** What it is about: 宛名番号, 受付番号, run …; 1–120 of `A-Za-z0-9:._/-` */
  readonly subject: string;
  /** When both factors were given last; absent: not in this session */
  readonly steppedUpAt?: Date | null;
};

/** A statement for one call. */
export function signStatement(signer: StatementSigner, said: Said, now: Date, seconds = STATEMENT_SECONDS): string {
  const payload: StatementPayload = {
    v: 1,
    id: randomUUID(),
    client: signer.client,
    actor: said.actor,
    operation: said.operation,
    purpose: said.purpose,
    subject: said.subject,
    issued: now.getTime(),
    expires: now.getTime() + seconds * 1000,
    steppedUp: said.steppedUpAt?.getTime() ?? null,
  };
  const body = Buffer.from(JSON.stringify(payload), "utf8").toString("base64url");
  return `${body}.${sign(null, Buffer.from(PREFIX + body), signer.key).toString("base64url")}`;
}

export type UnverifiedStatement = {
  readonly payload: StatementPayload;
  /** Whether it was signed with this public key */
  readonly isSignedWith: (publicKey: Buffer) => boolean;
  /** Whether it is good at this moment and does not claim a longer life than allowed */
  readonly isTimely: (now: Date) => boolean;
};

// DER of an Ed25519 public key (RFC 8410): this head, then the 32 bytes.
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

function publicKeyOf(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: "der", type: "spki" });
}

function parsed(body: string): StatementPayload | undefined {
  try {
    return payloadShape.safeParse(JSON.parse(Buffer.from(body, "base64url").toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Reads a statement without believing it; undefined where it is none. */
export function readStatement(text: string): UnverifiedStatement | undefined {
  if (text.length > LONGEST) return undefined;
  const [body = "", signature = "", ...rest] = text.split(".");
  const payload = rest.length === 0 && signature !== "" ? parsed(body) : undefined;
  if (payload === undefined) return undefined;
  return {
    payload,
    isSignedWith: (publicKey) =>
      publicKey.length === 32 &&
      verify(null, Buffer.from(PREFIX + body), publicKeyOf(publicKey), Buffer.from(signature, "base64url")),
    isTimely: (now) => {
      const at = now.getTime();
      const life = payload.expires - payload.issued;
      return (
        life > 0 &&
        life <= STATEMENT_SECONDS * 1000 &&
        payload.issued <= at + SKEW_SECONDS * 1000 &&
        payload.expires > at
      );
    },
  };
}

/** A new key pair: PEM of the private key, 32 bytes of the public one. */
export function newClientKey(): { readonly privatePem: string; readonly publicKey: Buffer } {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  return { privatePem: typeof pem === "string" ? pem : pem.toString("utf8"), publicKey: rawPublicKey(privateKey) };
}

/** The 32 bytes of the public key that belongs to a private one. */
export function rawPublicKey(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" }).subarray(SPKI_HEAD.length);
}

/** A signer from the PEM of an Ed25519 private key. @throws Error where it is no such key */
export function signerOf(client: string, pem: string): StatementSigner {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new Error("the key of a client must be Ed25519");
  return { client, key };
}
