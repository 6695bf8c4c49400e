/** Answers of a security key (WebAuthn Level 3): read defensively, verified always, even where there is no key to verify with. */
import { generateKeyPairSync } from "node:crypto";
import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { z } from "zod";

import type { Identity } from "./settings.ts";

const text = z.string().regex(/^[A-Za-z0-9_-]+$/);

const assertionShape = z.object({
  id: text.max(1400),
  rawId: text.max(1400),
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: text.max(8000),
    authenticatorData: text.max(8000),
    signature: text.max(2000),
    userHandle: text.max(200),
  }),
});

const clientDataShape = z.object({ challenge: text.max(100) });

/** An answer whose form is right, and the challenge it says it answers. */
export type ReadAssertion = { readonly response: AuthenticationResponseJSON; readonly challenge: string };

/** The challenge inside `clientDataJSON`; undefined where there is none to read. */
export function challengeIn(clientDataJson: string): string | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJson, "base64url").toString("utf8"));
    const parsed = clientDataShape.safeParse(data);
    return parsed.success ? parsed.data.challenge : undefined;
  } catch {
    return undefined; // not JSON: the answer is refused like any other wrong one
  }
}

/** Reads an answer from outside; undefined where its form is wrong. */
export function readAssertion(input: unknown): ReadAssertion | undefined {
  const parsed = assertionShape.safeParse(input);
  if (!parsed.success) return undefined;
  const challenge = challengeIn(parsed.data.response.clientDataJSON);
  if (challenge === undefined) return undefined;
  return { response: { ...parsed.data, clientExtensionResults: {} }, challenge };
}

/** A registered key as it is stored. */
export type StoredCredential = {
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly counter: number;
  /** User handle of the person it belongs to */
  readonly userHandle: string;
};

export type AssertionResult =
  | { readonly ok: true; readonly newCounter: number }
  | { readonly ok: false; readonly cloned: boolean };

/** COSE_Key of a key pair whose private half is thrown away: nobody can sign for it. */
function makeNobodysKey(): Buffer {
  const { x = "", y = "" } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  const [left, right] = [Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
  return Buffer.concat([Buffer.from("a5010203262001215820", "hex"), left, Buffer.from("225820", "hex"), right]);
}

let nobodysKey: Buffer | undefined;

/**
 * Verifies an answer: challenge, origin, relying party, user presence and verification, signature, counter, user handle.
 * Without a credential the same work is done with a key nobody has (THR11).
 */
export async function verifyAssertion(
  { settings }: Pick<Identity, "settings">,
  { response, challenge }: ReadAssertion,
  stored: StoredCredential | undefined,
): Promise<AssertionResult> {
  nobodysKey ??= makeNobodysKey();
  const publicKey = Uint8Array.from(stored?.publicKey ?? nobodysKey);
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: [...settings.origins],
      expectedRPID: settings.rpId,
      credential: { id: response.id, publicKey, counter: stored?.counter ?? 0 },
      requireUserVerification: true,
    });
    const ok = verified && stored?.credentialId === response.id && stored.userHandle === response.response.userHandle;
    return ok ? { ok, newCounter: authenticationInfo.newCounter } : { ok: false, cloned: false };
  } catch (error) {
    // Every fault of the answer is an exception of the library. A counter that does not grow is the sign of a copy.
    const cloned = stored !== undefined && error instanceof Error && error.message.startsWith("Response counter value");
    return { ok: false, cloned };
  }
}

/** The WebAuthn user handle of a member of the staff: the identifier's bytes, no personal data beyond it. */
export function userHandleOf(staffId: string): string {
  return Buffer.from(`hagukumi:${staffId}`, "utf8").toString("base64url");
}
