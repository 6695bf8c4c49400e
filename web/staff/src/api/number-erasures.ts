/** 個人番号の消去: who is due, what was asked for, what is gone – by two people, with a 消去証明書. */
import { approvedObject } from "@hagukumi/interchange/contract.ts";
import { findSetting, numbersDue } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { formatWareki } from "@hagukumi/platform/calendar/wareki.ts";
import { printCertificate } from "@hagukumi/platform/print/certificate.ts";
import {
  ERASURE_LIMIT,
  eraseNumbers,
  erasureRuleLabels,
  getErasure,
  listErasures,
  numbersHeld,
  requestErasures,
} from "@hagukumi/unified-addressee/contract.ts";
import { z } from "zod";

import { addresseeContext, OWN_SYSTEM } from "./addressee-desk.ts";
import type { Desk } from "./desk.ts";
import { reasonText } from "./inputs.ts";
import { fileOperation, operation } from "./operation.ts";

/** People that a page shows as due; those behind them come when these are gone. */
const DUE_SHOWN = 500;

const addressee = z
  .string()
  .regex(/^\d{1,15}$/, "宛名番号は15桁までの数字です。")
  .transform(Number);
const requestNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "消去の番号が正しくありません。")
  .transform(Number);

/** Day of a moment or of a date in Japanese. */
const dayText = (text: string): string => {
  const date = parseCivilDate(text);
  return date === undefined ? text : formatWareki(date);
};
const momentText = (at: Date): string => {
  const japan = new Date(at.getTime() + 9 * 3_600_000).toISOString();
  return `${dayText(japan.slice(0, 10))} ${japan.slice(11, 16)}`;
};

const list = operation({
  id: "listNumberErasures",
  method: "GET",
  path: "/number-erasures",
  summary: "個人番号の消去の候補・申出・記録",
  access: { permission: ["number.confirm", "addressee.approve", "log.view"], relation: "none" },
  response: z.object({
    years: z.int().nullable(),
    beforeOn: z.string().nullable(),
    held: z.boolean(),
    dueCount: z.int(),
    due: z.array(z.object({ addresseeNumber: z.int(), lastDay: z.string() })),
    erasures: z.array(
      z
        .object({
          requestId: z.int(),
          addresseeNumber: z.int(),
          ruleName: z.string(),
          reason: z.string(),
          requestedBy: z.string(),
          requestedAt: z.string(),
          erased: z
            .object({ records: z.int(), backupsExpireOn: z.string(), by: z.string(), at: z.string() })
            .nullable(),
        })
        .meta({ id: "NumberErasure", description: "個人番号の消去。人は宛名番号だけで示す。" }),
    ),
  }),
  handler: async (_input, desk) => {
    const due = await desk.readTotals(async (client) => await numbersDue(client, desk.options.today()));
    const pool = { pool: desk.pool };
    const erasures = await listErasures(pool);
    const held = new Set(
      await numbersHeld(
        pool,
        OWN_SYSTEM,
        due.people.map(({ addresseeNumber }) => addresseeNumber),
      ),
    );
    const asked = new Set(erasures.filter(({ erased }) => erased === null).map((each) => each.addresseeNumber));
    const waiting = due.people.filter(({ addresseeNumber: n }) => held.has(n) && !asked.has(n));
    return {
      years: due.years,
      beforeOn: due.beforeOn,
      held: due.held,
      dueCount: waiting.length,
      due: waiting.slice(0, DUE_SHOWN).map((each) => ({ ...each })),
      erasures: erasures.map(({ rule, erased, requestedAt, ...each }) => ({
        ...each,
        ruleName: erasureRuleLabels[rule],
        requestedAt: requestedAt.toISOString(),
        erased: erased === null ? null : { ...erased, at: erased.at.toISOString() },
      })),
    };
  },
});

const request = operation({
  id: "requestNumberErasures",
  method: "POST",
  path: "/number-erasures",
  summary: "個人番号の消去の申出",
  access: { permission: "number.confirm", relation: "none", stepUp: true },
  command: true,
  body: z.strictObject({
    addresseeNumbers: z.array(addressee).min(1, "消す人を選んでください。").max(ERASURE_LIMIT, "一度に100人までです。"),
    rule: z.enum(["retentionOver", "order"]),
    reason: reasonText.min(5, "わけは5文字以上で書いてください。").max(200),
  }),
  response: z.object({ requested: z.int() }),
  handler: async ({ body }, desk) =>
    await desk.command({}, async (context, key) => {
      const own = await addresseeContext(desk, context);
      const { requestIds } = await requestErasures(own, { key, systemCode: OWN_SYSTEM, ...body });
      return { requested: requestIds.length };
    }),
});

const erase = operation({
  id: "eraseNumbers",
  method: "POST",
  path: "/number-erasures/erase",
  summary: "個人番号の消去（申し出た人とは別の人）",
  access: { permission: "addressee.approve", relation: "none", stepUp: true },
  command: true,
  body: z.strictObject({
    requestIds: z
      .array(z.int().min(1))
      .min(1, "消すものを選んでください。")
      .max(ERASURE_LIMIT, "一度に100人までです。"),
  }),
  response: z.object({ erased: z.int(), records: z.int() }),
  handler: async ({ body }, desk) =>
    await desk.command(
      { approvalRef: `erasure:${body.requestIds.length}` },
      async (context, key) => await eraseNumbers(await addresseeContext(desk, context), { key, ...body }),
    ),
});

/** Who certifies: the municipality as its setting names it on the day. */
export async function issuerOf(desk: Desk): Promise<readonly string[]> {
  const today = desk.options.today();
  const municipality = await findSetting(desk.pool, "municipality", today);
  return [municipality?.name ?? "", "児童手当の担当課"].filter((line) => line !== "");
}

const certificate = fileOperation({
  id: "takeErasureCertificate",
  method: "GET",
  path: "/number-erasures/{requestId}/certificate",
  summary: "個人番号の消去証明書",
  access: { permission: ["number.confirm", "addressee.approve", "log.view"], relation: "none" },
  leaving: { how: "print" },
  params: z.strictObject({ requestId: requestNumber }),
  handler: async ({ params: { requestId } }, desk) => {
    const { erased, addresseeNumber, rule, reason, requestedBy, requestedAt } = await getErasure(desk, requestId);
    const number = `消去 第${String(requestId)}号`;
    const content = await printCertificate({
      title: "個人番号消去証明書",
      number,
      issuedOn: dayText(desk.options.today()),
      to: "",
      statement: "次のとおり、個人番号を復元できない方法で消去したことを証明します。",
      facts: [
        ["だれの番号か", `宛名番号 ${String(addresseeNumber).padStart(15, "0")}`],
        ["消したもの", `個人番号 ${String(erased?.records ?? 0)}件（前の番号を含む）と、その検索索引`],
        ["消した理由", `${erasureRuleLabels[rule]}（${reason}）`],
        ["消去の方法", "暗号消去（その人だけのデータ鍵の破棄。鍵がないため、写しも開けない）"],
        ["申し出た人・日時", `${requestedBy}　${momentText(requestedAt)}`],
        ["消した人・日時", erased === null ? "" : `${erased.by}　${momentText(erased.at)}`],
        ["バックアップ", `${dayText(erased?.backupsExpireOn ?? "")} までに、鍵の控えごと無くなる`],
      ],
      notes: [
        "この証明書と消去の記録には、個人番号も、個人番号から作った値も載っていません。",
        "申し出た人と消した人は、別の職員です。",
      ],
      issuer: await issuerOf(desk),
      signatures: [],
    });
    await desk.read(async () => ({
      response: undefined,
      log: [{ action: "print", rows: 1, file: `erasure-${String(requestId)}.pdf` }],
    }));
    const taken = { basis: approvedObject("numberErasure", requestId, erased?.by), rows: 1 };
    return { taken, fileName: `erasure-${String(requestId)}.pdf`, mediaType: "application/pdf", content };
  },
});

export const numberErasureOperations = [list, request, erase, certificate];
