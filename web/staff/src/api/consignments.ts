/** 委託: contracts, accounts, orders, hand-over, erasure – and the report of each contractor at any time. */
import {
  answerWish,
  beginOrder,
  contractorPeople,
  contractorReport,
  endContractorAccount,
  endOrder,
  erasureMethods,
  listConsignments,
  listErasures,
  listHandOvers,
  listSubConsignments,
  listWorkOrders,
  orderInHand,
  propose,
  recordHandOver,
  recordHandOverReturn,
  reportErasure,
  type WishKind,
  workOrderKinds,
} from "@hagukumi/interchange/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import { dateText } from "./inputs.ts";
import {
  answerBody,
  proposalNumber as number,
  readInterchangeTables,
  waitingOf,
  wishReason,
  wishShape,
} from "./interchange-settings.ts";
import { operation } from "./operation.ts";
import { operationNames } from "./operation-names.ts";

const KINDS = [
  "consignment",
  "subConsignment",
  "contractorAccount",
  "workOrder",
  "erasure",
] as const satisfies readonly WishKind[];

const day = dateText.refine((text) => parseCivilDate(text) !== undefined, "この日付はありません。");
const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1, "書いてください。")
    .max(most, `${String(most)}文字までです。`);
const moment = z.iso.datetime({ offset: true, error: "日時を入れてください。" });
const reads = {
  permission: ["parameter.change", "parameter.approve", "rights.issue", "log.view"],
  relation: "none",
} as const;
const keeps = { permission: ["parameter.change", "rights.issue"], relation: "none" } as const;
const recorded = z.object({ recorded: z.boolean() });
const DONE = { recorded: true } as const;

const person = z
  .object({
    accountId: z.int().nullable(),
    staffId: z.string(),
    name: z.string(),
    consentId: z.string(),
    consignmentCode: z.string().nullable(),
    subConsignmentNumber: z.string().nullable(),
    validFrom: z.string().nullable(),
    validTo: z.string().nullable(),
    roles: z.array(z.string()),
    permissions: z.array(z.string()),
    lastSeenAt: z.string().nullable(),
    faults: z.array(z.string()),
  })
  .meta({ id: "ContractorAccount", description: "受託者の利用者。委託、再委託の承認、役割と権限、合わないこと。" });

type People = Awaited<ReturnType<typeof contractorPeople>>;
const peopleOf = (people: People): z.input<typeof person>[] =>
  people.map(({ lastSeenAt, roles, permissions, faults, ...each }) => ({
    ...each,
    roles: [...roles],
    permissions: [...permissions],
    faults: [...faults],
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
  }));

const readConsignments = operation({
  id: "readConsignments",
  method: "GET",
  path: "/consignments",
  summary: "委託・受託者の利用者・作業指示・引渡し・消去",
  access: reads,
  response: z.object({
    consignments: z.array(
      z
        .object({
          consignmentCode: z.string(),
          revision: z.int(),
          name: z.string(),
          scope: z.string(),
          contractor: z.string(),
          handlersFrom: z.int(),
          handlersTo: z.int(),
          subConsignment: z.boolean(),
          coreAccess: z.boolean(),
          validFrom: z.string(),
          validTo: z.string().nullable(),
        })
        .meta({ id: "Consignment", description: "委託" }),
    ),
    subConsignments: z.array(
      z.object({
        approvalNumber: z.string(),
        consignmentCode: z.string(),
        company: z.string(),
        scope: z.string(),
        measures: z.string(),
        appliedOn: z.string(),
        validFrom: z.string(),
        validTo: z.string(),
        approvedBy: z.string(),
      }),
    ),
    people: z.array(person),
    orders: z.array(
      z.object({
        orderNumber: z.string(),
        consignmentCode: z.string(),
        kindName: z.string(),
        work: z.string(),
        validFrom: z.string(),
        validTo: z.string(),
        enteredBy: z.string(),
        approvedBy: z.string(),
        uses: z.int(),
        lastResult: z.string(),
      }),
    ),
    handOvers: z.array(
      z.object({
        handOverId: z.int(),
        consignmentCode: z.string(),
        orderNumber: z.string(),
        what: z.string(),
        medium: z.string(),
        quantity: z.int(),
        means: z.string(),
        place: z.string(),
        handedAt: z.string(),
        dueOn: z.string(),
        receiptNumber: z.string(),
        receivedBy: z.string(),
        ended: z.enum(["returned", "erased"]).nullable(),
        overdue: z.boolean(),
      }),
    ),
    erasures: z.array(
      z
        .object({
          erasureId: z.int(),
          consignmentCode: z.string().nullable(),
          contractor: z.string().nullable(),
          handOverId: z.int().nullable(),
          items: z.string(),
          medium: z.string(),
          quantity: z.int(),
          methodName: z.string(),
          plannedOn: z.string(),
          witnessWanted: z.boolean(),
          approvedOn: z.string(),
          enteredBy: z.string(),
          approvedBy: z.string(),
          report: z
            .object({
              doneAt: z.string(),
              doneBy: z.string(),
              witness: z.string(),
              content: z.string(),
              reportedOn: z.string(),
              recordedBy: z.string(),
            })
            .nullable(),
        })
        .meta({ id: "Erasure", description: "消去・廃棄の申請と報告" }),
    ),
    proposals: z.array(wishShape),
  }),
  handler: async (_input, desk) =>
    await readInterchangeTables(desk, async (client) => {
      const today = desk.options.today();
      return {
        consignments: [...(await listConsignments(client))],
        subConsignments: [...(await listSubConsignments(client))],
        people: peopleOf(await contractorPeople(client, today)),
        orders: (await listWorkOrders(client)).map(({ kind, ...each }) => ({
          ...each,
          kindName: workOrderKinds[kind],
        })),
        handOvers: (await listHandOvers(client, today)).map((each) => ({
          ...each,
          handedAt: each.handedAt.toISOString(),
        })),
        erasures: (await listErasures(client)).map(({ method, ...each }) => ({
          ...each,
          methodName: erasureMethods[method],
        })),
        proposals: [...(await waitingOf(client, KINDS))],
      };
    }),
});

const report = operation({
  id: "readContractorReport",
  method: "POST",
  path: "/consignments/{consignmentCode}/report",
  summary: "委託先ごとの報告（利用者・ログイン・作業・処理）",
  access: reads,
  params: z.strictObject({
    consignmentCode: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/, "委託の符号が正しくありません。"),
  }),
  body: z.strictObject({ from: day, to: day }),
  response: z.object({
    people: z.array(person),
    sessions: z.array(
      z.object({ staffId: z.string(), terminalCode: z.string(), startedAt: z.string(), endedAt: z.string() }),
    ),
    orders: z.array(
      z.object({
        staffId: z.string(),
        orderNumber: z.string(),
        startedAt: z.string(),
        endedAt: z.string().nullable(),
        result: z.string(),
      }),
    ),
    work: z.array(
      z
        .object({
          staffId: z.string(),
          operationName: z.string(),
          action: z.string(),
          orderNumber: z.string().nullable(),
          times: z.int(),
          firstAt: z.string(),
          lastAt: z.string(),
        })
        .meta({ id: "ContractorWork", description: "受託者の処理と、その時の作業指示" }),
    ),
  }),
  handler: async ({ params, body }, desk) =>
    await readInterchangeTables(desk, async (client) => {
      const range = { ...body, today: desk.options.today() };
      const found = await contractorReport(client, params.consignmentCode, range);
      return {
        people: peopleOf(found.people),
        sessions: found.sessions.map(({ startedAt, endedAt, ...each }) => ({
          ...each,
          startedAt: startedAt.toISOString(),
          endedAt: endedAt.toISOString(),
        })),
        orders: found.orders.map(({ startedAt, endedAt, ...each }) => ({
          ...each,
          startedAt: startedAt.toISOString(),
          endedAt: endedAt?.toISOString() ?? null,
        })),
        work: found.work.map(({ operation: id, firstAt, lastAt, ...each }) => ({
          ...each,
          operationName: operationNames().get(id) ?? id,
          firstAt: firstAt.toISOString(),
          lastAt: lastAt.toISOString(),
        })),
      };
    }),
});

const ask = operation({
  id: "proposeConsignmentChange",
  method: "POST",
  path: "/consignments/proposals",
  summary: "委託・再委託・受託者の利用者・作業指示・消去の申請",
  access: keeps,
  command: true,
  body: z.strictObject({
    kind: z.enum(KINDS),
    /** Checked whole by the system: an unknown key is refused */
    content: z.record(z.string(), z.unknown()),
    reason: wishReason,
    timing: z.enum(["before", "after"]),
  }),
  response: z.object({ proposalId: z.int() }),
  handler: async ({ body }, desk) => {
    const { proposalId } = await desk.command({}, async (context, key) => await propose(context, { ...body, key }));
    return { proposalId };
  },
});

const answer = operation({
  id: "answerConsignmentChange",
  method: "POST",
  path: "/consignments/proposals/{proposalId}/answer",
  summary: "委託についての申請への答え",
  access: { permission: "parameter.approve", relation: "none", stepUp: true },
  command: true,
  params: z.strictObject({ proposalId: number }),
  body: answerBody,
  response: z.object({ answered: z.boolean() }),
  handler: async ({ params, body }, desk) => {
    await desk.command({ approvalRef: `interchange:${String(params.proposalId)}` }, async (context, key) => {
      await answerWish(context, { ...params, ...body, kinds: KINDS, key });
    });
    return { answered: true };
  },
});

const endAccount = operation({
  id: "endContractorAccount",
  method: "POST",
  path: "/consignments/ties/{tieId}/end",
  summary: "受託者の利用者の結び付けを終える",
  access: keeps,
  command: true,
  params: z.strictObject({ tieId: number }),
  body: z.strictObject({ reason: wishReason }),
  response: recorded,
  handler: async ({ params, body }, desk) => {
    await desk.command(
      {},
      async (context, key) => await endContractorAccount(context, { accountId: params.tieId, ...body, key }),
    );
    return DONE;
  },
});

const handOver = operation({
  id: "recordHandOver",
  method: "POST",
  path: "/consignments/hand-overs",
  summary: "受託者へのデータの引渡しの記録",
  access: keeps,
  command: true,
  body: z.strictObject({
    orderNumber: z
      .string()
      .trim()
      .regex(/^W-\d{4}-\d{4,}$/, "作業指示の番号は W-2026-0001 のように書きます。"),
    what: words(300),
    medium: words(100),
    quantity: z.int().min(1, "数量は1からです。").max(1000, "数量は1000までです。"),
    means: words(100),
    place: words(100),
    handedAt: moment,
    dueOn: day,
    receiptNumber: words(40),
    receivedBy: words(100),
  }),
  response: z.object({ handOverId: z.int() }),
  handler: async ({ body }, desk) =>
    await desk.command({}, async (context, key) => await recordHandOver(context, { ...body, key })),
});

const handOverReturn = operation({
  id: "recordHandOverReturn",
  method: "POST",
  path: "/consignments/hand-overs/{handOverId}/return",
  summary: "引き渡したデータの返却の記録",
  access: keeps,
  command: true,
  params: z.strictObject({ handOverId: number }),
  body: z.strictObject({ returnedOn: day }),
  response: recorded,
  handler: async ({ params, body }, desk) => {
    await desk.command({}, async (context, key) => await recordHandOverReturn(context, { ...params, ...body, key }));
    return DONE;
  },
});

const erased = operation({
  id: "reportErasure",
  method: "POST",
  path: "/consignments/erasures/{erasureId}/report",
  summary: "消去・廃棄の報告の記録",
  access: keeps,
  command: true,
  params: z.strictObject({ erasureId: number }),
  body: z.strictObject({
    doneAt: moment,
    doneBy: words(100),
    witness: z.string().trim().max(100).default(""),
    content: words(500),
    reportedOn: day,
  }),
  response: recorded,
  handler: async ({ params, body }, desk) => {
    await desk.command({}, async (context, key) => await reportErasure(context, { ...params, ...body, key }));
    return DONE;
  },
});

const own = operation({
  id: "readOwnOrder",
  method: "GET",
  path: "/own-order",
  summary: "自分の作業指示",
  access: { permission: "signedIn", relation: "none" },
  response: z.object({ tied: z.boolean(), orderNumber: z.string().nullable() }),
  handler: async (_input, desk) => {
    const { staffId } = desk.session();
    return await readInterchangeTables(desk, async (client) => await orderInHand(client, staffId));
  },
});

const begin = operation({
  id: "beginOrder",
  method: "POST",
  path: "/own-order/start",
  summary: "作業指示の作業を始める",
  access: { permission: "signedIn", relation: "none" },
  command: true,
  body: z.strictObject({
    orderNumber: z
      .string()
      .trim()
      .regex(/^W-\d{4}-\d{4,}$/, "作業指示の番号は W-2026-0001 のように書きます。"),
  }),
  response: recorded,
  handler: async ({ body }, desk) => {
    await desk.command({}, async (context, key) => await beginOrder(context, { ...body, key }));
    return DONE;
  },
});

const finish = operation({
  id: "endOrder",
  method: "POST",
  path: "/own-order/end",
  summary: "作業を終え、結果を書く",
  access: { permission: "signedIn", relation: "none" },
  command: true,
  body: z.strictObject({ result: words(500) }),
  response: recorded,
  handler: async ({ body }, desk) => {
    await desk.command({}, async (context, key) => await endOrder(context, { ...body, key }));
    return DONE;
  },
});

export const consignmentOperations = [
  readConsignments,
  report,
  ask,
  answer,
  endAccount,
  handOver,
  handOverReturn,
  erased,
  own,
  begin,
  finish,
];
