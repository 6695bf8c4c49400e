import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { sessionNow } from "../../src/identity/actor.ts";
import { beginEnrolment, finishEnrolment, issueEnrolmentCode } from "../../src/identity/enrolment.ts";
import { install } from "../../src/identity/installation.ts";
import {
  decideRight, issueRight, listRights, nextFiscalYearEnd, requestRevocation, requestRight, revokeRight,
} from "../../src/identity/rights.ts"; // prettier-ignore
import type { RightRequest } from "../../src/identity/rights.ts";
import { useSession } from "../../src/identity/session.ts";
import type { Identity } from "../../src/identity/settings.ts";
import { recordTraining, registerStaff } from "../../src/identity/staff.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { useDatabase } from "../support/cluster.ts";
import {
  asConsole, bySession, confirm, enrol, goodPassword, logIn, makePerson, makeSections, makeTerminal, ORIGIN, refusalOf, shiftClock,
  testIdentity, todayOf,
} from "../support/identity.ts"; // prettier-ignore
import type { Person } from "../support/identity.ts";
import { createStaffKey } from "@hagukumi/outside-staff-key/contract.ts";

describe("rights (アクセス権限)", () => {
  const database = useDatabase();
  let identity: Identity;
  let terminals: Readonly<Record<string, TerminalProof>>;
  let applicant: Person;
  let approver: Person;
  let officer: Person;
  let subject: Person;
  const hashes: Record<string, string> = {};

  const session = async (person: Person, place: string): Promise<string> => {
    const terminal = terminals[place] ?? {};
    const { token } = await logIn(identity, person, terminal);
    return (await confirm(identity, person, token, terminal)).tokenHash;
  };

  const by = (name: string): ReturnType<typeof bySession> => bySession(hashes[name] ?? "");

  const wish = (more: Partial<RightRequest> = {}): RightRequest => ({
    staffId: subject.staffId,
    sectionCode: "chuo",
    role: "wardClerk",
    reason: "窓口の担当になるため",
    ...more,
  });

  const granted = async (more: Partial<RightRequest> = {}): Promise<number> => {
    const { rightId } = await requestRight(identity, by("applicant"), wish(more));
    await decideRight(identity, by("approver"), { rightId, approved: true, reason: "必要" });
    await issueRight(identity, by("officer"), { rightId });
    return rightId;
  };

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    const made: Record<string, TerminalProof> = {};
    for (const place of ["A", "B", "C", "D"]) made[place] = await makeTerminal(identity, `DESK-${place}`);
    terminals = made;
    const { A: desk = {} } = made;
    applicant = await makePerson(identity, "kaku.101", desk, { roles: ["approver"] });
    approver = await makePerson(identity, "kaku.102", desk, { roles: ["rightsApprover", "approver"] });
    officer = await makePerson(identity, "kaku.103", desk, { roles: ["itOfficer"], sectionCode: "joho" });
    subject = await makePerson(identity, "kaku.104", desk, { sectionCode: "chuo" });
  });

  beforeEach(async () => {
    await database.pool.query(
      "UPDATE identity.session SET ended_at = now(), end_reason = 'ended' WHERE ended_at IS NULL",
    );
    hashes["applicant"] = await session(applicant, "A");
    hashes["approver"] = await session(approver, "B");
    hashes["officer"] = await session(officer, "C");
  });

  it("are not given from the console, without the right to do so, or without a fresh confirmation", async () => {
    expect(await refusalOf(requestRight(identity, asConsole(), wish()))).toBe("sessionRequired");
    expect(await refusalOf(requestRight(identity, bySession("0".repeat(64)), wish()))).toBe("sessionRequired");
    expect(await refusalOf(requestRight(identity, by("officer"), wish()))).toBe("notPermittedHere");
    const plain = await logIn(identity, subject, terminals["D"] ?? {});
    expect(await refusalOf(requestRight(identity, bySession(plain.tokenHash), wish()))).toBe("notPermittedHere");
    await shiftClock(database.pool, "6 minutes");
    expect(await refusalOf(requestRight(identity, by("applicant"), wish()))).toBe("stepUpRequired");
    await shiftClock(database.pool, "0");
  });

  it("[D213] three records by three people: the applicant and the person cannot approve, none of them can issue", async () => {
    // kaku.102 may apply and approve: not for the same right.
    const own = await requestRight(identity, by("approver"), wish());
    const decide = { rightId: own.rightId, approved: true, reason: "必要" };
    expect(await refusalOf(decideRight(identity, by("approver"), decide))).toBe("samePerson");
    const forApprover = await requestRight(identity, by("applicant"), {
      ...wish({ role: "clerk" }),
      staffId: "kaku.102",
      sectionCode: "kodomo",
    });
    expect(await refusalOf(decideRight(identity, by("approver"), { ...decide, rightId: forApprover.rightId }))).toBe(
      "samePerson",
    );
    const { rightId, endsOn } = await requestRight(identity, by("applicant"), wish());
    expect(endsOn).toBe(nextFiscalYearEnd(await todayOf(database.pool)));
    expect(await refusalOf(issueRight(identity, by("officer"), { rightId }))).toBe("rightNotApplicable");
    await decideRight(identity, by("approver"), { rightId, approved: true, reason: "必要" });
    expect(await refusalOf(decideRight(identity, by("approver"), { rightId, approved: true, reason: "二度" }))).toBe(
      "duplicate",
    );
    // By hand, past the program: the database has the same word.
    for (const person of ["kaku.101", "kaku.102", "kaku.104"]) {
      await expect(
        database.pool.query("INSERT INTO identity.right_issue (right_id, issued_by) VALUES ($1, $2)", [
          rightId,
          person,
        ]),
      ).rejects.toMatchObject({ constraint: "right_other_person" });
    }
    await issueRight(identity, by("officer"), { rightId });
    const line = (await listRights(database.pool, subject.staffId)).find((right) => right.rightId === rightId);
    expect(line).toMatchObject({
      requestedBy: "kaku.101", approvedBy: "kaku.102", issuedBy: "kaku.103", state: "issued", wards: ["431010"], role: "wardClerk",
    }); // prettier-ignore
    const { rows } = await database.pool.query<{ action: string; actor: string }>(
      "SELECT action, actor FROM audit.event WHERE detail ->> 'rightId' = $1 ORDER BY event_id",
      [String(rightId)],
    );
    expect(rows).toEqual([
      { action: "right.request", actor: "kaku.101" },
      { action: "right.decide", actor: "kaku.102" },
      { action: "right.issue", actor: "kaku.103" },
    ]);
    await revokeRight(identity, by("officer"), { rightId, reason: "試験の後始末" });
  });

  it("a refused application cannot be issued, and bootstrap rights end with the first application", async () => {
    const { rightId } = await requestRight(identity, by("applicant"), wish());
    await decideRight(identity, by("approver"), { rightId, approved: false, reason: "不要" });
    expect(await refusalOf(issueRight(identity, by("officer"), { rightId }))).toBe("rightNotApplicable");
    await expect(
      database.pool.query(
        `INSERT INTO identity.right_request (staff_id, section_code, role_code, starts_on, ends_on, reason, origin, requested_by)
         VALUES ('kaku.104', 'chuo', 'approver', identity.today(), identity.today(), 'x', 'bootstrap', 'x')`,
      ),
    ).rejects.toMatchObject({ constraint: "right_bootstrap_once" });
  });

  it("not for a section outside the 使用部署, another ward, a section the person is not in, or longer than a year", async () => {
    const today = await todayOf(database.pool);
    const bad: readonly Partial<RightRequest>[] = [
      { staffId: officer.staffId, sectionCode: "joho", role: "clerk" },
      { wards: ["431028"] },
      { wards: ["431010", "431028"] },
      { sectionCode: "kodomo" },
      { sectionCode: "nowhere" },
      { wards: [] },
      { staffId: applicant.staffId, sectionCode: "kodomo", wards: ["中央区"] },
      { startsOn: today, endsOn: "2020-01-01" },
      { startsOn: today, endsOn: `${Number(today.slice(0, 4)) + 2}-03-31` },
      { staffId: applicant.staffId, sectionCode: "kodomo" }, // a clerk of a ward, without the ward
    ];
    for (const more of bad) {
      expect(await refusalOf(requestRight(identity, by("applicant"), wish(more))), JSON.stringify(more)).toBe(
        "rightNotApplicable",
      );
    }
  });

  it("[A151] open session: has the right at its next call, in its ward alone, and [THR32] [D214] loses it at once with the time it took", async () => {
    const terminal = terminals["D"] ?? {};
    const open = await logIn(identity, subject, terminal);
    const before = await useSession(identity, open.token, terminal);
    expect(before.session?.permissions).toEqual([]);
    expect(before.session?.wards).toEqual([]);
    const rightId = await granted();
    const during = await useSession(identity, open.token, terminal);
    expect(during.session?.permissions).toContain("claim.receive");
    expect(during.session?.permissions).not.toContain("claim.approve");
    expect(during.session?.wards).toEqual(["431010"]);
    await requestRevocation(identity, by("applicant"), { rightId, reason: "担当が替わるため" });
    expect(
      (await listRights(database.pool, subject.staffId)).find((right) => right.rightId === rightId)?.revocationAsked,
    ).toBe(true);
    await shiftClock(database.pool, "60 seconds");
    const { elapsedSeconds } = await revokeRight(identity, by("officer"), { rightId, reason: "申請による" });
    expect(elapsedSeconds).toBeGreaterThanOrEqual(60);
    expect(elapsedSeconds).toBeLessThan(120);
    await shiftClock(database.pool, "0");
    expect(await useSession(identity, open.token, terminal)).toEqual({ state: "revoked" });
    const again = await logIn(identity, subject, terminal);
    expect((await useSession(identity, again.token, terminal)).session?.permissions).toEqual([]);
  });

  it("[THR7] ends at 00:00 in Japan on the day after its last, in an open session, without anybody doing anything", async () => {
    const today = await todayOf(database.pool);
    await granted({ startsOn: today, endsOn: today });
    const { rows } = await database.pool.query<{ left: number }>(
      `SELECT extract(epoch FROM ((identity.today() + 1)::timestamp AT TIME ZONE 'Asia/Tokyo') - now())::float8 AS left`,
    );
    const left = rows[0]?.left ?? 0; // seconds to midnight in Japan
    await shiftClock(database.pool, `${left - 30} seconds`);
    const { tokenHash: hash } = await logIn(identity, subject, terminals["D"] ?? {});
    expect((await sessionNow(database.pool, hash))?.permissions).toContain("case.open");
    await shiftClock(database.pool, `${left + 1} seconds`);
    const after = await sessionNow(database.pool, hash);
    expect(after?.staff_id).toBe(subject.staffId);
    expect(after?.permissions).toEqual([]);
    await shiftClock(database.pool, "0");
  });

  it("the default end is the next 31 March", () => {
    expect(["2026-03-31", "2026-04-01", "2026-11-23", "2027-01-01"].map(nextFiscalYearEnd)).toEqual([
      "2026-03-31", "2027-03-31", "2027-03-31", "2027-03-31",
    ]); // prettier-ignore
  });

  it("[THR89] a contractor without the city's consent number is not registered", async () => {
    const staff = {
      staffId: "itaku.001",
      name: "架空 受託",
      kind: "contractor",
      sectionCode: "kodomo",
      startsOn: "2026-04-01",
    } as const;
    expect(await refusalOf(registerStaff(identity, asConsole(), staff))).toBe("contractorWithoutConsent");
    await expect(
      database.pool.query("INSERT INTO identity.staff (staff_id, kind) VALUES ('itaku.002', 'contractor')"),
    ).rejects.toMatchObject({ constraint: "staff_contractor_consent" });
    await registerStaff(identity, asConsole(), { ...staff, consentId: "架空承諾-1" });
  });

  it("a command without an operator, and the same key for another request, are refused; the same again changes nothing", async () => {
    const training = { staffId: subject.staffId, trainedOn: "2026-04-01", course: "架空" };
    const nobody = { ...asConsole(), actor: { kind: "console", operator: "" } as const };
    expect(await refusalOf(recordTraining(identity, nobody, training))).toBe("operatorInvalid");
    const command = asConsole();
    await recordTraining(identity, command, training);
    await recordTraining(identity, command, training);
    expect(await refusalOf(recordTraining(identity, command, { ...training, course: "別" }))).toBe("commandKeyReused");
    const { rows } = await database.pool.query(
      "SELECT 1 FROM identity.training WHERE staff_id = $1 AND course = '架空'",
      [subject.staffId],
    );
    expect(rows).toHaveLength(1);
  });

  it("an enrolment code is good once, for its person, for a day, and only the newest", async () => {
    const desk = terminals["A"] ?? {};
    const { staffId } = subject;
    const { code: old } = await issueEnrolmentCode(identity, asConsole(), staffId);
    const { code } = await issueEnrolmentCode(identity, asConsole(), staffId);
    expect(await refusalOf(beginEnrolment(identity, { code: old, staffId, terminal: desk }))).toBe("enrolmentRefused");
    expect(await refusalOf(beginEnrolment(identity, { code, staffId: officer.staffId, terminal: desk }))).toBe(
      "enrolmentRefused",
    );
    expect(await refusalOf(beginEnrolment(identity, { code, staffId, terminal: {} }))).toBe("terminalUnknown");
    await shiftClock(database.pool, "25 hours");
    expect(await refusalOf(beginEnrolment(identity, { code, staffId, terminal: desk }))).toBe("enrolmentRefused");
    await shiftClock(database.pool, "0");
    // Typed in small letters with blanks, as people do.
    const typed = (code ?? "").toLowerCase().replaceAll("-", " ");
    const options = await beginEnrolment(identity, { code: typed, staffId, terminal: desk });
    const elsewhere = createStaffKey(options, "https://evil.example");
    const wrong = { code, staffId, terminal: desk, attestation: elsewhere.attestation, password: goodPassword() };
    expect(await refusalOf(finishEnrolment(identity, wrong))).toBe("enrolmentRefused");
    const fresh = await beginEnrolment(identity, { code, staffId, terminal: desk });
    const { key, attestation } = createStaffKey(fresh, ORIGIN);
    const password = goodPassword();
    await finishEnrolment(identity, { code, staffId, terminal: desk, attestation, password });
    expect(await refusalOf(beginEnrolment(identity, { code, staffId, terminal: desk }))).toBe("enrolmentRefused");
    // The earlier key is out.
    expect(await refusalOf(logIn(identity, { ...subject, password }, terminals["D"] ?? {}))).toBe("logInRefused");
    await expect(logIn(identity, { staffId, key, password }, terminals["D"] ?? {})).resolves.toBeDefined();
    const { rows } = await database.pool.query("SELECT response FROM audit.command WHERE name = 'staff.enrol'");
    expect(JSON.stringify(rows)).not.toContain(code);
  });
});

describe("the first people of a city", () => {
  const database = useDatabase();

  it("three different ones, once, and never in a demo; then they grant the next right by the ordinary way", async () => {
    const identity = testIdentity(database.pool);
    const first = {
      city: "架空市",
      officer: { staffId: "it.1", name: "架空 情報", sectionCode: "joho" },
      approver: { staffId: "ap.1", name: "架空 承認", sectionCode: "kodomo" },
      applicant: { staffId: "ap.2", name: "架空 申請", sectionCode: "kodomo" },
      trainedOn: await todayOf(database.pool),
    };
    expect(await refusalOf(install(identity, asConsole(), { ...first, approver: first.officer }))).toBe("samePerson");
    await install(identity, asConsole(), first);
    expect(await refusalOf(install(identity, asConsole(), { ...first, city: "別の市" }))).toBe("commandKeyReused");
    await expect(
      database.pool.query("INSERT INTO identity.clock_shift (shift) VALUES ('1 day')"),
    ).rejects.toMatchObject({
      constraint: "clock_shift_production",
    });
    const people: Person[] = [];
    const desks: TerminalProof[] = [];
    const sessions: string[] = [];
    for (const { staffId } of [first.applicant, first.approver, first.officer]) {
      const desk = await makeTerminal(identity, `DESK-${staffId.replace(".", "")}`);
      const password = goodPassword();
      const person = { staffId, password, key: await enrol(identity, staffId, desk, password) };
      const { token } = await logIn(identity, person, desk);
      sessions.push((await confirm(identity, person, token, desk)).tokenHash);
      people.push(person);
      desks.push(desk);
    }
    const [applicant = "", approver = "", officer = ""] = sessions;
    await registerStaff(identity, bySession(officer), {
      staffId: "new.1", name: "架空 新人", kind: "employee", sectionCode: "kita", startsOn: first.trainedOn,
    }); // prettier-ignore
    const { rightId } = await requestRight(identity, bySession(applicant), {
      staffId: "new.1", sectionCode: "kita", role: "wardClerk", reason: "配属のため",
    }); // prettier-ignore
    await decideRight(identity, bySession(approver), { rightId, approved: true, reason: "配属を確認" });
    await issueRight(identity, bySession(officer), { rightId });
    expect(await listRights(database.pool, "new.1")).toMatchObject([{ state: "issued", wards: ["431052"] }]);
  });
});
