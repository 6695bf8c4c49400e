/** 受付→審査→決裁: what the screens read – the procedures, the live proposal, the examination panel, the work lists. */
import {
  codesOn,
  eventLabels,
  examinePanel,
  filingStateLabels,
  previewFiling,
  procedures,
  workList,
  workListLabels,
  wardChoices,
  wardName,
} from "@hagukumi/allowance/contract.ts";
import type { ExaminePanel, FilingForm, Proposal } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { difference, filingForm, filingState, procedureCode, proposal } from "./filing-shapes.ts";
import { claimantOf, filerOf, filingParams } from "./filings.ts";
import { operation } from "./operation.ts";
import { debtShape, debtView } from "./recovery-shapes.ts";

const listProcedures = operation({
  id: "listProcedures",
  method: "GET",
  path: "/procedures",
  summary: "手続の一覧と、その入力項目",
  access: { permission: "claim.receive", relation: "none" },
  response: z.object({
    procedures: z.array(
      z.object({
        code: procedureCode,
        name: z.string(),
        form: z.string().nullable(),
        rule: z.string(),
        schema: z.unknown().meta({ description: "入力項目（JSON Schema）" }),
      }),
    ),
  }),
  // oxlint-disable-next-line require-await -- the procedures are at hand; the other operations wait
  handler: async () => ({
    procedures: procedures.map(({ code, name, form, rule, shape }) => ({
      code,
      name,
      form,
      rule,
      schema: z.toJSONSchema(shape, { io: "input", unrepresentable: "any" }),
    })),
  }),
});

const requiredDocument = z.object({ code: z.string(), name: z.string(), why: z.string(), waivable: z.boolean() });
const problem = z.object({ path: z.string(), message: z.string() });

/** A proposal without what it rests on inside. */
export const shownProposal = ({ outcome, reasons, differences, effects }: Proposal): z.input<typeof proposal> => ({
  outcome,
  reasons: [...reasons],
  differences: [...differences],
  effects: effects.map((each) => ({ ...each, children: [...each.children] })),
});

const preview = operation({
  id: "previewFiling",
  method: "POST",
  path: "/filings/preview",
  summary: "入力の途中での案（何も残さない）",
  access: { permission: "claim.receive", relation: "person" },
  body: z.strictObject({ form: filingForm }),
  response: z.object({
    problems: z.array(problem),
    proposal: proposal.nullable(),
    documents: z.array(requiredDocument),
    stops: z.array(z.string()),
    legalDueOn: z.string().nullable().meta({ description: "届出・請求の期限（閉庁日を除いて数えた最後の日）" }),
  }),
  handler: async ({ body }, desk) => {
    const form = JSON.parse(JSON.stringify(body.form)) as FilingForm;
    return await desk.command({ addresseeNumber: claimantOf(body.form), action: "read" }, async (context) => {
      const answer = await previewFiling(context, form);
      return {
        problems: [...answer.problems],
        proposal: answer.proposal === null ? null : shownProposal(answer.proposal),
        documents: [...answer.documents],
        stops: [...answer.stops],
        legalDueOn: answer.legalDueOn,
      };
    });
  },
});

const panelPerson = z.object({
  number: z.int(),
  part: z.enum(["claimant", "child", "counted"]),
  name: z.string(),
  kana: z.string(),
  birthDate: z.string().nullable(),
  address: z.string().nullable(),
  protected: z.boolean(),
  rights: z.array(
    z.object({
      recipientId: z.int(),
      kind: z.string(),
      firstMonth: z.string().nullable(),
      endedFrom: z.string().nullable(),
    }),
  ),
  claimedBy: z.array(z.int()),
});

const panelShape = z
  .object({
    filingId: z.int(),
    receptionNumber: z.string(),
    procedure: procedureCode,
    procedureName: z.string(),
    form: z.string().nullable(),
    rule: z.string(),
    state: filingState,
    stateName: z.string(),
    revision: z.int(),
    wardCode: z.string(),
    wardName: z.string(),
    claimant: z.int(),
    recipientId: z.int().nullable(),
    replaces: z.int().nullable(),
    receivedOn: z.string(),
    channel: z.enum(["counter", "post", "online", "exOfficio"]),
    typedBy: z.string(),
    dueOn: z.string().nullable(),
    finalDueOn: z.string().nullable(),
    agent: z
      .object({
        kind: z.enum(["statutory", "voluntary"]),
        name: z.string(),
        relation: z.string(),
        authority: z.string(),
      })
      .nullable(),
    identity: z.object({ kind: z.int(), documents: z.array(z.string()) }).nullable(),
    content: z.unknown(),
    persons: z.array(panelPerson),
    documents: z.array(
      requiredDocument.extend({
        state: z.enum(["received", "waived", "requested", "returned", "missing"]),
        notedOn: z.string().nullable(),
        reason: z.string().nullable(),
      }),
    ),
    handedBack: z.array(
      z.object({
        paper: z.string(),
        how: z.enum(["counter", "post"]),
        on: z.string(),
        reason: z.string(),
        by: z.string(),
      }),
    ),
    events: z.array(
      z.object({
        seq: z.int(),
        kind: z.string(),
        kindName: z.string(),
        on: z.string(),
        at: z.string(),
        by: z.string(),
        dueOn: z.string().nullable(),
        reason: z.string().nullable(),
      }),
    ),
    differences: z.array(difference),
    proposal,
    examination: z
      .object({
        digest: z.string(),
        outcome: z.string(),
        judgedOn: z.string(),
        examinedBy: z.string(),
        override: z
          .object({ outcome: z.string().nullable(), reasonCode: z.string(), reason: z.string(), adjust: z.unknown() })
          .nullable(),
      })
      .nullable(),
    alerts: z.array(
      z.object({
        digest: z.string(),
        item: z.string(),
        child: z.int().nullable(),
        text: z.string(),
        acknowledged: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
      }),
    ),
    debts: z.array(debtShape),
    stops: z.array(z.string()),
    legalDueOn: z.string().nullable(),
    upToDate: z.boolean(),
    notBy: z.array(z.string()),
    /** Names of the 行政区, for the codes that stand in the content */
    wards: z.array(z.object({ code: z.string(), name: z.string() })),
  })
  .meta({ id: "Filing", description: "受付の1件: 入力、台帳との突き合わせ、書類、案、経過" });

/** The typed content, without the account for those who may not see accounts. */
function contentOf(content: unknown, mayViewAccounts: boolean): unknown {
  if (mayViewAccounts || typeof content !== "object" || content === null || !("account" in content)) return content;
  const { account: _hidden, ...rest } = content;
  return rest;
}

function panelOf(panel: ExaminePanel, mayViewAccounts: boolean): z.input<typeof panelShape> {
  const { filing, examination, ...rest } = { ...panel, examination: panel.filing.examination };
  return {
    ...rest,
    filingId: filing.filingId,
    receptionNumber: filing.receptionNumber,
    procedure: filing.procedure,
    state: filing.state,
    stateName: filingStateLabels[filing.state],
    revision: filing.revision,
    wardCode: filing.wardCode,
    wardName: wardName(filing.wardCode),
    claimant: filing.subject.claimant,
    recipientId: filing.subject.recipientId,
    replaces: filing.replaces,
    receivedOn: filing.receivedOn,
    channel: filing.channel,
    typedBy: filing.typedBy,
    dueOn: filing.dueOn,
    finalDueOn: filing.finalDueOn,
    agent: filing.agent,
    identity: filing.identity === null ? null : { ...filing.identity, documents: [...filing.identity.documents] },
    content: contentOf(filing.content, mayViewAccounts),
    persons: panel.persons.map((person) => ({
      ...person,
      // The address of a protected person leaves only through its own gate.
      address: person.protected ? null : person.address,
      rights: [...person.rights],
      claimedBy: [...person.claimedBy],
    })),
    documents: [...panel.documents],
    handedBack: [...panel.handedBack],
    events: panel.events.map((event) => ({
      ...event,
      kindName: eventLabels[event.kind],
      at: event.at.toISOString(),
    })),
    differences: [...panel.current.differences],
    proposal: shownProposal(panel.current),
    examination:
      examination === null
        ? null
        : {
            digest: examination.digest,
            outcome: examination.outcome,
            judgedOn: examination.judgedOn,
            examinedBy: examination.examinedBy,
            override: examination.override,
          },
    alerts: panel.alerts.map((alert) => ({
      ...alert,
      acknowledged:
        alert.acknowledged === null ? null : { ...alert.acknowledged, at: alert.acknowledged.at.toISOString() },
    })),
    debts: panel.debts.map(debtView),
    stops: [...panel.stops],
    legalDueOn: panel.legalDueOn,
    notBy: [...panel.notBy],
    wards: [...wardChoices],
  };
}

const readFiling = operation({
  id: "readFiling",
  method: "GET",
  path: "/filings/{filingId}",
  summary: "受付の1件（入力・台帳との突き合わせ・案・経過）",
  access: { permission: "case.open", relation: "filing" },
  params: filingParams,
  response: panelShape,
  handler: async ({ params }, desk) => {
    const addresseeNumber = await filerOf(desk, params.filingId);
    const about = { addresseeNumber, caseRef: `filing/${String(params.filingId)}`, action: "read" } as const;
    return await desk.command(about, async (context) => {
      return panelOf(await examinePanel(context, params.filingId), desk.session().permissions.includes("account.view"));
    });
  },
});

const listKind = z.enum(["toExamine", "toApprove", "returned", "drafts", "ageing"]);
const counts = z.object({
  toExamine: z.int(),
  toApprove: z.int(),
  returned: z.int(),
  drafts: z.int(),
  ageing: z.int(),
});

const readWorkList = operation({
  id: "readWorkList",
  method: "GET",
  path: "/work-lists/{kind}",
  summary: "仕事の一覧（古い順）",
  access: { permission: "case.open", relation: "none" },
  params: z.strictObject({ kind: listKind }),
  query: z.strictObject({
    ward: z
      .string()
      .regex(/^[0-9]{6}$/, "区を選んでください。")
      .optional(),
  }),
  response: z.object({
    kind: listKind,
    name: z.string(),
    total: z.int(),
    late: z.int(),
    counts,
    byWard: z.array(z.object({ wardCode: z.string(), wardName: z.string(), total: z.int() })),
    filings: z.array(
      z.object({
        filingId: z.int(),
        receptionNumber: z.string(),
        procedure: procedureCode,
        procedureName: z.string(),
        wardCode: z.string(),
        wardName: z.string(),
        state: filingState,
        stateName: z.string(),
        receivedOn: z.string(),
        channel: z.enum(["counter", "post", "online", "exOfficio"]),
        kanaInitial: z.string(),
        daysWaiting: z.int(),
        decideBy: z.string(),
        dueOn: z.string().nullable(),
        outcome: z.string().nullable(),
        overridden: z.boolean(),
        correction: z.boolean(),
        draftBy: z.string().nullable(),
        alarm: z.enum(["late", "soon"]).nullable(),
      }),
    ),
  }),
  handler: async ({ params, query }, desk) => {
    const { today } = desk.options;
    const answer = await workList(desk.reader(null), {
      kind: params.kind,
      today: today(),
      limit: 200,
      ...(query.ward === undefined ? {} : { ward: query.ward }),
    });
    return {
      ...answer,
      name: workListLabels[params.kind],
      byWard: answer.byWard.map((each) => ({ ...each, wardName: wardName(each.wardCode) })),
      filings: answer.filings.map((filing) => ({
        ...filing,
        wardName: wardName(filing.wardCode),
        stateName: filingStateLabels[filing.state],
      })),
    };
  },
});

const overrideReasons = operation({
  id: "listOverrideReasons",
  method: "GET",
  path: "/override-reasons",
  summary: "案を変える理由と却下事由の一覧（コード表）",
  // Whoever sees a filing reads in words why its proposal was changed.
  access: { permission: "case.open", relation: "none" },
  response: z.object({
    overrideReason: z.array(z.object({ identifier: z.string(), label: z.string() })),
    refusalCause: z.array(z.object({ identifier: z.string(), label: z.string() })),
  }),
  handler: async (_input, desk) =>
    await desk.readTotals(async (client) => {
      const of = async (domain: string): Promise<{ identifier: string; label: string }[]> =>
        (await codesOn(client, domain, desk.options.today())).map(({ identifier, label }) => ({ identifier, label }));
      return { overrideReason: await of("overrideReason"), refusalCause: await of("refusalCause") };
    }),
});

export const filingReadOperations = [overrideReasons, listProcedures, preview, readFiling, readWorkList];
