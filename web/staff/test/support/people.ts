/** People as 情報政策課 makes them: registered, trained, with rights and a one-time code. Key and password are still theirs to choose. */
import { issueEnrolmentCode } from "@hagukumi/platform/identity/enrolment.ts";
import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import { bootstrapRight } from "@hagukumi/platform/identity/sections.ts";
import { recordTraining, registerStaff } from "@hagukumi/platform/identity/staff.ts";
import { asIdentity } from "@hagukumi/platform/identity/transaction.ts";
import type { Pool } from "pg";

import { asConsole, makeSections, testIdentity, todayOf } from "../../../../platform/test/support/identity.ts";

/** @returns the code of the enrolment */
export async function register(
  pool: Pool,
  staffId: string,
  roles: readonly Role[],
  sectionCode = "kodomo",
): Promise<string> {
  const identity = testIdentity(pool);
  await makeSections(pool);
  const name = `架空 ${staffId}`;
  await registerStaff(identity, asConsole(), { staffId, name, kind: "employee", sectionCode, startsOn: "2021-04-01" });
  await recordTraining(identity, asConsole(), { staffId, trainedOn: await todayOf(pool), course: "架空研修" });
  for (const role of roles) {
    const request = { staffId, sectionCode, role, reason: "試験" };
    await asIdentity(pool, async (client) => await bootstrapRight(client, request, "tester@console"));
  }
  const { code } = await issueEnrolmentCode(identity, asConsole(), staffId);
  return code ?? "";
}
