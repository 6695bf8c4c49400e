/**
 * The staff of the demo: fourteen visibly synthetic people with software keys. Never beside production settings, never in a
 * database that is not marked as a demo.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import { z } from "zod";

import { writeFileAtomic } from "../files/atomic.ts";
import type { StaffCommand } from "./actor.ts";
import { beginEnrolment, finishEnrolment, issueEnrolmentCode } from "./enrolment.ts";
import type { Role } from "./permissions.ts";
import { refuse } from "./problem.ts";
import { addSections, bootstrapRight, markInstallation, standardSections } from "./sections.ts";
import type { NewSection } from "./sections.ts";
import type { Identity } from "./settings.ts";
import { insertStaff } from "./staff.ts";
import { registerTerminal } from "./terminals.ts";
import type { TerminalProof } from "./terminals.ts";
import { asIdentity } from "./transaction.ts";

type DemoPerson = {
  readonly staffId: string;
  readonly name: string;
  readonly sectionCode: string;
  readonly roles: readonly Role[];
  /** 承諾番号: makes the person a contractor's */
  readonly consentId?: string;
};

/** The sections of the product, and the contractor who compares papers of 現況届 (委託先6). */
export const demoSections: readonly NewSection[] = [
  ...standardSections,
  { code: "jimu", name: "架空事務株式会社", kind: "contractor", inCharge: false },
];

/** Who does what in the demo. Whoever types, examines and approves are three people; so are who makes, approves and sends payments. */
export const demoPeople: readonly DemoPerson[] = [
  { staffId: "demo.shinsa", name: "架空 審査子", sectionCode: "kodomo", roles: ["examiner"] },
  { staffId: "demo.kessai", name: "架空 決裁太", sectionCode: "kodomo", roles: ["approver", "treasurer"] },
  { staffId: "demo.shiharai", name: "架空 支払美", sectionCode: "kodomo", roles: ["clerk", "treasurer"] },
  { staffId: "demo.sochi", name: "架空 措置郎", sectionCode: "kodomo", roles: ["protectionOfficer", "rightsApprover"] },
  { staffId: "demo.chuo", name: "架空 中央花", sectionCode: "chuo", roles: ["wardClerk"] },
  { staffId: "demo.higashi", name: "架空 東一", sectionCode: "higashi", roles: ["wardClerk"] },
  { staffId: "demo.nishi", name: "架空 西子", sectionCode: "nishi", roles: ["wardClerk"] },
  { staffId: "demo.minami", name: "架空 南斗", sectionCode: "minami", roles: ["wardClerk"] },
  { staffId: "demo.kita", name: "架空 北香", sectionCode: "kita", roles: ["wardClerk"] },
  { staffId: "demo.joho", name: "架空 情報人", sectionCode: "joho", roles: ["itOfficer"] },
  { staffId: "demo.engo", name: "架空 援護実", sectionCode: "hogo", roles: ["transferOffice"] },
  { staffId: "demo.kaikei", name: "架空 会計代", sectionCode: "kaikei", roles: ["paymentReleaser"] },
  { staffId: "demo.kansa", name: "架空 監査生", sectionCode: "kansa", roles: ["auditor"] },
  {
    staffId: "demo.itaku",
    name: "架空 確認実",
    sectionCode: "jimu",
    roles: ["reviewChecker"],
    consentId: "架空承諾-6",
  },
];

const keyShape = z.object({
  credentialId: z.string(),
  rpId: z.string(),
  userHandle: z.string(),
  privateKey: z.string(),
});

const fileShape = z.object({
  format: z.literal("hagukumi-demo-staff/1"),
  terminal: z.object({ code: z.string(), secret: z.string() }),
  staff: z.array(
    z.object({
      staffId: z.string(),
      name: z.string(),
      sectionCode: z.string(),
      roles: z.array(z.string()),
      password: z.string(),
      key: keyShape,
    }),
  ),
});

/** What the demo needs to log its people in. In the data folder, mode 0600. */
export type DemoStaff = z.infer<typeof fileShape>;

/** How a software key is made: `createStaffKey` of the simulated 職員証. */
export type MakeKey = (
  options: PublicKeyCredentialCreationOptionsJSON,
  origin: string,
) => { readonly key: { readonly data: z.infer<typeof keyShape> }; readonly attestation: unknown };

function command(): StaffCommand {
  return {
    key: `demo.${crypto.randomUUID()}`,
    actor: { kind: "console", operator: "demo" },
    purpose: "デモの職員の作成",
  };
}

/** @throws Refusal `demoNotPermitted` beside production settings, `productionSettings` in a database of production */
async function permitDemo(identity: Identity): Promise<void> {
  if (identity.settings.production) {
    refuse(
      "demoNotPermitted",
      "本番の設定（HAGUKUMI_ENV=production）では、デモの職員とソフトウェアの職員証は作れません。何も変えていません。",
    );
  }
  await asIdentity(identity.pool, async (client) => {
    const { rows } = await client.query<{ taken: boolean }>(
      `SELECT EXISTS (SELECT FROM identity.staff WHERE staff_id NOT LIKE 'demo.%') AND NOT EXISTS (SELECT FROM identity.installation) AS taken`,
    );
    if (rows[0]?.taken === true) {
      refuse(
        "demoNotPermitted",
        "このデータベースにはデモでない職員が登録されています。デモの職員は、新しいデータフォルダで作ってください。何も変えていません。",
      );
    }
    await markInstallation(client, "demo", identity.settings.rpName);
    await addSections(client, demoSections, "2020-04-01");
  });
}

/** Writes what the person lacks: the row, this year's training, a right that counts today for each role. */
async function completePerson(identity: Identity, person: DemoPerson): Promise<void> {
  const { staffId, name, sectionCode, roles, consentId } = person;
  await asIdentity(identity.pool, async (client) => {
    const { rows } = await client.query<{ known: boolean; trained: boolean; held: string[] }>(
      `SELECT EXISTS (SELECT FROM identity.staff WHERE staff_id = $1) AS known,
              EXISTS (SELECT FROM identity.training WHERE staff_id = $1 AND trained_on > identity.today() - 180) AS trained,
              ARRAY(SELECT role_code FROM identity.rights_on($1, identity.today())) AS held`,
      [staffId],
    );
    const { known, trained, held } = rows[0] ?? { known: false, trained: false, held: [] };
    if (!known) {
      const staff = { staffId, name, sectionCode, startsOn: "2021-04-01" };
      if (consentId === undefined) {
        await insertStaff(client, { ...staff, kind: "employee" }, "demo@console", { moveKind: "hire" });
      } else {
        await insertStaff(client, { ...staff, kind: "contractor", consentId }, "demo@console", {
          moveKind: "contract",
        });
      }
    }
    if (!trained) {
      await client.query(
        "INSERT INTO identity.training (staff_id, trained_on, course, recorded_by) VALUES ($1, identity.today(), '架空の研修', 'demo@console')",
        [staffId],
      );
    }
    for (const role of roles.filter((code) => !held.includes(code))) {
      await bootstrapRight(client, { staffId, sectionCode, role, reason: "デモ" }, "demo@console");
    }
  });
}

async function enrolPerson(
  identity: Identity,
  person: DemoPerson,
  terminal: TerminalProof,
  makeKey: MakeKey,
): Promise<DemoStaff["staff"][number]> {
  const { staffId, name, sectionCode, roles } = person;
  const origin = identity.settings.origins[0] ?? "";
  const { code } = await issueEnrolmentCode(identity, command(), staffId);
  const options = await beginEnrolment(identity, { code, staffId, terminal });
  const { key, attestation } = makeKey(options, origin);
  const password = randomBytes(15).toString("base64url");
  await finishEnrolment(identity, { code, staffId, terminal, attestation, password });
  return { staffId, name, sectionCode, roles: [...roles], password, key: key.data };
}

async function newTerminal(identity: Identity): Promise<DemoStaff["terminal"]> {
  const { rows } = await identity.pool.query<{ n: number }>(
    "SELECT count(*)::int + 1 AS n FROM identity.terminal WHERE terminal_code LIKE 'DEMO-%'",
  );
  const { terminalCode, secret } = await registerTerminal(identity, command(), {
    terminalCode: `DEMO-${rows[0]?.n ?? 1}`,
    name: "デモの端末",
    sectionCode: "kodomo",
  });
  return { code: terminalCode, secret: secret ?? "" };
}

/**
 * Makes the demo's staff, or gives those who are there new keys and passwords.
 *
 * @throws Refusal `demoNotPermitted`, `productionSettings`; nothing was written then
 */
export async function seedDemoStaff(
  identity: Identity,
  makeKey: MakeKey,
  onProgress?: (done: number, total: number) => void,
): Promise<DemoStaff> {
  await permitDemo(identity);
  const terminal = await newTerminal(identity);
  for (const person of demoPeople) await completePerson(identity, person);
  let done = 0;
  // Side by side: the hashes of the passwords are what takes time.
  const staff = await Promise.all(
    demoPeople.map(async (person) => {
      const made = await enrolPerson(identity, person, { secret: terminal.secret }, makeKey);
      done += 1;
      onProgress?.(done, demoPeople.length);
      return made;
    }),
  );
  return { format: "hagukumi-demo-staff/1", terminal, staff };
}

const path = (dataDir: string): string => join(dataDir, "demo-staff.json");

/** The demo's staff as the data folder remembers them; undefined where there is no (readable) file. */
export async function readDemoStaff(dataDir: string): Promise<DemoStaff | undefined> {
  const text = await readFile(path(dataDir), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return fileShape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // half a file: new keys are made
  }
}

/** Whether each remembered person can still log in at the remembered terminal today, with the remembered key and site. */
async function stillGood(identity: Identity, demo: DemoStaff): Promise<boolean> {
  const { rows } = await identity.pool.query<{ good: number; terminal: boolean }>(
    `SELECT (SELECT count(*)::int FROM unnest($1::text[], $2::text[]) AS k (staff_id, credential_id)
       JOIN identity.credential c USING (staff_id, credential_id) LEFT JOIN identity.credential_revocation v USING (credential_id)
       WHERE v.credential_id IS NULL AND identity.active_on(c.staff_id, identity.today()) AND identity.trained_on(c.staff_id, identity.today())
         AND (SELECT max(p.set_at) FROM identity.password p WHERE p.staff_id = c.staff_id) > identity.clock() - interval '160 days'
         AND EXISTS (SELECT FROM identity.rights_on(c.staff_id, identity.today()))) AS good,
       EXISTS (SELECT FROM identity.terminal t LEFT JOIN identity.terminal_revocation r USING (terminal_code)
               WHERE t.terminal_code = $3 AND r.terminal_code IS NULL) AS terminal`,
    [demo.staff.map(({ staffId }) => staffId), demo.staff.map(({ key }) => key.credentialId), demo.terminal.code],
  );
  const sameSite = demo.staff.every(({ key }) => key.rpId === identity.settings.rpId);
  return rows[0]?.good === demoPeople.length && rows[0].terminal && sameSite;
}

/**
 * The demo's staff, ready to log in: those of the data folder while they are good, else made anew and remembered.
 *
 * @throws Refusal `demoNotPermitted`, `productionSettings`
 */
export async function demoStaff(
  identity: Identity,
  dataDir: string,
  makeKey: MakeKey,
  onProgress?: (done: number, total: number) => void,
): Promise<DemoStaff> {
  await permitDemo(identity);
  const found = await readDemoStaff(dataDir);
  if (found !== undefined && (await stillGood(identity, found))) return found;
  const made = await seedDemoStaff(identity, makeKey, onProgress);
  await writeFileAtomic(path(dataDir), `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600 });
  return made;
}
