/** アクセスログの点検: what the rules raised, the sample of the month, its end; and at once what concerns protected people. */
import {
  decideFinding,
  drawSample,
  listFindings,
  listProtectionAlerts,
  logInCounts,
  monthStates,
  openFinding,
  logOutcomeLabels,
  raiseProtectionAlerts,
  readFinding,
  readSample,
  recordSampleResult,
  reviewMonth,
  signMonth,
} from "@hagukumi/allowance/contract.ts";
import type { EvidenceRow, Finding, LogOutcome } from "@hagukumi/allowance/contract.ts";
import { firstDayOfMonth, month as asMonth, parseMonth } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { operation } from "./operation.ts";
import { operationNames } from "./operation-names.ts";

const monthText = z
  .string()
  .refine((text) => parseMonth(text) !== undefined, "YYYY-MM の年月で指定してください。")
  .transform(asMonth);
const findingNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "指摘の番号が正しくありません。")
  .transform(Number);
const outcomes = z.enum(["justified", "misuse", "unclear"]);
const params = z.strictObject({ month: monthText });
const audit = { permission: "log.view", relation: "none" } as const;
const either = { permission: ["log.view", "protection.lift"], relation: "none" } as const;

const findingShape = z
  .object({
    findingId: z.int(),
    ruleName: z.string(),
    /** What the rule looks for */
    about: z.string(),
    staffId: z.string().nullable(),
    addresseeNumber: z.int().nullable(),
    firstAt: z.string(),
    lastAt: z.string(),
    occurrences: z.int(),
    outcome: outcomes.nullable(),
    outcomeName: z.string(),
    note: z.string().nullable(),
    decidedBy: z.string().nullable(),
    seenBy: z.array(z.string()),
  })
  .meta({ id: "LogFinding", description: "アクセスログの点検の指摘。人は宛名番号だけで示す。" });

const evidenceShape = z
  .object({
    seq: z.int(),
    processedAt: z.string(),
    staffId: z.string(),
    staffName: z.string(),
    sectionName: z.string(),
    terminalCode: z.string(),
    purposeName: z.string(),
    purposeText: z.string(),
    addresseeNumber: z.int().nullable(),
    operationName: z.string(),
    action: z.string(),
    refusalCode: z.string().nullable(),
    caseRef: z.string(),
  })
  .meta({ id: "LogEvidence", description: "根拠または標本になったアクセスログの行" });

const outcomeName = (outcome: LogOutcome | null): string => (outcome === null ? "未確認" : logOutcomeLabels[outcome]);

const findingOf = (finding: Finding): z.input<typeof findingShape> => ({
  ...finding,
  firstAt: finding.firstAt.toISOString(),
  lastAt: finding.lastAt.toISOString(),
  outcomeName: outcomeName(finding.outcome),
  seenBy: [...finding.seenBy],
});

const evidenceOf = (row: EvidenceRow): z.input<typeof evidenceShape> => ({
  ...row,
  processedAt: row.processedAt.toISOString(),
  operationName: operationNames().get(row.operation) ?? row.operation,
});

const months = operation({
  id: "listLogReviews",
  method: "GET",
  path: "/log-reviews",
  summary: "アクセスログの点検の状態（月ごと）",
  access: audit,
  response: z.object({
    months: z.array(
      z.object({
        month: z.string(),
        analysedAt: z.string().nullable(),
        findings: z.int(),
        open: z.int(),
        sampled: z.int(),
        sampleOpen: z.int(),
        signedBy: z.string().nullable(),
        signedAt: z.string().nullable(),
        overdue: z.boolean(),
      }),
    ),
  }),
  handler: async (_input, desk) => {
    const states = await desk.readTotals(async (client) => await monthStates(client, desk.options.today()));
    return {
      months: states.map((state) => ({
        ...state,
        analysedAt: state.analysedAt?.toISOString() ?? null,
        signedAt: state.signedAt?.toISOString() ?? null,
      })),
    };
  },
});

const one = operation({
  id: "readLogReview",
  method: "GET",
  path: "/log-reviews/{month}",
  summary: "月のアクセスログの点検（指摘・標本・ログインの回数）",
  access: audit,
  params,
  response: z.object({
    findings: z.array(findingShape),
    sample: z.array(
      evidenceShape.extend({ outcomeName: z.string(), note: z.string().nullable(), decidedBy: z.string().nullable() }),
    ),
    logIns: z.array(z.object({ staffId: z.string(), logIns: z.int(), failures: z.int() })),
  }),
  handler: async (input, desk) => {
    const { month } = input.params;
    return await desk.readAsSystem(async (client) => {
      const findings = await listFindings(client, firstDayOfMonth(month));
      const sample = await readSample(client, month);
      const logIns = await logInCounts(client, month);
      const rows = findings.length + sample.length;
      return {
        response: {
          findings: findings.map(findingOf),
          sample: sample.map((row) => ({
            ...evidenceOf(row),
            outcomeName: outcomeName(row.outcome),
            note: row.note,
            decidedBy: row.decidedBy,
          })),
          logIns: [...logIns],
        },
        log: [{ action: "list", rows, purpose: "auditCheck" }],
      };
    });
  },
});

const run = operation({
  id: "runLogReview",
  method: "POST",
  path: "/log-reviews/{month}/run",
  summary: "アクセスログの解析",
  access: audit,
  command: true,
  params,
  response: z.object({ total: z.int(), whole: z.boolean() }),
  handler: async (input, desk) =>
    await desk.command({}, async (context, key) => await reviewMonth(context, input.params.month, key)),
});

const draw = operation({
  id: "drawLogSample",
  method: "POST",
  path: "/log-reviews/{month}/sample",
  summary: "アクセスログの標本を引く",
  access: audit,
  command: true,
  params,
  response: z.object({ rows: z.int() }),
  handler: async (input, desk) =>
    await desk.command({}, async (context, key) => ({ rows: await drawSample(context, input.params.month, key) })),
});

const sampleResult = operation({
  id: "recordSampleResult",
  method: "POST",
  path: "/log-reviews/{month}/sample/{seq}/result",
  summary: "標本の結果の記録",
  access: audit,
  command: true,
  params: params.extend({ seq: findingNumber }),
  body: z.strictObject({ outcome: outcomes, note: z.string().trim().max(500, "500文字までです。").default("") }),
  response: z.object({ recorded: z.boolean() }),
  handler: async (input, desk) => {
    await desk.command({}, async (context, key) => {
      await recordSampleResult(context, { ...input.params, ...input.body, key });
    });
    return { recorded: true };
  },
});

const sign = operation({
  id: "signLogReview",
  method: "POST",
  path: "/log-reviews/{month}/sign",
  summary: "月の点検を終える",
  access: { ...audit, stepUp: true },
  command: true,
  params,
  body: z.strictObject({ note: z.string().trim().max(500, "500文字までです。").default("") }),
  response: z.object({ signed: z.boolean() }),
  handler: async (input, desk) => {
    await desk.command({}, async (context, key) => {
      await signMonth(context, input.params.month, input.body.note, key);
    });
    return { signed: true };
  },
});

const openOne = operation({
  id: "openLogFinding",
  // A POST: it records that this person has looked at the evidence.
  method: "POST",
  path: "/log-findings/{findingId}/open",
  summary: "指摘を開いて根拠を見る",
  access: either,
  command: true,
  params: z.strictObject({ findingId: findingNumber }),
  response: z.object({ finding: findingShape, evidence: z.array(evidenceShape) }),
  handler: async ({ params: { findingId } }, desk) => {
    const protectionOnly = !desk.session().permissions.includes("log.view");
    await desk.command({}, async (context, key) => await openFinding(context, findingId, { protectionOnly, key }));
    const found = await desk.readAsSystem(async (client) => {
      const read = await readFinding(client, findingId);
      const rows = read?.evidence.length ?? 0;
      return { response: read, log: [{ action: "list", rows, purpose: "auditCheck" }] };
    });
    if (found === undefined) throw new Refusal("notFound", "この指摘はありません。一覧を読み直してください。");
    return { finding: findingOf(found.finding), evidence: found.evidence.map(evidenceOf) };
  },
});

const decide = operation({
  id: "decideLogFinding",
  method: "POST",
  path: "/log-findings/{findingId}/outcome",
  summary: "指摘の結果の記録",
  access: audit,
  command: true,
  params: z.strictObject({ findingId: findingNumber }),
  body: z.strictObject({
    outcome: outcomes,
    note: z.string().trim().min(5, "確かめたことを5文字以上で書いてください。").max(500, "500文字までです。"),
  }),
  response: z.object({ decided: z.boolean() }),
  handler: async ({ params: { findingId }, body }, desk) => {
    await desk.command({}, async (context, key) => await decideFinding(context, findingId, { ...body, key }));
    return { decided: true };
  },
});

const alerts = operation({
  id: "listProtectionAlerts",
  method: "GET",
  path: "/protection/alerts",
  summary: "支援措置と閲覧禁止の警告",
  access: either,
  response: z.object({ alerts: z.array(findingShape) }),
  handler: async (_input, desk) =>
    await desk.readAsSystem(async (client) => {
      await raiseProtectionAlerts(client);
      const found = await listProtectionAlerts(client);
      return {
        response: { alerts: found.map(findingOf) },
        log: [{ action: "list", rows: found.length, purpose: "auditCheck" }],
      };
    }),
});

export const logReviewOperations = [months, one, run, draw, sampleResult, sign, openOne, decide, alerts];
