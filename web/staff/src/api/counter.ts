/** 窓口払: who is paid at the counter, the cash book of the fund, handing out and returning; every change by two people. */
import {
  counterList,
  counterStageLabels,
  findCounterChoice,
  getRun,
  printCounterReceipts,
  putRequest,
  readCounter,
  readCounterFund,
  readCounterList,
} from "@hagukumi/allowance/contract.ts";
import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { z } from "zod";

import { addresseeOf } from "./case-entries.ts";
import { certificationNumber, dateText, reasonText, runNumber } from "./inputs.ts";
import { requireApproved } from "./leaving-basis.ts";
import { fileOperation, operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";

const onRun = z.strictObject({ runNo: runNumber });
const onLine = z.strictObject({ runNo: runNumber, lineNo: z.coerce.number().int().min(1).max(999_999) });
const amount = z.int().min(1).max(9_999_999_999);
const sums = z.object({ advanced: z.int(), handedOut: z.int(), returned: z.int(), inHand: z.int() });
const PUT = "案を入れました。別の人が「二人で決めること」で認めると効きます。";

const readRunCounter = operation({
  id: "readRunCounter",
  method: "GET",
  path: "/runs/{runNo}/counter",
  summary: "支払処理の窓口払",
  access: { permission: "payment.view", relation: "run" },
  params: onRun,
  response: z.object({
    window: z.object({ place: z.string(), hours: z.string(), opensOn: z.string(), closesOn: z.string() }).nullable(),
    sums,
    lines: z.array(
      z.object({
        lineNo: z.int(),
        recipientId: z.int(),
        amount: z.int(),
        stage: z.enum(["notYet", "inHand", "handedOut", "returned", "bankReturned", "cancelled"]),
        stageName: z.string(),
        receiptNumber: z.string(),
        happenedOn: z.string().nullable(),
        enteredBy: z.string().nullable(),
        approvedBy: z.string().nullable(),
      }),
    ),
  }),
  handler: async ({ params: { runNo } }, desk) =>
    await desk.readTotals(async (client) => {
      await getRun(client, runNo);
      const { window, sums: figures, lines } = await readCounter(client, runNo);
      return {
        window,
        sums: figures,
        lines: lines.map((line) => ({ ...line, stageName: counterStageLabels[line.stage] })),
      };
    }, String(runNo)),
});

const takeCounterList = fileOperation({
  id: "takeCounterList",
  method: "GET",
  path: "/runs/{runNo}/counter/list",
  summary: "窓口払の一覧の取出し",
  access: { permission: "payment.create", stepUp: true, relation: "run" },
  leaving: { how: "container" },
  params: onRun,
  handler: async ({ params: { runNo } }, desk) =>
    await desk.readAsSystem(async (client) => {
      await getRun(client, runNo);
      const basis = await requireApproved(client, "paymentRun", runNo);
      const lines = await readCounterList(client, runNo);
      const rows = [counterList.header, ...lines.map((line) => counterList.cells(line))];
      return {
        response: {
          taken: { basis, rows: lines.length },
          fileName: `counter-${String(runNo).padStart(4, "0")}.csv`,
          mediaType: "text/csv; charset=utf-8",
          content: Buffer.from(`\uFEFF${rows.map((cells) => csvLine([...cells], true)).join("")}`),
        },
        log: [
          {
            action: "export",
            rows: lines.length,
            columns: "recipient, name, months, amount, receipt",
            caseRef: String(runNo),
          },
        ],
      };
    }),
});

const takeCounterReceipts = fileOperation({
  id: "takeCounterReceipts",
  method: "GET",
  path: "/runs/{runNo}/counter/receipts",
  summary: "窓口払の領収書の印刷",
  access: { permission: "payment.create", stepUp: true, relation: "run" },
  leaving: { how: "print" },
  params: onRun,
  handler: async ({ params: { runNo } }, desk) =>
    await desk.readAsSystem(async (client) => {
      await getRun(client, runNo);
      const basis = await requireApproved(client, "paymentRun", runNo);
      const { content, pages } = await printCounterReceipts(client, runNo, null);
      return {
        response: {
          taken: { basis, rows: pages },
          fileName: `counter-receipts-${String(runNo).padStart(4, "0")}.pdf`,
          mediaType: "application/pdf",
          content,
        },
        log: [{ action: "export", rows: pages, columns: "name, amount, months", caseRef: String(runNo) }],
      };
    }),
});

const requestPayout = operation({
  id: "requestCounterPayout",
  method: "POST",
  path: "/runs/{runNo}/lines/{lineNo}/counter-payout",
  summary: "窓口で現金を渡した記録",
  access: { permission: "payment.create", relation: "run" },
  command: true,
  params: onLine,
  body: z.strictObject({
    amount,
    receiver: z.enum(["self", "agent"]),
    agentName: z.string().trim().min(1).max(60).nullable(),
    identityPaper: z.string().trim().min(1, "確かめた書類を書いてください。").max(100, "100文字までです。"),
    receiptNumber: z.string().regex(/^\d{4}-\d{6}$/, "領収書の番号は 0001-000001 の形です。"),
    handedOutOn: dateText,
  }),
  response: stepDone,
  handler: async ({ params, body }, desk) => {
    await desk.command({ caseRef: String(params.runNo) }, async (context, key) => {
      await putRequest(context, { content: { kind: "counterPayout", ...params, ...body }, key });
    });
    return { message: "渡した記録を入れました。立ち会った人が「二人で決めること」で認めると、出納簿に載ります。" };
  },
});

const requestReturn = operation({
  id: "requestCounterReturn",
  method: "POST",
  path: "/runs/{runNo}/lines/{lineNo}/counter-return",
  summary: "受け取られない現金の戻入の案",
  access: { permission: "payment.create", relation: "run" },
  command: true,
  params: onLine,
  body: z.strictObject({ amount, returnedOn: dateText, evidence: reasonText }),
  response: stepDone,
  handler: async ({ params, body }, desk) => {
    await desk.command({ caseRef: String(params.runNo) }, async (context, key) => {
      await putRequest(context, { content: { kind: "counterReturn", ...params, ...body }, key });
    });
    return { message: `${PUT}効くと、その月分は未払に戻ります。` };
  },
});

const readFund = operation({
  id: "readCounterFund",
  method: "GET",
  path: "/counter-fund",
  summary: "窓口払の資金（資金前渡）",
  access: { permission: "payment.view", relation: "none" },
  response: z.object({
    funds: z.array(
      z.object({
        fundId: z.int(),
        keeper: z.string(),
        bank: z.string(),
        branch: z.string(),
        maskedNumber: z.string(),
        holder: z.string(),
        validFrom: z.string(),
      }),
    ),
    sums,
    lastEntry: z.int(),
    book: z.array(
      z.object({
        entryNo: z.int(),
        kind: z.enum(["advance", "handedOut", "returned"]),
        runNo: z.int(),
        lineNo: z.int(),
        recipientId: z.int(),
        amount: z.int(),
        balance: z.int(),
        happenedOn: z.string(),
        enteredBy: z.string(),
        approvedBy: z.string().nullable(),
      }),
    ),
    counts: z.array(
      z.object({
        countedOn: z.string(),
        expected: z.int(),
        counted: z.int(),
        difference: z.int(),
        explanation: z.string().nullable(),
        enteredBy: z.string(),
        approvedBy: z.string(),
      }),
    ),
  }),
  handler: async (_input, desk) =>
    await desk.readTotals(async (client) => {
      const fund = await readCounterFund(client);
      return { ...fund, funds: [...fund.funds], book: [...fund.book], counts: [...fund.counts] };
    }),
});

const requestFund = operation({
  id: "requestCounterFund",
  method: "POST",
  path: "/counter-fund",
  summary: "資金前渡の口座の案",
  access: { permission: "payment.create", relation: "none" },
  command: true,
  body: z.strictObject({
    keeper: z.string().trim().min(1, "職と氏名を書いてください。").max(60, "60文字までです。"),
    bank: z.string().regex(/^\d{4}$/, "金融機関コードは数字4桁です。"),
    branch: z.string().regex(/^\d{3}$/, "支店コードは数字3桁です。"),
    accountType: z.enum(["1", "2", "4"]),
    accountNumber: z.string().regex(/^\d{1,7}$/, "口座番号は7桁までの数字です。"),
    holder: z.string().trim().min(1, "名義を書いてください。").max(60, "60文字までです。"),
    validFrom: dateText,
  }),
  response: stepDone,
  handler: async ({ body }, desk) => {
    await desk.command({}, async (context, key) => {
      await putRequest(context, { content: { kind: "counterFund", ...body }, key });
    });
    return { message: PUT };
  },
});

const requestCount = operation({
  id: "requestCounterCount",
  method: "POST",
  path: "/counter-fund/counts",
  summary: "窓口払の現金を数えた記録",
  access: { permission: "payment.create", relation: "none" },
  command: true,
  body: z.strictObject({
    entryNo: z.int().min(1),
    expected: z.int().min(0).max(99_999_999_999),
    counted: z.int().min(0).max(99_999_999_999),
    countedOn: dateText,
    explanation: reasonText.nullable(),
  }),
  response: stepDone,
  handler: async ({ body }, desk) => {
    await desk.command({}, async (context, key) => {
      await putRequest(context, { content: { kind: "counterCount", ...body }, key });
    });
    return { message: PUT };
  },
});

const onCase = z.strictObject({ recipientId: certificationNumber });

const readChoice = operation({
  id: "readCounterChoice",
  method: "GET",
  path: "/cases/{recipientId}/counter-payment",
  summary: "窓口払かどうか",
  access: { permission: "case.open", relation: "case" },
  params: onCase,
  response: z.object({
    choice: z
      .object({
        atCounter: z.boolean(),
        fromPayOn: z.string(),
        reason: z.string(),
        enteredBy: z.string(),
        approvedBy: z.string(),
      })
      .nullable(),
  }),
  handler: async ({ params: { recipientId } }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    const about = { addresseeNumber, caseRef: String(recipientId), action: "read" } as const;
    return await desk.command(about, async () =>
      desk.read(async (client) => ({
        response: { choice: (await findCounterChoice(client, recipientId)) ?? null },
        log: [],
      })),
    );
  },
});

const requestChoice = operation({
  id: "requestCounterPayment",
  method: "POST",
  path: "/cases/{recipientId}/counter-payment",
  summary: "窓口払にする・やめる案",
  access: { permission: "account.change", relation: "case" },
  command: true,
  params: onCase,
  body: z.strictObject({
    atCounter: z.boolean(),
    fromPayOn: dateText,
    reason: z.string().trim().min(1, "理由を書いてください。").max(200, "200文字までです。"),
  }),
  response: stepDone,
  handler: async ({ params: { recipientId }, body }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      await putRequest(context, { content: { kind: "counterPayment", recipientId, ...body }, key });
    });
    return { message: PUT };
  },
});

export const counterOperations = [
  readRunCounter,
  takeCounterList,
  takeCounterReceipts,
  requestPayout,
  requestReturn,
  readFund,
  requestFund,
  requestCount,
  readChoice,
  requestChoice,
];
