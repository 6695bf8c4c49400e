import { beforeAll, describe, expect, it } from "vitest";

import { accountReport, declareUsers } from "../../src/identity/accounts.ts";
import type { AccountReport } from "../../src/identity/accounts.ts";
import { beginEnrolment, finishEnrolment, issueEnrolmentCode } from "../../src/identity/enrolment.ts";
import { decideRight, issueRight, requestRight, revokeRight } from "../../src/identity/rights.ts";
import { addSections, bootstrapRight } from "../../src/identity/sections.ts";
import type { Identity } from "../../src/identity/settings.ts";
import { registerStaff, stopStaff } from "../../src/identity/staff.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { asIdentity } from "../../src/identity/transaction.ts";
import { useDatabase } from "../support/cluster.ts";
import {
  asConsole,
  bySession,
  confirm,
  goodPassword,
  logIn,
  makePerson,
  makeSections,
  makeTerminal,
  refusalOf,
  testIdentity,
  todayOf,
} from "../support/identity.ts";
import type { Person } from "../support/identity.ts";

describe("利用者の報告", () => {
  const database = useDatabase();
  let identity: Identity;
  let desk: TerminalProof;
  let head: Person;
  /** Of those who ask, agree and issue: one log-in each */
  const sessions = { head: "", agrees: "", officer: "" };

  const report = async (): Promise<AccountReport> => await accountReport(database.pool);
  /** Registered, without key: the rights alone make a user. */
  const addClerk = async (staffId: string, sectionCode = "kodomo"): Promise<void> => {
    await registerStaff(identity, asConsole(), {
      staffId,
      name: `架空 ${staffId}`,
      kind: "employee",
      sectionCode,
      startsOn: "2021-04-01",
    });
    await asIdentity(database.pool, async (client) => {
      await bootstrapRight(client, { staffId, sectionCode, role: "clerk", reason: "試験" }, "tester@console");
    });
  };
  const fresh = async (person: Person): Promise<string> => {
    const { token } = await logIn(identity, person, desk);
    return (await confirm(identity, person, token, desk)).tokenHash;
  };

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    // 総合出張所 and a contractor, as a city adds them to the sections that come with the product.
    const more = [
      { code: "tomiai", name: "架空総合出張所", kind: "branch", inCharge: true },
      { code: "itaku", name: "架空受託者", kind: "contractor", inCharge: false },
    ] as const;
    await addSections(database.pool, more, "2020-04-01");
    desk = await makeTerminal(identity, "DESK-1");
    head = await makePerson(identity, "kacho.001", desk, { roles: ["approver"] });
    // With the head: nine users. The band that the assessment declares is 10–50.
    for (let n = 1; n <= 8; n += 1) await addClerk(`kaku.${100 + n}`);
  });

  it("[D211] [D212] no ID is shared: a second person cannot have it, nor another's key, and each account in use is one named person's", async () => {
    const again = { staffId: "kaku.101", name: "架空 別人", kind: "employee", sectionCode: "kodomo" } as const;
    expect(await refusalOf(registerStaff(identity, asConsole(), { ...again, startsOn: "2021-04-01" }))).toBe(
      "duplicate",
    );
    const { code } = await issueEnrolmentCode(identity, asConsole(), "kaku.101");
    const given = { code: code ?? "", staffId: "kaku.101", terminal: desk };
    await beginEnrolment(identity, given);
    // The head's card, held to the reader for somebody else's account.
    await expect(
      finishEnrolment(identity, {
        ...given,
        attestation: { id: head.key.data.credentialId },
        password: goodPassword(),
      }),
    ).rejects.toMatchObject({ code: "enrolmentRefused" });
    await expect(
      database.pool.query(
        "INSERT INTO identity.credential (credential_id, staff_id, public_key, counter) VALUES ($1, 'kaku.101', '\\x00', 0)",
        [head.key.data.credentialId],
      ),
    ).rejects.toMatchObject({ constraint: "credential_pkey" });
    await logIn(identity, head, desk);
    const other = await makeTerminal(identity, "DESK-2");
    expect(await refusalOf(logIn(identity, head, other))).toBe("alreadyLoggedIn");
    await database.pool.query(
      "UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'ended' WHERE ended_at IS NULL",
    );
    const { lines } = await report();
    expect(new Set(lines.map(({ staffId }) => staffId)).size).toBe(lines.length);
    expect(lines.filter(({ name }) => name.trim() === "")).toEqual([]);
  });

  it("[D104] the offices that use the allowance are こども支援課, the wards and the 総合出張所; a right that opens cases is given in no other", async () => {
    const { sections } = await report();
    const { rows } = await database.pool.query<{ code: string }>(
      "SELECT section_code AS code FROM identity.section WHERE kind IN ('headquarters', 'ward', 'branch')",
    );
    expect(
      sections
        .filter(({ inCharge }) => inCharge)
        .map(({ code }) => code)
        .toSorted(),
    ).toEqual(rows.map(({ code }) => code).toSorted());
    expect(sections.filter(({ inCharge }) => inCharge).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["こども支援課", "中央区 保健こども課", "架空総合出張所"]),
    );
    const outside = sections.filter(({ inCharge }) => !inCharge).map(({ code }) => code);
    expect(outside.length).toBeGreaterThan(2);
    for (const sectionCode of outside) {
      const staffId = `soto.${sectionCode}`;
      await registerStaff(identity, asConsole(), {
        staffId,
        name: "架空 外",
        kind: "employee",
        sectionCode,
        startsOn: "2021-04-01",
      });
      const asked = { staffId, sectionCode, role: "clerk", reason: "試験" } as const;
      const give = asIdentity(database.pool, async (client) => await bootstrapRight(client, asked, "tester@console"));
      expect(await refusalOf(give)).toBe("rightNotApplicable");
      // Whoever writes the row past the program: the right opens nothing there.
      await database.pool.query(
        `WITH r AS (INSERT INTO identity.right_request (staff_id, section_code, role_code, starts_on, ends_on, reason, origin, requested_by)
           VALUES ($1, $2, 'clerk', identity.today(), identity.today() + 10, '試験', 'bootstrap', 'x') RETURNING right_id)
         INSERT INTO identity.right_approval (right_id, approved, reason, approved_by) SELECT right_id, true, '試験', 'y' FROM r`,
        [staffId, sectionCode],
      );
      await database.pool.query(
        "INSERT INTO identity.right_issue (right_id, issued_by) SELECT right_id, 'z' FROM identity.right_request WHERE staff_id = $1",
        [staffId],
      );
    }
    const after = await report();
    expect(after.sections.filter(({ inCharge, opening }) => !inCharge && opening > 0)).toEqual([]);
    expect(after.lines.filter(({ staffId, opensCases }) => staffId.startsWith("soto.") && opensCases)).toEqual([]);
    for (const sectionCode of outside) {
      await stopStaff(identity, asConsole(), { staffId: `soto.${sectionCode}`, reason: "試験の終わり" });
    }
  });

  it("[D233] a contractor's account stands under its consignment, and cannot view or change cases", async () => {
    const today = await todayOf(database.pool);
    const contractor = { staffId: "itaku.001", name: "架空 受託", kind: "contractor", sectionCode: "itaku" } as const;
    expect(await refusalOf(registerStaff(identity, asConsole(), { ...contractor, startsOn: today }))).toBe(
      "contractorWithoutConsent",
    );
    await registerStaff(identity, asConsole(), { ...contractor, consentId: "R8-架空-001", startsOn: today });
    const right = async (role: "contractor" | "clerk"): Promise<unknown> =>
      await asIdentity(
        database.pool,
        async (client) =>
          await bootstrapRight(
            client,
            { staffId: "itaku.001", sectionCode: "itaku", role, reason: "試験" },
            "tester@console",
          ),
      );
    expect(await refusalOf(right("clerk"))).toBe("rightNotApplicable");
    await right("contractor");
    const { contractors, contractorsOpening, lines } = await report();
    expect({ contractors, contractorsOpening }).toEqual({ contractors: 1, contractorsOpening: 0 });
    expect(lines.find(({ staffId }) => staffId === "itaku.001")).toMatchObject({
      kind: "contractor",
      consentId: "R8-架空-001",
      opensCases: false,
    });
    await stopStaff(identity, asConsole(), { staffId: "itaku.001", reason: "試験の終わり" });
  });

  it("[D105] [D116] the number of users beside the declared 10–50: told when below, silent within, an alarm in report and records above", async () => {
    // The head and eight clerks: 1 + 8 = 9 users.
    expect(await report()).toMatchObject({ users: 9, declared: { least: 10, most: 50 }, band: "below" });
    await addClerk("kaku.109");
    expect(await report()).toMatchObject({ users: 10, band: "within" });
    expect(await refusalOf(declareUsers(identity, asConsole(), { least: 11, most: 10 }))).toBe("rightNotApplicable");
    expect(await refusalOf(declareUsers(identity, asConsole(), { least: 0, most: 1.5 }))).toBe("rightNotApplicable");
    const clerk = await makePerson(identity, "joho.001", desk, { roles: ["itOfficer"] });
    const agrees = await makePerson(identity, "shonin.001", desk, { roles: ["rightsApprover"] });
    // 10 + the officer + the one who approves = 12; declared at most 12, so that the next right is one too many.
    await declareUsers(identity, asConsole(), { least: 10, most: 12 });
    expect(await report()).toMatchObject({ users: 12, band: "within" });
    await registerStaff(identity, asConsole(), {
      staffId: "kaku.113",
      name: "架空 十三人目",
      kind: "employee",
      sectionCode: "kodomo",
      startsOn: "2021-04-01",
    });
    const asked = { staffId: "kaku.113", sectionCode: "kodomo", role: "clerk", reason: "試験" } as const;
    Object.assign(sessions, { head: await fresh(head), agrees: await fresh(agrees), officer: await fresh(clerk) });
    const { rightId } = await requestRight(identity, bySession(sessions.head), asked);
    await decideRight(identity, bySession(sessions.agrees), { rightId, approved: true, reason: "試験" });
    await issueRight(identity, bySession(sessions.officer), { rightId });
    const above = await report();
    expect(above).toMatchObject({ users: 13, band: "above" });
    const { rows } = await database.pool.query(
      "SELECT kind, action, detail FROM access.journal WHERE action IN ('account.aboveBand', 'users.declare') ORDER BY seq",
    );
    expect(rows).toEqual([
      { kind: "setting", action: "users.declare", detail: { least: 10, most: 12 } },
      { kind: "event", action: "account.aboveBand", detail: { users: 13, most: 12 } },
    ]);
    const line = above.lines.find(({ staffId }) => staffId === "kaku.113");
    expect(line).toMatchObject({ kind: "employee", roles: ["clerk"], opensCases: true, user: true, lastLogIn: null });
    expect(above.lines.find(({ staffId }) => staffId === "kacho.001")?.lastTerminal).toBe("DESK-1");
    await stopStaff(identity, asConsole(), { staffId: "kaku.113", reason: "試験" });
    expect((await report()).users).toBe(12);
  });

  it("every right that counts today is told with its holder, since when, by whom it was asked for, agreed to and issued, and when it was last used; one that ended is not", async () => {
    const asked = { staffId: "kaku.102", sectionCode: "kodomo", role: "examiner", reason: "審査の応援" } as const;
    const { rightId } = await requestRight(identity, bySession(sessions.head), asked);
    const of = async (id: number) => (await report()).rights.find((line) => line.rightId === id);
    // Asked for, and agreed to: it does not count before it is issued.
    expect(await of(rightId)).toBeUndefined();
    await decideRight(identity, bySession(sessions.agrees), { rightId, approved: true, reason: "試験" });
    expect(await of(rightId)).toBeUndefined();
    await issueRight(identity, bySession(sessions.officer), { rightId });
    const since = await todayOf(database.pool);
    expect(await of(rightId)).toMatchObject({
      staffId: "kaku.102",
      name: "架空 kaku.102",
      role: "examiner",
      since,
      reason: "審査の応援",
      requestedBy: "kacho.001",
      approvedBy: "shonin.001",
      issuedBy: "joho.001",
      // No key yet: nobody can have used it.
      lastUsed: null,
      unusedDays: 0,
    });
    const used = (await report()).rights.filter(({ staffId }) => staffId === "kacho.001");
    expect(used).toHaveLength(1);
    expect(used[0]?.lastUsed).toBeInstanceOf(Date);
    await revokeRight(identity, bySession(sessions.officer), { rightId, reason: "応援の終わり" });
    expect(await of(rightId)).toBeUndefined();
    // Who was stopped holds nothing, however the right came into the tables.
    expect((await report()).rights.filter(({ staffId }) => staffId.startsWith("soto."))).toEqual([]);
  });
});
