import { randomBytes } from "node:crypto";
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { describe, expect, it } from "vitest";

import { createStaffKey, restoreStaffKey } from "../contract.ts";
import { encodeCbor } from "../src/cbor.ts";

const origin = "https://staff.example.jp";
const rpId = "staff.example.jp";
const challenge = (): string => randomBytes(32).toString("base64url");

function creation(alg = -7): Parameters<typeof createStaffKey>[0] {
  return { challenge: challenge(), rp: { id: rpId }, user: { id: "YQ" }, pubKeyCredParams: [{ alg }] };
}

describe("the simulated 職員証", () => {
  it("refuses another site, another credential and an algorithm it does not have", () => {
    const { key } = createStaffKey(creation(), origin);
    expect(() => key.get({ challenge: challenge(), rpId: "evil.example" }, origin)).toThrow("では使えません");
    const other = { challenge: challenge(), rpId, allowCredentials: [{ id: "b3RoZXI" }] };
    expect(() => key.get(other, origin)).toThrow("求められた鍵ではありません");
    expect(() => createStaffKey(creation(-257), origin)).toThrow("ES256");
    expect(() => createStaffKey({ ...creation(), rp: {} }, origin)).toThrow("rp.id");
  });

  it("makes a credential and answers that an independent verifier accepts, also after a restart, with a growing counter", async () => {
    const options = creation();
    const { key, attestation } = createStaffKey(options, origin);
    const registered = await verifyRegistrationResponse({
      response: attestation,
      expectedChallenge: options.challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
    });
    expect(registered.verified).toBe(true);
    if (!registered.verified) return;
    let { credential } = registered.registrationInfo;
    for (const used of [key, key, restoreStaffKey(JSON.parse(JSON.stringify(key.data)))]) {
      // A new process begins after the one before it; the counter counts tenths of a second.
      await new Promise((resume) => {
        setTimeout(resume, 250);
      });
      const asked = challenge();
      const answer = await verifyAuthenticationResponse({
        response: used.get({ challenge: asked, rpId }, origin),
        expectedChallenge: asked,
        expectedOrigin: origin,
        expectedRPID: rpId,
        credential,
        requireUserVerification: true,
      });
      expect(answer.verified).toBe(true);
      expect(answer.authenticationInfo.newCounter).toBeGreaterThan(credential.counter);
      credential = { ...credential, counter: answer.authenticationInfo.newCounter };
    }
  });

  it("leaves the flag for user verification out when told to, which the verifier then refuses", async () => {
    const options = creation();
    const { key, attestation } = createStaffKey(options, origin);
    const registered = await verifyRegistrationResponse({
      response: attestation,
      expectedChallenge: options.challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
    });
    if (!registered.verified) throw new Error("not registered");
    const asked = challenge();
    await expect(
      verifyAuthenticationResponse({
        response: key.get({ challenge: asked, rpId }, origin, { userVerified: false }),
        expectedChallenge: asked,
        expectedOrigin: origin,
        expectedRPID: rpId,
        credential: registered.registrationInfo.credential,
        requireUserVerification: true,
      }),
    ).rejects.toThrow("User verification required");
  });

  it("writes integers and text as RFC 8949, appendix A has them", () => {
    const examples: readonly (readonly [number | string, string])[] = [
      [0, "00"], [23, "17"], [24, "1818"], [1000, "1903e8"], [1_000_000, "1a000f4240"], [-1, "20"], [-100, "3863"], ["IETF", "6449455446"],
    ]; // prettier-ignore
    for (const [value, hex] of examples) expect(encodeCbor(value).toString("hex")).toBe(hex);
  });
});
