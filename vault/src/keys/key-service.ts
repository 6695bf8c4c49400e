/**
 * 鍵のサービス (KMS): a keeper of the master key whose own key never leaves the service. The API is that of AWS KMS (`Encrypt`, `Decrypt`, JSON 1.1,
 * Signature Version 4), which others speak as well. It is asked when the vault is opened or its envelope made, never for a number.
 */
import { timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Link } from "@hagukumi/platform/tls/link.ts";
import { AwsV4Signer } from "aws4fetch";
import { z } from "zod";

import { refusal } from "../refusal.ts";
import type { KeyKeeper } from "./keeper.ts";

export type KeyServicePlace = {
  /** `https://host:port`, without a slash at the end */
  readonly endpoint: string;
  readonly region: string;
  /** Key that new envelopes are closed with: identifier, ARN or alias */
  readonly keyId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

export type KeyServiceOptions = {
  /** How long one answer may take, in milliseconds; default 10,000 */
  readonly patience?: number;
  /** For tests: waits this many milliseconds */
  readonly pause?: (ms: number) => Promise<unknown>;
};

const KIND = "keyService";
const KEY_BYTES = 32;
const TRIES = 5;
const FIRST_PAUSE_MS = 200;

/** Bound to the ciphertext by the service: what was closed for something else does not open here. */
const CONTEXT = { purpose: "hagukumi-vault-master" } as const;

/** Errors that pass by themselves. Every other is the service's last word. */
const PASSING = new Set([
  "DependencyTimeoutException",
  "KMSInternalException",
  "KeyUnavailableException",
  "LimitExceededException",
  "ThrottlingException",
]);

const errorShape = z.object({ __type: z.string().max(200) });
const encrypted = z.object({ CiphertextBlob: z.base64().max(10_000), KeyId: z.string().min(1).max(2048) });
const decrypted = z.object({ Plaintext: z.base64().max(100) });

/** `com.amazonaws.kms#ThrottlingException` → `ThrottlingException` */
const errorName = (body: unknown): string =>
  (errorShape.safeParse(body).data?.__type ?? "").replace(/^.*#/, "").slice(0, 60);

/** The keeper at a key service. @throws Refusal of its members: `keyServiceDenied`, `keyServiceUnavailable`, `masterUnreadable` */
export function keyServiceKeeper(
  link: Pick<Link, "fetch">,
  place: KeyServicePlace,
  { patience = 10_000, pause = sleep }: KeyServiceOptions = {},
): KeyKeeper {
  const once = async (action: string, body: string): Promise<{ readonly status: number; readonly json: unknown }> => {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${action}` };
    const { accessKeyId, secretAccessKey, region } = place;
    const url = `${place.endpoint}/`;
    const keys = { accessKeyId, secretAccessKey, region, service: "kms" };
    const signed = await new AwsV4Signer({ method: "POST", url, headers, body, ...keys }).sign();
    const sent = { ...Object.fromEntries(signed.headers), "content-length": String(Buffer.byteLength(body)) };
    const response = await link.fetch(url, { method: "POST", headers: sent, body, patience });
    const text = await response.text();
    try {
      return { status: response.status, json: JSON.parse(text) };
    } catch {
      return { status: response.status, json: undefined };
    }
  };

  const ask = async <T>(action: string, request: object, shape: z.ZodType<T>): Promise<T> => {
    let last = "";
    for (let tried = 0; tried < TRIES; tried += 1) {
      if (tried > 0) await pause(FIRST_PAUSE_MS * 2 ** (tried - 1) * (0.5 + Math.random() / 2));
      const answer = await once(action, JSON.stringify(request)).catch((error: unknown) => {
        if (error instanceof Refusal) throw error;
        last = "no answer";
        return undefined;
      });
      if (answer === undefined) continue;
      const found = answer.status === 200 ? shape.safeParse(answer.json) : undefined;
      if (found?.success === true) return found.data;
      last = answer.status === 200 ? "unreadable" : errorName(answer.json);
      if (answer.status !== 200 && answer.status < 500 && !PASSING.has(last))
        throw refusal("keyServiceDenied", { status: answer.status, reason: last });
    }
    throw refusal("keyServiceUnavailable", { reason: last });
  };

  const open = async (keyId: string, sealed: string): Promise<Buffer> => {
    const request = { CiphertextBlob: sealed, KeyId: keyId, EncryptionContext: CONTEXT };
    const master = Buffer.from((await ask("Decrypt", request, decrypted)).Plaintext, "base64");
    if (master.length !== KEY_BYTES) throw refusal("masterUnreadable");
    return master;
  };

  return {
    kind: KIND,
    close: async (master) => {
      const request = { KeyId: place.keyId, Plaintext: master.toString("base64"), EncryptionContext: CONTEXT };
      const { CiphertextBlob, KeyId } = await ask("Encrypt", request, encrypted);
      // An envelope that does not open must never take the place of one that does.
      const back = await open(KeyId, CiphertextBlob);
      const same = timingSafeEqual(back, master);
      back.fill(0);
      if (!same) throw refusal("masterUnreadable");
      return { by: KIND, keyId: KeyId, sealed: CiphertextBlob };
    },
    open: async (envelope) => {
      const { by, keyId, sealed } = envelope;
      if (by !== KIND || typeof keyId !== "string" || typeof sealed !== "string")
        throw refusal("masterUnreadable", { by });
      // With the key that closed it: after a change of keys the envelopes of before open as long as that key is there.
      return await open(keyId, sealed);
    },
  };
}
