/** People with a live session and the two cookies of their browser. All of them synthetic. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import { newToken, tokenHash } from "@hagukumi/platform/identity/tokens.ts";
import type { Pool } from "pg";

import { signIn } from "../../../../platform/test/support/staff.ts";
import type { TestStaff } from "../../../../platform/test/support/staff.ts";
import { SESSION_COOKIE, TERMINAL_COOKIE } from "../../src/http/cookies.ts";

export type Actor = {
  readonly staffId: string;
  readonly token: string;
  readonly terminalSecret: string;
  /** As the header `cookie` */
  readonly cookie: string;
};

/** Where a role usually works. Only こども支援課 and the wards are in charge of the allowance (使用部署). */
const SECTIONS: Readonly<Record<Role, NonNullable<TestStaff["section"]>>> = {
  clerk: { code: "t-kodomo", kind: "headquarters", inCharge: true },
  wardClerk: { code: "t-chuo", kind: "ward", inCharge: true, wardCode: "431010" },
  examiner: { code: "t-kodomo", kind: "headquarters", inCharge: true },
  approver: { code: "t-kodomo", kind: "headquarters", inCharge: true },
  treasurer: { code: "t-kodomo", kind: "headquarters", inCharge: true },
  paymentReleaser: { code: "t-kaikei", kind: "accounting", inCharge: false },
  protectionOfficer: { code: "t-kodomo", kind: "headquarters", inCharge: true },
  itOfficer: { code: "t-joho", kind: "informationPolicy", inCharge: false },
  rightsApprover: { code: "t-kodomo", kind: "headquarters", inCharge: true },
  auditor: { code: "t-kansa", kind: "audit", inCharge: false },
  contractor: { code: "t-itaku", kind: "contractor", inCharge: false },
  transferOffice: { code: "t-hogo", kind: "transferOffice", inCharge: false },
  reviewChecker: { code: "t-kakunin", kind: "contractor", inCharge: false },
};

export const OTHER_SECTION = { code: "t-hoka", kind: "other", inCharge: false } as const;

/** Signs a person in. Without a role: somebody of こども支援課 who has no right at all. */
export async function makeActor(
  pool: Pool,
  staffId: string,
  role: Role | undefined,
  more: Pick<TestStaff, "wards" | "section" | "steppedUp"> & { readonly roles?: readonly Role[] } = {},
): Promise<Actor> {
  const section = more.section ?? SECTIONS[role ?? "clerk"];
  const wards = more.wards ?? (role === "wardClerk" && section.kind === "ward" ? ["431010"] : undefined);
  const hash = await signIn(pool, {
    staffId,
    roles: more.roles ?? (role === undefined ? [] : [role]),
    section,
    steppedUp: more.steppedUp ?? true,
    ...(wards === undefined ? {} : { wards }),
  });
  const token = newToken();
  const terminalSecret = `terminal-of-${section.code}-架空`.replaceAll(/[^A-Za-z0-9-]/g, "").padEnd(24, "x");
  await pool.query("UPDATE identity.session SET token_hash = $2 WHERE token_hash = $1", [hash, tokenHash(token)]);
  await pool.query("UPDATE identity.terminal SET secret_hash = $2 WHERE terminal_code = $1", [
    `T-${section.code}`.slice(0, 32),
    tokenHash(terminalSecret),
  ]);
  return {
    staffId,
    token,
    terminalSecret,
    cookie: `${SESSION_COOKIE}=${token}; ${TERMINAL_COOKIE}=${terminalSecret}`,
  };
}
