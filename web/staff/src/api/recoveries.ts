/** 債権: the list, one claim, what two people decide about it, receipts at the counter and by file, and who owes something in a run. */
import {
  answerRecovery,
  approveUnknownReceipt,
  debtsInRun,
  debtsOf,
  findRecovery,
  importReceipts,
  isOpenRecovery,
  previewOffset,
  proposalShape,
  proposeRecovery,
  proposeUnknownReceipt,
  readRecoveryClaim,
  RECOVERY_STATES,
  recordRepayment,
  recoveryOverview,
  recoveryStateLabels,
  unknownReceipts,
  waitingProposals,
} from "@hagukumi/allowance/contract.ts";
import type { Context, Recovery } from "@hagukumi/allowance/contract.ts";
import { civilDate, month, parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { join } from "node:path";
import type { PoolClient } from "pg";
import { z } from "zod";

import { addresseeOf } from "./case-entries.ts";
import type { Desk } from "./desk.ts";
import { certificationNumber, dateText, reasonText, runNumber } from "./inputs.ts";
import { operation } from "./operation.ts";
import {
  ageName,
  claimOf,
  claimRow,
  claimShape,
  count,
  debtShape,
  debtView,
  rowOf,
  waitingOf,
  waitingProposal,
} from "./recovery-shapes.ts";
import { stepDone } from "./run-shapes.ts";
import { shownOf } from "./shown-recipients.ts";

const reading = { permission: ["procedure.receive", "procedure.approve"], relation: "none" } as const;
const proposing = { permission: "decision.exOfficio", relation: "none" } as const;
const approving = { permission: "decision.exOfficioApprove", relation: "none", stepUp: true } as const;
/** One claim is the record of one person: opened with a 処理事由 first. */
const inCase = { relation: "case" } as const;

const number = z
  .string()
  .regex(/^[1-9]\d{0,11}$/, "番号は12桁までの数字です。")
  .transform(Number);
const onClaim = z.strictObject({ recipientId: certificationNumber, recoveryId: number });
const onLine = z.strictObject({ fileId: number, lineNo: number });

/** For readers of the system that want the day and the calendar. */
const contextOf = (desk: Desk, purpose: string): Context => ({
  pool: desk.pool,
  calendar: desk.options.calendar,
  operator: desk.session().staffId,
  purpose,
  today: desk.options.today(),
  reportsDir: join(desk.options.dataDir, "reports"),
});

const unknown = (): Refusal =>
  new Refusal(
    "recoveryUnknown",
    "この番号の債権は、あなたの担当にありません。一覧から選び直してください。何も変えていません。",
  );

/** The claim must be one of lists that the member of staff may see. @throws Refusal `recoveryUnknown` */
async function requireListed(desk: Desk, recoveryId: number): Promise<void> {
  await desk.readAsSystem(async (client, now) => {
    const found = await findRecovery(client, recoveryId);
    if (found === undefined || (await shownOf(client, now, [found])).shown.length === 0) throw unknown();
    return { response: undefined, log: [{ action: "list", rows: 1 }] };
  });
}

type OnClaim = z.output<typeof onClaim>;

/**
 * Reads about one claim of an opened case. A claim of another recipient is answered as one that does not exist.
 *
 * @throws Refusal `purposeNeeded`, `recoveryUnknown`
 */
async function readInCase<T>(
  desk: Desk,
  { recipientId, recoveryId }: OnClaim,
  work: (client: PoolClient, recovery: Recovery) => Promise<T>,
): Promise<T> {
  const addresseeNumber = await addresseeOf(desk, recipientId);
  const about = { addresseeNumber, caseRef: `recovery/${recoveryId}`, action: "read" } as const;
  return await desk.command(about, async () =>
    desk.readAsSystem(async (client) => {
      const found = await findRecovery(client, recoveryId);
      if (found?.recipientId !== recipientId) throw unknown();
      return { response: await work(client, found), log: [] };
    }),
  );
}

/** Runs a command about one claim of an opened case. @throws Refusal `purposeNeeded`, `recoveryUnknown` */
async function commandInCase<T>(
  desk: Desk,
  on: OnClaim,
  work: (context: Context, key: string) => Promise<T>,
  approvalRef?: string,
): Promise<T> {
  await readInCase(desk, on, async () => undefined);
  const addresseeNumber = await addresseeOf(desk, on.recipientId);
  const about = { addresseeNumber, caseRef: `recovery/${on.recoveryId}` };
  return await desk.command(approvalRef === undefined ? about : { ...about, approvalRef }, work);
}

const list = operation({
  id: "listRecoveries",
  method: "GET",
  path: "/recoveries",
  summary: "債権の一覧",
  access: reading,
  query: z.strictObject({ state: z.enum(["open", "all", ...RECOVERY_STATES]).default("open") }),
  response: z.object({
    today: z.string(),
    byState: z.array(count),
    byAge: z.array(count),
    rows: z.array(claimRow),
    others: z.int(),
    more: z.boolean(),
    /** Without their words: those are read with the person open */
    waiting: z.array(waitingProposal.omit({ lines: true, contentDigest: true })),
    unknownReceipts: z.int(),
  }),
  handler: async ({ query: { state } }, desk) =>
    await desk.readAsSystem(async (client, now) => {
      const states =
        state === "all" ? RECOVERY_STATES : state === "open" ? RECOVERY_STATES.filter(isOpenRecovery) : [state];
      const context = contextOf(desk, "債権の一覧");
      const found = await recoveryOverview(client, context, states, now.wards);
      const { shown, others } = await shownOf(client, now, found.recoveries);
      const waiting = await shownOf(client, now, await waitingProposals(client, null));
      const response = {
        today: context.today,
        byState: found.byState.map(({ state: code, ...rest }) => ({ code, name: recoveryStateLabels[code], ...rest })),
        byAge: found.byAge.map(({ age, ...rest }) => ({ code: age, name: ageName(age), ...rest })),
        rows: shown.map(rowOf),
        others,
        more: found.more,
        waiting: waitingOf(waiting.shown),
        unknownReceipts: (await unknownReceipts(client)).length,
      };
      return { response, log: [{ action: "list", rows: shown.length, columns: "recipientId, amount" }] };
    }),
});

const read = operation({
  id: "readRecoveryClaim",
  method: "GET",
  path: "/cases/{recipientId}/recoveries/{recoveryId}",
  summary: "債権の1件",
  access: { ...inCase, permission: reading.permission },
  params: onClaim,
  response: claimShape,
  handler: async ({ params }, desk) =>
    await readInCase(desk, params, async (client) =>
      claimOf(await readRecoveryClaim(client, contextOf(desk, "債権の照会"), params.recoveryId)),
    ),
});

const paymentMonth = z.string().refine((text) => parseMonth(text) !== undefined, "YYYY-MM の年月で指定してください。");

const preview = operation({
  id: "previewRecoveryOffset",
  method: "POST",
  path: "/cases/{recipientId}/recoveries/{recoveryId}/offset-preview",
  summary: "内払の見通し",
  access: { ...proposing, ...inCase },
  params: onClaim,
  body: z.strictObject({
    perPayment: z.int().min(1, "1円以上です。").max(99_999_999),
    keep: z.int().min(0, "0円以上です。").max(99_999_999),
    fromPayment: paymentMonth,
    toPayment: paymentMonth.optional(),
  }),
  response: z.object({
    left: z.int(),
    payments: z.array(
      z.object({
        paymentMonth: z.string(),
        gross: z.int(),
        offset: z.int(),
        otherDeductions: z.int(),
        net: z.int(),
        left: z.int(),
      }),
    ),
  }),
  handler: async ({ params, body }, desk) =>
    await readInCase(desk, params, async (client, { recipientId, outstanding }) => {
      const found = await previewOffset(client, desk.options.calendar, {
        recipientId,
        owed: outstanding,
        perPayment: body.perPayment,
        keep: body.keep,
        fromPayment: month(body.fromPayment),
        toPayment: body.toPayment === undefined ? undefined : month(body.toPayment),
      });
      return { left: found.left, payments: [...found.payments] };
    }),
});

const propose = operation({
  id: "proposeRecovery",
  method: "POST",
  path: "/cases/{recipientId}/recoveries/{recoveryId}/proposals",
  summary: "債権の案の起案",
  access: { ...proposing, ...inCase },
  command: true,
  params: onClaim,
  body: z.strictObject({ proposal: proposalShape }),
  response: stepDone,
  handler: async ({ params, body: { proposal } }, desk) => {
    const { recoveryId } = params;
    await commandInCase(desk, params, async (context, key) => {
      await proposeRecovery(context, { recoveryId, proposal, key });
    });
    return { message: "案を入れました。別の人が承認すると効きます。" };
  },
});

const answer = operation({
  id: "answerRecovery",
  method: "POST",
  path: "/cases/{recipientId}/recoveries/{recoveryId}/proposals/{proposalId}/answer",
  summary: "債権の案の決裁",
  access: { ...approving, ...inCase },
  command: true,
  params: onClaim.extend({ proposalId: number }),
  body: z.discriminatedUnion("outcome", [
    z.strictObject({ outcome: z.literal("approved"), contentDigest: z.string().max(64) }),
    z.strictObject({ outcome: z.literal("returned"), contentDigest: z.string().max(64), reason: reasonText }),
  ]),
  response: stepDone,
  handler: async ({ params: { proposalId, ...on }, body }, desk) => {
    const own = await readInCase(desk, on, async (client) =>
      (await waitingProposals(client, on.recoveryId)).some((each) => each.proposalId === proposalId),
    );
    if (!own) {
      throw new Refusal(
        "recoveryChanged",
        "この案は、もう決裁されたか、この債権にありません。読み直してください。何も変えていません。",
      );
    }
    await commandInCase(
      desk,
      on,
      async (context, key) => {
        await answerRecovery(context, { proposalId, answer: body, key });
      },
      body.contentDigest.slice(0, 16),
    );
    return { message: body.outcome === "approved" ? "承認しました。案のとおりになりました。" : "差し戻しました。" };
  },
});

const receive = operation({
  id: "recordRepayment",
  method: "POST",
  path: "/cases/{recipientId}/recoveries/{recoveryId}/receipts",
  summary: "返納の収納の登録",
  access: { ...proposing, ...inCase },
  command: true,
  params: onClaim,
  body: z.strictObject({
    reference: z.string().regex(/^[0-9A-Za-z-]{1,40}$/, "収納の番号は、英数字とハイフンの40文字までです。"),
    paidOn: dateText.refine((text) => parseCivilDate(text) !== undefined, "存在しない日付です。"),
    amount: z.int().min(1).max(99_999_999),
  }),
  response: stepDone,
  handler: async ({ params, body }, desk) => {
    const { recoveryId } = params;
    const { outstanding, excess } = await commandInCase(
      desk,
      params,
      async (context, key) =>
        await recordRepayment(context, { recoveryId, key, ...body, paidOn: civilDate(body.paidOn) }),
    );
    const more = excess > 0 ? `過納 ${excess.toLocaleString("ja-JP")}円 は、還付の案を入れてください。` : "";
    return { message: `収納を登録しました。残りは ${outstanding.toLocaleString("ja-JP")}円 です。${more}` };
  },
});

const takeIn = operation({
  id: "importRepayments",
  method: "POST",
  path: "/receipt-files",
  summary: "収納データの取込み",
  access: proposing,
  command: true,
  bodyLimit: 12_000_000,
  body: z.strictObject({
    name: z.string().trim().min(1).max(200),
    content: z.base64("収納データを読めません。もう一度選んでください。"),
  }),
  response: stepDone,
  handler: async ({ body }, desk) => {
    const done = await desk.command(
      { caseRef: "receipts" },
      async (context, key) =>
        await importReceipts(context, { name: body.name, bytes: Buffer.from(body.content, "base64"), key }),
    );
    return {
      message: `${done.lines}件のうち ${done.applied}件 ${done.appliedAmount.toLocaleString("ja-JP")}円 を収納しました。不明 ${done.unknown}件、収納済みの番号 ${done.repeated}件、過納 ${done.excess.toLocaleString("ja-JP")}円です。`,
    };
  },
});

const strays = operation({
  id: "listUnknownReceipts",
  method: "GET",
  path: "/unknown-receipts",
  summary: "債権に当たらない収納の一覧",
  access: reading,
  response: z.object({
    lines: z.array(
      z.object({
        fileId: z.int(),
        fileName: z.string(),
        lineNo: z.int(),
        reference: z.string(),
        claimText: z.string(),
        paidOn: z.string(),
        amount: z.int(),
        proposal: z
          .object({ seq: z.int(), recoveryId: z.int().nullable(), reason: z.string(), proposedBy: z.string() })
          .nullable(),
      }),
    ),
  }),
  handler: async (_input, desk) => ({
    lines: await desk.readTotals(async (client) => [...(await unknownReceipts(client))]),
  }),
});

const proposeStray = operation({
  id: "proposeUnknownReceipt",
  method: "POST",
  path: "/unknown-receipts/{fileId}/{lineNo}/proposals",
  summary: "債権に当たらない収納の始末の案",
  access: proposing,
  command: true,
  params: onLine,
  body: z.strictObject({ recoveryId: z.int().min(1).nullable(), reason: reasonText }),
  response: stepDone,
  handler: async ({ params, body }, desk) => {
    if (body.recoveryId !== null) await requireListed(desk, body.recoveryId);
    await desk.command({ caseRef: `receipt/${params.fileId}/${params.lineNo}` }, async (context, key) => {
      await proposeUnknownReceipt(context, { ...params, ...body, key });
    });
    return { message: "案を入れました。別の人が承認すると効きます。" };
  },
});

const approveStray = operation({
  id: "approveUnknownReceipt",
  method: "POST",
  path: "/unknown-receipts/{fileId}/{lineNo}/approval",
  summary: "債権に当たらない収納の始末の承認",
  access: approving,
  command: true,
  params: onLine,
  body: z.strictObject({ seq: z.int().min(1).max(999) }),
  response: stepDone,
  handler: async ({ params, body }, desk) => {
    await desk.command({ caseRef: `receipt/${params.fileId}/${params.lineNo}` }, async (context, key) => {
      await approveUnknownReceipt(context, { ...params, ...body, key });
    });
    return { message: "承認しました。" };
  },
});

const ofCase = operation({
  id: "readCaseDebts",
  method: "GET",
  path: "/cases/{recipientId}/debts",
  summary: "受給者の返納の残り（ほかの認定番号のものを含む）",
  access: { permission: "case.open", relation: "case" },
  params: z.strictObject({ recipientId: certificationNumber }),
  response: z.object({ debts: z.array(debtShape) }),
  handler: async ({ params: { recipientId } }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    return await desk.command({ addresseeNumber, caseRef: String(recipientId), action: "read" }, async () => {
      const debts = await desk.readAsSystem(async (client) => ({
        response: await debtsOf(client, addresseeNumber),
        log: [],
      }));
      return { debts: debts.map(debtView) };
    });
  },
});

const inRun = operation({
  id: "listRunDebts",
  method: "GET",
  path: "/runs/{runNo}/debts",
  summary: "支払処理のなかの、返納の残りがある受給者",
  access: { permission: "payment.view", relation: "run" },
  params: z.strictObject({ runNo: runNumber }),
  response: z.object({
    people: z.array(
      z.object({
        recipientId: z.int(),
        outstanding: z.int(),
        claims: z.int(),
        paid: z.int(),
        taken: z.int(),
        offset: z.boolean(),
      }),
    ),
  }),
  handler: async ({ params: { runNo } }, desk) => ({
    people: await desk.readTotals(async (client) => [...(await debtsInRun(client, runNo))], String(runNo)),
  }),
});

export const recoveryOperations = [
  list,
  read,
  preview,
  propose,
  answer,
  receive,
  takeIn,
  strays,
  proposeStray,
  approveStray,
  ofCase,
  inRun,
];
