/** 通知書: what waits, print runs from the order to the mailing, samples, files. Composing and printing are done by the worker. */
import {
  approveLetterRun,
  createLetterRun,
  discardLetterRun,
  FORM_CODES,
  getLetterRun,
  INSERT_COLUMNS,
  insertRows,
  lateLabels,
  lateOfRun,
  letterRunKindLabels,
  letterRunLabels,
  letterSamples,
  listLetterRuns,
  listOrders,
  mailLetterRun,
  openLabel,
  orderLetterRun,
  orderPrinting,
  proofOf,
  readLetterFile,
  readLetterRun,
  takeOutLetter,
  trayLetters,
  waitingLetters,
} from "@hagukumi/allowance/contract.ts";
import { csvCell } from "@hagukumi/platform/csv/write.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { dateText, reasonText } from "./inputs.ts";
import {
  letterRunHeading,
  letterRunNumber,
  letterRunView,
  sampleShape,
  trayShape,
  waitingShape,
} from "./letter-shapes.ts";
import { requireApproved } from "./leaving-basis.ts";
import { fileOperation, operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";

const onRun = z.strictObject({ runNo: letterRunNumber });
const either = ["letter.print", "letter.approve"] as const;
const forms = z.enum(FORM_CODES);
const count = (n: number): string => n.toLocaleString("ja-JP");

/** Whether this member of staff may know who is protected. */
const seesProtection = (desk: Desk): boolean => desk.session().permissions.includes("protection.view");

/** Who may not know of protected people approves no letters about them, and is not told why. */
const unknownRun = (): Refusal =>
  new Refusal("letterRunUnknown", "この印刷処理は承認できません。別の職員が承認します。画面を読み直してください。");

const overview = operation({
  id: "readLetters",
  method: "GET",
  path: "/letters",
  summary: "通知書の状況",
  access: { permission: either, relation: "none" },
  response: z.object({
    today: z.string(),
    waiting: z.array(waitingShape),
    orders: z.array(
      z.object({ orderId: z.int(), title: z.string(), orderedBy: z.string(), at: z.string(), problem: z.string() }),
    ),
    runs: z.array(letterRunHeading),
    tray: z.int(),
  }),
  handler: async (_input, desk) => {
    const today = desk.options.today();
    return await desk.readTotals(async (client) => ({
      today,
      waiting: [...(await waitingLetters(client, today))],
      orders: (await listOrders(client)).map((order) => ({ ...order, at: order.at.toISOString() })),
      runs: (await listLetterRuns(client)).map((run) => ({
        ...run,
        kindLabel: letterRunKindLabels[run.kind],
        stateLabel: letterRunLabels[run.state],
      })),
      tray: (await trayLetters(client, seesProtection(desk))).length,
    }));
  },
});

const order = operation({
  id: "orderLetters",
  method: "POST",
  path: "/letters/orders",
  summary: "通知書の印刷処理の作成の指示",
  access: { permission: "letter.print", relation: "none" },
  command: true,
  body: z.strictObject({ form: forms, documentOn: dateText, mailOn: dateText }),
  response: stepDone,
  handler: async ({ body }, desk) => {
    await desk.command({}, async (context, key) => await orderLetterRun(context, { ...body, key }));
    return { message: "作成を指示しました。できあがると、下の一覧に出ます。" };
  },
});

const readRun = operation({
  id: "readLetterRun",
  method: "GET",
  path: "/letter-runs/{runNo}",
  summary: "印刷処理の表示",
  access: { permission: either, relation: "none" },
  params: onRun,
  response: letterRunView,
  handler: async ({ params: { runNo } }, desk) => {
    const seeing = seesProtection(desk);
    const page = await desk.readTotals(async (client) => await readLetterRun(client, runNo, seeing), String(runNo));
    const { run } = page;
    return {
      ...page,
      run: { ...run, kindLabel: letterRunKindLabels[run.kind], stateLabel: letterRunLabels[run.state] },
      leftOut: page.leftOut.map((row) => ({ ...row, label: seeing ? row.label : openLabel(row.reason) })),
      issues: [...page.issues],
      files: [...page.files],
      events: page.events.map((event) => ({
        ...event,
        at: event.at.toISOString(),
        label: letterRunLabels[event.state as keyof typeof letterRunLabels],
      })),
      protectedLetters: seeing ? page.protectedLetters : 0,
    };
  },
});

const samples = operation({
  id: "readLetterSamples",
  method: "GET",
  path: "/letter-runs/{runNo}/samples",
  summary: "通知書の見本",
  access: { permission: either, relation: "none" },
  params: onRun,
  response: z.object({ samples: z.array(sampleShape) }),
  handler: async ({ params: { runNo } }, desk) => {
    const found = await desk.readAsSystem(async (client) => {
      const response = await letterSamples(client, runNo, seesProtection(desk));
      return {
        response,
        log: [{ action: "print", rows: response.length, columns: "name, address, amount", caseRef: String(runNo) }],
      };
    });
    return { samples: found.map((sample) => ({ ...sample, lines: [...sample.lines] })) };
  },
});

const approve = operation({
  id: "approveLetterRun",
  method: "POST",
  path: "/letter-runs/{runNo}/approve",
  summary: "通知書の見本の承認",
  access: { permission: "letter.approve", stepUp: true, relation: "none" },
  command: true,
  params: onRun,
  /** Digest of what the approver saw: another content is not approved by this */
  body: z.strictObject({ listDigest: z.string().regex(/^[0-9a-f]{64}$/, "中身の要約の形が違います。") }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    const { protectedLetters } = await desk.readTotals(async (client) => await readLetterRun(client, runNo, true));
    if (protectedLetters > 0 && !seesProtection(desk)) throw unknownRun();
    await desk.command(
      { caseRef: String(runNo), approvalRef: body.listDigest.slice(0, 16) },
      async (context, key) => await approveLetterRun(context, { key, runNo, listDigest: body.listDigest }),
    );
    return { message: "承認しました。" };
  },
});

const print = operation({
  id: "orderLetterPrinting",
  method: "POST",
  path: "/letter-runs/{runNo}/print",
  summary: "通知書の印刷の指示",
  access: { permission: "letter.print", relation: "none" },
  command: true,
  params: onRun,
  response: stepDone,
  handler: async ({ params: { runNo } }, desk) => {
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await orderPrinting(context, { key, runNo }),
    );
    return { message: "印刷を指示しました。終わるまで、ほかの仕事を続けられます。" };
  },
});

const discard = operation({
  id: "discardLetterRun",
  method: "POST",
  path: "/letter-runs/{runNo}/discard",
  summary: "印刷処理の破棄",
  access: { permission: "letter.print", relation: "none" },
  command: true,
  params: onRun,
  body: z.strictObject({ reason: reasonText }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await discardLetterRun(context, { key, runNo, reason: body.reason }),
    );
    return { message: "破棄しました。通知書は、また印刷を待つものに戻っています。" };
  },
});

const late = operation({
  id: "readLateLetters",
  method: "GET",
  path: "/letter-runs/{runNo}/late",
  summary: "発送の前の点検",
  access: { permission: "letter.print", relation: "none" },
  params: onRun,
  response: z.object({ late: z.array(z.object({ letterId: z.int(), seq: z.int(), label: z.string() })) }),
  handler: async ({ params: { runNo } }, desk) => {
    const seeing = seesProtection(desk);
    const found = await desk.readTotals(async (client) => {
      await getLetterRun(client, runNo);
      return await lateOfRun({ pool: desk.pool, today: desk.options.today() }, runNo);
    }, String(runNo));
    return {
      late: found.map(({ letterId, seq, reason }) => ({
        letterId,
        seq,
        label: !seeing && reason === "protected" ? "職員の確認が要る" : lateLabels[reason],
      })),
    };
  },
});

const takeOut = operation({
  id: "takeOutLetter",
  method: "POST",
  path: "/letter-runs/{runNo}/take-out",
  summary: "通知書の抜取り・返戻の記録",
  access: { permission: "letter.print", relation: "none" },
  command: true,
  params: onRun,
  body: z.strictObject({
    letterId: z.int().min(100_000_001, "封筒の番号は9桁か10桁です。"),
    kind: z.enum(["takenOut", "damaged", "returned"]),
    reason: reasonText,
  }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await takeOutLetter(context, { ...body, key }),
    );
    return { message: `封筒 ${body.letterId} を記録しました。` };
  },
});

const mail = operation({
  id: "mailLetterRun",
  method: "POST",
  path: "/letter-runs/{runNo}/mail",
  summary: "通知書の発送の登録",
  access: { permission: "letter.print", relation: "none" },
  command: true,
  params: onRun,
  body: z.strictObject({ inserted: z.int().min(0).max(999_999) }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await mailLetterRun(context, { key, runNo, inserted: body.inserted }),
    );
    return { message: `${count(body.inserted)}通の発送を登録しました。` };
  },
});

const takeFile = fileOperation({
  id: "takeLetterFile",
  method: "GET",
  path: "/letter-runs/{runNo}/files/{fileNo}",
  summary: "印刷した通知書のファイルの取出し",
  access: { permission: "letter.print", stepUp: true, relation: "none" },
  leaving: { how: "print" },
  params: z.strictObject({
    runNo: letterRunNumber,
    fileNo: z
      .string()
      .regex(/^[1-9]\d{0,2}$/)
      .transform(Number),
  }),
  handler: async ({ params: { runNo, fileNo } }, desk) =>
    await desk.readAsSystem(async (client) => {
      const { bytes, letters } = await readLetterFile(client, runNo, fileNo);
      const taken = { basis: await requireApproved(client, "letterRun", runNo), rows: letters };
      const fileName = `letters-${String(runNo).padStart(6, "0")}-${String(fileNo).padStart(3, "0")}.pdf`;
      return {
        response: { taken, fileName, mediaType: "application/pdf", content: bytes },
        log: [
          { action: "export", rows: letters, columns: "name, address, amount", caseRef: String(runNo), file: fileName },
        ],
      };
    }),
});

const takeList = fileOperation({
  id: "takeInsertList",
  method: "GET",
  path: "/letter-runs/{runNo}/insert-list",
  summary: "封入表の取出し",
  access: { permission: "letter.print", relation: "none" },
  leaving: { how: "container" },
  params: onRun,
  handler: async ({ params: { runNo } }, desk) =>
    await desk.readAsSystem(async (client) => {
      const run = await getLetterRun(client, runNo);
      const basis = await requireApproved(client, "letterRun", runNo);
      const lines = [INSERT_COLUMNS.map((name) => csvCell(name, true)).join(",")];
      for await (const row of insertRows(client, run)) lines.push(row.map((cell) => csvCell(cell, true)).join(","));
      const content = Buffer.from(`\uFEFF${lines.join("\r\n")}\r\n`);
      const fileName = `letters-${String(runNo).padStart(6, "0")}.csv`;
      return {
        response: {
          taken: { basis, rows: lines.length - 1 },
          fileName,
          mediaType: "text/csv; charset=utf-8",
          content,
        },
        log: [
          { action: "export", rows: lines.length - 1, columns: "envelope", caseRef: String(runNo), file: fileName },
        ],
      };
    }),
});

const tray = operation({
  id: "readLetterTray",
  method: "GET",
  path: "/letters/tray",
  summary: "通知書の手作業トレイ",
  access: { permission: "letter.print", relation: "none" },
  response: z.object({ tray: z.array(trayShape) }),
  handler: async (_input, desk) => ({
    tray: [...(await desk.readTotals(async (client) => await trayLetters(client, seesProtection(desk))))],
  }),
});

/** A letter of the tray. */
export const fromTray = z.strictObject({
  form: forms,
  sourceKey: z.string().regex(/^[a-zA-Z]{1,40}:[0-9A-Za-z/-]{1,80}$/, "通知書の印の形が違います。"),
});

/** Only what this member of staff sees in the tray. @throws Refusal `letterUnknown` */
export async function inTray(desk: Desk, { form, sourceKey }: z.output<typeof fromTray>): Promise<void> {
  const found = await desk.readTotals(async (client) => await trayLetters(client, seesProtection(desk)));
  if (found.some((each) => each.form === form && each.sourceKey === sourceKey)) return;
  throw new Refusal("letterUnknown", "この通知書は、手作業トレイにありません。一覧を読み直してください。");
}

const proof = operation({
  id: "readLetterProof",
  method: "POST",
  path: "/letters/tray/proof",
  summary: "手作業トレイの通知書の文面と、印字する住所の一覧",
  access: { permission: "letter.print", relation: "none" },
  body: fromTray,
  response: z.object({
    label: z.string(),
    envelope: z.array(z.string()),
    lines: z.array(z.string()),
    shownAddresses: z.array(z.object({ of: z.string(), text: z.string(), differs: z.boolean() })),
    protectedPeople: z.int(),
  }),
  handler: async ({ body }, desk) => {
    await inTray(desk, body);
    const { calendar, today } = desk.options;
    return await desk.readAsSystem(async (client) => {
      const found = await proofOf(client, { calendar, today: today() }, body.form, body.sourceKey);
      const response = {
        label: found.label,
        envelope: [...found.envelope],
        lines: [...found.lines],
        shownAddresses: [...found.shownAddresses],
        protectedPeople: found.protectedPeople.length,
      };
      return { response, log: [{ action: "print", rows: 1, columns: "name, address", caseRef: body.sourceKey }] };
    });
  },
});

const printFromTray = operation({
  id: "printFromTray",
  method: "POST",
  path: "/letters/tray/runs",
  summary: "手作業トレイの通知書の印刷処理の作成",
  access: { permission: "letter.print", relation: "none" },
  command: true,
  body: z.strictObject({ ...fromTray.shape, documentOn: dateText, mailOn: dateText, reason: reasonText }),
  response: stepDone,
  handler: async ({ body: { form, sourceKey, documentOn, mailOn, reason } }, desk) => {
    await inTray(desk, { form, sourceKey });
    const { runNo } = await desk.command(
      { caseRef: sourceKey },
      async (context, key) =>
        await createLetterRun(context, { key, form, documentOn, mailOn, manual: { sourceKeys: [sourceKey], reason } }),
    );
    return { message: `印刷処理 第${runNo}号を作りました。別の職員が見本を承認すると印刷できます。` };
  },
});

export const letterOperations = [
  overview,
  order,
  readRun,
  samples,
  approve,
  print,
  discard,
  late,
  takeOut,
  mail,
  takeFile,
  takeList,
  tray,
  proof,
  printFromTray,
];
