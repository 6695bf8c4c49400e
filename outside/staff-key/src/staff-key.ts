/**
 * A security key in software: makes a credential (attestation "none") and answers challenges with ES256, a counter and the
 * flag for user verification, as WebAuthn Level 3 describes. Nothing of the product's verifying side is used here.
 */
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { encodeCbor } from "./cbor.ts";
import type { CborValue } from "./cbor.ts";

/** The part of PublicKeyCredentialCreationOptionsJSON that a key looks at. */
export type CreationOptions = {
  readonly challenge: string;
  readonly rp: { readonly id?: string | undefined };
  readonly user: { readonly id: string };
  readonly pubKeyCredParams: readonly { readonly alg: number }[];
};

/** The part of PublicKeyCredentialRequestOptionsJSON that a key looks at. */
export type RequestOptions = {
  readonly challenge: string;
  readonly rpId?: string | undefined;
  readonly allowCredentials?: readonly { readonly id: string }[] | undefined;
};

/** RegistrationResponseJSON */
export type Attestation = {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly response: { readonly clientDataJSON: string; readonly attestationObject: string };
  readonly clientExtensionResults: Readonly<Record<string, never>>;
};

/** AuthenticationResponseJSON */
export type Assertion = {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle: string;
  };
  readonly clientExtensionResults: Readonly<Record<string, never>>;
};

/** What a key file keeps of a key. The private key is PKCS #8, base64url. */
export type StaffKeyData = {
  readonly credentialId: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly privateKey: string;
};

/** How the key behaves where it does not behave like most. */
export type Behaviour = {
  /** `false`: the flag for user verification is left out, as by a key without PIN */
  readonly userVerified?: boolean;
  /** A counter of its own: 0 for a key that does not count, a lower one for a copy */
  readonly counter?: number;
};

export type StaffKey = {
  readonly data: StaffKeyData;
  /** Answers a log-in challenge. */
  readonly get: (options: RequestOptions, origin: string, more?: Behaviour) => Assertion;
};

export class StaffKeyError extends Error {
  readonly code: "algorithm" | "credential" | "relyingParty";

  constructor(code: "algorithm" | "credential" | "relyingParty", message: string) {
    super(message);
    this.name = "StaffKeyError";
    this.code = code;
  }
}

const ES256 = -7;
const UP = 0x01;
const UV = 0x04;
const AT = 0x40;
// 2026-01-01: counting tenths of a second since then, the counter grows from process to process without a file.
const COUNTER_EPOCH = 1_767_225_600_000;

const sha256 = (bytes: string | Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

function clientData(type: "webauthn.create" | "webauthn.get", challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }), "utf8");
}

function authenticatorData(rpId: string, flags: number, counter: number, attested: Buffer = Buffer.alloc(0)): Buffer {
  const fixed = Buffer.alloc(5);
  fixed.writeUInt8(flags, 0);
  fixed.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(rpId), fixed, attested]);
}

/** COSE_Key of a P-256 public key. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  return encodeCbor(
    new Map<number | string, CborValue>([
      [1, 2],
      [3, ES256],
      [-1, 1],
      [-2, Buffer.from(x, "base64url")],
      [-3, Buffer.from(y, "base64url")],
    ]),
  );
}

function keyOf(data: StaffKeyData, privateKey: KeyObject): StaffKey {
  let last = 0;
  const next = (): number => {
    last = Math.max(last + 1, Math.floor((Date.now() - COUNTER_EPOCH) / 100));
    return last;
  };
  return {
    data,
    get: (options, origin, { userVerified = true, counter = next() } = {}) => {
      if (options.rpId !== undefined && options.rpId !== data.rpId) {
        throw new StaffKeyError("relyingParty", `この職員証は ${data.rpId} のもので、${options.rpId} では使えません。`);
      }
      const allowed = options.allowCredentials ?? [];
      if (allowed.length > 0 && !allowed.some(({ id }) => id === data.credentialId)) {
        throw new StaffKeyError("credential", "この職員証は、求められた鍵ではありません。");
      }
      const client = clientData("webauthn.get", options.challenge, origin);
      const authenticator = authenticatorData(data.rpId, UP | (userVerified ? UV : 0), counter);
      const signature = sign("sha256", Buffer.concat([authenticator, sha256(client)]), privateKey);
      return {
        id: data.credentialId,
        rawId: data.credentialId,
        type: "public-key",
        response: {
          clientDataJSON: base64url(client),
          authenticatorData: base64url(authenticator),
          signature: base64url(signature),
          userHandle: data.userHandle,
        },
        clientExtensionResults: {},
      };
    },
  };
}

/** A key from what a file kept of it. */
export function restoreStaffKey(data: StaffKeyData): StaffKey {
  const der = Buffer.from(data.privateKey, "base64url");
  return keyOf(data, createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
}

/**
 * Makes a credential for the given options: the key, and the answer that registers it.
 *
 * @throws StaffKeyError `algorithm` where ES256 is not wanted, `relyingParty` where none is named
 */
export function createStaffKey(
  options: CreationOptions,
  origin: string,
): { readonly key: StaffKey; readonly attestation: Attestation } {
  if (!options.pubKeyCredParams.some(({ alg }) => alg === ES256)) {
    throw new StaffKeyError("algorithm", "この職員証は ES256 だけを使えます。");
  }
  const rpId = options.rp.id ?? "";
  if (rpId === "") throw new StaffKeyError("relyingParty", "サイトの名前（rp.id）がありません。");
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const credentialId = randomBytes(32);
  const idLength = Buffer.from([0, credentialId.length]);
  const attested = Buffer.concat([Buffer.alloc(16), idLength, credentialId, coseKey(publicKey)]);
  const authenticator = authenticatorData(rpId, UP | UV | AT, 0, attested);
  const attestationObject = encodeCbor(
    new Map<number | string, CborValue>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", authenticator],
    ]),
  );
  const data = {
    credentialId: base64url(credentialId),
    rpId,
    userHandle: options.user.id,
    privateKey: base64url(privateKey.export({ format: "der", type: "pkcs8" })),
  };
  return {
    key: keyOf(data, privateKey),
    attestation: {
      id: data.credentialId,
      rawId: data.credentialId,
      type: "public-key",
      response: {
        clientDataJSON: base64url(clientData("webauthn.create", options.challenge, origin)),
        attestationObject: base64url(attestationObject),
      },
      clientExtensionResults: {},
    },
  };
}
