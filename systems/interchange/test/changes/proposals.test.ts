/** 二人で決めること of 庁内連携: what one person asks for does nothing; what another grants is exactly that, and leaves its history. */
import { beforeAll, describe, expect, it } from "vitest";

import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import {
  agreementsOn,
  answerWish,
  assessmentState,
  type ListedWish,
  listChanges,
  outletsOn,
  propose,
  seedAgreements,
  seedOutlets,
  standardAgreements,
  standardOutlets,
  type WishKind,
  waitingWishes,
  wishKinds,
} from "../../contract.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "settei.ichiro");
const other = testContext(database, dir, "settei.niro");
let calls = 0;
const key = (): string => `test-${String((calls += 1))}`;
const reason = "架空の条例改正";

const ask = async (kind: WishKind, content: unknown) =>
  await propose(clerk, { kind, content, reason, timing: "before", key: key() });
const grant = async (asked: { readonly proposalId: number; readonly digest: string }, by = other) => {
  await answerWish(by, { ...asked, granted: true, key: key() });
};
const waiting = async (): Promise<readonly ListedWish[]> => await waitingWishes(database.pool, wishKinds);
const tax = () => {
  const found = standardAgreements("2026-04-01").find(({ interfaceCode }) => interfaceCode === "incomes");
  if (found === undefined) throw new Error("no agreement about taxes");
  return found;
};

beforeAll(async () => {
  await seedAgreements(clerk, other.operator);
  await seedOutlets(clerk, other.operator);
});

describe("an asking", () => {
  it("that could never be granted is not taken in: shape, channel of the other kind, an item that does not exist", async () => {
    const [provision] = standardOutlets;
    for (const [kind, content, code] of [
      ["outlet", { ...provision, channels: ["paper"] }, "outletInvalid"],
      ["outlet", { ...provision, items: ["address"] }, "outletInvalid"],
      ["outlet", { ...provision, uses: {} }, "outletInvalid"],
      ["outlet", { outletCode: "x" }, "outletInvalid"],
      ["agreement", { ...tax(), people: "anybody" }, "agreementInvalid"],
      ["assessment", { assessedOn: "2026-02-30", result: "架空", throughChange: 0 }, "proposalInvalid"],
    ] as const) {
      await expect(ask(kind, content)).rejects.toMatchObject({ code });
    }
    await expect(
      propose(clerk, { kind: "outlet", content: provision, reason: " ", timing: "before", key: key() }),
    ).rejects.toMatchObject({ code: "proposalInvalid" });
    expect(await waiting()).toEqual([]);
  });

  it("changes nothing until another person grants exactly what was asked; the same answer twice is refused", async () => {
    const before = await outletsOn(database.pool, clerk.today);
    const outlet = { ...standardOutlets[4], outletCode: "transfer2", name: "架空課", channels: ["medium"] };
    const asked = await ask("outlet", outlet);
    expect(await outletsOn(database.pool, clerk.today)).toEqual(before);
    await expect(grant(asked, clerk)).rejects.toMatchObject({ code: "samePerson" });
    await expect(grant({ ...asked, digest: "0".repeat(64) })).rejects.toMatchObject({ code: "contentChanged" });
    await expect(grant({ ...asked, proposalId: 999_999 })).rejects.toMatchObject({ code: "proposalUnknown" });
    await expect(
      answerWish(other, { ...asked, granted: true, kinds: ["agreement"], key: key() }),
    ).rejects.toMatchObject({ code: "proposalUnknown" });
    expect(await outletsOn(database.pool, clerk.today)).toEqual(before);
    await grant(asked);
    await expect(grant(asked)).rejects.toMatchObject({ code: "proposalUnknown" });
    expect((await outletsOn(database.pool, clerk.today)).map(({ outletCode }) => outletCode)).toContain("transfer2");
    expect(await waiting()).toEqual([]);
  });

  it("that is refused leaves nothing but the answer; who asked may take it back", async () => {
    const asked = await ask("agreement", { ...tax(), validTo: "2026-12-31" });
    await answerWish(clerk, { ...asked, granted: false, note: "書き直す", key: key() });
    expect(await waiting()).toEqual([]);
    const held = (await agreementsOn(database.pool, clerk.today)).find(
      ({ interfaceCode }) => interfaceCode === tax().interfaceCode,
    );
    expect(held).toMatchObject({ revision: 1, validTo: null });
  });

  it("the role of this system can't answer its own asking, change one, or grant past it, also by SQL", async () => {
    const asked = await ask("outlet", { ...standardOutlets[4], outletCode: "transfer3" });
    const client = await database.pool.connect();
    try {
      for (const [statement, expected] of [
        [
          `INSERT INTO interchange.proposal_answer (proposal_id, digest, proposed_by, granted, answered_by) VALUES (${String(asked.proposalId)}, '${asked.digest}', 'settei.ichiro', true, 'settei.ichiro')`,
          { constraint: "proposal_two_people" },
        ],
        [
          `INSERT INTO interchange.proposal_answer (proposal_id, digest, proposed_by, granted, answered_by) VALUES (${String(asked.proposalId)}, '${asked.digest}', 'dareka', true, 'settei.ichiro')`,
          { constraint: "proposal_of_content" },
        ],
        [`UPDATE interchange.proposal SET content = '{}'`, { code: "42501" }],
        [`DELETE FROM interchange.configuration_change`, { code: "42501" }],
      ] as const) {
        await client.query("BEGIN");
        await client.query("SET LOCAL ROLE hagukumi_interchange");
        await expect(client.query(statement)).rejects.toMatchObject(expected);
        await client.query("ROLLBACK");
      }
    } finally {
      client.release();
    }
    await answerWish(other, { ...asked, granted: false, key: key() });
  });
});

describe("history and assessment", () => {
  it("[D296] every change of a setting keeps date, item, before, after, timing and reason; only what differs", async () => {
    const columns = tax().layout.columns.slice(0, -1);
    const narrower = { ...tax(), layout: { ...tax().layout, columns } };
    const left = tax().layout.columns.at(-1)?.name ?? "?";
    const asked = await propose(clerk, {
      kind: "agreement",
      content: narrower,
      reason: "項目が要らなくなった",
      timing: "after",
      key: key(),
    });
    await grant(asked);
    const [newest] = await listChanges(database.pool, 1);
    expect(newest).toMatchObject({
      changedOn: "2026-11-23",
      item: expect.stringContaining(`連携の合意 ${tax().interfaceCode}`) as unknown,
      before: expect.stringContaining(left) as unknown,
      timing: "after",
      reason: "項目が要らなくなった",
      enteredBy: "settei.ichiro",
      approvedBy: "settei.niro",
    });
    expect(newest?.after).toMatch(/^項目: /);
    expect(newest?.after).not.toContain(left);
    expect(newest?.after).not.toContain("根拠");
  });

  it("[D295] date and result of an assessment are kept; a change of items, recipients or consignees afterwards is open work until the next one, and a mere number of days is not", async () => {
    const { newest } = await assessmentState(database.pool);
    await grant(
      await ask("assessment", { assessedOn: "2026-11-20", result: "架空の評価: 適合", throughChange: newest }),
    );
    expect(await assessmentState(database.pool)).toMatchObject({
      last: { assessedOn: "2026-11-20", result: "架空の評価: 適合", throughChange: newest },
      open: 0,
    });
    const [current] = (await agreementsOn(database.pool, clerk.today)).filter(
      ({ interfaceCode }) => interfaceCode === tax().interfaceCode,
    );
    if (current === undefined) throw new Error("gone");
    const { revision: _revision, enteredBy: _entered, approvedBy: _approved, ...form } = current;
    await grant(await ask("agreement", { ...form, staleDays: form.staleDays + 1 }));
    expect((await assessmentState(database.pool)).open).toBe(0);
    await grant(await ask("agreement", { ...form, staleDays: form.staleDays + 1, people: "everyone" }));
    await grant(await ask("outlet", { ...standardOutlets[4], name: "保護管理援護課（架空の改組）" }));
    await grant(
      await ask("consignment", {
        consignmentCode: "consignmentX",
        name: "架空の委託",
        scope: "架空の作業",
        contractor: "架空株式会社",
        handlersFrom: 1,
        handlersTo: 2,
        subConsignment: false,
        coreAccess: false,
        validFrom: "2026-04-01",
        validTo: null,
      }),
    );
    const state = await assessmentState(database.pool);
    expect(state.open).toBe(people(form.people) + 2);
    expect((await listChanges(database.pool)).filter(({ open }) => open)).toHaveLength(state.open);
    await grant(
      await ask("assessment", { assessedOn: "2026-11-23", result: "再実施: 適合", throughChange: state.newest }),
    );
    expect((await assessmentState(database.pool)).open).toBe(0);
  });
});

/** Whether taking in everybody is a change for an agreement of these people. */
const people = (now: string): number => (now === "everyone" ? 0 : 1);
