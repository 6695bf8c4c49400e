/** 連携の合意・提供先・評価: what comes and what may leave, changed by two people; the history with its six fields. */
import { FEEDS, paymentItems } from "@hagukumi/allowance/contract.ts";
import {
  agreementsOn,
  answerWish,
  assessmentState,
  channelLabels,
  dataUseRetention,
  describeWish,
  INTERCHANGE_ROLE,
  listChanges,
  outletsOn,
  propose,
  waitingWishes,
  type WishKind,
  wishLabels,
} from "@hagukumi/interchange/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { StaffNow } from "@hagukumi/platform/access/staff.ts";
import { withRole } from "@hagukumi/platform/database/transaction.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";

export const proposalNumber = z.coerce.number().int().min(1).max(9_007_199_254_740_991);
export const wishReason = reasonText.min(5, "理由は5文字以上で書いてください。").max(300, "理由は300文字までです。");

const SETTING_KINDS = [
  "agreement",
  "outlet",
  "assessment",
  "dataUseTerm",
  "dataUseRemoval",
] as const satisfies readonly WishKind[];

export const wishShape = z
  .object({
    proposalId: z.int(),
    kind: z.string(),
    kindName: z.string(),
    lines: z.array(z.object({ name: z.string(), before: z.string().nullable(), after: z.string() })),
    /** To be sent back with the answer */
    digest: z.string(),
    reason: z.string(),
    timing: z.enum(["before", "after"]),
    proposedBy: z.string(),
    proposedAt: z.string(),
  })
  .meta({ id: "InterchangeProposal", description: "別の人の承認を待つ申請。いまの記載と、変えた後の記載。" });

/** What waits, in words. */
export async function waitingOf(
  client: Queryable,
  kinds: readonly WishKind[],
): Promise<readonly z.input<typeof wishShape>[]> {
  const list: z.input<typeof wishShape>[] = [];
  for (const { content, kind, proposedAt, ...rest } of await waitingWishes(client, kinds)) {
    const lines = await describeWish(client, kind, content);
    list.push({
      ...rest,
      kind,
      kindName: wishLabels[kind],
      lines: lines.map((line) => ({ ...line })),
      proposedAt: proposedAt.toISOString(),
    });
  }
  return list;
}

/** One read with the rights of this system: about no person. */
export async function readInterchangeTables<T>(
  desk: Desk,
  work: (client: Queryable, staff: StaffNow) => Promise<T>,
): Promise<T> {
  return await desk.read(async (client, staff) => {
    await withRole(client, INTERCHANGE_ROLE);
    return { response: await work(client, staff), log: [{ action: "list", rows: 1 }] };
  });
}

export const answerBody = z.strictObject({
  granted: z.boolean(),
  digest: z.string().regex(/^[0-9a-f]{64}$/, "一覧を読み直してください。"),
  note: z.string().trim().max(300, "添え書きは300文字までです。").default(""),
});

const readers = [
  "parameter.change",
  "parameter.approve",
  "rights.issue",
  "log.view",
  "batch.run",
] as const satisfies readonly string[];

const readSettings = operation({
  id: "readInterchangeSettings",
  method: "GET",
  path: "/interchange/settings",
  summary: "連携の合意・提供先と移転先・評価・変更の履歴",
  access: { permission: readers, relation: "none" },
  response: z.object({
    agreements: z.array(
      z
        .object({
          interfaceCode: z.string(),
          version: z.string(),
          revision: z.int(),
          name: z.string(),
          source: z.string(),
          systemId: z.string(),
          ground: z.string(),
          people: z.enum(["everyone", "listed"]),
          consumer: z.string(),
          staleDays: z.int(),
          validFrom: z.string(),
          validTo: z.string().nullable(),
          columns: z.array(z.object({ name: z.string(), kept: z.boolean(), person: z.boolean() })),
          /** The items of the register that a new column may become */
          targets: z.array(z.string()),
          enteredBy: z.string(),
          approvedBy: z.string(),
          /** The whole agreement, to be sent back changed */
          form: z.record(z.string(), z.unknown()),
        })
        .meta({ id: "Agreement", description: "連携の合意。どの連携元から、だれについて、どの項目を受け取るか。" }),
    ),
    outlets: z.array(
      z
        .object({
          outletCode: z.string(),
          revision: z.int(),
          kind: z.enum(["provision", "transfer"]),
          name: z.string(),
          ground: z.string(),
          uses: z.array(z.object({ code: z.string(), name: z.string() })),
          channels: z.array(z.string()),
          channelNames: z.array(z.string()),
          items: z.array(z.string()),
          itemNames: z.array(z.string()),
          validFrom: z.string(),
          validTo: z.string().nullable(),
        })
        .meta({ id: "Outlet", description: "提供先・移転先。ここにない相手には何も出ない。" }),
    ),
    /** Every item that can be given out at all */
    items: z.array(z.object({ code: z.string(), name: z.string() })),
    assessment: z.object({
      last: z.object({ assessedOn: z.string(), result: z.string(), throughChange: z.int() }).nullable(),
      open: z.int(),
      newest: z.int(),
    }),
    changes: z.array(
      z
        .object({
          changeId: z.int(),
          changedOn: z.string(),
          item: z.string(),
          before: z.string(),
          after: z.string(),
          timing: z.enum(["before", "after"]),
          reason: z.string(),
          important: z.boolean(),
          enteredBy: z.string(),
          approvedBy: z.string(),
          open: z.boolean(),
        })
        .meta({ id: "ConfigurationChange", description: "変更の履歴（変更日・項目・変更前・変更後・提出時期・理由）" }),
    ),
    /** データ使用承認願 past their term, and those removed before */
    retention: z.object({
      years: z.int(),
      past: z.array(z.int()),
      removals: z.array(
        z.object({
          removalId: z.int(),
          beforeOn: z.string(),
          years: z.int(),
          uses: z.int(),
          transfers: z.int(),
          enteredBy: z.string(),
          approvedBy: z.string(),
          removedAt: z.string(),
        }),
      ),
    }),
    proposals: z.array(wishShape),
  }),
  handler: async (_input, desk) =>
    await readInterchangeTables(desk, async (client) => {
      const today = desk.options.today();
      const { removals, past, years } = await dataUseRetention(client, today);
      const agreements = await agreementsOn(client, today);
      const outlets = await outletsOn(client, today);
      return {
        agreements: agreements.map(({ layout, revision, enteredBy, approvedBy, resource, ...each }) => ({
          ...each,
          revision,
          enteredBy,
          approvedBy,
          columns: layout.columns.map(({ name, to }) => ({
            name,
            kept: to !== undefined || layout.file === null,
            person: layout.persons.includes(name),
          })),
          targets: layout.file === null ? [] : [...FEEDS[layout.file].header],
          form: { ...each, resource, layout },
        })),
        outlets: outlets.map(({ uses, channels, items, ...each }) => ({
          ...each,
          uses: Object.entries(uses).map(([code, name]) => ({ code, name })),
          channels: [...channels],
          channelNames: channels.map((channel) => channelLabels[channel]),
          items: [...items],
          itemNames: items.map((item) => (paymentItems as Readonly<Record<string, string>>)[item] ?? item),
        })),
        items: Object.entries(paymentItems).map(([code, name]) => ({ code, name })),
        retention: {
          years,
          past: past.slice(0, 5000),
          removals: removals.map((each) => ({ ...each, removedAt: each.removedAt.toISOString() })),
        },
        assessment: await assessmentState(client),
        changes: [...(await listChanges(client))],
        proposals: [...(await waitingOf(client, SETTING_KINDS))],
      };
    }),
});

const proposeSetting = operation({
  id: "proposeInterchangeSetting",
  method: "POST",
  path: "/interchange/settings/proposals",
  summary: "連携の合意・提供先と移転先・評価の記録の申請",
  access: { permission: "parameter.change", relation: "none" },
  command: true,
  body: z.strictObject({
    kind: z.enum(SETTING_KINDS),
    /** Checked whole by the system: an unknown key is refused */
    content: z.record(z.string(), z.unknown()),
    reason: wishReason,
    timing: z.enum(["before", "after"]),
  }),
  response: z.object({ proposalId: z.int() }),
  handler: async ({ body }, desk) => {
    const { proposalId } = await desk.command({}, async (context, key) => await propose(context, { ...body, key }));
    return { proposalId };
  },
});

const answerSetting = operation({
  id: "answerInterchangeSetting",
  method: "POST",
  path: "/interchange/settings/proposals/{proposalId}/answer",
  summary: "連携の合意・提供先と移転先・評価の記録の申請への答え",
  access: { permission: "parameter.approve", relation: "none", stepUp: true },
  command: true,
  params: z.strictObject({ proposalId: proposalNumber }),
  body: answerBody,
  response: z.object({ answered: z.boolean() }),
  handler: async ({ params, body }, desk) => {
    await desk.command({ approvalRef: `interchange:${String(params.proposalId)}` }, async (context, key) => {
      await answerWish(context, { ...params, ...body, kinds: SETTING_KINDS, key });
    });
    return { answered: true };
  },
});

export const interchangeSettingOperations = [readSettings, proposeSetting, answerSetting];
