/** 権限管理: staff, rights in three records by three people, open sessions, terminals, enrolment. No case is opened by any of it. */
import { aboveBand } from "@hagukumi/platform/identity/accounts.ts";
import { issueEnrolmentCode } from "@hagukumi/platform/identity/enrolment.ts";
import { listSections, listSessions, listTerminals } from "@hagukumi/platform/identity/overview.ts";
import { roleCodes, roles } from "@hagukumi/platform/identity/permissions.ts";
import type { Permission } from "@hagukumi/platform/identity/permissions.ts";
import {
  decideRight,
  issueRight,
  listRights,
  requestRevocation,
  requestRight,
  revokeRight,
} from "@hagukumi/platform/identity/rights.ts";
import { endSessionOf } from "@hagukumi/platform/identity/session.ts";
import { listStaff, resumeStaff, revokeCredentials, stopStaff } from "@hagukumi/platform/identity/staff.ts";
import { registerTerminal, revokeTerminal } from "@hagukumi/platform/identity/terminals.ts";
import { asIdentity } from "@hagukumi/platform/identity/transaction.ts";
import { wardName } from "@hagukumi/allowance/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { dateText, reasonText, staffIdentifier } from "./inputs.ts";
import { operation } from "./operation.ts";

const ANY_RIGHTS: readonly Permission[] = ["rights.apply", "rights.approve", "rights.issue"];
const rightsRead = { permission: ANY_RIGHTS, relation: "none" } as const;
const needs = (permission: Permission) => ({ permission, stepUp: true, relation: "none" }) as const;

/** A look at the register of staff: right and log first, then the reading with identity's own role. */
export async function look<T>(desk: Desk, work: (client: PoolClient) => Promise<T>): Promise<T> {
  await desk.read(
    async () => await Promise.resolve({ response: undefined, log: [{ action: "list", rows: 1, columns: "staff" }] }),
  );
  return await asIdentity(desk.pool, work);
}

const done = z.object({});

const listStaffOperation = operation({
  id: "listStaff",
  method: "GET",
  path: "/staff",
  summary: "職員の一覧",
  access: rightsRead,
  response: z.object({
    staff: z.array(
      z.object({
        staffId: z.string(),
        name: z.string(),
        sections: z.array(z.string()),
        /** Names of the roles that count today */
        roles: z.array(z.string()),
        active: z.boolean(),
        trained: z.boolean(),
        hasKey: z.boolean(),
        hasPassword: z.boolean(),
      }),
    ),
    sections: z.array(
      z.object({ code: z.string(), name: z.string(), wardCode: z.string().nullable(), inCharge: z.boolean() }),
    ),
    roles: z.array(z.object({ code: z.string(), name: z.string() })),
  }),
  handler: async (_input, desk) => {
    const [staff, sections] = await look(
      desk,
      async (client) => [await listStaff(client), await listSections(client)] as const,
    );
    const sectionNames = new Map(sections.map(({ code, name }) => [code, name]));
    const roleNames = new Map<string, string>(roleCodes.map((code) => [code, roles[code].name]));
    return {
      staff: staff.map((line) => ({
        ...line,
        sections: line.sections.map((code) => sectionNames.get(code) ?? code),
        roles: line.roles.map((code) => roleNames.get(code) ?? code),
      })),
      sections: [...sections],
      roles: roleCodes.map((code) => ({ code, name: roles[code].name })),
    };
  },
});

const rightLine = z
  .object({
    rightId: z.int(),
    staffId: z.string(),
    sectionCode: z.string(),
    role: z.string(),
    roleName: z.string(),
    /** Names of the wards; null: the whole city */
    wards: z.array(z.string()).nullable(),
    startsOn: z.string(),
    endsOn: z.string(),
    requestedBy: z.string(),
    approvedBy: z.string().nullable(),
    issuedBy: z.string().nullable(),
    state: z.enum(["requested", "refused", "approved", "issued", "revoked", "ended"]),
    revocationAsked: z.boolean(),
  })
  .meta({ id: "RightLine", description: "権限の1件: 申請・承認・発行・失効" });

const listRightsOperation = operation({
  id: "listRights",
  method: "GET",
  path: "/rights",
  summary: "権限の台帳",
  access: rightsRead,
  query: z.strictObject({ staffId: staffIdentifier.optional() }),
  response: z.object({
    rights: z.array(rightLine),
    /** More users than the city declared in its assessment */
    aboveBand: z.object({ users: z.int(), most: z.int() }).nullable(),
  }),
  handler: async ({ query }, desk) => {
    const [lines, above] = await look(
      desk,
      async (client) => [await listRights(client, query.staffId), await aboveBand(client)] as const,
    );
    return {
      aboveBand: above ?? null,
      rights: lines.map((line) => ({
        ...line,
        roleName: roles[line.role].name,
        wards: line.wards === null ? null : line.wards.map(wardName),
      })),
    };
  },
});

const requestRightOperation = operation({
  id: "requestRight",
  method: "POST",
  path: "/rights",
  summary: "権限の発行申請",
  access: needs("rights.apply"),
  command: true,
  body: z.strictObject({
    staffId: staffIdentifier,
    sectionCode: z.string().regex(/^[A-Za-z0-9_-]{1,20}$/, "部署を選んでください。"),
    role: z.enum(roleCodes),
    wards: z
      .array(z.string().regex(/^\d{6}$/, "区コードは6桁です。"))
      .max(20)
      .optional(),
    startsOn: dateText.optional(),
    endsOn: dateText.optional(),
    reason: reasonText,
  }),
  response: z.object({ rightId: z.int(), endsOn: z.string() }),
  handler: async ({ body }, desk) => {
    const { wards, startsOn, endsOn, ...rest } = body;
    return await requestRight(desk.identity, desk.staffCommand(), {
      ...rest,
      ...(wards === undefined || wards.length === 0 ? {} : { wards }),
      ...(startsOn === undefined ? {} : { startsOn }),
      ...(endsOn === undefined ? {} : { endsOn }),
    });
  },
});

const rightId = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "権限の番号が違います。")
  .transform(Number);
const onRight = z.strictObject({ rightId });

const decideRightOperation = operation({
  id: "decideRight",
  method: "POST",
  path: "/rights/{rightId}/decision",
  summary: "権限の申請の承認・不承認",
  access: needs("rights.approve"),
  command: true,
  params: onRight,
  body: z.strictObject({ approved: z.boolean(), reason: reasonText }),
  response: done,
  handler: async ({ params, body }, desk) => {
    await decideRight(desk.identity, desk.staffCommand(), { ...params, ...body });
    return {};
  },
});

const issueRightOperation = operation({
  id: "issueRight",
  method: "POST",
  path: "/rights/{rightId}/issue",
  summary: "権限の発行",
  access: needs("rights.issue"),
  command: true,
  params: onRight,
  response: done,
  handler: async ({ params }, desk) => {
    await issueRight(desk.identity, desk.staffCommand(), params);
    return {};
  },
});

const requestRevocationOperation = operation({
  id: "requestRightRevocation",
  method: "POST",
  path: "/rights/{rightId}/revocation-request",
  summary: "権限の失効申請",
  access: needs("rights.apply"),
  command: true,
  params: onRight,
  body: z.strictObject({ reason: reasonText }),
  response: done,
  handler: async ({ params, body }, desk) => {
    await requestRevocation(desk.identity, desk.staffCommand(), { ...params, ...body });
    return {};
  },
});

const revokeRightOperation = operation({
  id: "revokeRight",
  method: "POST",
  path: "/rights/{rightId}/revocation",
  summary: "権限の失効",
  access: needs("rights.issue"),
  command: true,
  params: onRight,
  body: z.strictObject({ reason: reasonText }),
  response: z.object({ elapsedSeconds: z.number().nullable() }),
  handler: async ({ params, body }, desk) =>
    await revokeRight(desk.identity, desk.staffCommand(), { ...params, ...body }),
});

const onStaff = z.strictObject({ staffId: staffIdentifier });
const reasonBody = z.strictObject({ reason: reasonText });

const stopStaffOperation = operation({
  id: "stopStaff",
  method: "POST",
  path: "/staff/{staffId}/stop",
  summary: "職員の利用の停止",
  access: needs("rights.issue"),
  command: true,
  params: onStaff,
  body: reasonBody,
  response: done,
  handler: async ({ params, body }, desk) => {
    await stopStaff(desk.identity, desk.staffCommand(), { ...params, ...body });
    return {};
  },
});

const resumeStaffOperation = operation({
  id: "resumeStaff",
  method: "POST",
  path: "/staff/{staffId}/resume",
  summary: "利用の停止の解除",
  access: needs("rights.issue"),
  command: true,
  params: onStaff,
  body: reasonBody,
  response: done,
  handler: async ({ params, body }, desk) => {
    await resumeStaff(desk.identity, desk.staffCommand(), { ...params, ...body });
    return {};
  },
});

const revokeCredentialsOperation = operation({
  id: "revokeStaffCards",
  method: "POST",
  path: "/staff/{staffId}/card-revocation",
  summary: "職員証の失効",
  access: needs("rights.issue"),
  command: true,
  params: onStaff,
  body: reasonBody,
  response: z.object({ revoked: z.int() }),
  handler: async ({ params, body }, desk) =>
    await revokeCredentials(desk.identity, desk.staffCommand(), { ...params, ...body }),
});

const issueCodeOperation = operation({
  id: "issueEnrolmentCode",
  method: "POST",
  path: "/staff/{staffId}/enrolment-code",
  summary: "職員証の登録の符号の発行",
  access: needs("rights.issue"),
  command: true,
  params: onStaff,
  /** The code is there this once; null where the same command was sent again */
  response: z.object({ code: z.string().nullable(), expiresAt: z.string() }),
  handler: async ({ params }, desk) => {
    const { code, expiresAt } = await issueEnrolmentCode(desk.identity, desk.staffCommand(), params.staffId);
    return { code, expiresAt: expiresAt.toISOString() };
  },
});

const endOtherSession = operation({
  id: "endOtherSession",
  method: "POST",
  path: "/staff/{staffId}/session-end",
  summary: "ほかの職員のログインを終わらせる",
  access: { permission: ["rights.apply", "rights.issue"], stepUp: true, relation: "none" },
  params: onStaff,
  body: reasonBody,
  response: z.object({ ended: z.boolean() }),
  handler: async ({ params, body }, desk) => ({
    ended: await endSessionOf(desk.identity, { supervisor: desk.session().tokenHash, ...params, ...body }),
  }),
});

const listSessionsOperation = operation({
  id: "listSessions",
  method: "GET",
  path: "/sessions",
  summary: "ログイン中の職員",
  access: { permission: ["rights.apply", "rights.issue"], relation: "none" },
  response: z.object({
    sessions: z.array(
      z.object({
        staffId: z.string(),
        name: z.string(),
        sectionName: z.string(),
        terminalCode: z.string(),
        startedAt: z.string(),
        lastSeenAt: z.string(),
      }),
    ),
  }),
  handler: async (_input, desk) => ({
    sessions: (await look(desk, listSessions)).map((line) => ({
      ...line,
      startedAt: line.startedAt.toISOString(),
      lastSeenAt: line.lastSeenAt.toISOString(),
    })),
  }),
});

const listTerminalsOperation = operation({
  id: "listTerminals",
  method: "GET",
  path: "/terminals",
  summary: "端末の台帳",
  access: { permission: "rights.issue", relation: "none" },
  response: z.object({
    terminals: z.array(
      z.object({
        terminalCode: z.string(),
        name: z.string(),
        sectionCode: z.string(),
        registeredBy: z.string(),
        registeredAt: z.string(),
        revokedAt: z.string().nullable(),
      }),
    ),
  }),
  handler: async (_input, desk) => ({
    terminals: (await look(desk, listTerminals)).map((line) => ({
      ...line,
      registeredAt: line.registeredAt.toISOString(),
      revokedAt: line.revokedAt?.toISOString() ?? null,
    })),
  }),
});

const terminalCode = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, "端末の番号は半角の英数字と _ - の32文字までです。");

const registerTerminalOperation = operation({
  id: "registerTerminal",
  method: "POST",
  path: "/terminals",
  summary: "端末の登録",
  access: needs("rights.issue"),
  command: true,
  body: z.strictObject({
    terminalCode,
    name: z.string().trim().min(1, "端末の名前を入れてください。").max(60),
    sectionCode: z.string().regex(/^[A-Za-z0-9_-]{1,20}$/, "部署を選んでください。"),
  }),
  /** The secret is there this once; null where the same command was sent again */
  response: z.object({ terminalCode: z.string(), secret: z.string().nullable() }),
  handler: async ({ body }, desk) => await registerTerminal(desk.identity, desk.staffCommand(), body),
});

const revokeTerminalOperation = operation({
  id: "revokeTerminal",
  method: "POST",
  path: "/terminals/{terminalCode}/revocation",
  summary: "端末の登録の取消し",
  access: needs("rights.issue"),
  command: true,
  params: z.strictObject({ terminalCode }),
  body: reasonBody,
  response: done,
  handler: async ({ params, body }, desk) => {
    await revokeTerminal(desk.identity, desk.staffCommand(), { ...params, ...body });
    return {};
  },
});

export const administrationOperations = [
  listStaffOperation,
  listRightsOperation,
  requestRightOperation,
  decideRightOperation,
  issueRightOperation,
  requestRevocationOperation,
  revokeRightOperation,
  stopStaffOperation,
  resumeStaffOperation,
  revokeCredentialsOperation,
  issueCodeOperation,
  endOtherSession,
  listSessionsOperation,
  listTerminalsOperation,
  registerTerminalOperation,
  revokeTerminalOperation,
];
