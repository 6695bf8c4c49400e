/**
 * A key service, simulated: `Encrypt` and `Decrypt` as AWS KMS has them (JSON 1.1), Signature Version 4 checked, keys that turn over and can be
 * disabled. Keys and plaintexts are in memory alone and in no log.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { signatureFault } from "@hagukumi/outside-object-storage/contract.ts";
import { createSecureServer, type TlsEnd } from "@hagukumi/platform/tls/policy.ts";
import { z } from "zod";

export type KeyServiceFault = "throttled" | "internal" | "slow" | "unreachable" | "garbled";

export type KeyService = {
  readonly url: string;
  /** `Encrypt key 200` of each call */
  readonly log: readonly string[];
  /** 鍵の更新: new envelopes use the new version; those of before still open */
  readonly turnOver: (keyId: string) => void;
  readonly setEnabled: (keyId: string, enabled: boolean) => void;
  readonly befall: (fault: KeyServiceFault, times: number) => void;
  readonly close: () => Promise<void>;
};

export type KeyServiceOptions = {
  readonly port: number;
  readonly region: string;
  readonly keyIds: readonly string[];
  /** Access key → secret and the keys that it may use */
  readonly callers: Readonly<Record<string, { readonly secret: string; readonly keyIds: readonly string[] }>>;
  readonly tls?: TlsEnd;
};

type Key = { enabled: boolean; readonly versions: Buffer[] };

class KmsError extends Error {
  readonly status: number;

  constructor(name: string, status = 400) {
    super(name);
    this.status = status;
  }
}

const NONCE = 12;
const TAG = 16;
const SLOW_MS = 60_000;

const asking = z.object({
  KeyId: z.string(),
  EncryptionContext: z.record(z.string(), z.string()),
  Plaintext: z.base64().default(""),
  CiphertextBlob: z.base64().default(""),
});

const contextOf = (asked: z.infer<typeof asking>): Buffer =>
  Buffer.from(
    JSON.stringify(Object.entries(asked.EncryptionContext).toSorted(([left], [right]) => (left < right ? -1 : 1))),
  );

function encrypt({ versions }: Key, keyId: string, plaintext: Buffer, aad: Buffer): Buffer {
  const version = versions.length - 1;
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", versions[version] ?? Buffer.alloc(0), nonce).setAAD(aad);
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const head = Buffer.from([keyId.length, ...Buffer.from(keyId), version]);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), sealed]);
}

function decrypt(
  keys: ReadonlyMap<string, Key>,
  blob: Buffer,
  aad: Buffer,
): { readonly keyId: string; readonly plaintext: Buffer } {
  const length = blob[0] ?? 0;
  const keyId = blob.subarray(1, 1 + length).toString("utf8");
  const key = keys.get(keyId)?.versions[blob[1 + length] ?? 0];
  if (key === undefined) throw new KmsError("InvalidCiphertextException");
  const rest = blob.subarray(2 + length);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, rest.subarray(0, NONCE)).setAAD(aad);
    decipher.setAuthTag(rest.subarray(NONCE, NONCE + TAG));
    return { keyId, plaintext: Buffer.concat([decipher.update(rest.subarray(NONCE + TAG)), decipher.final()]) };
  } catch {
    throw new KmsError("InvalidCiphertextException");
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const answer = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.1",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
};

/** Starts the service on this machine. */
export async function startKeyService(options: KeyServiceOptions): Promise<KeyService> {
  const keys = new Map<string, Key>(options.keyIds.map((id) => [id, { enabled: true, versions: [randomBytes(32)] }]));
  const secrets = Object.fromEntries(Object.entries(options.callers).map(([id, { secret }]) => [id, secret]));
  const due = new Map<KeyServiceFault, number>();
  const log: string[] = [];

  const strikes = (fault: KeyServiceFault): boolean => {
    const left = due.get(fault) ?? 0;
    if (left > 0) due.set(fault, left - 1);
    return left > 0;
  };
  const usable = (keyId: string, caller: string): Key => {
    const key = keys.get(keyId);
    if (!(options.callers[caller]?.keyIds.includes(keyId) ?? false)) throw new KmsError("AccessDeniedException");
    if (key === undefined) throw new KmsError("NotFoundException");
    if (!key.enabled) throw new KmsError("DisabledException");
    return key;
  };
  const handle = (request: IncomingMessage, body: Buffer): readonly [action: string, keyId: string, answer: object] => {
    if (strikes("throttled")) throw new KmsError("ThrottlingException");
    if (strikes("internal")) throw new KmsError("KMSInternalException", 500);
    const place = { region: options.region, service: "kms", keys: secrets, now: Date.now() };
    const fault = signatureFault(request, body, place);
    if (fault !== undefined) throw new KmsError(fault === "InvalidAccessKeyId" ? "UnrecognizedClientException" : fault);
    const caller = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const [, action = ""] = /^TrentService\.(\w+)$/.exec(String(request.headers["x-amz-target"])) ?? [];
    const asked = asking.parse(JSON.parse(body.toString("utf8")));
    const keyId = asked.KeyId;
    const aad = contextOf(asked);
    if (action === "Encrypt") {
      const plaintext = Buffer.from(asked.Plaintext, "base64");
      const blob = encrypt(usable(keyId, caller), keyId, plaintext, aad);
      return [action, keyId, { CiphertextBlob: blob.toString("base64"), KeyId: keyId }];
    }
    if (action !== "Decrypt") throw new KmsError("UnknownOperationException");
    usable(keyId, caller);
    const found = decrypt(keys, Buffer.from(asked.CiphertextBlob, "base64"), aad);
    if (found.keyId !== keyId) throw new KmsError("IncorrectKeyException");
    return [action, keyId, { Plaintext: found.plaintext.toString("base64"), KeyId: keyId }];
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const work = async (): Promise<void> => {
      const body = await bodyOf(request);
      if (strikes("unreachable")) {
        request.socket.destroy();
        return;
      }
      if (strikes("slow")) {
        setTimeout(() => response.destroy(), SLOW_MS).unref();
        return;
      }
      try {
        const [action, keyId, found] = handle(request, body);
        log.push(`${action} ${keyId} 200`);
        answer(response, 200, strikes("garbled") ? "{" : JSON.stringify(found));
      } catch (error) {
        const known = error instanceof KmsError ? error : new KmsError("KMSInternalException", 500);
        log.push(`${known.message} ${known.status}`);
        answer(response, known.status, JSON.stringify({ __type: `com.amazonaws.kms#${known.message}` }));
      }
    };
    work().catch(() => response.destroy());
  };
  const server = options.tls === undefined ? createServer(listener) : createSecureServer(options.tls, {}, listener);
  await new Promise<void>((ready) => {
    server.listen(options.port, "127.0.0.1", ready);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return {
    url: options.tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    log,
    turnOver: (keyId) => void keys.get(keyId)?.versions.push(randomBytes(32)),
    setEnabled: (keyId, enabled) => {
      const key = keys.get(keyId);
      if (key !== undefined) key.enabled = enabled;
    },
    befall: (fault, times) => void due.set(fault, times),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => {
        server.close(() => done());
      });
    },
  };
}
