/** 副本 from a decision to the 中間サーバー and back, through every system on the way. */
import {
  askReplicaCheck,
  listReplicaChecks,
  makeReplicas,
  noticeProtections,
  paymentItems,
  registerMeasure,
  renewReplica,
  REPLICA_LAYOUT,
  replicaCheckDue,
  replicaOverview,
} from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { checkReplicaMessage } from "@hagukumi/outside-sources/contract.ts";
import { type Intermediary, startIntermediary } from "@hagukumi/outside-intermediary/contract.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import {
  type AddresseeContext,
  compareReplicas,
  enterNumber,
  httpIntermediary,
  IndividualNumber,
  relayRequests,
  relayStates,
  runRelay,
} from "@hagukumi/unified-addressee/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import { certifiedFamily } from "../../../allowance/test/support/families.ts";
import { bring, decided, form, prepare } from "../../../allowance/test/support/filings.ts";
import { resident } from "../../../allowance/test/support/feeds.ts";
import { approveLaw } from "../../../allowance/test/support/parameters.ts";
import { freshService, type TestService } from "../../../unified-addressee/test/support/service.ts";
import { checkReplicas, type ReplicaDoor, sendReplicas } from "../../contract.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "madoguchi.hana");
const approver = testContext(database, dir, "kessai.saburo");
const batch = testContext(database, dir, "renkei.batch");
const link = openLink();
const [A, B, C] = [91_000, 91_100, 91_200];
let service: TestService;
let stub: Intermediary;

const addressee = (): AddresseeContext => ({
  vault: service.vault,
  signer: service.signer,
  pool: database.pool,
  operator: "system.relay",
  purpose: "試験",
  today: batch.today,
});
const door: ReplicaDoor = {
  submit: async (key, requests) => await relayRequests(addressee(), { key, systemCode: "allowance", requests }),
  states: async (ids) => await relayStates(addressee(), "allowance", ids),
};
const relay = async () => await runRelay(addressee(), httpIntermediary(link, stub.url));
const enter = async (addresseeNumber: number): Promise<void> => {
  const evidence = {
    numberPaper: "individualNumberCard",
    identityPaper: "individualNumberCard",
    checkedOn: "2026-11-20",
  } as const;
  await enterNumber(addressee(), {
    key: `entry-${addresseeNumber}`,
    systemCode: "allowance",
    addresseeNumber,
    number: IndividualNumber.read(service.drawDigits()),
    evidence,
  });
};
const unifiedOf = async (number: number): Promise<string> => {
  const { rows } = await database.pool.query<{ n: string }>(
    "SELECT unified_number::text AS n FROM unified.link WHERE addressee_number = $1 AND ended_at IS NULL",
    [number],
  );
  return rows[0]?.n ?? "";
};

const newest = async (number: number): Promise<unknown> => {
  const { rows } = await database.pool.query<{ version: number; mark: boolean; made_by: string }>(
    "SELECT version, no_auto_answer AS mark, made_by FROM allowance.replica WHERE addressee_number = $1 ORDER BY version DESC LIMIT 1",
    [number],
  );
  return rows[0];
};

beforeAll(async () => {
  await prepare(database.pool);
  await approveLaw(database.pool);
  service = await freshService();
  await service.allow("system.relay");
  stub = await startIntermediary({ port: 0 });
  await certifiedFamily({ clerk, approver }, A, ["2020-05-01"]);
  await certifiedFamily({ clerk, approver }, B, ["2019-03-01", "2021-03-01"]);
  // Somebody of whom nothing was ever decided.
  await bring(clerk, { residents: [resident(C, "1990-01-01")] });
});
afterAll(async () => {
  link.close();
  await stub.close();
  await service.drop();
});

describe("副本", () => {
  it("[D129] [D131] can hold the items of the payment alone, and be of recipients alone, however it is written", async () => {
    const write = async (number: number, items: object, mark = false): Promise<unknown> =>
      await database.pool.query(
        "INSERT INTO allowance.replica (addressee_number, version, items, digest, no_auto_answer, made_by) VALUES ($1, 99, $2, repeat('a', 64), $3, 'someone')",
        [number, JSON.stringify(items), mark],
      );
    for (const item of ["name", "address", "accountNumber", "income", "children_names"])
      await expect(write(A, { state: "受給中", [item]: "x" }), item).rejects.toMatchObject({
        constraint: "replica_items",
      });
    await expect(write(C, { state: "受給中" })).rejects.toMatchObject({ constraint: "replica_of_recipient" });
    await expect(write(A + 1, { state: "受給中" })).rejects.toMatchObject({ constraint: "replica_of_recipient" });
    // Two families: of their children, and of who never claimed, nothing is made.
    expect(await makeReplicas(batch)).toEqual({ people: 2, made: 2 });
    const { rows } = await database.pool.query<{ n: number; items: Record<string, string> }>(
      "SELECT addressee_number AS n, items FROM allowance.replica ORDER BY 1",
    );
    expect(rows.map(({ n }) => n)).toEqual([A, B]);
    // A: one child above 3 years, 10,000 a month; B: two, 20,000. From June, the month after the claim of 20 May.
    expect(rows.map(({ items }) => items)).toMatchObject([
      { state: "受給中", firstMonth: "2026-06", monthlyAmount: "10000", children: "", lastPaidOn: "" },
      { state: "受給中", firstMonth: "2026-06", monthlyAmount: "20000", children: "", lastPaidOn: "" },
    ]);
    for (const { items } of rows) expect(Object.keys(paymentItems)).toEqual(expect.arrayContaining(Object.keys(items)));
    expect(await makeReplicas(batch)).toEqual({ people: 2, made: 0 });
  });

  it("[D36] [A176] each change of a decision reaches the 中間サーバー as a new version whose registration is confirmed; what fails is tried again, and stands on the day's list until then", async () => {
    await enter(A);
    // B's number has not been entered: B stays on the list, with its reason at the relay.
    expect(await sendReplicas(batch, door)).toMatchObject({ submitted: 2, registered: 0, waiting: 2 });
    stub.befall("unavailable", 1);
    expect(await relay()).toMatchObject({ registered: 0, later: { unreachable: 1, numberMissing: 1 } });
    const unmatched = async () =>
      (await replicaOverview(batch, batch.today)).unmatched.map(({ addresseeNumber, reason }) => [
        addresseeNumber,
        reason,
      ]);
    expect(await unmatched()).toEqual([
      [A, "notRegistered"],
      [B, "notRegistered"],
    ]);
    await enter(B);
    await database.pool.query("UPDATE unified.relay_attempt SET tried_at = tried_at - interval '2 minutes'");
    expect(await relay()).toMatchObject({ registered: 2, later: {} });
    expect(await sendReplicas(batch, door)).toMatchObject({ made: 0, registered: 2, waiting: 0 });
    expect(await replicaOverview(batch, batch.today)).toMatchObject({ people: 2, registered: 2, unmatched: [] });
    expect(stub.replicas.get(await unifiedOf(A))).toMatchObject({
      information: REPLICA_LAYOUT,
      items: { state: "受給中", monthlyAmount: "10000" },
      noAutomaticAnswer: false,
    });
    // B comes under protection: the mark goes along with the next version, and nothing of the old one is answered by itself any more.
    await bring(clerk, { residents: [resident(B, "1990-01-01", { 履歴番号: "2", 支援措置区分: "1" })] });
    // The transaction that took the mark in made the marked version; no run had to come first.
    expect(await newest(B)).toEqual({ version: 2, mark: true, made_by: "madoguchi.hana" });
    expect(await unmatched()).toEqual([[B, "notRegistered"]]);
    expect(await sendReplicas(batch, door)).toMatchObject({ made: 0, submitted: 1 });
    await relay();
    expect(await sendReplicas(batch, door)).toMatchObject({ made: 0, registered: 1, waiting: 0 });
    expect(stub.replicas.get(await unifiedOf(B))).toMatchObject({ noAutomaticAnswer: true });
    expect(await unmatched()).toEqual([]);
    // A dies on 10 November: the right ends with that month, and the next version says so.
    const death = form(
      "death",
      "2026-11-20",
      { claimant: A, diedOn: "2026-11-10", evidence: "住民票" },
      { channel: "exOfficio" },
    );
    const dead = { 履歴番号: "2", 住民状態: "3", 異動年月日: "2026-11-10", 異動事由コード: "21" };
    await bring(clerk, { residents: [resident(A, "1990-01-01", dead)] });
    await decided(clerk, approver, death);
    expect(await unmatched()).toEqual([[A, "changed"]]);
    expect(await sendReplicas(batch, door)).toMatchObject({ made: 1, submitted: 1, waiting: 1 });
    expect(await unmatched()).toEqual([[A, "notRegistered"]]);
    await relay();
    expect(await sendReplicas(batch, door)).toMatchObject({ made: 0, registered: 1, waiting: 0 });
    expect(stub.replicas.get(await unifiedOf(A))).toMatchObject({ items: { lastMonth: "2026-11" } });
    // No 宛名番号 and no name went along.
    for (const body of stub.bodies) expect(body).not.toMatch(/架空|宛名|0{7,}91/);
  });

  it("[THR50] the message about a flagged person carries the mark, a replica without it can't be written, and another office's inquiry is held for a person and recorded as 不開示; the one beside is answered by itself", async () => {
    const flagged = await unifiedOf(B);
    const messages = stub.bodies
      .map((body) => JSON.parse(body) as { unifiedNumber: string; noAutomaticAnswer: boolean })
      .filter(({ unifiedNumber }) => unifiedNumber === flagged);
    // The first was sent before the protection began.
    expect(messages.map(({ noAutomaticAnswer }) => noAutomaticAnswer)).toEqual([false, true]);
    // Everything that went out is as docs/連携ファイル仕様.md says, by a parser written apart.
    for (const body of stub.bodies) expect(checkReplicaMessage(body)).toEqual([]);
    expect(checkReplicaMessage((stub.bodies[0] ?? "").replace('"items":{', '"items":{"name":"架空",'))).toEqual([
      "items.name may not leave",
    ]);
    await expect(
      database.pool.query(
        "INSERT INTO allowance.replica (addressee_number, version, items, digest, no_auto_answer, made_by) VALUES ($1, 98, $2, repeat('b', 64), false, 'someone')",
        [B, JSON.stringify({ state: "受給中" })],
      ),
    ).rejects.toMatchObject({ constraint: "replica_marked" });
    const [ofA, ofB] = [await unifiedOf(A), flagged];
    const answers = [ofA, ofB, ofA, ofB].map((number) => stub.provide("43999", number));
    expect(answers.map(({ state }) => state)).toEqual(["answered", "held", "answered", "held"]);
    expect(stub.provisions.map(({ automatic, undisclosed }) => [automatic, undisclosed])).toEqual([
      [true, false],
      [false, true],
      [true, false],
      [false, true],
    ]);
    expect(JSON.stringify(answers[1])).not.toContain("受給中");
    // Somebody looks and lets it go: answered, and still marked.
    expect(stub.release(1)).toMatchObject({ state: "answered", items: { state: "受給中" } });
    expect(stub.release(1)).toEqual({ state: "none" });
    expect(stub.provisions[1]).toMatchObject({ state: "answered", automatic: false, undisclosed: true });
  });

  it("[A177] once a year, when the layout changes and when asked for, everything that the 中間サーバー holds is compared; what differs is on the day's list until it was sent again", async () => {
    const compare = async (reason: "yearly" | "layout" | "asked") =>
      await checkReplicas(
        batch,
        {
          compare: async (information) =>
            await compareReplicas(addressee(), httpIntermediary(link, stub.url), {
              systemCode: "allowance",
              information,
            }),
        },
        { information: REPLICA_LAYOUT, reason },
      );
    const dueIn = async (today: string) => await replicaCheckDue({ ...batch, today: civilDate(today) });
    const unmatched = async () =>
      (await replicaOverview(batch, batch.today)).unmatched.map(({ addresseeNumber, reason }) => [
        addresseeNumber,
        reason,
      ]);
    // Never compared: due. What can't be read is no comparison.
    expect(await replicaCheckDue(batch)).toBe("yearly");
    stub.befall("unavailable", 1);
    await expect(compare("yearly")).rejects.toMatchObject({ code: "requestInvalid" });
    expect(await listReplicaChecks(database.pool)).toEqual([]);
    // A and B, each registered as it is now.
    expect(await compare("yearly")).toMatchObject({
      held: 2,
      matched: 2,
      missing: 0,
      extra: 0,
      different: 0,
      underWay: 0,
    });
    const [year, rest] = [Number(batch.today.slice(0, 4)), batch.today.slice(4)];
    expect(await replicaCheckDue(batch)).toBeUndefined();
    expect(await dueIn(`${String(year + 1)}${rest}`)).toBe("yearly");
    await askReplicaCheck(clerk, { key: "ask-1", reason: "接続端末を替えた" });
    expect(await replicaCheckDue(batch)).toBe("asked");
    // The platform loses A's, mixes up B's, and holds one of somebody whom nobody here knows.
    const [a, b] = [await unifiedOf(A), await unifiedOf(B)];
    const ofB = stub.replicas.get(b);
    if (ofB === undefined) throw new Error("B is not held");
    stub.change(a, undefined);
    stub.change(b, { ...ofB, items: { ...ofB.items, monthlyAmount: "99999" } });
    stub.change("987654321098765", ofB);
    expect(await compare("asked")).toMatchObject({ held: 2, matched: 0, missing: 1, extra: 1, different: 1 });
    expect(await unmatched()).toEqual([
      [A, "differs"],
      [B, "differs"],
    ]);
    await expect(renewReplica(clerk, { key: "renew-0", recipientId: 9_999_999, reason: "照合" })).rejects.toMatchObject(
      { code: "referenceMissing" },
    );
    const { unmatched: found } = await replicaOverview(batch, batch.today);
    for (const { recipientId } of found)
      await renewReplica(clerk, { key: `renew-${recipientId}`, recipientId, reason: "全件照合で違っていた" });
    await sendReplicas(batch, door);
    await relay();
    await sendReplicas(batch, door);
    expect(await unmatched()).toEqual([]);
    expect(await compare("asked")).toMatchObject({ held: 3, matched: 2, missing: 0, extra: 1, different: 0 });
    // Another layout: everybody's is made anew, and the whole comparison is due.
    await database.pool.query("UPDATE allowance.replica SET layout = 'childAllowancePayment0'");
    await database.pool.query("UPDATE allowance.replica_check SET layout = 'childAllowancePayment0'");
    expect(await replicaCheckDue(batch)).toBe("layout");
    expect(await unmatched()).toEqual([
      [A, "changed"],
      [B, "changed"],
    ]);
    expect(await makeReplicas(batch)).toEqual({ people: 2, made: 2 });
    // While the new versions are on their way nothing is said of them.
    await sendReplicas(batch, door);
    expect(await compare("layout")).toMatchObject({ matched: 0, underWay: 2, extra: 1 });
  });

  it("a version that waits unmarked is never sent once the mark came, by a measure entered here or by a mark read ahead of its delivery", async () => {
    const [D, E] = [91_300, 91_400];
    for (const number of [D, E]) {
      await certifiedFamily({ clerk, approver }, number, ["2020-05-01"]);
      await enter(number);
    }
    await sendReplicas(batch, door);
    expect([await newest(D), await newest(E)]).toMatchObject([{ mark: false }, { mark: false }]);
    await registerMeasure(clerk, {
      key: "measure-D",
      addresseeNumber: D,
      kind: "own",
      startsOn: "2026-11-20",
      termOn: null,
      basis: "架空の申出書による",
    });
    const mark = { number: E, historyNo: 0, provisional: false, startsOn: null, termOn: null };
    const ahead = { key: "ahead-E", interfaceCode: "residents", sequence: 7, marks: [mark] };
    expect(await noticeProtections(batch, ahead)).toBe(1);
    expect([await newest(D), await newest(E)]).toMatchObject([
      { version: 2, mark: true },
      { version: 2, mark: true },
    ]);
    await sendReplicas(batch, door);
    await relay();
    for (const number of [D, E]) {
      const unified = await unifiedOf(number);
      const sent = stub.bodies.filter((body) => body.includes(unified)).map((body) => JSON.parse(body) as unknown);
      expect(sent).toMatchObject([{ noAutomaticAnswer: true }]);
      expect(stub.provide("43999", unified).state).toBe("held");
    }
  });
});
