/** 事案: opening with a 処理事由, the page of a recipient, its history. */
import {
  accountCheckLabels,
  accountTypeName,
  bandName,
  causeName,
  closeAllCases,
  closeCase,
  decisionName,
  holdLabels,
  listPurposes,
  moneyStateLabels,
  openCase,
  openRecipient,
  readCaseHistory,
  readPerson,
  scannedTarget,
  wardChoices,
  wardName,
} from "@hagukumi/allowance/contract.ts";
import type { CaseTarget, RecipientPage, ResidentView } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { caseShape, eventShape } from "./case-shapes.ts";
import { certificationNumber } from "./inputs.ts";
import type { Desk } from "./desk.ts";
import { operation } from "./operation.ts";

const digits = (most: number): z.ZodString =>
  z.string().regex(new RegExp(`^[0-9]{1,${most}}$`), `${most}桁までの数字で指定してください。`);

const listPurposesOperation = operation({
  id: "listPurposes",
  method: "GET",
  path: "/purposes",
  summary: "処理事由の一覧",
  access: { permission: "case.open", relation: "none" },
  response: z.object({
    purposes: z.array(z.object({ code: z.string(), name: z.string(), needsText: z.boolean() })),
  }),
  handler: async (_input, desk) => ({ purposes: [...(await listPurposes({ pool: desk.pool, call: desk.call() }))] }),
});

const target = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("recipient"), number: digits(10) }),
  z.strictObject({ kind: z.literal("addressee"), number: digits(15) }),
  z.strictObject({ kind: z.literal("reception"), number: digits(10) }),
  /** 帳票のコード, as it was read from the paper */
  z.strictObject({
    kind: z.literal("scanned"),
    code: z.string().trim().min(1, "空です。").max(80, "80文字までです。"),
  }),
]);

async function targetOf(asked: z.output<typeof target>, desk: Desk): Promise<CaseTarget> {
  if (asked.kind === "scanned") {
    const found = await desk.readAsSystem(async (client) => ({
      response: await scannedTarget(client, asked.code),
      log: [],
    }));
    return found.target;
  }
  if (asked.kind === "recipient") return { recipientId: Number(asked.number) };
  if (asked.kind === "addressee") return { addresseeNumber: Number(asked.number) };
  return { receptionNumber: asked.number };
}

const openCaseOperation = operation({
  id: "openCase",
  method: "POST",
  path: "/openings",
  summary: "処理事由を示して人を開く",
  access: { permission: "case.open", relation: "person" },
  body: z.strictObject({
    target,
    purpose: z.string().regex(/^[a-zA-Z]{1,40}$/, "処理事由を選んでください。"),
    explanation: z.string().max(200, "説明は200文字までです。").default(""),
    origin: z.enum(["search", "list", "case"]),
  }),
  response: z.object({
    openingId: z.int(),
    addresseeNumber: z.int(),
    recipientIds: z.array(z.int()),
    expiresAt: z.string(),
  }),
  handler: async ({ body }, desk) => {
    const asked = await targetOf(body.target, desk);
    const opened = await openCase({ pool: desk.pool, call: desk.call() }, asked, {
      code: body.purpose,
      text: body.explanation,
      origin: body.origin,
    });
    // Of somebody certified twice, the certification that was asked for comes first.
    const wanted = "recipientId" in asked ? asked.recipientId : undefined;
    const recipientIds = opened.recipientIds.toSorted((a, b) => Number(b === wanted) - Number(a === wanted));
    return { ...opened, recipientIds, expiresAt: opened.expiresAt.toISOString() };
  },
});

const closeCaseOperation = operation({
  id: "closeCase",
  method: "POST",
  path: "/openings/{openingId}/close",
  summary: "開いた人を閉じる",
  access: { permission: "signedIn", relation: "none" },
  params: z.strictObject({ openingId: digits(15).transform(Number) }),
  response: z.object({ closed: z.boolean() }),
  handler: async ({ params }, desk) => ({
    closed: await closeCase({ pool: desk.pool, call: desk.call() }, params.openingId),
  }),
});

const endApplicant = operation({
  id: "endApplicant",
  method: "POST",
  path: "/openings/end-applicant",
  summary: "窓口の次の人へ（開いた人を全部閉じる）",
  access: { permission: "signedIn", relation: "none" },
  response: z.object({ closed: z.int() }),
  handler: async (_input, desk) => ({ closed: await closeAllCases({ pool: desk.pool, call: desk.call() }) }),
});

/** The page of the inquiry in the words of the API: codes with their names, months `YYYY-MM`. */
function caseOf(page: RecipientPage, mayViewAccounts: boolean, today: string): z.input<typeof caseShape> {
  const months = page.months.map((month) => ({
    ...month,
    parts: month.parts.map((part) => ({ ...part, stateName: moneyStateLabels[part.state] })),
    children: month.children.map((child) => ({
      ...child,
      bandName: bandName(child.band),
      because: child.because.map(({ article, text }) => ({ article, text })),
    })),
  }));
  return {
    ...page,
    today,
    wardName: wardName(page.wardCode),
    children: [...page.children],
    firstMonth: page.firstMonth?.slice(0, 7) ?? null,
    endedFrom: page.endedFrom?.slice(0, 7) ?? null,
    accounts: page.accounts.map((account) => ({
      ...account,
      accountTypeName: accountTypeName(account.accountType),
      since: account.since.toISOString(),
      until: account.until?.toISOString() ?? null,
      checks: account.checks.map(({ kind, method, ...check }) => ({
        ...check,
        kindName: accountCheckLabels.kind[kind],
        methodName: accountCheckLabels.method[method],
        resultName: accountCheckLabels.result[check.result],
        recordedAt: check.recordedAt.toISOString(),
      })),
    })),
    accountsHidden: !mayViewAccounts,
    decisions: page.decisions.map((decision) => ({
      ...decision,
      kindName: decisionName(decision.kind),
      causeName: causeName(decision.cause),
      effectiveMonth: decision.effectiveMonth.slice(0, 7),
    })),
    holds: page.holds.map((hold) => ({
      ...hold,
      kindName: holdLabels[hold.kind],
      fromMonth: hold.fromMonth.slice(0, 7),
    })),
    months,
    opening: page.opening === null ? null : { ...page.opening, expiresAt: page.opening.expiresAt.toISOString() },
  };
}

const readCase = operation({
  id: "readCase",
  method: "GET",
  path: "/cases/{recipientId}",
  summary: "受給者の1枚（家族・月ごとの額と理由・決定・口座・差止）",
  access: { permission: "case.open", relation: "case" },
  params: z.strictObject({ recipientId: certificationNumber }),
  response: caseShape,
  handler: async ({ params }, desk) => {
    const { recipientId } = params;
    const staff = await desk.staff();
    const mayViewAccounts = staff.permissions.includes("account.view");
    const reader = desk.reader(
      { recipientId },
      mayViewAccounts ? "name, birth, account, amount" : "name, birth, amount",
    );
    const { calendar } = desk.options;
    const today = desk.options.today();
    return caseOf(await openRecipient(reader, { recipientId, calendar, today }), mayViewAccounts, today);
  },
});

const readHistory = operation({
  id: "readCaseHistory",
  method: "GET",
  path: "/cases/{recipientId}/history",
  summary: "事案の経過",
  access: { permission: "case.open", relation: "case" },
  params: z.strictObject({ recipientId: certificationNumber }),
  response: z.object({ events: z.array(eventShape) }),
  handler: async ({ params }, desk) => {
    const events = await readCaseHistory(desk.reader(params, "history"), params.recipientId);
    return { events: events.map((event) => ({ ...event, recordedAt: event.recordedAt.toISOString() })) };
  },
});

const resident = z
  .object({
    addresseeNumber: z.int(),
    name: z.string(),
    kana: z.string(),
    birthDate: z.string().nullable(),
    sex: z.int().nullable(),
    since: z.string().nullable(),
    registeredOn: z.string(),
    residentState: z.int().nullable(),
    relationCode: z.string(),
    wardCode: z.string(),
    wardName: z.string(),
    address: z.string().nullable(),
    protected: z.boolean(),
    recipientIds: z.array(z.int()),
  })
  .meta({ id: "Resident", description: "住民基本台帳の人。支援措置の人の住所は返さない。" });

/** A resident in the words of the API. */
function residentOf(each: ResidentView): z.input<typeof resident> {
  return { ...each, wardName: wardName(each.wardCode), recipientIds: [...each.recipientIds] };
}

const readPersonOperation = operation({
  id: "readPerson",
  method: "GET",
  path: "/persons/{addresseeNumber}",
  summary: "開いた人と、同じ世帯の人",
  access: { permission: "case.open", relation: "person" },
  params: z.strictObject({ addresseeNumber: digits(15).transform(Number) }),
  response: z.object({
    person: resident,
    household: z.array(resident),
    registerAsOf: z.string().nullable(),
    today: z.string(),
    wards: z.array(z.object({ code: z.string(), name: z.string() })),
  }),
  handler: async ({ params }, desk) => {
    const page = await readPerson(desk.reader(params, "name, birth, address"), params.addresseeNumber);
    if (page === undefined) {
      throw new Refusal("purposeNeeded", "処理事由を示して開いていないか、15分が過ぎました。開き直してください。");
    }
    return {
      person: residentOf(page.person),
      household: page.household.map(residentOf),
      registerAsOf: page.registerAsOf,
      today: desk.options.today(),
      wards: [...wardChoices],
    };
  },
});

export const caseOperations = [
  listPurposesOperation,
  openCaseOperation,
  closeCaseOperation,
  endApplicant,
  readCase,
  readHistory,
  readPersonOperation,
];
