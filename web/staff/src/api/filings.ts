/** 受付→審査→決裁: the commands on a filing. Who may do what is decided by right, ward, open purpose and the other people involved. */
import {
  acknowledgeAlert,
  amendFiling,
  approveFiling,
  cancelAndDecideAgain,
  examineFiling,
  handBackDocument,
  overrideProposal,
  receiveDocuments,
  requestDocuments,
  saveDraft,
  sendBack,
  submitFiling,
  withdrawFiling,
} from "@hagukumi/allowance/contract.ts";
import type { FilingForm, Proposal } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { expectedRevision, filingForm, filingHead, proposal } from "./filing-shapes.ts";
import { dateText, reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";

export const filingParams = z.strictObject({
  filingId: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "受付の番号が正しくありません。")
    .transform(Number),
});

const CLAIMS: ReadonlySet<string> = new Set([
  "certificationIndividual",
  "certificationInstitution",
  "increase",
  "decrease",
  "institutionIncrease",
  "institutionDecrease",
  "supportConfirmation",
]);

/** Procedures that are no claims have a right of their own (届出・申出の受付). @throws Refusal `permissionMissing` */
async function checkProcedure(desk: Desk, form: z.output<typeof filingForm>): Promise<void> {
  if (CLAIMS.has(form.procedure)) return;
  const { permissions } = await desk.staff();
  if (permissions.includes("procedure.receive")) return;
  throw new Refusal("permissionMissing", "届出・申出の受付の権限がありません。何も変えていません。");
}

/** 宛名番号 of who files, as typed; 0 (nobody, so never open) where it is not there. */
export function claimantOf(form: z.output<typeof filingForm>): number {
  const typed = form.content["claimant"] ?? form.content["recipient"];
  return typeof typed === "number" && Number.isSafeInteger(typed) ? typed : 0;
}

/** 宛名番号 of who filed, seen only where the case is open; 0 otherwise, which the guard refuses. */
export async function filerOf(desk: Desk, filingId: number): Promise<number> {
  return await desk.read(async (client) => {
    const { rows } = await client.query<{ n: number }>(
      "SELECT claimant_number AS n FROM allowance.filing WHERE filing_id = $1",
      [filingId],
    );
    return { response: rows[0]?.n ?? 0, log: [] };
  });
}

type Form = z.output<typeof filingForm>;
/** Absent members stay absent: the procedure's own reader checks the rest. */
const formOf = (form: Form): FilingForm => JSON.parse(JSON.stringify(form)) as FilingForm;

const shown = ({ outcome, reasons, differences, effects }: Proposal): z.input<typeof proposal> => ({
  outcome,
  reasons: [...reasons],
  differences: [...differences],
  effects: effects.map((each) => ({ ...each, children: [...each.children] })),
});

const draft = operation({
  id: "saveDraft",
  method: "POST",
  path: "/filings/drafts",
  summary: "仮受付（入力の途中を残す）",
  access: { permission: "claim.receive", relation: "person" },
  command: true,
  body: z.strictObject({ form: filingForm, filingId: z.int().positive().optional(), expectedRevision }),
  response: filingHead,
  handler: async ({ body }, desk) => {
    const { form, filingId, expectedRevision: revision } = body;
    await checkProcedure(desk, form);
    return await desk.command({ addresseeNumber: claimantOf(form) }, async (context, key) => {
      return await saveDraft(context, {
        form: formOf(form),
        key,
        ...(filingId === undefined ? {} : { filingId }),
        ...(revision === undefined ? {} : { expectedRevision: revision }),
      });
    });
  },
});

const submit = operation({
  id: "submitFiling",
  method: "POST",
  path: "/filings",
  summary: "受付（請求・届出・申出を登録する）",
  access: { permission: "claim.receive", relation: "person" },
  command: true,
  body: z.strictObject({ form: filingForm, filingId: z.int().positive().optional(), expectedRevision }),
  response: filingHead,
  handler: async ({ body }, desk) => {
    const { form, filingId, expectedRevision: revision } = body;
    await checkProcedure(desk, form);
    return await desk.command({ addresseeNumber: claimantOf(form) }, async (context, key) => {
      return await submitFiling(context, {
        form: formOf(form),
        key,
        ...(filingId === undefined ? {} : { filingId }),
        ...(revision === undefined ? {} : { expectedRevision: revision }),
      });
    });
  },
});

/** A command on one filing: guarded by the case of who filed. */
async function onFiling<T>(desk: Desk, filingId: number, work: Parameters<typeof desk.command<T>>[1]): Promise<T> {
  const addresseeNumber = await filerOf(desk, filingId);
  return await desk.command({ addresseeNumber, caseRef: `filing/${String(filingId)}` }, work);
}

const seen = (revision: number | undefined): { expectedRevision?: number } =>
  revision === undefined ? {} : { expectedRevision: revision };

const amend = operation({
  id: "amendFiling",
  method: "POST",
  path: "/filings/{filingId}/amendment",
  summary: "補正（受け付けた内容を改める）",
  access: { permission: "claim.receive", relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({ form: filingForm, reason: reasonText, expectedRevision }),
  response: filingHead,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      return await amendFiling(context, {
        ...params,
        form: formOf(body.form),
        reason: body.reason,
        key,
        ...seen(body.expectedRevision),
      });
    }),
});

const code = z.string().regex(/^[a-zA-Z0-9]{1,40}$/, "書類のコードが正しくありません。");

const request = operation({
  id: "requestDocuments",
  method: "POST",
  path: "/filings/{filingId}/document-requests",
  summary: "返戻・保留（足りない書類を期限をつけて求める）",
  access: { permission: "claim.receive", relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({
    how: z.enum(["returned", "held"]),
    documents: z.array(code).max(40),
    reason: reasonText,
    dueOn: dateText,
    expectedRevision,
  }),
  response: filingHead,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      const { how, documents, reason, dueOn } = body;
      return await requestDocuments(context, {
        ...params,
        how,
        documents,
        reason,
        dueOn,
        key,
        ...seen(body.expectedRevision),
      });
    }),
});

const receive = operation({
  id: "receiveDocuments",
  method: "POST",
  path: "/filings/{filingId}/documents",
  summary: "書類を受け取った・省略した",
  access: { permission: "claim.receive", relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({
    received: z
      .array(z.strictObject({ code, on: dateText.optional() }))
      .max(40)
      .default([]),
    waived: z
      .array(z.strictObject({ code, reason: reasonText }))
      .max(40)
      .default([]),
    expectedRevision,
  }),
  response: filingHead,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      const received = body.received.map(({ code: each, on }) => ({ code: each, ...(on === undefined ? {} : { on }) }));
      return await receiveDocuments(context, {
        ...params,
        received,
        waived: body.waived,
        key,
        ...seen(body.expectedRevision),
      });
    }),
});

const handBack = operation({
  id: "handBackDocument",
  method: "POST",
  path: "/filings/{filingId}/returned-documents",
  summary: "要らない書類を返した",
  access: { permission: "claim.receive", relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({
    paper: z.string().trim().min(1, "書類の名を書いてください。").max(80, "80文字までです。"),
    how: z.enum(["counter", "post"]),
    on: dateText.optional(),
    reason: reasonText,
    expectedRevision,
  }),
  response: filingHead,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      const { paper, how, on, reason } = body;
      return await handBackDocument(context, {
        ...params,
        paper,
        how,
        reason,
        key,
        ...(on === undefined ? {} : { on }),
        ...seen(body.expectedRevision),
      });
    }),
});

const examined = filingHead.extend({ digest: z.string(), proposal });

const examine = operation({
  id: "examineFiling",
  method: "POST",
  path: "/filings/{filingId}/examination",
  summary: "審査（いまの事実による案をつくる）",
  access: { permission: "claim.examine", relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({ expectedRevision }),
  response: examined,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      const done = await examineFiling(context, { ...params, key, ...seen(body.expectedRevision) });
      return { ...done, proposal: shown(done.proposal) };
    }),
});

const override = operation({
  id: "overrideProposal",
  method: "POST",
  path: "/filings/{filingId}/override",
  summary: "案の変更（理由をつけて案と違う答えにする）",
  access: { permission: "claim.override", relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({
    outcome: z.enum(["grant", "refuse", "acknowledge"]).nullable(),
    reasonCode: code,
    reason: reasonText,
    adjust: z.record(z.string().max(40), z.json()).default({}),
    expectedRevision,
  }),
  response: examined,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      const { outcome, reasonCode, reason, adjust } = body;
      const done = await overrideProposal(context, {
        ...params,
        outcome,
        reasonCode,
        reason,
        adjust,
        key,
        ...seen(body.expectedRevision),
      });
      return { ...done, proposal: shown(done.proposal) };
    }),
});

const approve = operation({
  id: "approveFiling",
  method: "POST",
  path: "/filings/{filingId}/approval",
  summary: "決裁（見た内容のとおりに決める）",
  access: { permission: "claim.approve", relation: "filing", stepUp: true },
  command: true,
  params: filingParams,
  body: z.strictObject({
    digest: z.string().regex(/^[0-9a-f]{64}$/, "審査の控えが正しくありません。"),
    expectedRevision,
  }),
  response: filingHead.extend({ outcome: z.string(), recipients: z.array(z.int()) }),
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      const done = await approveFiling(context, {
        ...params,
        digest: body.digest,
        key,
        ...seen(body.expectedRevision),
      });
      return { ...done, recipients: [...done.applied.recipients] };
    }),
});

const acknowledge = operation({
  id: "acknowledgeAlert",
  method: "POST",
  path: "/filings/{filingId}/alerts",
  summary: "警告（要確認）を、理由をつけて確認する",
  access: { permission: ["claim.examine", "claim.approve"], relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({
    digest: z.string().regex(/^[0-9a-f]{64}$/, "警告の控えが正しくありません。"),
    reason: reasonText,
  }),
  response: filingHead,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      return await acknowledgeAlert(context, { ...params, ...body, key });
    }),
});

const back = operation({
  id: "sendBackFiling",
  method: "POST",
  path: "/filings/{filingId}/return",
  summary: "差戻し（理由をつけて審査へ戻す）",
  access: { permission: "claim.approve", relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({ reason: reasonText, expectedRevision }),
  response: filingHead,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      return await sendBack(context, { ...params, reason: body.reason, key, ...seen(body.expectedRevision) });
    }),
});

const withdraw = operation({
  id: "withdrawFiling",
  method: "POST",
  path: "/filings/{filingId}/withdrawal",
  summary: "取下げ（仮受付は破棄）",
  access: { permission: "claim.receive", relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({ reason: reasonText, expectedRevision }),
  response: filingHead,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      return await withdrawFiling(context, { ...params, reason: body.reason, key, ...seen(body.expectedRevision) });
    }),
});

const correct = operation({
  id: "correctFiling",
  method: "POST",
  path: "/filings/{filingId}/correction",
  summary: "取消しと再決定の準備（誤った決定を取り消し、決め直す）",
  access: { permission: "decision.exOfficio", relation: "filing" },
  command: true,
  params: filingParams,
  body: z.strictObject({
    reason: reasonText,
    form: filingForm.omit({ receptionNumber: true }).optional(),
    /** 取消だけ: nothing takes the place of the decision */
    withoutNew: z.boolean().default(false),
    expectedRevision,
  }),
  response: examined,
  handler: async ({ params, body }, desk) =>
    await onFiling(desk, params.filingId, async (context, key) => {
      const form = body.form === undefined ? {} : { form: formOf(body.form) };
      const done = await cancelAndDecideAgain(context, {
        ...params,
        reason: body.reason,
        ...form,
        withoutNew: body.withoutNew,
        key,
        ...seen(body.expectedRevision),
      });
      return { ...done, proposal: shown(done.proposal) };
    }),
});

export const filingOperations = [
  draft,
  submit,
  amend,
  request,
  receive,
  handBack,
  examine,
  override,
  approve,
  acknowledge,
  back,
  withdraw,
  correct,
];
