/** Log-in, re-authentication, log-out and what a session knows of itself. */
import { roles } from "@hagukumi/platform/identity/permissions.ts";
import { beginEnrolment, finishEnrolment } from "@hagukumi/platform/identity/enrolment.ts";
import { beginLogIn, beginStepUp, finishLogIn, stepUp } from "@hagukumi/platform/identity/log-in.ts";
import { alertsOf, logOut } from "@hagukumi/platform/identity/session.ts";
import { signOnLogOut } from "@hagukumi/platform/identity/sign-on.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { wardName } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { operation } from "./operation.ts";

const session = z
  .object({
    staffId: z.string(),
    staffName: z.string(),
    sectionCode: z.string(),
    sectionName: z.string(),
    terminalCode: z.string(),
    /** 行政区; null: the whole city */
    wards: z.array(z.object({ code: z.string(), name: z.string() })).nullable(),
    permissions: z.array(z.string()),
    /** Seconds until the session ends if nothing is done, and in any case */
    idleSeconds: z.int(),
    sessionSeconds: z.int(),
    /** What happened at this account since the log-in */
    alerts: z.array(z.object({ kind: z.string(), terminalCode: z.string(), raisedAt: z.string() })),
  })
  .meta({ id: "Session", description: "ログインした職員と、いまの権限・残り時間" });

async function describe(desk: Desk): Promise<z.input<typeof session>> {
  const used = desk.session();
  const { rows } = await desk.pool.query<{ now: Date }>("SELECT identity.clock() AS now");
  const now = rows[0]?.now.getTime() ?? Date.now();
  const secondsTo = (end: Date): number => Math.max(0, Math.floor((end.getTime() - now) / 1000));
  const alerts = await alertsOf(desk.identity, used.tokenHash);
  return {
    staffId: used.staffId,
    staffName: used.staffName,
    sectionCode: used.sectionCode,
    sectionName: used.sectionName,
    terminalCode: used.terminalCode,
    wards: used.wards === null ? null : used.wards.map((code) => ({ code, name: wardName(code) })),
    permissions: [...used.permissions],
    idleSeconds: secondsTo(used.idleEndsAt),
    sessionSeconds: secondsTo(used.endsAt),
    alerts: alerts.map(({ kind, terminalCode, raisedAt }) => ({
      kind,
      terminalCode,
      raisedAt: raisedAt.toISOString(),
    })),
  };
}

const getSession = operation({
  id: "getSession",
  method: "GET",
  path: "/session",
  summary: "自分のセッション",
  access: { permission: "signedIn", relation: "none" },
  response: session,
  handler: async (_input, desk) => await describe(desk),
});

/** Any request moves the idle limit; this one is for who reads or types for long. */
const extendSession = operation({
  id: "extendSession",
  method: "POST",
  path: "/session/extend",
  summary: "時間の延長",
  access: { permission: "signedIn", relation: "none" },
  response: session,
  handler: async (_input, desk) => await describe(desk),
});

const requestOptions = z
  .object({
    challenge: z.string(),
    rpId: z.string().optional(),
    userVerification: z.enum(["required", "preferred", "discouraged"]).optional(),
    timeout: z.int().optional(),
  })
  .meta({ id: "KeyRequest", description: "職員証への問い（PublicKeyCredentialRequestOptionsJSON）" });

const staffIdTyped = z.string().min(1, "職員番号を入力してください。").max(64);
const passwordTyped = z.string().min(1, "パスワードを入力してください。").max(512);

/** AuthenticationResponseJSON: its parts are checked where the key's answer is verified. */
const assertion = z.strictObject({
  id: z.string().max(1400),
  rawId: z.string().max(1400),
  type: z.literal("public-key"),
  authenticatorAttachment: z.string().max(40).nullish(),
  response: z.strictObject({
    clientDataJSON: z.string().max(8000),
    authenticatorData: z.string().max(8000),
    signature: z.string().max(2000),
    userHandle: z.string().max(200).nullish(),
  }),
  clientExtensionResults: z.record(z.string(), z.unknown()).optional(),
});

/** A factor that was not sent is a factor that fails: the answer is that of every refused log-in. */
const noAssertion: z.output<typeof assertion> = {
  id: "",
  rawId: "",
  type: "public-key",
  response: { clientDataJSON: "", authenticatorData: "", signature: "" },
};

const startLogIn = operation({
  id: "startLogIn",
  method: "POST",
  path: "/session/start",
  summary: "ログインの始め（職員証への問い）",
  access: { permission: "public", relation: "none" },
  logIn: true,
  body: z.strictObject({ staffId: staffIdTyped }),
  response: requestOptions,
  handler: async ({ body }, desk) => {
    return await beginLogIn(desk.identity, { staffId: body.staffId, terminal: desk.cookies.proof });
  },
});

const logIn = operation({
  id: "logIn",
  method: "POST",
  path: "/session",
  summary: "ログイン（職員証とパスワード）",
  access: { permission: "public", relation: "none" },
  logIn: true,
  body: z.strictObject({
    staffId: staffIdTyped,
    assertion: assertion.default(noAssertion),
    password: z.string().max(512).default(""),
    newPassword: passwordTyped.optional(),
    /** The 認証基盤 has checked the person in this browser: stands for the password */
    signOn: z.boolean().default(false),
  }),
  response: z.object({
    staffId: z.string(),
    lastLogIn: z.object({ at: z.string(), terminalCode: z.string() }).nullable(),
    failuresSince: z.int(),
    passwordDaysLeft: z.int(),
    passwordNotice: z.boolean(),
  }),
  handler: async ({ body }, desk) => {
    const { newPassword, signOn, ...given } = body;
    // A session that the browser still had is not carried over: the token is always a new one.
    const made = await finishLogIn(desk.identity, {
      ...given,
      terminal: desk.cookies.proof,
      ...(newPassword === undefined ? {} : { newPassword }),
      // Said but not there: refused like a wrong password, never taken as if no sign-on had been meant.
      ...(signOn ? { signOn: desk.cookies.signOn ?? "" } : {}),
    });
    desk.cookies.setSession(made.token);
    const { staffId, lastLogIn, failuresSince, passwordDaysLeft, passwordNotice } = made;
    return {
      staffId,
      lastLogIn: lastLogIn === null ? null : { ...lastLogIn, at: lastLogIn.at.toISOString() },
      failuresSince,
      passwordDaysLeft,
      passwordNotice,
    };
  },
});

const endSession = operation({
  id: "endSession",
  method: "POST",
  path: "/session/end",
  summary: "ログアウト",
  access: { permission: "public", relation: "none" },
  /** Where the person may log out of the 認証基盤 too, after a シングルサインオン */
  response: z.object({ providerLogOut: z.string().nullable() }),
  handler: async (_input, desk) => {
    const token = desk.cookies.session;
    if (token !== undefined) await logOut(desk.identity, token);
    desk.cookies.clearSession();
    // Asked for last: a 認証基盤 that is slow must not keep the session alive.
    const address = token === undefined ? undefined : await signOnLogOut(desk.identity, token);
    return { providerLogOut: address ?? null };
  },
});

const startStepUp = operation({
  id: "startStepUp",
  method: "POST",
  path: "/session/step-up/start",
  summary: "再認証の始め（職員証への問い）",
  access: { permission: "signedIn", relation: "none" },
  logIn: true,
  response: requestOptions,
  handler: async (_input, desk) => {
    const token = desk.cookies.session ?? "";
    return await beginStepUp(desk.identity, { token, terminal: desk.cookies.proof });
  },
});

const finishStepUp = operation({
  id: "finishStepUp",
  method: "POST",
  path: "/session/step-up",
  summary: "再認証（職員証とパスワード）",
  access: { permission: "signedIn", relation: "none" },
  logIn: true,
  body: z.strictObject({
    assertion,
    password: z.string().max(512).default(""),
    signOn: z.boolean().default(false),
  }),
  response: z.object({}),
  handler: async ({ body }, desk) => {
    const token = desk.cookies.session ?? "";
    const { signOn, ...given } = body;
    const made = await stepUp(desk.identity, {
      ...given,
      token,
      terminal: desk.cookies.proof,
      ...(signOn ? { signOn: desk.cookies.signOn ?? "" } : {}),
    });
    desk.cookies.setSession(made.token);
    return {};
  },
});

const enrolmentCode = z.string().min(1, "登録の符号を入力してください。").max(64);

const startEnrolment = operation({
  id: "startEnrolment",
  method: "POST",
  path: "/enrolment/start",
  summary: "職員証の登録の始め",
  access: { permission: "public", relation: "none" },
  logIn: true,
  body: z.strictObject({ staffId: staffIdTyped, code: enrolmentCode }),
  /** PublicKeyCredentialCreationOptionsJSON */
  response: z.object({ options: z.record(z.string(), z.unknown()) }),
  handler: async ({ body }, desk) => {
    const options = await beginEnrolment(desk.identity, { ...body, terminal: desk.cookies.proof });
    return { options: { ...options } };
  },
});

const enrol = operation({
  id: "enrol",
  method: "POST",
  path: "/enrolment",
  summary: "職員証とパスワードの登録",
  access: { permission: "public", relation: "none" },
  logIn: true,
  body: z.strictObject({
    staffId: staffIdTyped,
    code: enrolmentCode,
    password: passwordTyped,
    /** RegistrationResponseJSON: its parts are checked where it is verified */
    attestation: z.record(z.string(), z.unknown()),
  }),
  response: z.object({}),
  handler: async ({ body }, desk) => {
    await finishEnrolment(desk.identity, { ...body, terminal: desk.cookies.proof });
    return {};
  },
});

/** デモ: the software key of a person answers. There is no such operation outside the demonstration. */
const signAsDemo = operation({
  id: "signAsDemo",
  method: "POST",
  path: "/demo/sign",
  summary: "デモの職員証の答え",
  access: { permission: "public", relation: "none" },
  logIn: true,
  body: z.strictObject({ staffId: staffIdTyped, challenge: z.string().max(200), rpId: z.string().max(200).optional() }),
  response: z.object({ assertion: z.unknown() }),
  handler: async ({ body }, desk) => {
    const { demo } = desk.options;
    const { staffId, challenge, rpId } = body;
    const request = rpId === undefined ? { challenge } : { challenge, rpId };
    const answer = await demo?.sign(staffId, request, desk.origin);
    if (answer !== undefined) return { assertion: answer };
    throw new Refusal("pageMissing", "この操作はありません。アドレスを確かめてください。");
  },
});

/** 役割の名前, for screens that show rights. */
export const roleNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(roles).map(([code, { name }]) => [code, name]),
);

export const sessionOperations = [
  getSession,
  extendSession,
  startLogIn,
  logIn,
  endSession,
  startStepUp,
  finishStepUp,
  startEnrolment,
  enrol,
  signAsDemo,
];
