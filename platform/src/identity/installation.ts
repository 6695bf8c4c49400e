/** The first people of a city (設置): after them, rights come only by application, approval and issue. */
import type { PoolClient } from "pg";

import { staffCommand } from "./actor.ts";
import type { StaffCommand } from "./actor.ts";
import type { Role } from "./permissions.ts";
import { refuse } from "./problem.ts";
import { addSections, bootstrapRight, markInstallation, standardSections } from "./sections.ts";
import type { NewSection } from "./sections.ts";
import type { Identity } from "./settings.ts";
import { insertStaff } from "./staff.ts";

export type FirstPerson = { readonly staffId: string; readonly name: string; readonly sectionCode: string };

export type Installation = {
  readonly city: string;
  readonly sections?: readonly NewSection[];
  /** 情報政策課: issues rights */
  readonly officer: FirstPerson;
  /** Approves applications for rights */
  readonly approver: FirstPerson;
  /** 業務担当課: applies for rights */
  readonly applicant: FirstPerson;
  /** Day of the three people's training, `YYYY-MM-DD` */
  readonly trainedOn: string;
};

async function addFirst(
  client: PoolClient,
  person: FirstPerson,
  role: Role,
  given: Pick<Installation, "trainedOn">,
  by: string,
): Promise<void> {
  const { rows } = await client.query<{ today: string }>("SELECT identity.today() AS today");
  const startsOn = rows[0]?.today ?? "";
  await insertStaff(client, { ...person, kind: "employee", startsOn }, by, { moveKind: "hire" });
  await client.query(
    "INSERT INTO identity.training (staff_id, trained_on, course, recorded_by) VALUES ($1, $2, '設置前の研修', $3)",
    [person.staffId, given.trainedOn, by],
  );
  await bootstrapRight(client, { ...person, role, reason: "設置" }, by);
}

/**
 * Sets the city up: mark of production, sections, and three people, one each to apply for, approve and issue rights.
 * From the server's console, once. They get in by `issueEnrolmentCode`.
 *
 * @throws Refusal of `staffCommand`; `notPermittedHere` where staff are registered already; `samePerson`; `productionSettings`
 *   in a demo database
 */
export async function install(
  identity: Pick<Identity, "pool">,
  command: Omit<StaffCommand, "key">,
  given: Installation,
): Promise<void> {
  const ids = [given.officer.staffId, given.approver.staffId, given.applicant.staffId];
  if (new Set(ids).size !== 3) {
    refuse("samePerson", "最初の三人（発行・承認・申請）は、別の職員にしてください。何も変えていません。");
  }
  const rules = { name: "staff.init", permission: "rights.issue", console: true, request: given } as const;
  await staffCommand(identity, { ...command, key: "staff.init" }, rules, async (client, by) => {
    const { rowCount } = await client.query("SELECT 1 FROM identity.staff LIMIT 1");
    if (rowCount !== 0) {
      refuse("notPermittedHere", "職員がすでに登録されています。設置は最初の1回だけです。何も変えていません。");
    }
    await markInstallation(client, "production", given.city);
    await addSections(client, given.sections ?? standardSections, "2020-04-01");
    await addFirst(client, given.officer, "itOfficer", given, by);
    await addFirst(client, given.approver, "rightsApprover", given, by);
    await addFirst(client, given.applicant, "approver", given, by);
    return { response: {}, audit: [{ action: "staff.init", objectKind: "installation", objectId: "production" }] };
  });
}
