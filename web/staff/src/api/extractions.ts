/** データの抽出: an application with its five parts, another person's decision, and one marked file in a container under it, once. */
import { changedRecipients } from "@hagukumi/allowance/contract.ts";
import {
  applyForExtraction,
  decideExtraction,
  extractionPurposes,
  extractionRoutes,
  leavingNumber,
  listExtractions,
  takeExtraction as takeLines,
} from "@hagukumi/interchange/contract.ts";
import { civilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { dateText } from "./inputs.ts";
import { proposalNumber as number, readInterchangeTables } from "./interchange-settings.ts";
import { fileOperation, operation } from "./operation.ts";

/** The way of this page on the closed list; an application for another way is used by its command. */
const ROUTE = "takeExtraction";
/** Applications that the page shows, newest first. */
const SHOWN = 200;

const day = dateText.refine((text) => parseCivilDate(text) !== undefined, "この日付はありません。");
const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1, "書いてください。")
    .max(most, `${String(most)}文字までです。`);

const list = operation({
  id: "readExtractions",
  method: "GET",
  path: "/extractions",
  summary: "データの抽出の承認願と使用の記録",
  access: { permission: ["export.create", "export.approve", "log.view"], relation: "none" },
  response: z.object({
    routes: z.array(z.object({ route: z.string(), name: z.string(), purposeName: z.string(), rowCap: z.int() })),
    extractions: z.array(
      z
        .object({
          extractionId: z.int(),
          routeName: z.string(),
          applicant: z.string(),
          ground: z.string(),
          purposeName: z.string(),
          conditions: z.string(),
          validFrom: z.string(),
          validTo: z.string(),
          data: z.string(),
          rowCap: z.int(),
          digest: z.string(),
          enteredBy: z.string(),
          granted: z.boolean().nullable(),
          decidedBy: z.string().nullable(),
          decidedOn: z.string().nullable(),
          refusal: z.string(),
          /** The copy that it was used for */
          used: z.object({ number: z.string(), by: z.string(), rows: z.int() }).nullable(),
          /** Granted, in its period and not used yet */
          open: z.boolean(),
          /** To be taken on this page; otherwise by the command of its way */
          here: z.boolean(),
        })
        .meta({
          id: "Extraction",
          description: "データ使用承認願（抽出）。五つの部分と行数の上限を持ち、一度だけ使える。",
        }),
    ),
  }),
  handler: async (_input, desk) =>
    await readInterchangeTables(desk, async (client) => {
      const today = desk.options.today();
      const routes = await extractionRoutes(client);
      const names = new Map(routes.map(({ route, name }) => [route, name]));
      return {
        routes: routes.map(({ purpose, ...each }) => ({ ...each, purposeName: extractionPurposes[purpose] })),
        extractions: (await listExtractions(client))
          .slice(0, SHOWN)
          .map(({ route, purpose, usedAs, usedBy, usedRows, ...each }) => ({
            ...each,
            routeName: names.get(route) ?? route,
            purposeName: extractionPurposes[purpose],
            used: usedAs === null ? null : { number: leavingNumber(usedAs), by: usedBy ?? "", rows: usedRows ?? 0 },
            open: each.granted === true && usedAs === null && each.validFrom <= today && today <= each.validTo,
            here: route === ROUTE,
          })),
      };
    }),
});

const apply = operation({
  id: "applyForExtraction",
  method: "POST",
  path: "/extractions",
  summary: "データの抽出の承認願の受付",
  access: { permission: "export.create", relation: "none" },
  command: true,
  body: z.strictObject({
    route: words(60),
    applicant: words(100),
    ground: words(200),
    conditions: words(500),
    validFrom: day,
    validTo: day,
    data: words(500),
    rowCap: z.int().min(1, "1行以上です。").max(200_000, "200,000行までです。"),
  }),
  response: z.object({ extractionId: z.int() }),
  handler: async ({ body }, desk) => {
    const { extractionId } = await desk.command({}, async (context, key) => {
      const way = (await extractionRoutes(context.pool)).find(({ route }) => route === body.route);
      if (way === undefined) {
        throw new Refusal(
          "extractionInvalid",
          "この抽出は、承認願で出せる道の一覧にありません。一覧から選び直してください。何も変えていません。",
        );
      }
      return await applyForExtraction(context, { ...body, purpose: way.purpose }, key);
    });
    return { extractionId };
  },
});

const params = z.strictObject({ extractionId: number });

const decide = operation({
  id: "decideExtraction",
  method: "POST",
  path: "/extractions/{extractionId}/decision",
  summary: "データの抽出の承認・不承認",
  access: { permission: "export.approve", relation: "none", stepUp: true },
  command: true,
  params,
  body: z.strictObject({
    granted: z.boolean(),
    digest: z.string().regex(/^[0-9a-f]{64}$/, "一覧を読み直してください。"),
    reason: z.string().trim().max(300, "わけは300文字までです。").default(""),
  }),
  response: z.object({ decided: z.boolean() }),
  handler: async ({ params: { extractionId }, body: { granted, digest, reason } }, desk) => {
    if (!granted && reason === "") {
      throw new Refusal("extractionInvalid", "承認しないときは、わけを書いてください。何も変えていません。");
    }
    await desk.command({ approvalRef: `extraction:${String(extractionId)}` }, async (context, key) => {
      await decideExtraction(context, { extractionId, digest, key, ...(granted ? {} : { refusal: reason }) });
    });
    return { decided: true };
  },
});

const take = fileOperation({
  id: ROUTE,
  method: "POST",
  path: "/extractions/{extractionId}/file",
  summary: "データの抽出（一件の承認で一度だけ）",
  access: { permission: "export.create", relation: "none", stepUp: true },
  command: true,
  leaving: { how: "container" },
  bodyLimit: 524_288,
  params,
  body: z.strictObject({
    /** 宛名番号; or the days in which something was decided about them */
    numbers: z
      .array(z.string().regex(/^\d{1,15}$/, "宛名番号は15桁までの数字です。"))
      .max(20_000, "20,000人までです。"),
    changed: z.strictObject({ from: day, to: day }).nullable(),
  }),
  handler: async ({ params: { extractionId }, body: { numbers, changed } }, desk) => {
    if ((numbers.length === 0) === (changed === null)) {
      throw new Refusal(
        "extractionInvalid",
        "宛名番号の一覧か、決定のあった期間の、どちらか一つを入れてください。何も渡していません。",
      );
    }
    const about = { action: "export", approvalRef: `extraction:${String(extractionId)}` } as const;
    const { number: copy, text } = await desk.command(about, async (context) => {
      const people =
        changed === null
          ? numbers.map(Number)
          : await changedRecipients(context.pool, civilDate(changed.from), civilDate(changed.to));
      return await takeLines(context, { extractionId, route: ROUTE, numbers: people });
    });
    return {
      taken: { copy },
      fileName: "extraction.csv",
      mediaType: "text/csv; charset=utf-8",
      content: Buffer.from(text),
    };
  },
});

export const extractionOperations = [list, apply, decide, take];
