/** シングルサインオン against the simulated provider: everything that must not be believed first, then what it does. */
import { signInAt, startIdentityProvider } from "@hagukumi/outside-identity-provider/contract.ts";
import type { IdentityProvider, Tampering } from "@hagukumi/outside-identity-provider/contract.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { beginLogIn, beginStepUp, finishLogIn, stepUp } from "../../src/identity/log-in.ts";
import type { LoggedIn } from "../../src/identity/log-in.ts";
import { useSession } from "../../src/identity/session.ts";
import type { Identity } from "../../src/identity/settings.ts";
import {
  answerSignOn as answerSetting,
  endSubjectLink,
  linkSubject,
  listSubjectLinks,
  proposeSignOn,
} from "../../src/identity/sign-on-settings.ts";
import type { SignOnSetting } from "../../src/identity/sign-on-settings.ts";
import { answerSignOn, signOnLogOut, startSignOn, startStepUpSignOn } from "../../src/identity/sign-on.ts";
import type { StartedSignOn } from "../../src/identity/sign-on.ts";
import { resumeStaff, stopStaff } from "../../src/identity/staff.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
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
  ORIGIN,
  refusalOf,
  shiftClock,
  testIdentity,
} from "../support/identity.ts";
import type { Person } from "../support/identity.ts";

const CLIENT = "hagukumi";
const REDIRECT = `${ORIGIN}/sign-on`;

describe("シングルサインオン", () => {
  const database = useDatabase();
  let identity: Identity;
  let provider: IdentityProvider;
  let desk: TerminalProof;
  let next: TerminalProof;
  let person: Person;
  let colleague: Person;
  let setting: SignOnSetting;
  const users = ["kaku.001", "kaku.002", "nobody"].map((userName) => ({
    subject: `sub-${userName}`,
    userName,
    name: `架空 ${userName}`,
    password: `provider-${userName}`,
    methods: ["pwd"],
  }));
  const [first = users[0], second = users[0], stranger = users[0]] = users;
  if (first === undefined || second === undefined || stranger === undefined) throw new Error("three users");

  const start = async (terminal = desk): Promise<StartedSignOn> => await startSignOn(identity, { terminal });
  type Way = {
    readonly user?: typeof first;
    readonly terminal?: TerminalProof;
    readonly browserSecret?: string;
    readonly tampering?: Tampering;
    readonly parameters?: Readonly<Record<string, string>>;
  };
  /** One whole exchange up to the provider's answer; `browserSecret` is what the cookie holds when the browser is back. */
  const exchange = async (way: Way = {}): Promise<{ readonly browserSecret: string; readonly staffId: string }> => {
    const started = await start(way.terminal);
    provider.tamper(way.tampering);
    const { parameters } = await signInAt(started.address, way.user ?? first);
    const browserSecret = way.browserSecret ?? started.browserSecret;
    const answered = await answerSignOn(identity, {
      terminal: way.terminal ?? desk,
      browserSecret,
      parameters: { ...parameters, ...way.parameters },
    });
    return { browserSecret, staffId: answered.staffId };
  };
  /** The rest of the log-in: the key, and the sign-on in the password's place. */
  const finish = async (
    browserSecret: string,
    who: Person = person,
    terminal: TerminalProof = desk,
    more: { readonly password?: string; readonly newPassword?: string } = {},
  ): Promise<LoggedIn> => {
    const { staffId, key } = who;
    const assertion = key.get(await beginLogIn(identity, { staffId, terminal }), ORIGIN);
    const password = more.password ?? "";
    const changed = more.newPassword === undefined ? {} : { newPassword: more.newPassword };
    return await finishLogIn(identity, { staffId, terminal, assertion, password, signOn: browserSecret, ...changed });
  };
  const openSessions = async (): Promise<number> => {
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM identity.session WHERE ended_at IS NULL",
    );
    return rows[0]?.n ?? -1;
  };
  const lastCause = async (): Promise<string> => {
    const { rows } = await database.pool.query<{ cause: string }>(
      "SELECT cause FROM identity.attempt ORDER BY attempt_id DESC LIMIT 1",
    );
    return rows[0]?.cause ?? "";
  };
  /** An officer who proposes and one who approves, both freshly confirmed. */
  const officers = async (): Promise<{ readonly issues: string; readonly approves: string }> => {
    const made: string[] = [];
    for (const who of [officer, approver]) {
      await database.pool.query(
        "UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'ended' WHERE staff_id = $1 AND ended_at IS NULL",
        [who.staffId],
      );
      const { token } = await logIn(identity, who, desk);
      made.push((await confirm(identity, who, token, desk)).tokenHash);
    }
    return { issues: made[0] ?? "", approves: made[1] ?? "" };
  };
  let officer: Person;
  let approver: Person;
  const decide = async (given: SignOnSetting): Promise<void> => {
    const { issues, approves } = await officers();
    const made = await proposeSignOn(identity, bySession(issues), { ...given, reason: "架空の設定" });
    await answerSetting(identity, bySession(approves), { ...made, approved: true, reason: "確かめた" });
  };

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    desk = await makeTerminal(identity, "DESK-1");
    next = await makeTerminal(identity, "DESK-2");
    person = await makePerson(identity, "kaku.001", desk, { roles: ["clerk"] });
    colleague = await makePerson(identity, "kaku.002", desk, { roles: ["clerk"] });
    officer = await makePerson(identity, "joho.001", desk, { roles: ["itOfficer"] });
    approver = await makePerson(identity, "shonin.001", desk, { roles: ["rightsApprover"] });
    provider = await startIdentityProvider({
      port: 0,
      clients: [
        { clientId: CLIENT, redirectUris: [REDIRECT], postLogoutRedirectUris: [`${ORIGIN}/`] },
        { clientId: "another", redirectUris: ["http://localhost:9/back"], postLogoutRedirectUris: [] },
      ],
      users,
    });
    setting = {
      enabled: true,
      providerName: "架空の認証基盤",
      issuer: provider.issuer,
      clientId: CLIENT,
      algorithm: "RS256",
      requiredMethods: [],
      maxAgeMinutes: 60,
    };
  });
  afterAll(async () => await provider.close());
  beforeEach(async () => {
    // The brake on guessing has its own tests, and sessions of the test before stand in nobody's way.
    await database.pool.query("TRUNCATE identity.attempt");
    await database.pool.query(
      "UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'ended' WHERE ended_at IS NULL",
    );
  });
  afterEach(() => provider.tamper(undefined));

  it("nothing of it is there until two people have decided it, of exactly one content", async () => {
    expect(await refusalOf(start())).toBe("signOnOff");
    const { issues, approves } = await officers();
    for (const wrong of [
      { issuer: "http://idp.example.lg.jp" },
      { issuer: `${provider.issuer}?x=1` },
      { issuer: "file:///etc/passwd" },
      { requiredMethods: ["PWD 1"] },
      { maxAgeMinutes: 541 },
    ]) {
      expect(
        await refusalOf(proposeSignOn(identity, bySession(issues), { ...setting, ...wrong, reason: "架空の設定" })),
      ).toBe("signOnSettingInvalid");
    }
    // In production not even this machine is spoken to without TLS.
    const production = { ...identity, settings: { ...identity.settings, production: true } };
    expect(await refusalOf(proposeSignOn(production, bySession(issues), { ...setting, reason: "架空の設定" }))).toBe(
      "signOnSettingInvalid",
    );
    expect(await refusalOf(proposeSignOn(identity, bySession(approves), { ...setting, reason: "架空の設定" }))).toBe(
      "notPermittedHere",
    );
    const made = await proposeSignOn(identity, bySession(issues), { ...setting, reason: "架空の設定" });
    const yes = { approved: true, reason: "確かめた" };
    expect(await refusalOf(answerSetting(identity, bySession(issues), { ...made, ...yes }))).toBe("notPermittedHere");
    expect(await refusalOf(answerSetting(identity, asConsole(), { ...made, ...yes }))).toBe("sessionRequired");
    const other = { settingId: made.settingId, digest: "0".repeat(64) };
    expect(await refusalOf(answerSetting(identity, bySession(approves), { ...other, ...yes }))).toBe(
      "signOnSettingInvalid",
    );
    // Also where one person held both rights: the database has the word.
    await expect(
      database.pool.query(
        "INSERT INTO identity.sign_on_setting_answer (setting_id, approved, digest, reason, answered_by) VALUES ($1, true, $2, 'x', 'joho.001')",
        [made.settingId, made.digest],
      ),
    ).rejects.toMatchObject({ constraint: "sign_on_two_people" });
    expect(await refusalOf(start())).toBe("signOnOff");
    await answerSetting(identity, bySession(approves), { ...made, ...yes });
    expect(await refusalOf(answerSetting(identity, bySession(approves), { ...made, ...yes }))).toBe(
      "signOnSettingInvalid",
    );
    expect((await start()).address.startsWith(`${provider.issuer}/authorize?`)).toBe(true);
  });

  it("a user of the provider becomes a member of the staff by an administrator alone, never by oneself, and one for one", async () => {
    const { issues } = await officers();
    const { issuer } = provider;
    const link = async (staffId: string, subject: string, by = bySession(issues)): Promise<unknown> =>
      await linkSubject(identity, by, { staffId, issuer, subject, reason: "架空の結び付け" });
    const clerk = await logIn(identity, person, desk);
    expect(await refusalOf(link("kaku.001", first.subject, bySession(clerk.tokenHash)))).toBe("notPermittedHere");
    expect(await refusalOf(link("joho.001", "sub-joho"))).toBe("samePerson");
    expect(await refusalOf(link("kaku.001", "日本語"))).toBe("signOnSettingInvalid");
    expect(await refusalOf(link("dare.mo", "sub-x"))).toBe("referenceMissing");
    await link("kaku.001", first.subject);
    await link("kaku.002", second.subject);
    expect(await refusalOf(link("kaku.002", first.subject))).toBe("signOnSubjectTaken");
    expect(await refusalOf(link("kaku.001", "sub-another"))).toBe("signOnSubjectTaken");
    const { rows } = await database.pool.query(
      "SELECT actor, object_id FROM audit.event WHERE action = 'signOn.link' ORDER BY event_id",
    );
    expect(rows).toEqual([
      { actor: "joho.001", object_id: "kaku.001" },
      { actor: "joho.001", object_id: "kaku.002" },
    ]);
  });

  it.each<readonly [string, Way, RegExp]>([
    ["another issuer", { tampering: { claims: { iss: "https://evil.example" } } }, /OAUTH_JWT_CLAIM/],
    ["another issuer in the answer", { parameters: { iss: "https://evil.example" } }, /OAUTH/],
    ["another audience", { tampering: { claims: { aud: "another" } } }, /OAUTH_JWT_CLAIM/],
    [
      "two audiences, meant for the other",
      { tampering: { claims: { aud: [CLIENT, "another"], azp: "another" } } },
      /azp|OAUTH/,
    ],
    ["another nonce", { tampering: { claims: { nonce: "x".repeat(43) } } }, /OAUTH_JWT_CLAIM/],
    ["no nonce", { tampering: { claims: { nonce: undefined } } }, /OAUTH/],
    ["an expired token", { tampering: { claims: { exp: Math.floor(Date.now() / 1000) - 31 } } }, /OAUTH_JWT_TIMESTAMP/],
    [
      "a token of the future",
      { tampering: { claims: { nbf: Math.floor(Date.now() / 1000) + 90 } } },
      /OAUTH_JWT_TIMESTAMP/,
    ],
    [
      "a log-in there of yesterday",
      { tampering: { claims: { auth_time: Math.floor(Date.now() / 1000) - 3600 - 31 } } },
      /OAUTH_JWT_TIMESTAMP/,
    ],
    ["no time of the log-in there", { tampering: { claims: { auth_time: undefined } } }, /OAUTH/],
    ["alg none", { tampering: { signedBy: "none" } }, /OAUTH/],
    ["alg HS256 with the public key", { tampering: { signedBy: "hmac" } }, /OAUTH/],
    ["a signature by another key", { tampering: { signedBy: "otherKey" } }, /OAUTH/],
    ["another state", { parameters: { state: "x".repeat(43) } }, /signOn state/],
    ["another code", { parameters: { code: "x".repeat(32) } }, /invalid_grant/],
    ["an error in place of a code", { parameters: { error: "access_denied" } }, /access_denied/],
    ["no cookie of this browser", { browserSecret: "" }, /signOn state/],
    ["a user that is nobody here", { user: stranger }, /subject/],
  ])("%s: refused in the one wording, no session, the cause for 情報政策課 alone", async (_name, way, cause) => {
    expect(await refusalOf(exchange(way))).toBe("signOnRefused");
    expect(await lastCause()).toMatch(cause);
    expect(await openSessions()).toBe(0);
  });

  it("a code that was redeemed is worth nothing, neither in the same question nor in another", async () => {
    const started = await start();
    const { parameters } = await signInAt(started.address, first);
    const given = { terminal: desk, browserSecret: started.browserSecret, parameters };
    await answerSignOn(identity, given);
    expect(await refusalOf(answerSignOn(identity, given))).toBe("signOnRefused");
    expect(await lastCause()).toBe("signOn state");
    const again = await start();
    const state = new URL(again.address).searchParams.get("state") ?? "";
    expect(
      await refusalOf(
        answerSignOn(identity, { ...given, browserSecret: again.browserSecret, parameters: { ...parameters, state } }),
      ),
    ).toBe("signOnRefused");
    expect(await lastCause()).toBe("signOn invalid_grant");
  });

  it("two browsers that are mixed up: the answer of one is nothing in the other, nor at another terminal, nor for another person's key", async () => {
    const [mine, theirs] = [await start(), await start()];
    const { parameters } = await signInAt(theirs.address, second);
    // The attacker's answer is carried into the victim's browser.
    expect(
      await refusalOf(answerSignOn(identity, { terminal: desk, browserSecret: mine.browserSecret, parameters })),
    ).toBe("signOnRefused");
    expect(
      await refusalOf(answerSignOn(identity, { terminal: next, browserSecret: theirs.browserSecret, parameters })),
    ).toBe("signOnRefused");
    const answered = await answerSignOn(identity, { terminal: desk, browserSecret: theirs.browserSecret, parameters });
    expect(answered).toEqual({ kind: "logIn", staffId: "kaku.002" });
    // The colleague's sign-on and the person's key do not add up to a session of either.
    expect(await refusalOf(finish(theirs.browserSecret, person))).toBe("logInRefused");
    const twice = await exchange({ user: second });
    expect(await refusalOf(finish(twice.browserSecret, colleague, next))).toBe("logInRefused");
    expect(await openSessions()).toBe(0);
  });

  it("the address leads nowhere but to the provider, the way back nowhere but here", async () => {
    const { address } = await start();
    const asked = new URL(address).searchParams;
    expect(asked.get("redirect_uri")).toBe(REDIRECT);
    expect(asked.get("code_challenge_method")).toBe("S256");
    const elsewhere = new URL(address);
    elsewhere.searchParams.set("redirect_uri", "https://evil.example/sign-on");
    await expect(signInAt(elsewhere.href, first)).rejects.toThrow();
    expect((await signInAt(address, first)).backTo).toBe(REDIRECT);
  });

  it("the provider never stands for the key, and is used once, within two minutes, by whom it named", async () => {
    const { staffId } = person;
    const one = await exchange();
    expect(one.staffId).toBe(staffId);
    expect(
      await refusalOf(
        finishLogIn(identity, {
          staffId,
          terminal: desk,
          assertion: undefined,
          password: "",
          signOn: one.browserSecret,
        }),
      ),
    ).toBe("logInRefused");
    // Used up by that try, as a challenge is.
    expect(await refusalOf(finish(one.browserSecret))).toBe("logInRefused");
    // A sign-on that failed is not made good by the right password beside it, and no password is set by it.
    expect(await refusalOf(finish("x".repeat(43), person, desk, { password: person.password }))).toBe("logInRefused");
    const two = await exchange();
    expect(await refusalOf(finish(two.browserSecret, person, desk, { newPassword: goodPassword() }))).toBe(
      "passwordRefused",
    );
    const late = await start();
    const { parameters } = await signInAt(late.address, first);
    await shiftClock(database.pool, "301 seconds");
    expect(
      await refusalOf(answerSignOn(identity, { terminal: desk, browserSecret: late.browserSecret, parameters })),
    ).toBe("signOnRefused");
    await shiftClock(database.pool, "0 seconds");
    const three = await exchange();
    await shiftClock(database.pool, "121 seconds");
    expect(await refusalOf(finish(three.browserSecret))).toBe("logInRefused");
    await shiftClock(database.pool, "0 seconds");
    expect(await openSessions()).toBe(0);
  });

  it("a member whose use was stopped gets nothing, before or after the provider's word", async () => {
    const before = await exchange();
    await stopStaff(identity, asConsole(), { staffId: "kaku.001", reason: "架空の停止" });
    expect(await refusalOf(finish(before.browserSecret))).toBe("logInRefused");
    expect(await refusalOf(exchange())).toBe("signOnRefused");
    expect(await lastCause()).toBe("signOn subject");
    await resumeStaff(identity, asConsole(), { staffId: "kaku.001", reason: "架空の解除" });
  });

  it("[A158] one log-in at the provider serves again without being asked; with the key it makes a session like any other", async () => {
    const started = await start();
    const there = await signInAt(started.address, first);
    const parameters = there.parameters;
    await answerSignOn(identity, { terminal: desk, browserSecret: started.browserSecret, parameters });
    const made = await finish(started.browserSecret);
    const { session } = await useSession(identity, made.token, desk);
    expect(session).toMatchObject({ staffId: "kaku.001", terminalCode: "DESK-1", steppedUpAt: null });
    // One active session still, a registered terminal still.
    const second_ = await exchange({ terminal: next });
    expect(await refusalOf(finish(second_.browserSecret, person, next))).toBe("alreadyLoggedIn");
    expect((await useSession(identity, made.token, next)).state).toBe("otherTerminal");
    // The provider remembers the person: no user name, no password the second time.
    const again = await start();
    const silently = await signInAt(again.address, { userName: "", password: "" }, there.cookie);
    await answerSignOn(identity, {
      terminal: desk,
      browserSecret: again.browserSecret,
      parameters: silently.parameters,
    });
    const more = await finish(again.browserSecret);
    expect(await signOnLogOut(identity, more.token)).toBe(
      `${provider.issuer}/log-out?post_logout_redirect_uri=${encodeURIComponent(`${ORIGIN}/`)}&client_id=${CLIENT}`,
    );
    const { rows } = await database.pool.query(
      "SELECT detail->'signOn' AS by FROM audit.event WHERE action = 'session.start' ORDER BY event_id DESC LIMIT 1",
    );
    expect(rows).toEqual([{ by: true }]);
  });

  it("a confirmation (再認証) wants the person checked anew, and the same person", async () => {
    const first_ = await exchange();
    const { token } = await finish(first_.browserSecret);
    const asked = await startStepUpSignOn(identity, { token, terminal: desk });
    expect(new URL(asked.address).searchParams.get("prompt")).toBe("login");
    const other = await signInAt(asked.address, second);
    const answer = async (started: StartedSignOn, parameters: Readonly<Record<string, string>>): Promise<unknown> =>
      await answerSignOn(identity, { terminal: desk, browserSecret: started.browserSecret, parameters });
    expect(await refusalOf(answer(asked, other.parameters))).toBe("signOnRefused");
    expect(await lastCause()).toBe("signOn otherPerson");
    // A provider that answers out of its old session is not believed.
    const stale = await startStepUpSignOn(identity, { token, terminal: desk });
    provider.tamper({ claims: { auth_time: Math.floor(Date.now() / 1000) - 60 } });
    expect(await refusalOf(answer(stale, (await signInAt(stale.address, first)).parameters))).toBe("signOnRefused");
    expect(await lastCause()).toBe("signOn authTime");
    provider.tamper(undefined);
    // What was asked for a log-in is nothing for a confirmation.
    const forLogIn = await exchange();
    const confirmWith = async (signOn: string): Promise<{ readonly token: string }> => {
      const assertion = person.key.get(await beginStepUp(identity, { token, terminal: desk }), ORIGIN);
      return await stepUp(identity, { token, terminal: desk, assertion, password: "", signOn });
    };
    expect(await refusalOf(confirmWith(forLogIn.browserSecret))).toBe("logInRefused");
    const fresh = await startStepUpSignOn(identity, { token, terminal: desk });
    await answer(fresh, (await signInAt(fresh.address, first)).parameters);
    const stepped = await confirmWith(fresh.browserSecret);
    expect((await useSession(identity, stepped.token, desk)).session?.steppedUpAt).toBeInstanceOf(Date);
  });

  it("the provider down: said so, no failure is counted, and key and password open the day as before", async () => {
    const started = await start();
    const { parameters } = await signInAt(started.address, first);
    provider.tamper({ down: true });
    expect(
      await refusalOf(answerSignOn(identity, { terminal: desk, browserSecret: started.browserSecret, parameters })),
    ).toBe("signOnUnavailable");
    expect(await refusalOf(start())).toBe("signOnUnavailable");
    const { rows } = await database.pool.query("SELECT 1 FROM identity.attempt WHERE outcome <> 'success'");
    expect(rows).toEqual([]);
    expect((await logIn(identity, person, desk)).staffId).toBe("kaku.001");
  });

  it("keys that the provider exchanges count at once, and those that it took back no more", async () => {
    await exchange();
    provider.rotateKeys(false);
    expect((await exchange()).staffId).toBe("kaku.001");
    provider.rotateKeys(true);
    expect((await exchange()).staffId).toBe("kaku.001");
    // Clocks may differ by half a minute.
    const ahead = Math.floor(Date.now() / 1000) + 20;
    expect((await exchange({ tampering: { claims: { iat: ahead, auth_time: ahead } } })).staffId).toBe("kaku.001");
  });

  it("methods that the city wants must be named by the provider; ending a link or the setting ends what stood on it", async () => {
    await decide({ ...setting, requiredMethods: ["mfa", "hwk"] });
    expect(await refusalOf(exchange({ tampering: { claims: { amr: ["pwd", "mfa"] } } }))).toBe("signOnRefused");
    expect(await lastCause()).toBe("signOn amr hwk");
    const { browserSecret } = await exchange({ tampering: { claims: { amr: ["mfa", "hwk", "pin"] } } });
    const { token } = await finish(browserSecret);
    const links = await listSubjectLinks(database.pool);
    const linkId = links.find(({ staffId }) => staffId === "kaku.001")?.linkId ?? 0;
    await endSubjectLink(identity, asConsole(), { linkId, reason: "架空の終わり" });
    expect((await useSession(identity, token, desk)).state).toBe("revoked");
    expect(await refusalOf(endSubjectLink(identity, asConsole(), { linkId, reason: "二度目" }))).toBe(
      "signOnLinkMissing",
    );
    expect(await refusalOf(exchange({ tampering: { claims: { amr: ["mfa", "hwk"] } } }))).toBe("signOnRefused");
    await expect(
      database.pool.query(
        "UPDATE identity.sign_on_subject SET ended_at = NULL, ended_by = NULL, end_reason = NULL WHERE link_id = $1",
        [linkId],
      ),
    ).rejects.toMatchObject({ constraint: "sign_on_ended" });
    // What was answered under a setting is worth nothing once another one counts.
    const pending = await exchange({ user: second, tampering: { claims: { amr: ["mfa", "hwk"] } } });
    await decide({ ...setting, enabled: false });
    expect(await refusalOf(finish(pending.browserSecret, colleague))).toBe("logInRefused");
    expect(await refusalOf(start())).toBe("signOnOff");
  });
});
