/** 委託の台帳: accounts belong to a contract, work to an order, data to a receipt, erasure to an approval. */
import { beforeAll, describe, expect, it } from "vitest";

import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import {
  answerWish,
  beginOrder,
  contractorPeople,
  contractorReport,
  endContractorAccount,
  endOrder,
  listConsignments,
  listErasures,
  listHandOvers,
  listWorkOrders,
  orderInHand,
  propose,
  recordHandOver,
  recordHandOverReturn,
  reportErasure,
  standardConsignments,
  type WishKind,
} from "../../contract.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "itaku.kanri");
const other = testContext(database, dir, "itaku.kacho");
const worker = testContext(database, dir, "gyosha.ichiro");
let calls = 0;
const key = (): string => `test-${String((calls += 1))}`;
/** The days of the database's own clock: accounts and orders are judged by it */
let from = "";
let to = "";

const decide = async (kind: WishKind, content: unknown): Promise<void> => {
  const asked = await propose(clerk, { kind, content, reason: "架空の契約", timing: "before", key: key() });
  await answerWish(other, { ...asked, granted: true, key: key() });
};

async function contractor(staffId: string): Promise<void> {
  await database.pool.query(
    "INSERT INTO identity.staff (staff_id, kind, consent_id) VALUES ($1, 'contractor', '架空承諾-1')",
    [staffId],
  );
  await database.pool.query(
    "INSERT INTO identity.staff_name (staff_id, starts_on, name, kana) VALUES ($1, '2020-04-01', '架空 受託', 'カクウ ジュタク')",
    [staffId],
  );
}

/** A right by application, approval and issue of three people. */
async function issue(staffId: string, role: string, last = to): Promise<void> {
  await database.pool.query(
    `INSERT INTO identity.section (section_code, kind, in_charge, starts_on) VALUES ('t-itaku', 'contractor', false, '2020-04-01') ON CONFLICT DO NOTHING`,
  );
  const { rows } = await database.pool.query<{ id: number }>(
    `INSERT INTO identity.right_request (staff_id, section_code, role_code, starts_on, ends_on, reason, origin, requested_by)
     VALUES ($1, 't-itaku', $2, $3, $4, '架空の作業', 'application', 'shinsei.taro') RETURNING right_id AS id`,
    [staffId, role, from, last],
  );
  const id = rows[0]?.id;
  await database.pool.query(
    "INSERT INTO identity.right_approval (right_id, approved, reason, approved_by) VALUES ($1, true, '架空', 'shonin.taro')",
    [id],
  );
  await database.pool.query("INSERT INTO identity.right_issue (right_id, issued_by) VALUES ($1, 'hakko.taro')", [id]);
}

const account = (changes: Readonly<Record<string, unknown>> = {}) => ({
  staffId: "gyosha.ichiro",
  consignmentCode: "consignment1",
  subConsignmentNumber: null,
  validFrom: from,
  validTo: to,
  ...changes,
});

beforeAll(async () => {
  const { rows } = await database.pool.query<{ from: string; to: string }>(
    `SELECT (identity.today() - 1)::text AS from, (identity.today() + 100)::text AS to`,
  );
  ({ from = "", to = "" } = rows[0] ?? {});
  for (const name of ["gyosha.ichiro", "gyosha.niro", "gyosha.saburo", "gyosha.shiro"]) await contractor(name);
  for (const each of standardConsignments("2020-04-01")) await decide("consignment", each);
});

describe("accounts", () => {
  it("[D114] six consignments are registered with name, scope, contractor, handlers and re-consignment; an account is tied to one, and gets no right before", async () => {
    expect(await listConsignments(database.pool)).toHaveLength(6);
    for (const each of await listConsignments(database.pool)) {
      expect(each.name.length * each.scope.length * each.contractor.length).toBeGreaterThan(0);
      expect(each.handlersTo).toBeGreaterThanOrEqual(each.handlersFrom);
    }
    await expect(issue("gyosha.ichiro", "contractor")).rejects.toMatchObject({ constraint: "right_contractor_tied" });
    await expect(decide("contractorAccount", account({ consignmentCode: "nothing" }))).rejects.toMatchObject({
      code: "contractorAccountRefused",
    });
    await expect(decide("contractorAccount", account({ staffId: "itaku.kanri" }))).rejects.toMatchObject({
      code: "contractorAccountRefused",
    });
    await decide("contractorAccount", account());
    await expect(decide("contractorAccount", account({ consignmentCode: "consignment2" }))).rejects.toMatchObject({
      code: "contractorAccountRefused",
    });
    // One day longer than the tie: refused, then as long as it.
    const { rows } = await database.pool.query<{ day: string }>("SELECT ($1::date + 1)::text AS day", [to]);
    await expect(issue("gyosha.ichiro", "contractor", rows[0]?.day)).rejects.toMatchObject({
      constraint: "right_contractor_tied",
    });
    await issue("gyosha.ichiro", "contractor");
  });

  it("[D117] an account of a re-consignee needs the number of an approval that was applied for in writing, of that contract and those days", async () => {
    const passedOn = account({ staffId: "gyosha.niro", subConsignmentNumber: "再委-架空-1" });
    await expect(decide("contractorAccount", passedOn)).rejects.toMatchObject({ code: "contractorAccountRefused" });
    const approval = {
      approvalNumber: "再委-架空-1",
      consignmentCode: "consignment6",
      company: "架空下請株式会社",
      scope: "架空の一部",
      measures: "委託先と同じ規定を契約書で確かめた",
      appliedOn: from,
      validFrom: from,
      validTo: to,
    };
    // 委託6 is a contract without re-consignment.
    await expect(decide("subConsignment", approval)).rejects.toMatchObject({ code: "consignmentInvalid" });
    await expect(
      decide("subConsignment", { ...approval, consignmentCode: "consignment1", appliedOn: to }),
    ).rejects.toMatchObject({ code: "consignmentInvalid" });
    await decide("subConsignment", { ...approval, consignmentCode: "consignment1" });
    await expect(decide("contractorAccount", { ...passedOn, consignmentCode: "consignment2" })).rejects.toMatchObject({
      code: "contractorAccountRefused",
    });
    await decide("contractorAccount", passedOn);
  });

  it("[D120] [D121] accounts of the two e-application contractors can't hold a right of the core system, whichever comes first", async () => {
    await decide("contractorAccount", account({ staffId: "gyosha.saburo", consignmentCode: "consignment4" }));
    for (const role of ["contractor", "clerk"]) {
      await expect(issue("gyosha.saburo", role)).rejects.toMatchObject({ constraint: "right_contractor_core" });
    }
    await decide("contractorAccount", account({ staffId: "gyosha.shiro", consignmentCode: "consignment1" }));
    await issue("gyosha.shiro", "contractor");
    const [tied] = (await contractorPeople(database.pool, to)).filter(({ staffId }) => staffId === "gyosha.shiro");
    await endContractorAccount(
      { ...clerk, today: from as typeof clerk.today },
      { accountId: tied?.accountId ?? 0, reason: "担当を外れた", key: key() },
    );
    await expect(
      decide("contractorAccount", account({ staffId: "gyosha.shiro", consignmentCode: "consignment5" })),
    ).rejects.toMatchObject({ code: "contractorAccountRefused" });
  });

  it("no more accounts than the contract has handlers", async () => {
    const [first] = standardConsignments("2020-04-01");
    await decide("consignment", { ...first, consignmentCode: "small", handlersFrom: 0, handlersTo: 0 });
    await contractor("gyosha.goro");
    await expect(
      decide("contractorAccount", account({ staffId: "gyosha.goro", consignmentCode: "small" })),
    ).rejects.toMatchObject({ code: "contractorAccountRefused", message: expect.stringContaining("人数") as unknown });
  });
});

describe("work and data", () => {
  let order = "";

  it("work begins only under an order of one's own contract, one at a time, and ends with a result", async () => {
    await decide("workOrder", {
      consignmentCode: "consignment1",
      kind: "extraction",
      work: "架空の問合せのための抽出",
      validFrom: from,
      validTo: to,
    });
    await decide("workOrder", {
      consignmentCode: "consignment2",
      kind: "operation",
      work: "架空の運用",
      validFrom: from,
      validTo: to,
    });
    const [second, first] = await listWorkOrders(database.pool);
    order = first?.orderNumber ?? "";
    expect(order).toBe("W-2026-0001");
    expect(await orderInHand(database.pool, "gyosha.ichiro")).toEqual({ tied: true, orderNumber: null });
    expect(await orderInHand(database.pool, "itaku.kanri")).toEqual({ tied: false, orderNumber: null });
    await expect(beginOrder(worker, { orderNumber: second?.orderNumber ?? "", key: key() })).rejects.toMatchObject({
      code: "orderNotUsable",
    });
    await expect(beginOrder(clerk, { orderNumber: order, key: key() })).rejects.toMatchObject({
      code: "orderNotUsable",
    });
    await beginOrder(worker, { orderNumber: order, key: key() });
    await expect(beginOrder(worker, { orderNumber: order, key: key() })).rejects.toMatchObject({
      code: "orderNotUsable",
    });
    expect(await orderInHand(database.pool, "gyosha.ichiro")).toEqual({ tied: true, orderNumber: order });
    await expect(endOrder(worker, { result: " ", key: key() })).rejects.toMatchObject({ code: "orderNotUsable" });
    await endOrder(worker, { result: "架空の2件を抽出した", key: key() });
    expect((await listWorkOrders(database.pool)).at(-1)).toMatchObject({ uses: 1, lastResult: "架空の2件を抽出した" });
  });

  it("[D236] [D237] data goes over against a numbered receipt by means, time and place that the city sets, under an order; what is not back stays on the list, late ones marked", async () => {
    const handOver = {
      orderNumber: order,
      what: "架空の一覧（宛名番号・月額）",
      medium: "暗号化した媒体",
      quantity: 1,
      means: "手渡し",
      place: "こども支援課",
      handedAt: `${from}T10:00:00+09:00`,
      dueOn: to,
      receiptNumber: "預-架空-1",
      receivedBy: "架空 受託",
    };
    for (const wrong of [
      { orderNumber: "W-2026-9999" },
      { means: " " },
      { place: "" },
      { dueOn: from },
      { receiptNumber: "" },
    ]) {
      await expect(recordHandOver(clerk, { ...handOver, ...wrong, key: key() })).rejects.toMatchObject({
        code: "consignmentInvalid",
      });
    }
    const first = await recordHandOver(clerk, { ...handOver, key: key() });
    await expect(recordHandOver(clerk, { ...handOver, key: key() })).rejects.toMatchObject({
      code: "consignmentInvalid",
    });
    const second = await recordHandOver(clerk, { ...handOver, receiptNumber: "預-架空-2", key: key() });
    expect((await listHandOvers(database.pool, "2099-01-01")).map(({ overdue }) => overdue)).toEqual([true, true]);
    await recordHandOverReturn(clerk, { handOverId: first.handOverId, returnedOn: from, key: key() });
    expect(await listHandOvers(database.pool, from)).toMatchObject([
      { handOverId: second.handOverId, ended: null, overdue: false },
      { handOverId: first.handOverId, ended: "returned" },
    ]);
  });

  it("[D234] [D238] [D239] [D240] [D241] nothing is erased without a prior application – items, medium, quantity, method, date – and its approval; then time, person and content are reported, with the witness who was asked for", async () => {
    const [open] = await listHandOvers(database.pool, from);
    const erasure = {
      consignmentCode: "consignment1",
      handOverId: open?.handOverId ?? 0,
      items: "宛名番号・月額",
      medium: "暗号化した媒体",
      quantity: 1,
      method: "destroy",
      plannedOn: to,
      witnessWanted: true,
    };
    for (const wrong of [
      { items: "" },
      { medium: "" },
      { quantity: 0 },
      { method: "delete" },
      { plannedOn: "いつか" },
    ]) {
      await expect(decide("erasure", { ...erasure, ...wrong })).rejects.toMatchObject({ code: "proposalInvalid" });
    }
    await expect(decide("erasure", { ...erasure, consignmentCode: "consignment2" })).rejects.toMatchObject({
      code: "handOverUnknown",
    });
    const report = {
      erasureId: 1,
      doneAt: "2026-11-25T10:00:00+09:00",
      doneBy: "架空 受託",
      witness: "",
      content: "媒体1枚を破砕した",
      reportedOn: "2026-11-26",
    };
    await expect(reportErasure(clerk, { ...report, key: key() })).rejects.toMatchObject({ code: "consignmentInvalid" });
    await decide("erasure", erasure);
    const [approved] = await listErasures(database.pool);
    const erasureId = approved?.erasureId ?? 0;
    const withWitness = { ...report, erasureId, witness: "架空 立会" };
    for (const wrong of [
      { witness: " " },
      { doneAt: "2026-11-22T10:00:00+09:00" },
      { reportedOn: "2026-11-24" },
      { content: "" },
    ]) {
      await expect(reportErasure(clerk, { ...withWitness, ...wrong, key: key() })).rejects.toMatchObject({
        code: "consignmentInvalid",
      });
    }
    await reportErasure(clerk, { ...withWitness, key: key() });
    await expect(reportErasure(clerk, { ...withWitness, key: key() })).rejects.toMatchObject({
      code: "consignmentInvalid",
    });
    expect((await listErasures(database.pool))[0]).toMatchObject({
      method: "destroy",
      approvedBy: "itaku.kacho",
      report: { doneBy: "架空 受託", witness: "架空 立会", content: "媒体1枚を破砕した", reportedOn: "2026-11-26" },
    });
    expect((await listHandOvers(database.pool, to)).every(({ ended }) => ended !== null)).toBe(true);
  });

  it("[D286] disks of a renewal are an erasure of the city itself: approved, made unreadable, reported", async () => {
    const disks = {
      consignmentCode: null,
      handOverId: null,
      items: "データベースのディスク",
      medium: "磁気ディスク",
      quantity: 12,
      method: "cryptoErase",
      plannedOn: to,
      witnessWanted: false,
    };
    await decide("erasure", disks);
    const [erasure] = await listErasures(database.pool);
    expect(erasure).toMatchObject({ consignmentCode: null, method: "cryptoErase", quantity: 12, report: null });
  });

  it("[D116] [D232] [D233] the report of a contractor names every account with its roles and rights, its sessions, and its work with the order", async () => {
    await database.pool.query(
      "INSERT INTO identity.assignment (staff_id, section_code, starts_on, move_kind, recorded_by) VALUES ('gyosha.ichiro', 't-itaku', '2020-04-01', 'hire', 'test.setup')",
    );
    const { rows } = await database.pool.query<{ day: string }>("SELECT identity.today()::text AS day");
    const today = rows[0]?.day ?? "";
    const { people, orders, work } = await contractorReport(database.pool, "consignment1", { from, to, today });
    expect(people).toMatchObject([
      {
        staffId: "gyosha.ichiro",
        roles: ["受託者"],
        permissions: ["一括処理の実行"],
        subConsignmentNumber: null,
        consentId: "架空承諾-1",
        faults: [],
      },
      { staffId: "gyosha.niro", roles: [], subConsignmentNumber: "再委-架空-1" },
    ]);
    expect(orders).toMatchObject([{ staffId: "gyosha.ichiro", orderNumber: order, result: "架空の2件を抽出した" }]);
    expect(work).toEqual([]);
    // The one whose tie ended keeps a right that was issued before: the report says so.
    await database.pool.query(
      "INSERT INTO identity.assignment (staff_id, section_code, starts_on, move_kind, recorded_by) VALUES ('gyosha.shiro', 't-itaku', '2020-04-01', 'hire', 'test.setup')",
    );
    expect(
      (await contractorPeople(database.pool, today)).find(({ staffId }) => staffId === "gyosha.shiro"),
    ).toMatchObject({
      consignmentCode: null,
      faults: ["委託に結び付いていないのに、役割がある"],
    });
  });
});

/** What came of a try: done, or the constraint or code by which it was refused. */
const tried = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work();
    return "done";
  } catch (error) {
    const { code, constraint } = error as { readonly code?: string; readonly constraint?: string };
    return constraint ?? code ?? "unknown";
  }
};

describe("再委託", () => {
  it("[D242] the account of a re-consignee stands under the very rules of the contractor's own: tied before a right, not longer than the tie, once, an order before work, a result after it, in the same report", async () => {
    const { rows } = await database.pool.query<{ day: string; today: string }>(
      "SELECT ($1::date + 1)::text AS day, identity.today()::text AS today",
      [to],
    );
    const { day = "", today = "" } = rows[0] ?? {};
    const [second, first] = await listWorkOrders(database.pool);
    /** Everything an account may try, in order; what came of each. */
    const rules = async (staffId: string, subConsignmentNumber: string | null): Promise<readonly string[]> => {
      await contractor(staffId);
      const own = testContext(database, dir, staffId);
      const tie = account({ staffId, subConsignmentNumber });
      const begin = async (orderNumber = ""): Promise<unknown> => await beginOrder(own, { orderNumber, key: key() });
      return [
        await tried(async () => await issue(staffId, "contractor")),
        await tried(async () => await begin(first?.orderNumber)),
        await tried(async () => await decide("contractorAccount", tie)),
        await tried(async () => await decide("contractorAccount", tie)),
        await tried(async () => await issue(staffId, "contractor", day)),
        await tried(async () => await issue(staffId, "contractor")),
        await tried(async () => await begin(second?.orderNumber)),
        await tried(async () => await begin(first?.orderNumber)),
        await tried(async () => await begin(first?.orderNumber)),
        await tried(async () => await endOrder(own, { result: " ", key: key() })),
        await tried(async () => await endOrder(own, { result: "架空の1件を調べた", key: key() })),
      ];
    };
    const expected = [
      "right_contractor_tied",
      "orderNotUsable",
      "done",
      "contractorAccountRefused",
      "right_contractor_tied",
      "done",
      "orderNotUsable",
      "done",
      "orderNotUsable",
      "orderNotUsable",
      "done",
    ];
    expect(await rules("gyosha.jika", null)).toEqual(expected);
    expect(await rules("gyosha.saiitaku", "再委-架空-1")).toEqual(expected);
    const { orders } = await contractorReport(database.pool, "consignment1", { from, to, today });
    const named = orders.map(({ staffId }) => staffId);
    expect(named).toEqual(expect.arrayContaining(["gyosha.jika", "gyosha.saiitaku"]));
  });
});
