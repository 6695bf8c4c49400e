/** A small city hall for the tests of identity: sections, people with key and password, terminals. All of it synthetic. */
import { randomBytes } from "node:crypto";
import { createStaffKey } from "@hagukumi/outside-staff-key/contract.ts";
import type { StaffKey } from "@hagukumi/outside-staff-key/contract.ts";
import type { Pool } from "pg";

import type { StaffCommand } from "../../src/identity/actor.ts";
import { beginEnrolment, finishEnrolment, issueEnrolmentCode } from "../../src/identity/enrolment.ts";
import { beginLogIn, beginStepUp, finishLogIn, stepUp } from "../../src/identity/log-in.ts";
import type { LoggedIn } from "../../src/identity/log-in.ts";
import type { Role } from "../../src/identity/permissions.ts";
import { addSections, bootstrapRight, standardSections } from "../../src/identity/sections.ts";
import type { Identity, IdentitySettings } from "../../src/identity/settings.ts";
import { recordTraining, registerStaff } from "../../src/identity/staff.ts";
import { registerTerminal } from "../../src/identity/terminals.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { asIdentity } from "../../src/identity/transaction.ts";

export const ORIGIN = "http://localhost:8080";

/** The hash at a cost that tests can pay; the floor itself is tested in password.test.ts. */
export const testSettings: IdentitySettings = {
  rpId: "localhost",
  rpName: "架空市",
  origins: [ORIGIN],
  contextWords: ["架空市"],
  passwordDays: 180,
  production: false,
  cost: { memory: 256, passes: 1, parallelism: 1 },
  refusalTick: 0,
};

export function testIdentity(pool: Pool, settings: Partial<IdentitySettings> = {}): Identity {
  return { pool, settings: { ...testSettings, ...settings }, pepper: randomBytes(32) };
}

export const asConsole = (): StaffCommand => ({
  key: crypto.randomUUID(),
  actor: { kind: "console", operator: "tester" },
  purpose: "試験",
});

export const bySession = (tokenHash: string): StaffCommand => ({
  key: crypto.randomUUID(),
  actor: { kind: "session", tokenHash },
  purpose: "試験",
});

/** Moves the clock of identity, e.g. `16 minutes`, from now. */
export async function shiftClock(pool: Pool, shift: string): Promise<void> {
  await pool.query(
    `INSERT INTO identity.clock_shift (shift) VALUES ($1::interval) ON CONFLICT (only_row) DO UPDATE SET shift = excluded.shift`,
    [shift],
  );
}

export async function todayOf(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ today: string }>("SELECT identity.today() AS today");
  return rows[0]?.today ?? "";
}

export async function makeSections(pool: Pool): Promise<void> {
  await addSections(pool, standardSections, "2020-04-01");
}

export async function makeTerminal(identity: Identity, code: string, sectionCode = "kodomo"): Promise<TerminalProof> {
  const { secret } = await registerTerminal(identity, asConsole(), {
    terminalCode: code,
    name: `架空端末 ${code}`,
    sectionCode,
  });
  if (secret === null) throw new Error("a repeated registration");
  return { secret };
}

export type Person = { readonly staffId: string; readonly key: StaffKey; readonly password: string };

/** A password that nobody would have on a list. */
export function goodPassword(): string {
  return `vq${randomBytes(9).toString("base64url")}Zr`;
}

/** Registers, trains and enrols a person in the ordinary way; rights by the door for first people. */
export async function makePerson(
  identity: Identity,
  staffId: string,
  terminal: TerminalProof,
  given: {
    readonly roles?: readonly Role[];
    readonly sectionCode?: string;
    readonly wards?: readonly string[];
    readonly trainedOn?: string;
  } = {},
): Promise<Person> {
  const { pool } = identity;
  const today = await todayOf(pool);
  const { roles = [], sectionCode = "kodomo", wards, trainedOn = today } = given;
  await registerStaff(identity, asConsole(), {
    staffId,
    name: `架空 ${staffId}`,
    kind: "employee",
    sectionCode,
    startsOn: "2021-04-01",
  });
  await recordTraining(identity, asConsole(), { staffId, trainedOn, course: "架空研修" });
  for (const role of roles) {
    const request = { staffId, sectionCode, role, reason: "試験", ...(wards === undefined ? {} : { wards }) };
    await asIdentity(pool, async (client) => await bootstrapRight(client, request, "tester@console"));
  }
  const password = goodPassword();
  return { staffId, key: await enrol(identity, staffId, terminal, password), password };
}

/** Enrols with a fresh code. */
export async function enrol(
  identity: Identity,
  staffId: string,
  terminal: TerminalProof,
  password: string,
): Promise<StaffKey> {
  const { code } = await issueEnrolmentCode(identity, asConsole(), staffId);
  const options = await beginEnrolment(identity, { code, staffId, terminal });
  const { key, attestation } = createStaffKey(options, ORIGIN);
  await finishEnrolment(identity, { code, staffId, terminal, attestation, password });
  return key;
}

/** The whole log-in of a person. */
export async function logIn(
  identity: Identity,
  { staffId, key, password }: Person,
  terminal: TerminalProof,
  more: { readonly newPassword?: string } = {},
): Promise<LoggedIn> {
  const options = await beginLogIn(identity, { staffId, terminal });
  return await finishLogIn(identity, { staffId, terminal, assertion: key.get(options, ORIGIN), password, ...more });
}

/** The confirmation inside a session. */
export async function confirm(
  identity: Identity,
  { key, password }: Person,
  token: string,
  terminal: TerminalProof,
): Promise<{ readonly token: string; readonly tokenHash: string }> {
  const options = await beginStepUp(identity, { token, terminal });
  return await stepUp(identity, { token, terminal, assertion: key.get(options, ORIGIN), password });
}

/** Code of the refusal that `work` ends with; fails when it does not end with one. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error) return String(error.code);
    throw error;
  }
  throw new Error("it was not refused");
}
