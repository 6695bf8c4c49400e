/** 二人で決めること: restrictions of access, relations of staff, terms of retention, removals and stops of removals. */
import {
  answerProposal,
  ERASED_GROUPS,
  listTermErasures,
  paperDue,
  placeRetentionHold,
  proposeDenial,
  proposeEnd,
  proposeHoldRelease,
  proposeRelation,
  proposeRemoval,
  proposeTerm,
  readRestrictions,
  readRetention,
  RECORD_GROUPS,
  relationLabels,
  RELATIONS,
  RESTRICTION_KINDS,
  RETENTION_KINDS,
} from "@hagukumi/allowance/contract.ts";
import type { ProposalKind, TwoPersonProposal } from "@hagukumi/allowance/contract.ts";
import { civilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { dateText, reasonText, staffIdentifier } from "./inputs.ts";
import { operation } from "./operation.ts";

const number = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "番号が正しくありません。")
  .transform(Number);
const addressee = z
  .string()
  .regex(/^\d{1,15}$/, "宛名番号は15桁までの数字です。")
  .transform(Number);
const day = dateText
  .refine((text) => parseCivilDate(text) !== undefined, "この日付はありません。")
  .transform(civilDate);
const why = reasonText.min(5, "理由は5文字以上で書いてください。").max(300, "理由は300文字までです。");
const group = z.enum(RECORD_GROUPS);
const proposed = z.object({ proposalId: z.int() });
const answered = z.object({ answered: z.boolean() });

const proposal = z
  .object({
    proposalId: z.int(),
    kind: z.string(),
    content: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    /** To be sent back with the answer */
    digest: z.string(),
    reason: z.string(),
    proposedBy: z.string(),
    proposedAt: z.string(),
  })
  .meta({ id: "TwoPersonProposal", description: "別の人の承認を待つ申請。人は宛名番号だけで示す。" });

const proposalOf = ({ content, proposedAt, ...rest }: TwoPersonProposal): z.input<typeof proposal> => ({
  ...rest,
  content: { ...content },
  proposedAt: proposedAt.toISOString(),
});

const answerBody = z.strictObject({
  granted: z.boolean(),
  digest: z.string().regex(/^[0-9a-f]{64}$/, "一覧を読み直してください。"),
  note: z.string().trim().max(300, "添え書きは300文字までです。").default(""),
});

async function answer(
  desk: Desk,
  proposalId: number,
  body: z.output<typeof answerBody>,
  kinds: readonly ProposalKind[],
): Promise<{ readonly answered: boolean }> {
  await desk.command({ approvalRef: `proposal:${proposalId}` }, async (context, key) => {
    await answerProposal(context, { proposalId, ...body, kinds, key });
  });
  return { answered: true };
}

const restriction = z.object({
  restrictionId: z.int(),
  staffId: z.string().nullable(),
  addresseeNumber: z.int(),
  validFrom: z.string(),
  validTo: z.string().nullable(),
  enteredBy: z.string(),
  approvedBy: z.string(),
});

const restrictions = operation({
  id: "readRestrictions",
  method: "GET",
  path: "/restrictions",
  summary: "閲覧の制限と職員との関係",
  access: { permission: ["rights.apply", "rights.approve", "log.view"], relation: "none" },
  response: z.object({
    denials: z.array(restriction.extend({ reason: z.string() }).meta({ id: "Denial", description: "閲覧を禁じた組" })),
    relations: z.array(
      restriction
        .extend({ relation: z.enum(RELATIONS), relationName: z.string() })
        .meta({ id: "StaffRelation", description: "点検のための、職員との関係" }),
    ),
    proposals: z.array(proposal),
  }),
  handler: async (_input, desk) => {
    const all = await desk.readTotals(async (client) => await readRestrictions(client));
    return {
      denials: [...all.denials],
      relations: all.relations.map((each) => ({ ...each, relationName: relationLabels[each.relation] })),
      proposals: all.proposals.map(proposalOf),
    };
  },
});

const applies = { permission: "rights.apply", relation: "none" } as const;
const term = { from: day, to: day.optional(), reason: why } as const;

const denial = operation({
  id: "proposeDenial",
  method: "POST",
  path: "/restrictions/denials",
  summary: "閲覧の禁止の申請",
  access: applies,
  command: true,
  body: z.strictObject({ staffId: staffIdentifier, addresseeNumber: addressee, ...term }),
  response: proposed,
  handler: async ({ body: { to, ...body } }, desk) => ({
    proposalId: await desk.command(
      {},
      async (context, key) => await proposeDenial(context, { ...body, ...(to === undefined ? {} : { to }), key }),
    ),
  }),
});

const relation = operation({
  id: "proposeRelation",
  method: "POST",
  path: "/restrictions/relations",
  summary: "職員との関係の申請",
  access: applies,
  command: true,
  body: z.strictObject({
    staffId: staffIdentifier.optional(),
    addresseeNumber: addressee,
    relation: z.enum(RELATIONS),
    ...term,
  }),
  response: proposed,
  handler: async ({ body: { staffId, to, ...body } }, desk) => ({
    proposalId: await desk.command(
      {},
      async (context, key) =>
        await proposeRelation(context, {
          ...body,
          ...(staffId === undefined ? {} : { staffId }),
          ...(to === undefined ? {} : { to }),
          key,
        }),
    ),
  }),
});

const end = operation({
  id: "proposeRestrictionEnd",
  method: "POST",
  path: "/restrictions/ends",
  summary: "閲覧の禁止・職員との関係の終わりの申請",
  access: applies,
  command: true,
  body: z.strictObject({
    kind: z.enum(["endDenial", "endRelation"]),
    restrictionId: z.int().positive(),
    to: day,
    reason: why,
  }),
  response: proposed,
  handler: async ({ body }, desk) => ({
    proposalId: await desk.command({}, async (context, key) => await proposeEnd(context, { ...body, key })),
  }),
});

const answerRestriction = operation({
  id: "answerRestriction",
  method: "POST",
  path: "/restrictions/proposals/{proposalId}/answer",
  summary: "閲覧の制限・職員との関係の申請への答え",
  access: { permission: "rights.approve", relation: "none", stepUp: true },
  command: true,
  params: z.strictObject({ proposalId: number }),
  body: answerBody,
  response: answered,
  handler: async ({ params, body }, desk) => await answer(desk, params.proposalId, body, RESTRICTION_KINDS),
});

const retention = operation({
  id: "readRetention",
  method: "GET",
  path: "/retention",
  summary: "記録の保存期間・消去の候補・停止・消去の記録",
  access: { permission: ["log.view", "parameter.change", "parameter.approve"], relation: "none" },
  response: z.object({
    groups: z.array(
      z
        .object({
          group,
          name: z.string(),
          about: z.string(),
          years: z.int().nullable(),
          judgement: z
            .object({ judgedOn: z.string(), beforeOn: z.string().nullable(), rows: z.int(), held: z.boolean() })
            .nullable(),
        })
        .meta({ id: "RetentionGroup", description: "保存期間を決める記録の区分。years が空なら消さない。" }),
    ),
    holds: z.array(
      z.object({
        holdId: z.int(),
        group,
        fromOn: z.string().nullable(),
        reason: z.string(),
        placedBy: z.string(),
        placedAt: z.string(),
      }),
    ),
    removals: z.array(
      z
        .object({
          group,
          removalNo: z.int(),
          rows: z.int(),
          alsoRemoved: z.int(),
          years: z.int(),
          beforeOn: z.string(),
          proposedBy: z.string(),
          approvedBy: z.string(),
          removedAt: z.string(),
        })
        .meta({ id: "RecordRemoval", description: "署名された消去の記録" }),
    ),
    /** Erasures by term that removed something, newest first */
    erasures: z.array(
      z
        .object({
          erasureId: z.int(),
          group: z.enum(ERASED_GROUPS),
          judgedOn: z.string(),
          years: z.int().nullable(),
          beforeOn: z.string().nullable(),
          subjects: z.int(),
          rows: z.int(),
        })
        .meta({ id: "TermErasure", description: "保存期間の過ぎたデータの、自動の消去の記録" }),
    ),
    /** Paper that is due for destruction */
    papers: z.array(
      z
        .object({
          entryId: z.int(),
          addresseeNumber: z.int(),
          kindName: z.string(),
          title: z.string(),
          storagePlace: z.string(),
          receivedOn: z.string().nullable(),
          lastDay: z.string(),
        })
        .meta({ id: "PaperDue", description: "廃棄する紙の書類。人は宛名番号だけで示す。" }),
    ),
    waiting: z.int(),
    proposals: z.array(proposal),
  }),
  handler: async (_input, desk) => {
    const { all, erasures, papers } = await desk.readTotals(async (client) => ({
      all: await readRetention(client),
      erasures: await listTermErasures(client),
      papers: (await paperDue(client, desk.options.today())).papers,
    }));
    return {
      groups: all.groups.map(({ judgement, ...each }) => ({
        ...each,
        judgement:
          judgement === null
            ? null
            : {
                judgedOn: judgement.judgedOn,
                beforeOn: judgement.beforeOn,
                rows: judgement.rows,
                held: judgement.held,
              },
      })),
      holds: all.holds.map((each) => ({ ...each, placedAt: each.placedAt.toISOString() })),
      removals: all.removals.map((each) => ({ ...each, removedAt: each.removedAt.toISOString() })),
      erasures: erasures.map(({ held: _held, ...each }) => each),
      papers: papers.map((each) => ({ ...each })),
      waiting: all.waiting,
      proposals: all.proposals.map(proposalOf),
    };
  },
});

const proposeRetentionTerm = operation({
  id: "proposeRetentionTerm",
  method: "POST",
  path: "/retention/terms",
  summary: "記録の保存期間の申請",
  access: { permission: "parameter.change", relation: "none" },
  command: true,
  body: z.strictObject({ group, years: z.int().min(1).max(100).nullable(), from: day, reason: why }),
  response: proposed,
  handler: async ({ body }, desk) => ({
    proposalId: await desk.command({}, async (context, key) => await proposeTerm(context, { ...body, key })),
  }),
});

const audits = { permission: "log.view", relation: "none" } as const;

const removal = operation({
  id: "proposeRecordRemoval",
  method: "POST",
  path: "/retention/removals",
  summary: "保存期間を過ぎた記録の消去の申請",
  access: audits,
  command: true,
  body: z.strictObject({ group, reason: why }),
  response: proposed,
  handler: async ({ body }, desk) => ({
    proposalId: await desk.command({}, async (context, key) => await proposeRemoval(context, { ...body, key })),
  }),
});

const hold = operation({
  id: "placeRetentionHold",
  method: "POST",
  path: "/retention/holds",
  summary: "記録の消去を止める",
  access: audits,
  command: true,
  body: z.strictObject({ group, from: day.optional(), reason: why }),
  response: z.object({ holdId: z.int() }),
  handler: async ({ body: { from, ...body } }, desk) => ({
    holdId: await desk.command(
      {},
      async (context, key) =>
        await placeRetentionHold(context, { ...body, ...(from === undefined ? {} : { from }), key }),
    ),
  }),
});

const release = operation({
  id: "proposeHoldRelease",
  method: "POST",
  path: "/retention/holds/{holdId}/release",
  summary: "消去の停止の解除の申請",
  access: audits,
  command: true,
  params: z.strictObject({ holdId: number }),
  body: z.strictObject({ reason: why }),
  response: proposed,
  handler: async ({ params, body }, desk) => ({
    proposalId: await desk.command(
      {},
      async (context, key) => await proposeHoldRelease(context, { ...params, ...body, key }),
    ),
  }),
});

const answerRetention = operation({
  id: "answerRetention",
  method: "POST",
  path: "/retention/proposals/{proposalId}/answer",
  summary: "記録の保存・消去の申請への答え",
  access: { permission: "parameter.approve", relation: "none", stepUp: true },
  command: true,
  params: z.strictObject({ proposalId: number }),
  body: answerBody,
  response: answered,
  handler: async ({ params, body }, desk) => await answer(desk, params.proposalId, body, RETENTION_KINDS),
});

export const twoPeopleOperations = [
  restrictions,
  denial,
  relation,
  end,
  answerRestriction,
  retention,
  proposeRetentionTerm,
  removal,
  hold,
  release,
  answerRetention,
];
