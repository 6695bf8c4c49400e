/** 差止・時効・所得: holds whose cause has gone, the two-year clock, corrections of income and incomes that are missing. */
import {
  expiredDespiteReport,
  holdsWithoutCause,
  limitationStageLabels,
  limitationWarnings,
  listMissingIncomes,
  listTaxCorrections,
  reconcileIncomes,
  requestIncomes,
} from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { operation } from "./operation.ts";
import { shownOf } from "./shown-recipients.ts";

const reading = { permission: ["procedure.receive", "procedure.approve"], relation: "none" } as const;

const waiting = operation({
  id: "listWaitingHolds",
  method: "GET",
  path: "/holds/waiting",
  summary: "事由のなくなった差止と時効の一覧",
  access: reading,
  response: z.object({
    others: z.int(),
    holds: z.array(
      z.object({
        holdId: z.int(),
        recipientId: z.int(),
        fromMonth: z.string(),
        cause: z.string(),
        gone: z.string(),
        goneOn: z.string(),
        amount: z.int(),
      }),
    ),
    limitations: z.array(
      z.object({
        recipientId: z.int(),
        stage: z.string(),
        stageName: z.string(),
        fromMonth: z.string(),
        months: z.int(),
        amount: z.int(),
        lostOn: z.string(),
        why: z.enum(["held", "noAccount", "other"]),
      }),
    ),
    expired: z.array(
      z.object({
        recipientId: z.int(),
        fromMonth: z.string(),
        toMonth: z.string(),
        amount: z.int(),
        receptionNumber: z.string(),
      }),
    ),
  }),
  handler: async (_input, desk) =>
    await desk.readAsSystem(async (client, now) => {
      const holds = await shownOf(client, now, await holdsWithoutCause(client));
      const limits = await shownOf(client, now, await limitationWarnings(client, desk.options.today()));
      const expired = await shownOf(client, now, await expiredDespiteReport(client));
      const limitations = limits.shown.map((row) => ({ ...row, stageName: limitationStageLabels[row.stage] }));
      const response = {
        others: holds.others + limits.others + expired.others,
        holds: holds.shown,
        limitations,
        expired: expired.shown,
      };
      return { response, log: [{ action: "list", rows: holds.shown.length + limitations.length }] };
    }),
});

const taxes = operation({
  id: "listTaxCorrections",
  method: "GET",
  path: "/taxes/corrections",
  summary: "所得の更正と未申告の一覧",
  access: reading,
  response: z.object({
    open: z.int(),
    others: z.int(),
    mismatches: z.int(),
    corrections: z.array(
      z.object({
        recipientId: z.int(),
        year: z.int(),
        before: z.int(),
        after: z.int(),
        historyNo: z.int(),
        revision: z.int(),
        /** Whether the result of the comparison of the parents is to be entered */
        compared: z.boolean(),
        knownOn: z.string().nullable(),
        effect: z.string(),
      }),
    ),
    missing: z.array(
      z.object({
        recipientId: z.int(),
        year: z.int(),
        why: z.enum(["undeclared", "elsewhere"]),
        asked: z.boolean(),
        answer: z.enum(["sent", "undeclared", "noRecord"]).nullable(),
      }),
    ),
  }),
  handler: async (_input, desk) =>
    await desk.readAsSystem(async (client, now) => {
      const today = desk.options.today();
      const all = await listTaxCorrections(client, today);
      const about = all.flatMap((each) =>
        [...new Set([...each.decides, ...each.compared])].map((recipientId) => ({ ...each, recipientId })),
      );
      const corrections = await shownOf(client, now, about);
      const year = Number(today.slice(0, 4)) - (today.slice(5, 7) >= "06" ? 1 : 2);
      const missing = await shownOf(client, now, await listMissingIncomes(client, { year, today }));
      const response = {
        open: all.length,
        others: corrections.others + missing.others,
        mismatches: (await reconcileIncomes(client)).length,
        corrections: corrections.shown
          .slice(0, 500)
          .map(({ recipientId, year: of, historyNo, revision, before, after, knownOn, decides, compared }) => ({
            recipientId,
            year: of,
            before,
            after,
            historyNo,
            revision,
            compared: compared.includes(recipientId),
            knownOn,
            effect: [
              decides.includes(recipientId) ? "令和6年9月分までの判定" : "",
              compared.includes(recipientId) ? "生計中心者" : "",
            ]
              .filter((text) => text !== "")
              .join("、"),
          })),
        missing: missing.shown.slice(0, 500).map(({ recipientId, year: of, why, inquiryId, answer }) => ({
          recipientId,
          year: of,
          why,
          asked: inquiryId !== null,
          answer,
        })),
      };
      return { response, log: [{ action: "list", rows: corrections.shown.length + missing.shown.length }] };
    }),
});

const inquire = operation({
  id: "requestIncomes",
  method: "POST",
  path: "/taxes/inquiries",
  summary: "所得の照会",
  access: { permission: "claim.examine", relation: "none" },
  command: true,
  body: z.strictObject({ year: z.int().min(2008).max(2100) }),
  response: z.object({ asked: z.int(), unknownOffice: z.int() }),
  handler: async ({ body: { year } }, desk) => {
    const { asked, unknownOffice } = await desk.command(
      { caseRef: `taxes/${year}` },
      async (context, key) => await requestIncomes(context, { year, key }),
    );
    return { asked, unknownOffice: unknownOffice.length };
  },
});

export const holdAndTaxOperations = [waiting, taxes, inquire];
