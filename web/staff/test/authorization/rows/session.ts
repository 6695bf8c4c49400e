/** Entrance and session: who comes in, and what everyone who is in may do. */
import type { MatrixRow } from "../row.ts";

const assertion = {
  id: "架空".length.toString().padStart(20, "A"),
  rawId: "AAAAAAAAAAAAAAAAAAAA",
  type: "public-key",
  response: { clientDataJSON: "e30", authenticatorData: "AA", signature: "AA", userHandle: "AA" },
} as const;

export const sessionRows: readonly MatrixRow[] = [
  { operation: "getEntrance", allow: "everybody" },
  { operation: "acceptTerminal", allow: "everybody", input: () => ({ body: { secret: "x".repeat(43) } }) },
  { operation: "startLogIn", allow: "everybody", input: () => ({ body: { staffId: "dare.mo.inai" } }) },
  {
    operation: "logIn",
    allow: "everybody",
    input: () => ({ body: { staffId: "dare.mo.inai", assertion, password: "架空のことば" } }),
  },
  {
    operation: "startEnrolment",
    allow: "everybody",
    input: () => ({ body: { staffId: "dare.mo.inai", code: "AAAAA" } }),
  },
  {
    operation: "enrol",
    allow: "everybody",
    input: () => ({ body: { staffId: "dare.mo.inai", code: "AAAAA", password: "架空のことば", attestation: {} } }),
  },
  { operation: "signAsDemo", allow: "everybody", input: () => ({ body: { staffId: "demo.chuo", challenge: "AA" } }) },
  { operation: "startSignOn", allow: "everybody" },
  { operation: "answerSignOn", allow: "everybody", input: () => ({ body: { parameters: { code: "x", state: "x" } } }) },
  { operation: "getSession", allow: "signedIn" },
  { operation: "extendSession", allow: "signedIn" },
  { operation: "startStepUp", allow: "signedIn" },
  { operation: "startStepUpSignOn", allow: "signedIn" },
  {
    operation: "finishStepUp",
    allow: "signedIn",
    input: () => ({ body: { assertion, password: "架空のことば" } }),
  },
  // Last of all: it ends the session of whoever calls it, and is therefore driven without one.
  { operation: "endSession", allow: "everybody" },
];
