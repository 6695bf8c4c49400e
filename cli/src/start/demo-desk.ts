/** Who can log in to the demonstration: fourteen made-up people, whose 職員証 is software and whose passwords are shown. */
import { createStaffKey, restoreStaffKey } from "@hagukumi/outside-staff-key/contract.ts";
import { demoSections, demoStaff } from "@hagukumi/platform/identity/demo-staff.ts";
import type { DemoStaff } from "@hagukumi/platform/identity/demo-staff.ts";
import { roles } from "@hagukumi/platform/identity/permissions.ts";
import type { Identity } from "@hagukumi/platform/identity/settings.ts";
import type { Demo } from "@hagukumi/web-staff/contract.ts";

const roleNames: ReadonlyMap<string, string> = new Map(Object.entries(roles).map(([code, { name }]) => [code, name]));
const sectionNames: ReadonlyMap<string, string> = new Map(demoSections.map(({ code, name }) => [code, name]));

/** The demonstration as the staff server takes it. */
export function demoDesk({ staff, terminal }: DemoStaff): Demo {
  const keys = new Map(staff.map(({ staffId, key }) => [staffId, restoreStaffKey(key)]));
  return {
    terminalSecret: terminal.secret,
    people: staff.map((person) => ({
      staffId: person.staffId,
      name: person.name,
      what: `${sectionNames.get(person.sectionCode) ?? person.sectionCode}　${person.roles.map((code) => roleNames.get(code) ?? code).join("・")}`,
      password: person.password,
    })),
    sign: async (staffId, options, origin) => await Promise.resolve(keys.get(staffId)?.get(options, origin)),
  };
}

/**
 * The people of the demonstration, made where they are missing.
 *
 * @throws Refusal `demoNotPermitted`, `productionSettings`
 */
export async function openDemoDesk(
  identity: Identity,
  dataDir: string,
  onProgress?: (step: string, done: number, total: number) => void,
): Promise<Demo> {
  const staff = await demoStaff(identity, dataDir, createStaffKey, (done, total) =>
    onProgress?.("デモの職員", done, total),
  );
  return demoDesk(staff);
}
