/** シングルサインオン: the way to the city's 認証基盤 and back, and who may come by it. It makes no session: the 職員証 does. */
import {
  answerSignOn as answerSetting,
  endSubjectLink,
  linkSubject,
  listSignOnProposals,
  listSubjectLinks,
  proposeSignOn,
  signOnAlgorithms,
  signOnNow,
} from "@hagukumi/platform/identity/sign-on-settings.ts";
import { answerSignOn, signOnRedirect, startSignOn, startStepUpSignOn } from "@hagukumi/platform/identity/sign-on.ts";
import type { Permission } from "@hagukumi/platform/identity/permissions.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { look } from "./administration.ts";
import { reasonText, staffIdentifier } from "./inputs.ts";
import { operation } from "./operation.ts";

const needs = (permission: Permission) => ({ permission, stepUp: true, relation: "none" }) as const;

const startSignOnOperation = operation({
  id: "startSignOn",
  method: "POST",
  path: "/sign-on/start",
  summary: "シングルサインオンの始め（認証基盤への案内）",
  access: { permission: "public", relation: "none" },
  logIn: true,
  response: z.object({ address: z.string() }),
  handler: async (_input, desk) => {
    const { address, browserSecret } = await startSignOn(desk.identity, {
      terminal: desk.cookies.proof,
    });
    desk.cookies.setSignOn(browserSecret);
    return { address };
  },
});

const startStepUpSignOnOperation = operation({
  id: "startStepUpSignOn",
  method: "POST",
  path: "/sign-on/step-up",
  summary: "再認証のシングルサインオンの始め",
  access: { permission: "signedIn", relation: "none" },
  logIn: true,
  response: z.object({ address: z.string() }),
  handler: async (_input, desk) => {
    const { address, browserSecret } = await startStepUpSignOn(desk.identity, {
      token: desk.cookies.session ?? "",
      terminal: desk.cookies.proof,
    });
    desk.cookies.setSignOn(browserSecret);
    return { address };
  },
});

const answerSignOnOperation = operation({
  id: "answerSignOn",
  method: "POST",
  path: "/sign-on/answer",
  summary: "認証基盤の答えの受取り",
  access: { permission: "public", relation: "none" },
  logIn: true,
  body: z.strictObject({
    /** Parameters of the address to which the 認証基盤 sent the browser: code, state, iss, or an error */
    parameters: z
      .record(z.string().max(40), z.string().max(4000))
      .refine((given) => Object.keys(given).length <= 12, "認証基盤の答えの形が違います。"),
  }),
  /** Whose 職員証 is to be shown now */
  response: z.object({ kind: z.enum(["logIn", "stepUp"]), staffId: z.string() }),
  handler: async ({ body }, desk) =>
    await answerSignOn(desk.identity, {
      terminal: desk.cookies.proof,
      browserSecret: desk.cookies.signOn,
      parameters: body.parameters,
    }),
});

const settingShape = {
  enabled: z.boolean(),
  providerName: z.string().trim().min(1, "認証基盤の名称を入れてください。").max(40),
  issuer: z.string().trim().max(300),
  clientId: z
    .string()
    .trim()
    .regex(/^[\u0021-\u007e]{1,200}$/, "識別子（client_id）は、空白のない半角200文字までです。"),
  algorithm: z.enum(signOnAlgorithms),
  requiredMethods: z.array(z.string().max(20)).max(10),
  maxAgeMinutes: z.int().min(5, "5〜540分で指定してください。").max(540, "5〜540分で指定してください。"),
};

const readSignOn = operation({
  id: "readSignOn",
  method: "GET",
  path: "/sign-on",
  summary: "シングルサインオンの設定と結び付け",
  access: { permission: ["rights.issue", "rights.approve"], relation: "none" },
  response: z.object({
    /** Number of the setting that counts; null: not in use */
    inForce: z.int().nullable(),
    /** What has to be registered at the 認証基盤 as the address to come back to */
    redirectUri: z.string(),
    proposals: z.array(
      z.object({
        settingId: z.int(),
        ...settingShape,
        digest: z.string(),
        reason: z.string(),
        proposedBy: z.string(),
        proposedAt: z.string(),
        approved: z.boolean().nullable(),
        answeredBy: z.string().nullable(),
      }),
    ),
    links: z.array(
      z.object({
        linkId: z.int(),
        staffId: z.string(),
        issuer: z.string(),
        subject: z.string(),
        linkedBy: z.string(),
        linkedAt: z.string(),
        endedAt: z.string().nullable(),
      }),
    ),
  }),
  handler: async (_input, desk) => {
    const [now, proposals, links] = await look(
      desk,
      async (client) =>
        [await signOnNow(client), await listSignOnProposals(client), await listSubjectLinks(client)] as const,
    );
    return {
      inForce: now?.settingId ?? null,
      redirectUri: signOnRedirect(desk.identity),
      proposals: proposals.map(({ requiredMethods, ...line }) => ({
        ...line,
        requiredMethods: [...requiredMethods],
        proposedAt: line.proposedAt.toISOString(),
      })),
      links: links.map((line) => ({
        ...line,
        linkedAt: line.linkedAt.toISOString(),
        endedAt: line.endedAt?.toISOString() ?? null,
      })),
    };
  },
});

const proposeSignOnOperation = operation({
  id: "proposeSignOn",
  method: "POST",
  path: "/sign-on/settings",
  summary: "シングルサインオンの設定の申請",
  access: needs("rights.issue"),
  command: true,
  body: z.strictObject({ ...settingShape, reason: reasonText }),
  response: z.object({ settingId: z.int() }),
  handler: async ({ body }, desk) => {
    const { settingId } = await proposeSignOn(desk.identity, desk.staffCommand(), body);
    return { settingId };
  },
});

const number = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "番号が違います。")
  .transform(Number);

const answerSignOnSetting = operation({
  id: "answerSignOnSetting",
  method: "POST",
  path: "/sign-on/settings/{settingId}/answer",
  summary: "シングルサインオンの設定の承認・不承認",
  access: needs("rights.approve"),
  command: true,
  params: z.strictObject({ settingId: number }),
  body: z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/), approved: z.boolean(), reason: reasonText }),
  response: z.object({}),
  handler: async ({ params, body }, desk) => {
    await answerSetting(desk.identity, desk.staffCommand(), { ...params, ...body });
    return {};
  },
});

const linkSubjectOperation = operation({
  id: "linkSubject",
  method: "POST",
  path: "/sign-on/links",
  summary: "認証基盤の利用者と職員の結び付け",
  access: needs("rights.issue"),
  command: true,
  body: z.strictObject({
    staffId: staffIdentifier,
    subject: z.string().trim().min(1, "認証基盤の利用者の識別子を入れてください。").max(255),
    reason: reasonText,
  }),
  response: z.object({ linkId: z.int() }),
  handler: async ({ body }, desk) => {
    const now = await look(desk, signOnNow);
    if (now === undefined) {
      throw new Refusal(
        "signOnOff",
        "シングルサインオンの設定がまだ効いていません。設定が承認されてから結び付けてください。何も変えていません。",
      );
    }
    return await linkSubject(desk.identity, desk.staffCommand(), { ...body, issuer: now.issuer });
  },
});

const endSubjectLinkOperation = operation({
  id: "endSubjectLink",
  method: "POST",
  path: "/sign-on/links/{linkId}/end",
  summary: "認証基盤の利用者との結び付けの終わり",
  access: needs("rights.issue"),
  command: true,
  params: z.strictObject({ linkId: number }),
  body: z.strictObject({ reason: reasonText }),
  response: z.object({}),
  handler: async ({ params, body }, desk) => {
    await endSubjectLink(desk.identity, desk.staffCommand(), { ...params, ...body });
    return {};
  },
});

export const signOnOperations = [
  startSignOnOperation,
  startStepUpSignOnOperation,
  answerSignOnOperation,
  readSignOn,
  proposeSignOnOperation,
  answerSignOnSetting,
  linkSubjectOperation,
  endSubjectLinkOperation,
];
