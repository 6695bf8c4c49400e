/** 一括処理: each step of its way. Who makes and who approves are two people; the worker of the machine does the rest. */
import {
  approveMassRun,
  cancelMassRun,
  createMassRun,
  resumeMassRun,
  startMassRun,
  stopMassRun,
  undoMassRun,
} from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { reasonText } from "./inputs.ts";
import { MASS_VIEW, onMassRun } from "./mass-reads.ts";
import { operation } from "./operation.ts";

const stepDone = z.object({ message: z.string() });

/** Where it was pressed, for the log of the run. */
const terminalOf = async (desk: Desk): Promise<string> => (await desk.staff()).terminalCode;

const createMassWork = operation({
  id: "createMassRun",
  method: "POST",
  path: "/mass-work/runs",
  summary: "一括処理の作成",
  access: { permission: "decision.exOfficio", relation: "none" },
  command: true,
  body: z.strictObject({
    jobCode: z.string().max(40),
    parameters: z.record(z.string().max(40), z.union([z.string().max(200), z.number()])),
  }),
  response: z.object({ runNo: z.int(), message: z.string() }),
  handler: async ({ body }, desk) => {
    const terminal = await terminalOf(desk);
    const { response } = await desk.command({}, async (context, key) =>
      createMassRun(context, { key, ...body, terminal }),
    );
    return { runNo: response.runNo, message: `一括処理 ${String(response.runNo)} を作りました。一覧を作っています。` };
  },
});

const approveMassWork = operation({
  id: "approveMassRun",
  method: "POST",
  path: "/mass-work/runs/{massRunNo}/approve",
  summary: "一括処理の承認",
  access: { permission: "decision.exOfficioApprove", stepUp: true, relation: "none" },
  command: true,
  params: onMassRun,
  /** Hash of the list that the approver saw: another list is not approved by this */
  body: z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/, "一覧のハッシュの形が違います。") }),
  response: stepDone,
  handler: async ({ params: { massRunNo: runNo }, body }, desk) => {
    const terminal = await terminalOf(desk);
    const { digest } = body;
    await desk.command(
      { caseRef: String(runNo), approvalRef: digest.slice(0, 16) },
      async (context, key) => await approveMassRun(context, { key, runNo, digest, terminal }),
    );
    return { message: "承認しました。" };
  },
});

const startMassWork = operation({
  id: "startMassRun",
  method: "POST",
  path: "/mass-work/runs/{massRunNo}/start",
  summary: "一括処理の実行",
  access: { permission: [...MASS_VIEW], stepUp: true, relation: "none" },
  command: true,
  params: onMassRun,
  response: stepDone,
  handler: async ({ params: { massRunNo: runNo } }, desk) => {
    const terminal = await terminalOf(desk);
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await startMassRun(context, { key, runNo, terminal }),
    );
    return { message: "実行を始めました。画面を閉じても続きます。" };
  },
});

const resumeMassWork = operation({
  id: "resumeMassRun",
  method: "POST",
  path: "/mass-work/runs/{massRunNo}/resume",
  summary: "一括処理の再開",
  access: { permission: [...MASS_VIEW], relation: "none" },
  command: true,
  params: onMassRun,
  response: stepDone,
  handler: async ({ params: { massRunNo: runNo } }, desk) => {
    const terminal = await terminalOf(desk);
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await resumeMassRun(context, { key, runNo, terminal }),
    );
    return { message: "止まったところから続けます。" };
  },
});

const stopMassWork = operation({
  id: "stopMassRun",
  method: "POST",
  path: "/mass-work/runs/{massRunNo}/stop",
  summary: "一括処理の中断",
  access: { permission: [...MASS_VIEW], relation: "none" },
  command: true,
  params: onMassRun,
  body: z.strictObject({ reason: reasonText }),
  response: stepDone,
  handler: async ({ params: { massRunNo: runNo }, body }, desk) => {
    const terminal = await terminalOf(desk);
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await stopMassRun(context, { key, runNo, reason: body.reason, terminal }),
    );
    return { message: `中断しました。${String(response.written)}件は書いてあり、残りは再開を待ちます。` };
  },
});

const cancelMassWork = operation({
  id: "cancelMassRun",
  method: "POST",
  path: "/mass-work/runs/{massRunNo}/cancel",
  summary: "一括処理の取消",
  access: { permission: ["decision.exOfficio", "decision.exOfficioApprove"], relation: "none" },
  command: true,
  params: onMassRun,
  body: z.strictObject({ reason: reasonText }),
  response: stepDone,
  handler: async ({ params: { massRunNo: runNo }, body }, desk) => {
    const terminal = await terminalOf(desk);
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await cancelMassRun(context, { key, runNo, reason: body.reason, terminal }),
    );
    return {
      message:
        response.written === 0
          ? "取り消しました。何も書いていません。"
          : `打ち切りました。書いてある ${String(response.written)}件はそのまま残ります。`,
    };
  },
});

const undoMassWork = operation({
  id: "undoMassRun",
  method: "POST",
  path: "/mass-work/runs/{massRunNo}/undo",
  summary: "一括処理の戻しの一覧の作成",
  access: { permission: "decision.exOfficio", relation: "none" },
  command: true,
  params: onMassRun,
  response: z.object({ runNo: z.int(), message: z.string() }),
  handler: async ({ params: { massRunNo: runNo } }, desk) => {
    const terminal = await terminalOf(desk);
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await undoMassRun(context, { key, runNo, terminal }),
    );
    return {
      runNo: response.runNo,
      message: `一括処理 ${String(response.runNo)} を作りました。戻せる件と戻せない件の一覧を作っています。`,
    };
  },
});

export const massRunOperations = [
  createMassWork,
  approveMassWork,
  startMassWork,
  resumeMassWork,
  stopMassWork,
  cancelMassWork,
  undoMassWork,
];
