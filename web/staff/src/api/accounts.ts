/** 利用者の報告: accounts, rights, consignments, last use, and the number of users beside what the city declared. */
import { accountReport } from "@hagukumi/platform/identity/accounts.ts";
import { isRole, roles } from "@hagukumi/platform/identity/permissions.ts";
import { wardName } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { look } from "./administration.ts";
import { operation } from "./operation.ts";

const readAccounts = operation({
  id: "readAccounts",
  method: "GET",
  path: "/accounts",
  summary: "利用者の一覧と報告",
  access: { permission: ["rights.apply", "rights.approve", "rights.issue", "log.view"], relation: "none" },
  response: z.object({
    on: z.string(),
    users: z.int(),
    declared: z.object({ least: z.int(), most: z.int() }),
    band: z.enum(["below", "within", "above"]),
    contractors: z.int(),
    contractorsOpening: z.int(),
    sections: z.array(
      z.object({ code: z.string(), name: z.string(), inCharge: z.boolean(), users: z.int(), opening: z.int() }),
    ),
    lines: z.array(
      z.object({
        staffId: z.string(),
        name: z.string(),
        kind: z.enum(["employee", "contractor"]),
        consentId: z.string().nullable(),
        /** Names */
        sections: z.array(z.string()),
        roles: z.array(z.string()),
        opensCases: z.boolean(),
        rightsEndOn: z.string().nullable(),
        lastLogIn: z.string().nullable(),
        lastTerminal: z.string().nullable(),
        active: z.boolean(),
        user: z.boolean(),
      }),
    ),
    /** 権限ごと: since when, by whom, last used */
    rights: z.array(
      z.object({
        rightId: z.int(),
        staffId: z.string(),
        name: z.string(),
        section: z.string(),
        role: z.string(),
        wards: z.array(z.string()).nullable(),
        since: z.string(),
        until: z.string(),
        reason: z.string(),
        requestedBy: z.string(),
        approvedBy: z.string().nullable(),
        issuedBy: z.string().nullable(),
        lastUsed: z.string().nullable(),
        unusedDays: z.int(),
      }),
    ),
  }),
  handler: async (_input, desk) => {
    const report = await look(desk, accountReport);
    const sectionNames = new Map(report.sections.map(({ code, name }) => [code, name]));
    return {
      ...report,
      declared: { ...report.declared },
      sections: [...report.sections],
      lines: report.lines.map((line) => ({
        ...line,
        sections: line.sections.map((code) => sectionNames.get(code) ?? code),
        roles: line.roles.map((code) => (isRole(code) ? roles[code].name : code)),
        lastLogIn: line.lastLogIn?.toISOString() ?? null,
      })),
      rights: report.rights.map(({ sectionCode, role, wards, lastUsed, ...right }) => ({
        ...right,
        section: sectionNames.get(sectionCode) ?? sectionCode,
        role: roles[role].name,
        wards: wards === null ? null : wards.map(wardName),
        lastUsed: lastUsed?.toISOString() ?? null,
      })),
    };
  },
});

export const accountOperations = [readAccounts];
