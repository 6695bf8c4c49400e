/** 確かめる仕事: checks that fall due, changes without a report, and the omission of a report that the register makes unnecessary. */
import {
  dueCheckLabels,
  listDueChecks,
  listUnreportedChanges,
  omitReport,
  wardName,
} from "@hagukumi/allowance/contract.ts";
import { addDays } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import { addresseeOf } from "./case-entries.ts";
import { certificationNumber } from "./inputs.ts";
import { operation } from "./operation.ts";

/** How many days ahead a check is shown */
const AHEAD = 31;
/** Rows at most; `total` says how many there are */
const LIMIT = 200;

const task = { dueOn: z.string(), late: z.boolean(), wardName: z.string(), kanaInitial: z.string() };

const readDueChecks = operation({
  id: "readDueChecks",
  method: "GET",
  path: "/due-checks",
  summary: "確かめる日が来るものの一覧（古い順）",
  access: { permission: "case.open", relation: "none" },
  response: z.object({
    until: z.string(),
    total: z.int(),
    late: z.int(),
    checks: z.array(
      z.object({
        ...task,
        kindName: z.string(),
        recipientId: z.int().nullable(),
        filingId: z.int(),
        receptionNumber: z.string(),
      }),
    ),
  }),
  handler: async (_input, desk) => {
    const today = desk.options.today();
    const until = addDays(today, AHEAD);
    const found = await listDueChecks(desk.reader(null), { today, until });
    return {
      until,
      total: found.length,
      late: found.filter(({ late }) => late).length,
      checks: found.slice(0, LIMIT).map(({ kind, wardCode, ...rest }) => ({
        ...rest,
        kindName: dueCheckLabels[kind],
        wardName: wardName(wardCode),
      })),
    };
  },
});

const item = z.enum(["name", "address"]);

const readUnreportedChanges = operation({
  id: "readUnreportedChanges",
  method: "GET",
  path: "/unreported-changes",
  summary: "届出のない氏名・住所の変更の一覧（期限の順）",
  access: { permission: "case.open", relation: "none" },
  response: z.object({
    total: z.int(),
    late: z.int(),
    changes: z.array(z.object({ ...task, recipientId: z.int(), item, historyNo: z.int(), changedOn: z.string() })),
  }),
  handler: async (_input, desk) => {
    const found = await listUnreportedChanges(desk.reader(null), desk.options.today());
    return {
      total: found.length,
      late: found.filter(({ late }) => late).length,
      changes: found.slice(0, LIMIT).map(({ wardCode, ...rest }) => ({ ...rest, wardName: wardName(wardCode) })),
    };
  },
});

const omit = operation({
  id: "omitChangeReport",
  method: "POST",
  path: "/cases/{recipientId}/report-omissions",
  summary: "変更届の省略を記録する（公簿で確かめた）",
  access: { permission: "claim.receive", relation: "case" },
  command: true,
  params: z.strictObject({ recipientId: certificationNumber }),
  body: z.strictObject({ item, historyNo: z.int().min(1).max(999_999) }),
  response: z.object({ message: z.string() }),
  handler: async ({ params, body }, desk) => {
    const { recipientId } = params;
    const addresseeNumber = await addresseeOf(desk, recipientId);
    await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      await omitReport(context, { recipientId, ...body, key });
    });
    return { message: "公簿で確かめたので届出を求めないことを記録しました。" };
  },
});

export const caseTaskOperations = [readDueChecks, readUnreportedChanges, omit];
