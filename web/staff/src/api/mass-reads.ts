/** 一括処理 to look at: runs, calendar, the lines of a list, files. Lines tell of people, so they need a right over cases. */
import {
  getMassRun,
  listMassRuns,
  massBookOn,
  massCalendar,
  massChecks,
  massEvents,
  massEvidence,
  massItemCounts,
  massItems,
  massListProtects,
  massJobs,
  milestoneForecast,
  milestoneLabels,
  overdueMassJobs,
  undoLinks,
  undoPossible,
  writeMassList,
} from "@hagukumi/allowance/contract.ts";
import type { MassItemRow } from "@hagukumi/allowance/contract.ts";
import { addMonths, monthOf } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { StaffNow } from "@hagukumi/platform/access/staff.ts";
import type { PoolClient } from "pg";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

import { fieldsOf, massJob, massOutcome, massResult, massRun, massRunView } from "./mass-shapes.ts";
import { requireApproved } from "./leaving-basis.ts";
import { fileOperation, operation } from "./operation.ts";

/** Who may know that there is mass work, and how far it is. */
export const MASS_VIEW = ["decision.exOfficio", "decision.exOfficioApprove", "batch.run"] as const;
/** Who may see about whom it is. */
const MASS_CASES = ["decision.exOfficio", "decision.exOfficioApprove"] as const;

export const massRunNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "一括処理の番号を指定してください。")
  .transform(Number);
export const onMassRun = z.strictObject({ massRunNo: massRunNumber });

/** Lists as the answer wants them: its own copies. */
const shown = <T extends { readonly waitsFor: readonly string[] }>(rows: readonly T[]) =>
  rows.map((row) => ({ ...row, waitsFor: [...row.waitsFor] }));

const due = z.object({
  jobCode: z.string(),
  name: z.string(),
  dueOn: z.string(),
  period: z.string(),
  state: z.enum(["done", "open", "overdue", "waiting"]),
  /** `runNo` is the number of a mass run or of a payment run */
  work: z.enum(["massWork", "feedIntake", "paymentRun"]),
  runNo: z.int().nullable(),
  waitsFor: z.array(z.string()),
});

const readMassWork = operation({
  id: "readMassWork",
  method: "GET",
  path: "/mass-work",
  summary: "一括処理の一覧と暦",
  access: { permission: [...MASS_VIEW], relation: "none" },
  response: z.object({
    runs: z.array(massRun),
    jobs: z.array(massJob),
    calendar: z.array(due),
    overdue: z.array(due),
    /** 順番: which of two comes first, for which period; `required` is refused, the other is told in the calendar alone */
    orders: z.array(
      z.object({
        name: z.string(),
        after: z.string(),
        monthsBefore: z.int(),
        inMonths: z.array(z.int()),
        required: z.boolean(),
        note: z.string(),
      }),
    ),
    /** 排他: what does not begin while mass work of a lane is half written */
    exclusions: z.array(z.object({ name: z.string(), jobs: z.array(z.string()), note: z.string() })),
  }),
  handler: async (_input, desk) => {
    const today = desk.options.today();
    const from = monthOf(today);
    return await desk.readTotals(async (client) => {
      const { schedule, orders, exclusions } = await massBookOn(client, today);
      const nameOf = (code: string): string =>
        schedule.find(({ jobCode }) => jobCode === code)?.name ??
        massJobs.find((job) => job.code === code)?.name ??
        code;
      return {
        runs: (await listMassRuns(client, { limit: 500 })).map(massRunView),
        // A run is taken back from its own page.
        jobs: massJobs
          .filter(({ undoes }) => undoes === undefined)
          .map(({ code, name, description, lane }) => ({ code, name, description, lane, fields: fieldsOf(code) })),
        calendar: shown(await massCalendar(client, today, from, addMonths(from, 11))),
        overdue: shown(await overdueMassJobs(client, today)),
        orders: orders.map(({ jobCode, afterJob, monthsBefore, inMonths, required, note }) => ({
          name: nameOf(jobCode),
          after: nameOf(afterJob),
          monthsBefore,
          inMonths: [...inMonths],
          required,
          note,
        })),
        exclusions: exclusions.map(({ jobCode, lane, note }) => ({
          name: nameOf(jobCode),
          jobs: massJobs.filter((job) => job.lane === lane && job.undoes === undefined).map(({ name }) => name),
          note,
        })),
      };
    });
  },
});

const readMassRun = operation({
  id: "readMassRun",
  method: "GET",
  path: "/mass-work/runs/{massRunNo}",
  summary: "一括処理の表示",
  access: { permission: [...MASS_VIEW], relation: "none" },
  params: onMassRun,
  response: z.object({
    run: massRun,
    kinds: z.array(z.object({ code: z.string(), name: z.string() })),
    events: z.array(
      z.object({
        seq: z.int(),
        state: massRun.shape.state,
        actor: z.string(),
        terminal: z.string(),
        note: z.string(),
        errorCode: z.string().nullable(),
        at: z.string(),
      }),
    ),
    counts: z.array(
      z.object({
        outcome: massOutcome,
        kind: z.string(),
        result: massResult.nullable(),
        items: z.int(),
        yenBefore: z.int(),
        yenAfter: z.int(),
      }),
    ),
    checks: z.array(z.object({ name: z.string(), faults: z.int(), detail: z.string() })),
    /** 戻し: whether the run can be taken back and why not, the run that it takes back, those that took it back */
    undo: z.object({
      possible: z.boolean(),
      reason: z.string(),
      undoes: z.int().nullable(),
      undoneBy: z.array(z.int()),
    }),
  }),
  handler: async ({ params: { massRunNo } }, desk) =>
    await desk.readTotals(async (client) => {
      const run = await getMassRun(client, massRunNo);
      const kinds = massJobs.find(({ code }) => code === run.jobCode)?.kinds ?? {};
      const links = await undoLinks(client, massRunNo);
      return {
        run: massRunView(run),
        kinds: Object.entries(kinds).map(([code, name]) => ({ code, name })),
        events: [...(await massEvents(client, massRunNo))],
        counts: [...(await massItemCounts(client, massRunNo))],
        checks: [...(await massChecks(client, massRunNo))],
        undo: {
          ...(await undoPossible(client, desk.options.today(), run)),
          undoes: links.undoes,
          undoneBy: [...links.undoneBy],
        },
      };
    }, String(massRunNo)),
});

const line = z.object({
  subject: z.int(),
  part: z.int(),
  /** null: a person under 支援措置 whom the reader may not see */
  recipientId: z.int().nullable(),
  kind: z.string(),
  outcome: massOutcome,
  reason: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  yenBefore: z.int().nullable(),
  yenAfter: z.int().nullable(),
  effectiveMonth: z.string().nullable(),
  result: massResult.nullable(),
  resultReason: z.string().nullable(),
  protected: z.boolean(),
});

const HIDDEN = "支援措置の対象者のため、支援措置の照会の権限がある人にだけ表示します。";

function lineView({ addresseeNumber: _number, ...item }: MassItemRow, seesProtected: boolean): z.input<typeof line> {
  if (!item.protected || seesProtected) return item;
  return { ...item, recipientId: null, reason: HIDDEN, resultReason: item.resultReason === null ? null : HIDDEN };
}

const readMassItems = operation({
  id: "readMassItems",
  method: "POST",
  path: "/mass-work/runs/{massRunNo}/items",
  summary: "一括処理の一覧の照会",
  access: { permission: [...MASS_CASES], relation: "none" },
  params: onMassRun,
  body: z.strictObject({
    outcome: massOutcome.optional(),
    kind: z.string().max(40).optional(),
    result: z.enum(["written", "changed", "refused", "pending"]).optional(),
    after: z.strictObject({ subject: z.int(), part: z.int() }).optional(),
  }),
  response: z.object({ items: z.array(line), more: z.boolean() }),
  handler: async ({ params: { massRunNo }, body }, desk) =>
    await desk.readAsSystem(async (client, staff) => {
      const PAGE = 100;
      const found = await massItems(client, massRunNo, { ...body, wards: staff.wards, limit: PAGE + 1 });
      const sees = staff.permissions.includes("protection.view");
      const items = found.slice(0, PAGE).map((item) => lineView(item, sees));
      return {
        response: { items, more: found.length > PAGE },
        log: [{ action: "list", rows: items.length, columns: "recipientId, amount", caseRef: String(massRunNo) }],
      };
    }),
});

/** Name of a file of a run; ASCII, because the header that carries it takes nothing else. */
const massFile = (massRunNo: number, name: string): string => `mass-${String(massRunNo).padStart(4, "0")}-${name}`;

/** A file holds everybody of the run: who may not see all of them does not get it. @throws Refusal `notPermitted` */
async function requireWholeSight(client: PoolClient, staff: StaffNow, massRunNo: number): Promise<void> {
  const sees = staff.permissions.includes("protection.view");
  if (staff.wards === null && (sees || !(await massListProtects(client, massRunNo)))) return;
  throw new Refusal(
    "notPermitted",
    "この一覧には、あなたの区の範囲の外の人か、支援措置の対象者が入っています。すべての区を受け持ち、支援措置の照会の権限がある人が取り出してください。",
  );
}

const takeMassEvidence = fileOperation({
  id: "takeMassEvidence",
  method: "GET",
  path: "/mass-work/runs/{massRunNo}/evidence/{file}",
  summary: "一括処理の証拠書類の取出し",
  access: { permission: [...MASS_CASES], stepUp: true, relation: "none" },
  leaving: { how: "container" },
  params: z.strictObject({ massRunNo: massRunNumber, file: z.string().max(40) }),
  handler: async ({ params: { massRunNo, file: name } }, desk) => {
    const taken = await desk.readAsSystem(async (client, staff) => {
      const { list } = await getMassRun(client, massRunNo);
      const basis = await requireApproved(client, "massRun", massRunNo);
      if (name.endsWith(".csv")) await requireWholeSight(client, staff, massRunNo);
      const items = (list?.change ?? 0) + (list?.noChange ?? 0) + (list?.cannot ?? 0);
      const log = {
        action: "export",
        rows: items,
        columns: "recipientId, amount",
        caseRef: String(massRunNo),
        file: /^[A-Za-z0-9._-]+$/.test(name) ? massFile(massRunNo, name) : undefined,
      } as const;
      return { response: { basis, rows: items }, log: [log] };
    });
    const reader = { pool: desk.pool, operator: desk.session().staffId, purpose: "一括処理の証拠書類の取出し" };
    const file = (await massEvidence(reader, massRunNo)).find((each) => each.name === name);
    if (file === undefined) {
      throw new Refusal("notFound", "このファイルはありません。一括処理の画面から選び直してください。");
    }
    const csv = name.endsWith(".csv");
    return {
      taken,
      fileName: massFile(massRunNo, name),
      mediaType: csv ? "text/csv; charset=utf-8" : "text/plain; charset=utf-8",
      content: file.bytes,
    };
  },
});

const takeMassList = fileOperation({
  id: "takeMassList",
  method: "GET",
  path: "/mass-work/runs/{massRunNo}/list/{format}",
  summary: "一括処理の対象者一覧の取出し",
  access: { permission: [...MASS_CASES], stepUp: true, relation: "none" },
  leaving: { how: "container" },
  params: z.strictObject({ massRunNo: massRunNumber, format: z.enum(["csv", "pdf"]) }),
  handler: async ({ params: { massRunNo, format } }, desk) => {
    const taken = await desk.readAsSystem(async (client, staff) => {
      const { list } = await getMassRun(client, massRunNo);
      const basis = await requireApproved(client, "massRun", massRunNo);
      await requireWholeSight(client, staff, massRunNo);
      const rows = (list?.change ?? 0) + (list?.noChange ?? 0) + (list?.cannot ?? 0);
      const file = massFile(massRunNo, `list.${format}`);
      const log = { action: "export", rows, columns: "name, amount", caseRef: String(massRunNo), file } as const;
      return { response: { basis, rows }, log: [log] };
    });
    const { calendar, today, dataDir } = desk.options;
    const context = {
      pool: desk.pool,
      calendar,
      operator: desk.session().staffId,
      purpose: "一括処理の対象者一覧の取出し",
      today: today(),
      reportsDir: join(dataDir, "reports"),
    };
    const made = await writeMassList(context, massRunNo, join(dataDir, "files"));
    return {
      taken,
      fileName: massFile(massRunNo, `list.${format}`),
      mediaType: format === "csv" ? "text/csv; charset=utf-8" : "application/pdf",
      content: createReadStream(made[format]),
    };
  },
});

const readMilestoneForecast = operation({
  id: "readMilestoneForecast",
  method: "GET",
  path: "/milestones/forecast",
  summary: "年齢到達の見通し",
  access: { permission: [...MASS_VIEW], relation: "none" },
  response: z.object({
    counts: z.array(
      z.object({ month: z.string(), kind: z.string(), label: z.string(), recipients: z.int(), people: z.int() }),
    ),
  }),
  handler: async (_input, desk) => {
    const from = monthOf(desk.options.today());
    const counts = await desk.readTotals(async (client) => (await milestoneForecast(client, from, 12)).counts);
    return { counts: counts.map((each) => ({ ...each, label: milestoneLabels[each.kind] })) };
  },
});

export const massReadOperations = [
  readMassWork,
  readMassRun,
  readMassItems,
  takeMassEvidence,
  takeMassList,
  readMilestoneForecast,
];
