/** 移転: データ使用承認願, each transfer on its inquiry, receipt, return or erasure, and which copy a leaked line came from. */
import { changedRecipients, paymentItems } from "@hagukumi/allowance/contract.ts";
import {
  applyForDataUse,
  channelLabels,
  closeTransfer,
  decideDataUse,
  endDataUse,
  listDataUses,
  leavingNumber,
  listTransfers,
  makeTransfer,
  openStore,
  outletsOn,
  printTransfer,
  recordReceipt,
  traceLine,
  transferNumber,
} from "@hagukumi/interchange/contract.ts";
import { civilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import type { StaffNow } from "@hagukumi/platform/access/staff.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { dateText } from "./inputs.ts";
import { proposalNumber as number, readInterchangeTables, wishReason } from "./interchange-settings.ts";
import { operation } from "./operation.ts";

const day = dateText.refine((text) => parseCivilDate(text) !== undefined, "この日付はありません。");
const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1, "書いてください。")
    .max(most, `${String(most)}文字までです。`);
const moment = z.iso.datetime({ offset: true, error: "日時を入れてください。" }).transform((text) => new Date(text));
const channel = z.enum(["linkage", "paper", "medium"]);
const itemNames = (items: readonly string[]): string[] =>
  items.map((item) => (paymentItems as Readonly<Record<string, string>>)[item] ?? item);

const coded = (items: readonly string[]): { code: string; name: string }[] =>
  items.map((code, index) => ({ code, name: itemNames(items)[index] ?? code }));
const ways = (channels: readonly string[]): { code: z.output<typeof channel>; name: string }[] =>
  channels.flatMap((each) => {
    const known = channel.safeParse(each);
    return known.success ? [{ code: known.data, name: channelLabels[known.data] }] : [];
  });

const reads = {
  permission: ["export.create", "export.approve", "log.view", "transfer.receive"],
  relation: "none",
} as const;
const makes = { permission: "export.create", relation: "none" } as const;
/** What a receiver does for itself: こども支援課 for any, the receiving office for its own alone */
const receives = { permission: ["export.create", "transfer.receive"], relation: "none" } as const;

/**
 * The receivers that this person may see and write for: undefined for all. A receiving office (移転先の課) sees its own alone; it is told by its
 * name, which a receiver within the city has in common with the section.
 */
function ownOnly({ permissions, sectionName }: Pick<StaffNow, "permissions" | "sectionName">): string | undefined {
  return permissions.some((each) => each.startsWith("export.") || each === "log.view") ? undefined : sectionName;
}

const ofOthers = (): Refusal =>
  new Refusal(
    "transferUnknown",
    "この移転先・移転は、あなたの課のものではないか、ありません。一覧を読み直してください。何も変えていません。",
  );

/** @throws Refusal `transferUnknown` where the transfer is another office's */
async function requireOwnTransfer(desk: Desk, transferId: number): Promise<void> {
  const own = ownOnly(await desk.staff());
  if (own === undefined) return;
  const listed = await readInterchangeTables(desk, async (client) => await listTransfers(client, desk.options.today()));
  if (!listed.some((each) => each.transferId === transferId && each.outletName === own)) throw ofOthers();
}

const readTransfers = operation({
  id: "readTransfers",
  method: "GET",
  path: "/transfers",
  summary: "データ使用承認願と移転の記録",
  access: reads,
  response: z.object({
    /** 移転先 that may be applied for today */
    outlets: z.array(
      z.object({
        outletCode: z.string(),
        name: z.string(),
        ground: z.string(),
        uses: z.array(z.object({ code: z.string(), name: z.string() })),
        channels: z.array(z.object({ code: channel, name: z.string() })),
        items: z.array(z.object({ code: z.string(), name: z.string() })),
      }),
    ),
    uses: z.array(
      z
        .object({
          dataUseId: z.int(),
          outletName: z.string(),
          applicant: z.string(),
          ground: z.string(),
          purposeName: z.string(),
          conditions: z.string(),
          validFrom: z.string(),
          validTo: z.string(),
          itemNames: z.array(z.string()),
          items: z.array(z.object({ code: z.string(), name: z.string() })),
          channels: z.array(z.object({ code: channel, name: z.string() })),
          receiverKey: z.string(),
          receivedOn: z.string(),
          digest: z.string(),
          enteredBy: z.string(),
          granted: z.boolean().nullable(),
          decidedBy: z.string().nullable(),
          decidedOn: z.string().nullable(),
          endedOn: z.string().nullable(),
          /** May be used today */
          inForce: z.boolean(),
        })
        .meta({ id: "DataUse", description: "データ使用承認願。根拠・目的・条件・期間・データの五つを必ず持つ。" }),
    ),
    transfers: z.array(
      z
        .object({
          transferId: z.int(),
          number: z.string(),
          outletName: z.string(),
          ground: z.string(),
          purposeName: z.string(),
          channel,
          channelName: z.string(),
          inquiryRef: z.string(),
          itemNames: z.array(z.string()),
          people: z.int(),
          madeBy: z.string(),
          sentAt: z.string(),
          receivedAt: z.string().nullable(),
          sha256: z.string(),
          sameHash: z.boolean().nullable(),
          dueOn: z.string(),
          closed: z.enum(["returned", "erased"]).nullable(),
          overdue: z.boolean(),
        })
        .meta({ id: "Transfer", description: "移転の記録。だれについてかは件数だけを示す。" }),
    ),
  }),
  handler: async (_input, desk) =>
    await readInterchangeTables(desk, async (client, staff) => {
      const today = desk.options.today();
      const own = ownOnly(staff);
      const outlets = await outletsOn(client, today);
      const mine = (name: string): boolean => own === undefined || name === own;
      const names = new Map(outlets.map((each) => [each.outletCode, each]));
      const purposeOf = (outletCode: string, purpose: string): string =>
        names.get(outletCode)?.uses[purpose] ?? purpose;
      return {
        outlets: outlets
          .filter(({ kind, name }) => kind === "transfer" && mine(name))
          .map(({ outletCode, name, ground, uses, channels, items }) => ({
            outletCode,
            name,
            ground,
            uses: Object.entries(uses).map(([code, use]) => ({ code, name: use })),
            channels: ways(channels),
            items: coded(items),
          })),
        uses: (await listDataUses(client))
          .filter(({ outletCode }) => mine(names.get(outletCode)?.name ?? outletCode))
          .slice(0, 200)
          .map(({ outletCode, purpose, items, channels, ...use }) => ({
            ...use,
            outletName: names.get(outletCode)?.name ?? outletCode,
            purposeName: purposeOf(outletCode, purpose),
            items: coded(items),
            itemNames: itemNames(items),
            channels: ways(channels),
            inForce:
              use.granted === true &&
              use.validFrom <= today &&
              today <= use.validTo &&
              (use.endedOn === null || use.endedOn > today),
          })),
        transfers: (await listTransfers(client, today))
          .filter(({ outletName }) => mine(outletName))
          .slice(0, 200)
          .map(({ items, outletCode, purpose, ...made }) => ({
            ...made,
            number: transferNumber(made.transferId),
            purposeName: purposeOf(outletCode, purpose),
            channelName: channelLabels[made.channel],
            itemNames: itemNames(items),
            sentAt: made.sentAt.toISOString(),
            receivedAt: made.receivedAt?.toISOString() ?? null,
          })),
      };
    }),
});

const apply = operation({
  id: "applyForDataUse",
  method: "POST",
  path: "/transfers/uses",
  summary: "データ使用承認願の受付",
  access: receives,
  command: true,
  body: z.strictObject({
    outletCode: words(40),
    applicant: words(100),
    ground: words(200),
    purpose: words(40),
    conditions: words(500),
    validFrom: day,
    validTo: day,
    items: z.array(z.string()).min(1, "使用データを選んでください。"),
    channels: z.array(channel).min(1, "方法を選んでください。"),
    receiverKey: z
      .string()
      .trim()
      .regex(/^age1[0-9a-z]{20,5000}$/, "相手の公開鍵（age1 で始まる文字）を入れてください。"),
    receivedOn: day,
  }),
  response: z.object({ dataUseId: z.int() }),
  handler: async ({ body }, desk) => {
    const own = ownOnly(await desk.staff());
    if (own !== undefined) {
      const outlets = await readInterchangeTables(
        desk,
        async (client) => await outletsOn(client, desk.options.today()),
      );
      if (!outlets.some(({ outletCode, name }) => outletCode === body.outletCode && name === own)) throw ofOthers();
    }
    const { dataUseId } = await desk.command({}, async (context, key) => await applyForDataUse(context, body, key));
    return { dataUseId };
  },
});

const useParams = z.strictObject({ dataUseId: number });

const decide = operation({
  id: "decideDataUse",
  method: "POST",
  path: "/transfers/uses/{dataUseId}/decision",
  summary: "データ使用の承認・不承認",
  access: { permission: "export.approve", relation: "none", stepUp: true },
  command: true,
  params: useParams,
  body: z.strictObject({
    granted: z.boolean(),
    digest: z.string().regex(/^[0-9a-f]{64}$/, "一覧を読み直してください。"),
    reason: z.string().trim().max(300, "わけは300文字までです。").default(""),
  }),
  response: z.object({ decided: z.boolean() }),
  handler: async ({ params, body }, desk) => {
    if (!body.granted && body.reason === "") {
      throw new Refusal("dataUseInvalid", "承認しないときは、わけを書いてください。何も変えていません。");
    }
    await desk.command({ approvalRef: `dataUse:${String(params.dataUseId)}` }, async (context, key) => {
      await decideDataUse(context, { ...params, ...body, key });
    });
    return { decided: true };
  },
});

const endUse = operation({
  id: "endDataUse",
  method: "POST",
  path: "/transfers/uses/{dataUseId}/end",
  summary: "データ使用の承認を期間の前に終える",
  access: { permission: "export.approve", relation: "none" },
  command: true,
  params: useParams,
  body: z.strictObject({ reason: wishReason }),
  response: z.object({ ended: z.boolean() }),
  handler: async ({ params, body }, desk) => {
    await desk.command({ approvalRef: `dataUse:${String(params.dataUseId)}` }, async (context, key) => {
      await endDataUse(context, params.dataUseId, body.reason, key);
    });
    return { ended: true };
  },
});

const make = operation({
  id: "makeTransfer",
  method: "POST",
  path: "/transfers/uses/{dataUseId}/transfers",
  summary: "移転する（照会の都度）",
  access: { ...makes, stepUp: true },
  command: true,
  bodyLimit: 524_288,
  params: useParams,
  body: z.strictObject({
    channel,
    inquiryRef: words(100),
    items: z.array(z.string()).min(1, "項目を選んでください。"),
    /** 宛名番号 that the receiver asks about; or the days of a regular delivery */
    numbers: z.array(z.string().regex(/^\d{1,15}$/, "宛名番号は15桁までの数字です。")).max(20_000),
    changed: z.strictObject({ from: day, to: day }).nullable(),
    dueDays: z.int().min(1, "期限は1〜90日です。").max(90, "期限は1〜90日です。"),
  }),
  response: z.object({
    number: z.string(),
    people: z.int(),
    sha256: z.string(),
    /** The form as PDF in base64, once; null for the other channels and for a repeated call */
    paper: z.string().nullable(),
  }),
  handler: async ({ params, body: { numbers, changed, ...body } }, desk) => {
    if ((numbers.length === 0) === (changed === null)) {
      throw new Refusal(
        "transferInvalid",
        "宛名番号の一覧か、決定のあった期間の、どちらか一つを入れてください。何も渡していません。",
      );
    }
    const about = { action: "export", approvalRef: `dataUse:${String(params.dataUseId)}` } as const;
    const made = await desk.command(about, async (context, key) => {
      const people =
        changed === null
          ? numbers.map(Number)
          : await changedRecipients(context.pool, civilDate(changed.from), civilDate(changed.to));
      return await makeTransfer(
        context,
        { ...params, ...body, numbers: people, key },
        await openStore(desk.options.dataDir),
      );
    });
    const paper = made.paper === null ? null : (await printTransfer(made.paper)).toString("base64");
    return { number: transferNumber(made.transferId), people: made.rows, sha256: made.sha256, paper };
  },
});

const transferParams = z.strictObject({ transferId: number });

const receipt = operation({
  id: "recordTransferReceipt",
  method: "POST",
  path: "/transfers/{transferId}/receipt",
  summary: "移転の受領（預り証）の記録",
  access: receives,
  command: true,
  params: transferParams,
  body: z.strictObject({
    receivedAt: moment,
    sha256: z
      .string()
      .trim()
      .regex(/^(?:[0-9a-fA-F]\s*){16}(?:(?:[0-9a-fA-F]\s*){48})?$/, "ハッシュは64桁、紙の確認符号は16桁です。"),
    receivedBy: words(100),
  }),
  response: z.object({ recorded: z.boolean() }),
  handler: async ({ params, body }, desk) => {
    await requireOwnTransfer(desk, params.transferId);
    await desk.command({ approvalRef: `transfer:${String(params.transferId)}` }, async (context, key) => {
      await recordReceipt(context, { ...params, ...body, key });
    });
    return { recorded: true };
  },
});

const close = operation({
  id: "closeTransfer",
  method: "POST",
  path: "/transfers/{transferId}/closure",
  summary: "移転したものの返却・消去の記録",
  access: receives,
  command: true,
  params: transferParams,
  body: z.strictObject({
    how: z.enum(["returned", "erased"]),
    medium: words(100),
    quantity: z.int().min(1, "数量は1からです。").max(1000, "数量は1000までです。"),
    method: words(200),
    doneAt: moment,
    doneBy: words(100),
    witness: z.string().trim().max(100).default(""),
  }),
  response: z.object({ recorded: z.boolean() }),
  handler: async ({ params, body }, desk) => {
    await requireOwnTransfer(desk, params.transferId);
    await desk.command({ approvalRef: `transfer:${String(params.transferId)}` }, async (context, key) => {
      await closeTransfer(context, { ...params, ...body, key });
    });
    return { recorded: true };
  },
});

const trace = operation({
  id: "traceTransferLine",
  method: "POST",
  path: "/transfers/trace",
  summary: "漏れた1行が、どの写しのものかを調べる",
  access: { permission: ["export.approve", "log.view"], relation: "none" },
  body: z.strictObject({ line: words(500) }),
  response: z.object({
    /** 移転番号, or the number of the 持出し of an extraction; null where no copy fits */
    number: z.string().nullable(),
    extraction: z.object({ extractionId: z.int(), takenBy: z.string(), takenOn: z.string() }).nullable(),
  }),
  handler: async ({ body }, desk) =>
    await readInterchangeTables(desk, async (client) => {
      const found = await traceLine(client, body.line);
      if (found === undefined) return { number: null, extraction: null };
      if (found.kind === "transfer") return { number: transferNumber(found.transferId), extraction: null };
      const { leavingId, extractionId, takenBy, takenOn } = found;
      return { number: leavingNumber(leavingId), extraction: { extractionId, takenBy, takenOn } };
    }),
});

export const transferOperations = [readTransfers, apply, decide, endUse, make, receipt, close, trace];
