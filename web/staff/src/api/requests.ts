/** 二人で決めること: requests put on the pages of letters, limitation and income, and their answer by another person. */
import {
  answerRequest,
  formOf,
  LIMITATION_EVENTS,
  limitationEventLabels,
  listTaxCorrections,
  putRequest,
  requestKinds,
  restrictionCauseLabels,
  waitingRequests,
} from "@hagukumi/allowance/contract.ts";
import type { RequestContent, RequestKind, WaitingRequest } from "@hagukumi/allowance/contract.ts";
import type { StaffNow } from "@hagukumi/platform/access/staff.ts";
import type { Permission } from "@hagukumi/platform/identity/permissions.ts";
import { parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { counterLines } from "./counter-words.ts";
import { dateText, reasonText } from "./inputs.ts";
import { fromTray, inTray } from "./letters.ts";
import { operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";
import { requireShown, shownOf } from "./shown-recipients.ts";

/** Whose answer each kind wants. */
const ANSWERERS: Readonly<Record<RequestKind, Permission>> = {
  limitationEvent: "decision.exOfficioApprove",
  taxResolution: "decision.exOfficioApprove",
  letterWithheld: "letter.approve",
  counterFund: "payment.approve",
  counterPayment: "account.approve",
  // Whoever may make a payment may stand by when the cash is handed out, but not as the one who hands it out.
  counterPayout: "payment.create",
  counterReturn: "payment.approve",
  counterCount: "payment.create",
  restriction: "decision.exOfficioApprove",
  restrictionEnd: "decision.exOfficioApprove",
  restrictionCancellation: "decision.exOfficioApprove",
  lapseCancellation: "decision.exOfficioApprove",
};

const OUTCOMES = {
  mainEarnerKept: "生計中心者は変わらない",
  recipientChanges: "もう一方の父母の請求を求める",
} as const;

function linesOf(content: RequestContent): string[] {
  if (content.kind === "limitationEvent") {
    return [
      `${content.fromMonth} から ${content.toMonth} までの月分: ${limitationEventLabels[content.event]}（${content.happenedOn}）`,
      `根拠の文書: ${content.evidence}`,
    ];
  }
  if (content.kind === "letterWithheld") {
    return [`送らない通知書: ${formOf(content.form).title}（${content.sourceKey}）`, `理由: ${content.reason}`];
  }
  if (content.kind === "restriction") {
    const scope = content.childNumber === null ? "全部" : `児童（宛名番号 ${String(content.childNumber)}）の分`;
    return [
      `${content.fromMonth} の月分から支給しない（${scope}）: ${restrictionCauseLabels[content.causeCode]}`,
      `命令・質問: ${content.demandDocument}（${content.demandedOn}、期限 ${content.answerDueOn}）`,
      `理由: ${content.reason}`,
      "この月分は、制限が終わってもさかのぼって支払われません。",
    ];
  }
  if (content.kind === "restrictionEnd") {
    return [
      `支給制限 第${String(content.restrictionId)}号を終える: ${content.payableFrom} の月分からふたたび支給する（従った日 ${content.compliedOn}）`,
      `理由: ${content.reason}`,
    ];
  }
  if (content.kind === "restrictionCancellation") {
    return [
      `支給制限 第${String(content.restrictionId)}号を取り消す: 制限した月分は、すべて支払うべき額に戻る`,
      `理由: ${content.reason}`,
    ];
  }
  if (content.kind === "lapseCancellation") {
    return [
      `時効による消滅の決定 第${String(content.lapseId)}号を取り消す: その月分は、支払うべき額に戻る`,
      `理由: ${content.reason}`,
    ];
  }
  if (content.kind !== "taxResolution") return counterLines(content);
  return [`${String(content.year)}年の所得の更正: ${OUTCOMES[content.outcome]}`, `確かめたこと: ${content.reason}`];
}

const CASE_RIGHTS: readonly Permission[] = ["procedure.receive", "procedure.approve", "letter.print", "letter.approve"];

/** Requests about whom the member of staff may see: own wards, nobody protected without the right for it. */
async function shownRequests(client: PoolClient, now: StaffNow): Promise<readonly WaitingRequest[]> {
  // Rights about payments open no case: whoever has nothing else sees what these rights answer.
  const ofCases = CASE_RIGHTS.some((right) => now.permissions.includes(right));
  const all = (await waitingRequests(client)).filter(
    ({ kind }) => ofCases || now.permissions.includes(ANSWERERS[kind]),
  );
  const withRecipient = all.flatMap((each) =>
    each.recipientId === null ? [] : [{ ...each, recipientId: each.recipientId }],
  );
  const seen = new Set((await shownOf(client, now, withRecipient)).shown.map(({ requestId }) => requestId));
  const { rows } = await client.query<{ number: number }>(
    "SELECT n AS number FROM unnest($1::bigint[]) n WHERE allowance.is_protected(n)",
    [all.flatMap(({ addresseeNumber }) => (addresseeNumber === null ? [] : [addresseeNumber]))],
  );
  const hidden = new Set(now.permissions.includes("protection.view") ? [] : rows.map(({ number }) => number));
  return all.filter(
    ({ requestId, recipientId, addresseeNumber }) =>
      (recipientId === null || seen.has(requestId)) && (addresseeNumber === null || !hidden.has(addresseeNumber)),
  );
}

const readers = [
  "procedure.receive",
  "procedure.approve",
  "letter.print",
  "letter.approve",
  "account.approve",
  "payment.create",
  "payment.approve",
] as const satisfies readonly Permission[];

const list = operation({
  id: "listRequests",
  method: "GET",
  path: "/requests",
  summary: "二人で決めることの一覧",
  access: { permission: [...readers], relation: "none" },
  response: z.object({
    requests: z.array(
      z.object({
        requestId: z.int(),
        kind: z.enum(Object.keys(requestKinds) as [RequestKind, ...RequestKind[]]),
        kindName: z.string(),
        recipientId: z.int().nullable(),
        lines: z.array(z.string()),
        contentDigest: z.string(),
        requestedOn: z.string(),
        requestedBy: z.string(),
        mayAnswer: z.boolean(),
      }),
    ),
  }),
  handler: async (_input, desk) =>
    await desk.readAsSystem(async (client, now) => {
      const requests = (await shownRequests(client, now)).map((each) => ({
        requestId: each.requestId,
        kind: each.kind,
        kindName: requestKinds[each.kind].name,
        recipientId: each.recipientId,
        lines: linesOf(each.content),
        contentDigest: each.contentDigest,
        requestedOn: each.requestedOn,
        requestedBy: each.requestedBy,
        mayAnswer: now.permissions.includes(ANSWERERS[each.kind]),
      }));
      return { response: { requests }, log: [{ action: "list", rows: requests.length, columns: "recipientId" }] };
    }),
});

const answer = operation({
  id: "answerRequest",
  method: "POST",
  path: "/requests/{requestId}/answer",
  summary: "二人で決めることの決裁",
  access: {
    permission: ["decision.exOfficioApprove", "letter.approve", "account.approve", "payment.create", "payment.approve"],
    stepUp: true,
    relation: "none",
  },
  command: true,
  params: z.strictObject({
    requestId: z
      .string()
      .regex(/^[1-9]\d{0,11}$/, "番号は12桁までの数字です。")
      .transform(Number),
  }),
  body: z.discriminatedUnion("outcome", [
    z.strictObject({ outcome: z.literal("approved"), contentDigest: z.string().max(64) }),
    z.strictObject({ outcome: z.literal("returned"), contentDigest: z.string().max(64), reason: reasonText }),
  ]),
  response: stepDone,
  handler: async ({ params: { requestId }, body }, desk) => {
    await desk.readAsSystem(async (client, now) => {
      const found = (await shownRequests(client, now)).find((each) => each.requestId === requestId);
      if (found === undefined) {
        throw new Refusal("requestInvalid", "この案はありません。一覧を読み直してください。何も変えていません。");
      }
      if (!now.permissions.includes(ANSWERERS[found.kind])) {
        throw new Refusal(
          "notPermitted",
          "この種類の案を決裁する権限がありません。権限のある職員に渡してください。何も変えていません。",
        );
      }
      return { response: undefined, log: [] };
    });
    await desk.command(
      { caseRef: `request/${requestId}`, approvalRef: body.contentDigest.slice(0, 16) },
      async (context, key) => {
        await answerRequest(context, { requestId, answer: body, key });
      },
    );
    return { message: body.outcome === "approved" ? "承認しました。" : "差し戻しました。" };
  },
});

const monthText = z.string().refine((text) => parseMonth(text) !== undefined, "YYYY-MM の年月で指定してください。");
const PUT = "案を入れました。別の人が承認すると効きます。";

const putLimitation = operation({
  id: "requestLimitationEvent",
  method: "POST",
  path: "/requests/limitation-events",
  summary: "時効に関わる出来事の案",
  access: { permission: "decision.exOfficio", relation: "none" },
  command: true,
  body: z.strictObject({
    recipientId: z.int().min(1).max(9_999_999_999),
    fromMonth: monthText,
    toMonth: monthText,
    event: z.enum(LIMITATION_EVENTS),
    happenedOn: dateText.refine((text) => parseCivilDate(text) !== undefined, "存在しない日付です。"),
    evidence: z.string().trim().min(1, "根拠の文書を書いてください。").max(200, "200文字までです。"),
  }),
  response: stepDone,
  handler: async ({ body }, desk) => {
    await requireShown(desk, body.recipientId);
    await desk.command({ caseRef: String(body.recipientId) }, async (context, key) => {
      await putRequest(context, { content: { kind: "limitationEvent", ...body }, key });
    });
    return { message: PUT };
  },
});

const putWithheld = operation({
  id: "requestWithholding",
  method: "POST",
  path: "/requests/withheld-letters",
  summary: "通知書を送らない案",
  access: { permission: "letter.print", relation: "none" },
  command: true,
  body: z.strictObject({ ...fromTray.shape, reason: reasonText }),
  response: stepDone,
  handler: async ({ body: { form, sourceKey, reason } }, desk) => {
    await inTray(desk, { form, sourceKey });
    await desk.command({ caseRef: sourceKey }, async (context, key) => {
      await putRequest(context, { content: { kind: "letterWithheld", form, sourceKey, reason }, key });
    });
    return { message: PUT };
  },
});

const putResolution = operation({
  id: "requestTaxResolution",
  method: "POST",
  path: "/requests/tax-resolutions",
  summary: "生計中心者を確かめた結果の案",
  access: { permission: "decision.exOfficio", relation: "none" },
  command: true,
  body: z.strictObject({
    recipientId: z.int().min(1).max(9_999_999_999),
    year: z.int().min(2008).max(2100),
    historyNo: z.int().min(1).max(9999),
    revision: z.int().min(1).max(9999),
    outcome: z.enum(["mainEarnerKept", "recipientChanges"]),
    reason: reasonText,
  }),
  response: stepDone,
  handler: async ({ body: { recipientId, ...said } }, desk) => {
    await requireShown(desk, recipientId);
    // Whose income it is may be the other parent's, whom this page does not name.
    const number = await desk.readAsSystem(async (client) => {
      const open = (await listTaxCorrections(client, desk.options.today())).find(
        (each) =>
          each.year === said.year &&
          each.historyNo === said.historyNo &&
          each.revision === said.revision &&
          each.compared.includes(recipientId),
      );
      if (open === undefined) {
        throw new Refusal(
          "reviewChanged",
          "この更正は、処理が済んでいるか、その後の更正が届いています。一覧を読み直してください。何も変えていません。",
        );
      }
      return { response: open.number, log: [{ action: "list", rows: 1 }] };
    });
    await desk.command({ caseRef: String(recipientId) }, async (context, key) => {
      await putRequest(context, { content: { kind: "taxResolution", number, ...said }, key });
    });
    return { message: PUT };
  },
});

export const requestOperations = [list, answer, putLimitation, putWithheld, putResolution];
