/** 庁内連携: deliveries of other offices, what is missing or refused, the changes that they bring, comparisons with the full sets. */
import {
  assignChange,
  changeKinds,
  closeChange,
  countOpenChanges,
  explainDifferences,
  explanationCauses,
  fileChange,
  listAgeChanges,
  listReconciliationDifferences,
  listReconciliations,
  listRegisterChanges,
  type ListedRegisterChange,
  milestoneLabels,
  milestonesIn,
  monthText,
  wardName,
} from "@hagukumi/allowance/contract.ts";
import {
  alarmOf,
  clearRejects,
  deliveryKindLabels,
  deliveryStateLabels,
  INTERCHANGE_ROLE,
  interfaceStates,
  listDeliveries,
  openRejects,
  openStore,
  rejectedLines,
  requestResend,
} from "@hagukumi/interchange/contract.ts";
import { addMonths, monthOf } from "@hagukumi/law/contract.ts";
import { withRole } from "@hagukumi/platform/database/transaction.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { addresseeOf } from "./case-entries.ts";
import type { Desk } from "./desk.ts";
import { certificationNumber } from "./inputs.ts";
import { operation } from "./operation.ts";

/** Rows of a list at most; `total` says how many there are */
const LIMIT = 200;
const DELIVERIES = 50;

const reason = z.string().trim().min(1).max(400);
const number = z.coerce.number().int().min(1).max(9_007_199_254_740_991);

const weight = ({ alarm, lastSequence }: { readonly alarm: string | null; readonly lastSequence: number }): number =>
  alarm === null ? (lastSequence > 0 ? 1 : 2) : 0;

/** Columns of the copied registers in the words of the offices. */
const ITEM_NAMES: Readonly<Record<string, string>> = {
  valid_from: "異動年月日",
  valid_from_unknown: "異動年月日不詳",
  reported_on: "異動届出年月日",
  event_code: "異動事由",
  household_number: "世帯番号",
  resident_kind: "住民種別",
  resident_state: "住民状態",
  name: "氏名",
  kana: "フリガナ",
  sex: "性別",
  birth_date: "生年月日",
  birth_date_unknown: "生年月日不詳",
  relation_code: "続柄",
  ward_code: "区",
  postal_code: "郵便番号",
  address: "住所",
  planned_move_out_on: "転出予定年月日",
  previous_municipality: "前住所市区町村",
  next_municipality: "転出先市区町村",
  protected: "支援措置",
  protected_from: "支援措置開始",
  protected_to: "支援措置終了",
  deleted: "削除",
  starts_on: "開始年月日",
  ends_on: "終了年月日",
  status_code: "資格区分",
  employment: "給与所得",
  deductions: "控除額計",
  dependants: "扶養親族等の数",
};

const delivery = z.object({
  deliveryId: z.int(),
  interfaceCode: z.string(),
  interfaceName: z.string(),
  kindName: z.string(),
  sequence: z.int(),
  attempt: z.int(),
  transport: z.enum(["file", "rest"]),
  asOf: z.string(),
  rows: z.int(),
  receivedAt: z.string(),
  state: z.enum(["waiting", "applied", "reconciled", "duplicate", "superseded", "refused"]),
  stateName: z.string(),
  reason: z.string().nullable(),
  added: z.int(),
  rejected: z.int(),
});

const readInterchange = operation({
  id: "readInterchange",
  method: "GET",
  path: "/interchange",
  summary: "庁内連携の状態（連携・配信・不受理・突合）",
  access: { permission: ["case.open", "batch.run"], relation: "none" },
  response: z.object({
    interfaces: z.array(
      z.object({
        interfaceCode: z.string(),
        name: z.string(),
        source: z.string(),
        versions: z.array(z.string()),
        people: z.enum(["everyone", "listed"]),
        ground: z.string(),
        lastSequence: z.int(),
        asOf: z.string().nullable(),
        waiting: z.int(),
        missing: z.array(z.object({ from: z.int(), to: z.int() })),
        stale: z.boolean(),
        alarm: z.string().nullable(),
      }),
    ),
    deliveries: z.array(delivery),
    rejects: z.array(
      delivery.extend({
        lines: z.array(z.object({ column: z.string(), code: z.string(), lines: z.int(), first: z.array(z.int()) })),
      }),
    ),
    reconciliations: z.array(
      z.object({
        reconciliationId: z.int(),
        interfaceName: z.string(),
        asOf: z.string(),
        at: z.string(),
        rows: z.int(),
        refused: z.int(),
        missing: z.int(),
        extra: z.int(),
        different: z.int(),
        open: z.int(),
      }),
    ),
    changes: z.object({ open: z.int(), withoutOwner: z.int() }),
  }),
  handler: async (_input, desk) => {
    const today = desk.options.today();
    const found = await desk.read(async (client) => {
      await withRole(client, INTERCHANGE_ROLE);
      const interfaces = await interfaceStates(client, today);
      const names = new Map(interfaces.map(({ interfaceCode, name }) => [interfaceCode, name]));
      const shown = <T extends Awaited<ReturnType<typeof listDeliveries>>[number]>(row: T) => ({
        ...row,
        interfaceName: names.get(row.interfaceCode) ?? row.interfaceCode,
        kindName: deliveryKindLabels[row.kind],
        stateName: deliveryStateLabels[row.state],
        receivedAt: row.receivedAt.toISOString(),
      });
      const deliveries = (await listDeliveries(client, { limit: DELIVERIES })).map(shown);
      const rejects = [];
      for (const row of await openRejects(client)) {
        const lines = (await rejectedLines(client, row.deliveryId)).map((line) => ({
          ...line,
          first: [...line.first],
        }));
        rejects.push({ ...shown(row), lines });
      }
      const response = { interfaces, names, deliveries, rejects };
      return { response, log: [{ action: "list", rows: deliveries.length }] };
    });
    const { reconciliations, changes } = await desk.readTotals(async (client) => ({
      reconciliations: await listReconciliations(client, 10),
      changes: await countOpenChanges(client),
    }));
    const { interfaces, names, deliveries, rejects } = found;
    return {
      interfaces: interfaces
        .map((state) => ({
          ...state,
          versions: [...state.versions],
          missing: state.missing.map((gap) => ({ ...gap })),
          // The name stands beside it in the row.
          alarm: alarmOf(state)?.slice(state.name.length + 2) ?? null,
        }))
        // What wants somebody first, what is not in use last.
        .toSorted((left, right) => weight(left) - weight(right)),
      deliveries,
      rejects,
      reconciliations: reconciliations.map(({ at, interfaceCode, ...row }) => ({
        ...row,
        interfaceName: names.get(interfaceCode) ?? interfaceCode,
        at: at.toISOString(),
      })),
      changes,
    };
  },
});

const askAgain = operation({
  id: "requestResend",
  method: "POST",
  path: "/interchange/resends",
  summary: "連携元に再送を頼む",
  access: { permission: ["claim.examine", "batch.run"], relation: "none" },
  command: true,
  body: z.strictObject({
    interfaceCode: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/),
    from: z.int().min(1).max(2_000_000_000),
    to: z.int().min(1).max(2_000_000_000),
    reason,
  }),
  response: z.object({ message: z.string() }),
  handler: async ({ body }, desk) => {
    const store = await openStore(desk.options.dataDir);
    const { requestId } = await desk.command(
      {},
      async (context, key) => await requestResend(context, store, { ...body, key }),
    );
    return { message: `再送を頼みました（依頼 ${requestId}）。` };
  },
});

const clear = operation({
  id: "clearRejects",
  method: "POST",
  path: "/interchange/deliveries/{deliveryId}/clearance",
  summary: "不受理の始末を記録する",
  access: { permission: ["claim.examine", "batch.run"], relation: "none" },
  command: true,
  params: z.strictObject({ deliveryId: number }),
  body: z.strictObject({ reason }),
  response: z.object({ message: z.string() }),
  handler: async ({ params, body }, desk) => {
    await desk.command({}, async (context, key) => {
      await clearRejects(context, { ...params, ...body, key });
    });
    return { message: "不受理の始末を記録しました。" };
  },
});

const effect = z.object({
  what: z.string(),
  fromMonth: z.string().nullable(),
  yenBefore: z.int().nullable(),
  yenAfter: z.int().nullable(),
});

/** Months of 年齢到達 shown before and after the one of today: what was forgotten, and what comes. */
const MONTHS_BACK = 3;
const MONTHS_AHEAD = 1;

/** 年齢到達 that nothing has decided yet, as rows of the queue. */
async function undecidedAges(desk: Desk) {
  const now = monthOf(desk.options.today());
  const events = await desk.readTotals(
    async (client) => await milestonesIn(client, addMonths(now, -MONTHS_BACK), addMonths(now, MONTHS_AHEAD)),
  );
  const open = await listAgeChanges(desk.reader(null), events);
  return open.map(({ kind, on, recipientId, wardCode, kanaInitial, runNo }) => ({
    changeId: null,
    massRunNo: runNo,
    kindName: milestoneLabels[kind],
    happenedOn: on,
    wardName: wardName(wardCode),
    kanaInitial,
    recipientId,
    owner: null,
    action: `届は要りません。翌月分（${monthText(addMonths(monthOf(on), 1))}分）からの額の変わり・終わりを、その月の一括処理「年齢到達の減額・消滅」で職権で決めます。`,
    fillable: false,
    effects: [],
    stopped: "",
    endorsed: false,
  }));
}

const readChanges = operation({
  id: "readRegisterChanges",
  method: "GET",
  path: "/register-changes",
  summary: "未処理の変更の一覧（ほかの課から来た変更と、年齢到達）",
  access: { permission: "case.open", relation: "none" },
  response: z.object({
    total: z.int(),
    withoutOwner: z.int(),
    /** How many of the total are 年齢到達 */
    byAge: z.int(),
    changes: z.array(
      z.object({
        /** Null for 年齢到達: the month's mass run deals with it */
        changeId: z.int().nullable(),
        /** 一括処理 that deals with it; null where another office told it, or no run was made yet */
        massRunNo: z.int().nullable(),
        kindName: z.string(),
        happenedOn: z.string(),
        wardName: z.string(),
        kanaInitial: z.string(),
        recipientId: z.int().nullable(),
        owner: z.string().nullable(),
        action: z.string(),
        /** Whether the office can open the filing by itself from the register */
        fillable: z.boolean(),
        effects: z.array(effect),
        stopped: z.string(),
        endorsed: z.boolean(),
      }),
    ),
  }),
  handler: async (_input, desk) => {
    const found = await listRegisterChanges(desk.reader(null));
    const ages = await undecidedAges(desk);
    const told = found.map(({ kind, wardCode, action, effects, ...rest }) => ({
      ...rest,
      massRunNo: null,
      kindName: changeKinds[kind].name,
      wardName: wardName(wardCode),
      action: action ?? changeKinds[kind].action,
      fillable: ["death", "moveOut", "removed", "moveWithin", "nameChange"].includes(kind) && rest.recipientId !== null,
      effects: effects.map((each) => ({ ...each })),
    }));
    return {
      total: told.length + ages.length,
      withoutOwner: found.filter(({ owner }) => owner === null).length,
      byAge: ages.length,
      changes: [...told, ...ages]
        .toSorted((left, right) =>
          left.happenedOn === right.happenedOn ? 0 : left.happenedOn < right.happenedOn ? -1 : 1,
        )
        .slice(0, LIMIT),
    };
  },
});

/** A change at a protected person is on the list of 支援措置担当 alone: without their taking it, nobody could. */
const mayTake = ["claim.receive", "protection.view"] as const;

const changeId = z.strictObject({ changeId: number });

/** The change, where this member of staff has it in the list. @throws Refusal `changeUnknown` */
async function seen(desk: Desk, id: number): Promise<ListedRegisterChange> {
  const found = (await listRegisterChanges(desk.reader(null))).find((each) => each.changeId === id);
  if (found !== undefined) return found;
  throw new Refusal(
    "changeUnknown",
    `変更 ${id} は、あなたの一覧にありません。一覧を読み直してください。何も変えていません。`,
  );
}

const take = operation({
  id: "takeRegisterChange",
  method: "POST",
  path: "/register-changes/{changeId}/owner",
  summary: "変更の担当になる",
  access: { permission: mayTake, relation: "none" },
  command: true,
  params: changeId,
  response: z.object({ message: z.string() }),
  handler: async ({ params }, desk) => {
    await seen(desk, params.changeId);
    await desk.command({}, async (context, key) => {
      await assignChange(context, { ...params, owner: context.operator, key });
    });
    return { message: "担当になりました。" };
  },
});

const close = operation({
  id: "closeRegisterChange",
  method: "POST",
  path: "/register-changes/{changeId}/closing",
  summary: "変更を、することがないものとして閉じる",
  access: { permission: mayTake, relation: "none" },
  command: true,
  params: changeId,
  body: z.strictObject({ reason }),
  response: z.object({ message: z.string() }),
  handler: async ({ params, body }, desk) => {
    await seen(desk, params.changeId);
    await desk.command({}, async (context, key) => {
      await closeChange(context, { ...params, ...body, key });
    });
    return { message: "理由を残して閉じました。" };
  },
});

const file = operation({
  id: "fileRegisterChange",
  method: "POST",
  path: "/cases/{recipientId}/register-changes/{changeId}/filing",
  summary: "変更を職権の受付にする（台帳から入力を作る）",
  access: { permission: "decision.exOfficio", relation: "case" },
  command: true,
  params: z.strictObject({ recipientId: certificationNumber, changeId: number }),
  response: z.object({ filingId: z.int(), receptionNumber: z.string() }),
  handler: async ({ params }, desk) => {
    const { recipientId } = params;
    const addresseeNumber = await addresseeOf(desk, recipientId);
    return await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      const change = await seen(desk, params.changeId);
      if (change.recipientId !== recipientId) {
        throw new Refusal(
          "changeUnknown",
          "この変更は、この認定番号のものではありません。一覧を読み直してください。何も変えていません。",
        );
      }
      return await fileChange(context, { changeId: params.changeId, key });
    });
  },
});

const readReconciliation = operation({
  id: "readReconciliation",
  method: "GET",
  path: "/reconciliations/{reconciliationId}",
  summary: "突合の違いの一覧",
  access: { permission: "case.open", relation: "none" },
  params: z.strictObject({ reconciliationId: number }),
  response: z.object({
    total: z.int(),
    open: z.int(),
    differences: z.array(
      z.object({
        differenceNo: z.int(),
        kind: z.enum(["missing", "extra", "different"]),
        items: z.array(z.string()),
        rowKey: z.string(),
        wardName: z.string(),
        kanaInitial: z.string(),
        causeName: z.string().nullable(),
        explanation: z.string().nullable(),
      }),
    ),
  }),
  handler: async ({ params }, desk) => {
    const found = await listReconciliationDifferences(desk.reader(null), params.reconciliationId);
    return {
      total: found.length,
      open: found.filter(({ cause }) => cause === null).length,
      differences: found.slice(0, LIMIT).map(({ cause, wardCode, items, ...rest }) => ({
        ...rest,
        items: items.map((item) => ITEM_NAMES[item] ?? item),
        wardName: wardCode === "" ? "" : wardName(wardCode),
        causeName: cause === null ? null : explanationCauses[cause],
      })),
    };
  },
});

const explain = operation({
  id: "explainDifferences",
  method: "POST",
  path: "/reconciliations/{reconciliationId}/explanations",
  summary: "突合の違いを説明する",
  access: { permission: "claim.examine", relation: "none" },
  command: true,
  params: z.strictObject({ reconciliationId: number }),
  body: z.strictObject({
    differenceNos: z.array(z.int().min(1)).min(1).max(LIMIT),
    cause: z.enum(["resendAsked", "sourceFault", "ownRecord", "other"]),
    explanation: reason,
  }),
  response: z.object({ message: z.string() }),
  handler: async ({ params, body }, desk) => {
    const { explained } = await desk.command(
      {},
      async (context, key) => await explainDifferences(context, { ...params, ...body, key }),
    );
    return { message: `${explained}件の違いを説明しました。` };
  },
});

export const interchangeOperations = [
  readInterchange,
  askAgain,
  clear,
  readChanges,
  take,
  close,
  file,
  readReconciliation,
  explain,
];
