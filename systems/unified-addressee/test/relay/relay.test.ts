/** Relay to the 中間サーバー over real HTTP, against the stub, which checks every message by code of its own. */
import { type Intermediary, startIntermediary } from "@hagukumi/outside-intermediary/contract.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { drawDigits } from "../../../../vault/test/support/vault.ts";
import type { AddresseeContext } from "../../src/context.ts";
import { checkConsistency } from "../../src/consistency/check.ts";
import { listFindings } from "../../src/consistency/list.ts";
import { takeInNumbers } from "../../src/entries/take-in.ts";
import { httpIntermediary } from "../../src/relay/intermediary.ts";
import { relayRequests, type RelayRequest, relayStates, runRelay } from "../../src/relay/relay.ts";
import { linksOf, useAddressee } from "../support/addressee.ts";

const made = useAddressee();
const link = openLink();
let stub: Intermediary;
const relay = (): AddresseeContext => made.it.as("system.relay");
/** The clock of the relay and of the vault goes on. */
const pass = (minutes: number): void => {
  const { clock } = made.it.vault;
  clock.now = new Date(clock.now.getTime() + minutes * 60_000);
};
const run = async () => await runRelay(relay(), httpIntermediary(link, stub.url));
const submit = async (...requests: readonly RelayRequest[]) =>
  await relayRequests(made.it.as("system.interchange"), {
    key: crypto.randomUUID(),
    systemCode: "allowance",
    requests,
  });
const stateOf = async (requestId: string) =>
  (await relayStates(made.it.as(), "allowance", [requestId]))[0] ?? expect.unreachable();

const replica = (
  name: string,
  addresseeNumber: number,
  items: Readonly<Record<string, string>> = { state: "受給中" },
) => ({
  kind: "replica" as const,
  requestId: `allowance/replica/${name}`,
  addresseeNumber,
  noAutomaticAnswer: false,
  information: "childAllowancePayment1",
  items,
});
const inquiry = (name: string, addresseeNumber: number) => ({
  kind: "inquiry" as const,
  requestId: `allowance/inquiry/${name}`,
  addresseeNumber,
  noAutomaticAnswer: true,
  office: "childAllowance",
  procedure: "certification",
  information: "localTax",
  party: "municipality",
  provider: "43100",
});

beforeAll(async () => {
  stub = await startIntermediary({ port: 0 });
  await made.it.vault.allow("system.relay", ["entries"]);
});
afterAll(async () => {
  link.close();
  await stub.close();
});

describe("requests", () => {
  it("are of the system that makes them, of codes and short items; twelve digits never pass, and a number that is known can't become another request", async () => {
    const { addresseeNumber } = await made.it.enter();
    const refused = async (request: RelayRequest, code = "requestInvalid"): Promise<void> => {
      await expect(submit(request)).rejects.toMatchObject({ code });
    };
    await refused({ ...replica("a", addresseeNumber), requestId: "residentTax/replica/a" });
    await refused(replica("a", addresseeNumber, { state: "個人番号 123456789012 です" }));
    await refused({ ...inquiry("a", addresseeNumber), provider: "123456789012" });
    await refused(replica("a", addresseeNumber, { state: "長".repeat(61) }));
    expect(await submit(replica("known", addresseeNumber))).toEqual({ taken: 1 });
    expect(await submit(replica("known", addresseeNumber))).toEqual({ taken: 0 });
    await refused(replica("known", addresseeNumber, { state: "消滅" }), "requestChanged");
    await refused({ ...replica("known", addresseeNumber), noAutomaticAnswer: true }, "requestChanged");
    await run();
  });
});

describe("the relay", () => {
  it("[D37] an inquiry goes out under the 団体内統合宛名番号, and its result comes back under the number of the request; an answer about somebody else, or to something else, is not used", async () => {
    const { addresseeNumber } = await made.it.enter();
    const unified = (await linksOf(made.it)).get(addresseeNumber) ?? 0;
    await submit(inquiry("1", addresseeNumber));
    expect(await run()).toMatchObject({ accepted: 1, answered: 0, later: {} });
    expect(stub.inquiries.get("allowance/inquiry/1")).toMatchObject({ unifiedNumber: String(unified) });
    const accepted = await stateOf("allowance/inquiry/1");
    expect(accepted).toMatchObject({
      state: "waiting",
      content: null,
      receipt: stub.inquiries.get("allowance/inquiry/1")?.receipt,
    });
    stub.answer("allowance/inquiry/1", { 市町村民税所得割額: "98000" });
    for (const fault of ["otherPerson", "otherRequest", "garbled"] as const) {
      stub.befall(fault, 1);
      expect(await run(), fault).toMatchObject({ answered: 0 });
      pass(5);
    }
    expect(await stateOf("allowance/inquiry/1")).toMatchObject({ state: "waiting", content: null, attempts: 3 });
    expect(await run()).toMatchObject({ answered: 1 });
    const state = await stateOf("allowance/inquiry/1");
    expect(state).toMatchObject({
      requestId: "allowance/inquiry/1",
      state: "answered",
      content: { 市町村民税所得割額: "98000" },
      receipt: accepted.receipt,
    });
    // The business system is never told the number, and the mark of the person went along.
    expect(JSON.stringify(state)).not.toContain(String(unified));
    expect(stub.bodies.at(-1)).toContain('"undisclosed":true');
    expect(await run()).toMatchObject({ answered: 0, accepted: 0 });
    expect(stub.inquiries.size).toBe(1);
  });

  it("[D38] what the 中間サーバー did before the line broke is not done twice, what it can't do yet is tried again, later each time, and the newest replica of a person stands whatever the order", async () => {
    const people = [await made.it.enter(), await made.it.enter(), await made.it.enter()];
    const [one = 0, two = 0, three = 0] = people.map(({ addresseeNumber }) => addresseeNumber);
    const unifiedOf = async (number: number) => String((await linksOf(made.it)).get(number));
    const before = stub.record.length;
    await submit(replica("1", one, { monthlyAmount: "15000" }));
    stub.befall("lost", 1);
    expect(await run()).toMatchObject({ registered: 0, later: { unreachable: 1 } });
    expect(await run()).toMatchObject({ registered: 0, later: {} }); // not before a minute has passed
    pass(1);
    expect(await run()).toMatchObject({ registered: 1 });
    expect(stub.record.length - before).toBe(1);
    expect(await stateOf("allowance/replica/1")).toMatchObject({ state: "registered", attempts: 1 });

    // 1, 2, 4 minutes after the first, second, third failure.
    await submit(replica("2", two));
    const tries: number[] = [];
    stub.befall("unavailable", 3);
    for (let minute = 0; minute <= 7; minute += 1) {
      const { later, registered } = await run();
      if (registered > 0 || "unreachable" in later) tries.push(minute);
      pass(1);
    }
    expect(tries).toEqual([0, 1, 3, 7]);

    // Nobody's number is there for a fourth person yet, and the third's 符号 is not.
    const late = made.it.nextAddressee();
    const own = await startIntermediary({ port: 0, withoutCode: [await unifiedOf(three)] });
    const there = httpIntermediary(link, own.url);
    await submit(replica("3", three, { monthlyAmount: "10000" }), replica("4", late));
    expect(await runRelay(relay(), there)).toMatchObject({ registered: 0, later: { noCode: 1, numberMissing: 1 } });
    await submit(replica("3b", three, { monthlyAmount: "30000" }));
    own.codeCame(await unifiedOf(three));
    await made.it.enter({ addresseeNumber: late });
    pass(60);
    expect(await runRelay(relay(), there)).toMatchObject({ registered: 2, later: {} });
    expect(own.replicas.get(await unifiedOf(three))?.items).toEqual({ monthlyAmount: "30000" });
    expect(await stateOf("allowance/replica/3")).toMatchObject({ state: "superseded" });
    // Should an older one come after a newer all the same (two programs), it replaces nothing.
    const held = own.replicas.get(await unifiedOf(three)) ?? expect.unreachable();
    const message = {
      unifiedNumber: await unifiedOf(three),
      sequence: held.sequence - 1,
      items: {},
      noAutomaticAnswer: false,
    };
    await there.register("allowance/replica/old", { ...message, information: "childAllowancePayment1" });
    expect(own.replicas.get(await unifiedOf(three))).toEqual(held);
    await own.close();
    expect((await there.fetch("allowance/replica/1")).state).toBe("later");
    // Nothing that arrived held a 宛名番号 of a business system.
    for (const body of [...stub.bodies, ...own.bodies]) expect(body).not.toMatch(/addressee|宛名番号/);
  });
});

describe("crossed links", () => {
  it("[THR77] of 1,000 crossed links all are listed and none is answered; the 20 people beside them are", async () => {
    const { database, as } = made.it;
    const first = 500_000;
    const drawn = new Set<string>();
    while (drawn.size < 1_020) drawn.add(drawDigits());
    const numbers = [...drawn];
    await takeInNumbers(as(), {
      key: "crossed",
      systemCode: "allowance",
      rows: (async function* rows() {
        for (const [place, number] of numbers.entries())
          yield await Promise.resolve({ addresseeNumber: first + place, number });
      })(),
    });
    const before = await linksOf(made.it);
    // 500 pairs of neighbours get each other's number, each with the entry that belongs to it, so that the link alone looks right.
    await database.pool.query(
      `BEGIN;
       CREATE TEMPORARY TABLE turned AS SELECT a.addressee_number, b.unified_number, b.entry_id FROM unified.link a
         JOIN unified.link b ON b.addressee_number = (${first} + ((a.addressee_number - ${first}) # 1)) AND b.ended_at IS NULL
         WHERE a.ended_at IS NULL AND a.addressee_number BETWEEN ${first} AND ${first + 999};
       UPDATE unified.link l SET ended_at = clock_timestamp(), ended_by = 'fault', end_reason = 'correction' FROM turned t WHERE l.addressee_number = t.addressee_number AND l.ended_at IS NULL;
       INSERT INTO unified.link (system_code, addressee_number, unified_number, entry_id) SELECT 'allowance', addressee_number, unified_number, entry_id FROM turned;
       COMMIT;`,
    );
    const crossed = Array.from({ length: 1_000 }, (_, place) => first + place);
    expect(crossed.filter((number) => before.get(number) === undefined)).toEqual([]);
    const { runId } = await checkConsistency(as());
    const listed = (await listFindings(as(), { runId })).filter(({ kind }) => kind === "crossedLink");
    expect(listed).toHaveLength(1_000);
    expect(new Set(listed.map(({ addresseeNumber }) => addresseeNumber))).toEqual(new Set(crossed));

    const [replicas, inquiries] = [stub.replicas.size, stub.inquiries.size];
    const everybody = numbers.map((_, place) => first + place);
    await submit(...everybody.map((number) => replica(`crossed-${number}`, number)));
    await submit(...everybody.map((number) => inquiry(`crossed-${number}`, number)));
    expect(await run()).toMatchObject({ registered: 20, accepted: 20, answered: 0, later: { crossedLink: 2_000 } });
    expect([stub.replicas.size - replicas, stub.inquiries.size - inquiries]).toEqual([20, 20]);
    const right = new Set(everybody.slice(1_000).map((number) => String(before.get(number))));
    const reached = [...stub.replicas].filter(([, { requestId }]) => requestId.includes("crossed-"));
    expect(new Set(reached.map(([number]) => number))).toEqual(right);
  });
});
