/** 職員証 (a WebAuthn key) in the browser; in the demonstration a software key on the server answers instead. */
import { startAuthentication, startRegistration } from "@simplewebauthn/browser";

import { callOperation } from "../api/call.ts";
import type { OperationAnswer, OperationInput } from "../api/call.ts";
import { ApiProblem } from "../api/problem.ts";

export type KeyRequest = OperationAnswer<"startLogIn">;
export type KeyAnswer = NonNullable<OperationInput<"logIn">["body"]["assertion"]>;

function keyProblem(error: unknown): ApiProblem {
  const name = error instanceof Error ? error.name : "";
  const detail =
    name === "NotAllowedError" || name === "AbortError"
      ? "職員証を確かめられませんでした。職員証を差し込むかかざして、PINの入力まで終えてください。時間切れのときは、もう一度「職員証を確かめる」を押してください。"
      : "このブラウザーまたは端末では、職員証を使えません。登録された端末のブラウザーで開いてください。";
  return new ApiProblem({ status: 0, code: "keyFailed", title: "職員証を確かめられません", detail });
}

/**
 * Asks the key. @throws ApiProblem `keyFailed` where the person did not answer, or not with a PIN
 */
export async function askKey(request: KeyRequest): Promise<KeyAnswer> {
  try {
    const answer = await startAuthentication({ optionsJSON: request });
    const { id, rawId, response } = answer;
    const { clientDataJSON, authenticatorData, signature, userHandle } = response;
    return {
      id,
      rawId,
      type: "public-key",
      response: { clientDataJSON, authenticatorData, signature, ...(userHandle === undefined ? {} : { userHandle }) },
    };
  } catch (error) {
    throw keyProblem(error);
  }
}

/** Asks the software key of a demo person. @throws ApiProblem */
export async function askDemoKey(staffId: string, request: KeyRequest): Promise<KeyAnswer> {
  const { challenge, rpId } = request;
  const { assertion } = await callOperation("signAsDemo", {
    body: { staffId, challenge, ...(rpId === undefined ? {} : { rpId }) },
  });
  return assertion as KeyAnswer;
}

/** Makes a new credential on the key. @throws ApiProblem `keyFailed` */
export async function makeKey(options: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  try {
    const optionsJSON = options as unknown as Parameters<typeof startRegistration>[0]["optionsJSON"];
    const { id, rawId, type, response } = await startRegistration({ optionsJSON });
    const { clientDataJSON, attestationObject } = response;
    return { id, rawId, type, response: { clientDataJSON, attestationObject } };
  } catch (error) {
    throw keyProblem(error);
  }
}
