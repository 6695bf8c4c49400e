/** 事案のほかの面: what was filed, the household, the case as of two days, holds. */
import {
  ACCOUNT_CHECK_KINDS,
  ACCOUNT_CHECK_METHODS,
  ACCOUNT_CHECK_RESULTS,
  caseOn,
  decisionName,
  causeName,
  filingStateLabels,
  type FilingState,
  householdOf,
  type PersonOn,
  placeHold,
  procedures,
  readCaseFilings,
  recordAccountCheck,
  releaseHold,
} from "@hagukumi/allowance/contract.ts";
import { month, parseMonth } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { addresseeOf } from "./case-entries.ts";
import { certificationNumber, dateText, reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";

const params = z.strictObject({ recipientId: certificationNumber });
const CLAIMS: Readonly<Record<string, string>> = {
  certification: "認定請求",
  increase: "額改定認定請求",
  supportConfirmation: "監護相当・生計費の負担についての確認書",
};
const nameOf = (code: string): string => procedures.find((each) => each.code === code)?.name ?? CLAIMS[code] ?? code;

const filings = operation({
  id: "readCaseFilings",
  method: "GET",
  path: "/cases/{recipientId}/filings",
  summary: "事案の請求・届出",
  access: { permission: "case.open", relation: "case" },
  params,
  response: z.object({
    filings: z.array(
      z.object({
        filingId: z.int().nullable(),
        receptionNumber: z.string(),
        name: z.string(),
        receivedOn: z.string(),
        stateName: z.string(),
      }),
    ),
  }),
  handler: async (input, desk) => {
    const found = await readCaseFilings(desk.reader(input.params, "filings"), input.params.recipientId);
    return {
      filings: found.map(({ what, state, ...rest }) => ({
        ...rest,
        name: nameOf(what),
        stateName: filingStateLabels[state as FilingState],
      })),
    };
  },
});

const member = z.object({
  addresseeNumber: z.int().nullable(),
  name: z.string(),
  kana: z.string(),
  birthDate: z.string().nullable(),
  protected: z.boolean(),
  sameHousehold: z.boolean(),
});

const household = operation({
  id: "readHousehold",
  method: "GET",
  path: "/cases/{recipientId}/household",
  summary: "世帯と、同じ児童・同じ世帯のほかの受給者",
  access: { permission: "case.open", relation: "case" },
  params,
  response: z.object({
    spouses: z.array(member),
    children: z.array(member),
    countedSiblings: z.array(member),
    others: z.array(
      z.object({
        recipientId: z.int(),
        name: z.string(),
        because: z.array(z.enum(["household", "child"])),
        sharedChildren: z.array(z.int()),
        active: z.boolean(),
      }),
    ),
  }),
  handler: async (input, desk) => {
    const question = { ...input.params, today: desk.options.today() };
    const found = await householdOf(desk.reader(input.params, "name, birth"), question);
    return {
      spouses: [...found.spouses],
      children: [...found.children],
      countedSiblings: [...found.countedSiblings],
      others: found.others.map((each) => ({
        ...each,
        because: [...each.because],
        sharedChildren: [...each.sharedChildren],
      })),
    };
  },
});

const personOn = z.object({
  addresseeNumber: z.int(),
  name: z.string(),
  kana: z.string(),
  birthDate: z.string().nullable(),
  protected: z.boolean(),
});
const plain = (person: PersonOn | null): z.input<typeof personOn> | null => person;

const asOf = operation({
  id: "readCaseOn",
  method: "GET",
  path: "/cases/{recipientId}/on",
  summary: "ある日の事案を、ある日までに知っていたとおりに",
  access: { permission: "case.open", relation: "case" },
  params,
  query: z.strictObject({ validOn: dateText, knownOn: dateText }),
  response: z.object({
    person: personOn.nullable(),
    children: z.array(
      z.object({ addresseeNumber: z.int(), role: z.enum(["child", "counted"]), person: personOn.nullable() }),
    ),
    decisions: z.array(
      z.object({
        decisionId: z.int(),
        kindName: z.string(),
        causeName: z.string(),
        effectiveMonth: z.string(),
        monthlyTotal: z.int().nullable(),
        decidedOn: z.string(),
        stands: z.boolean(),
        inForce: z.boolean(),
      }),
    ),
    accounts: z.array(
      z.object({
        accountId: z.int(),
        bank: z.string(),
        branch: z.string(),
        maskedNumber: z.string(),
        holder: z.string(),
        inUse: z.boolean(),
      }),
    ),
    monthlyTotal: z.int().nullable(),
  }),
  handler: async (input, desk) => {
    const found = await caseOn(desk.reader(input.params, "name, birth, account, amount"), {
      ...input.params,
      ...input.query,
    });
    return {
      person: plain(found.person),
      children: found.children.map((child) => ({ ...child, person: plain(child.person) })),
      decisions: found.decisions.map((decision) => ({
        ...decision,
        kindName: decisionName(decision.kind),
        causeName: causeName(decision.cause),
        effectiveMonth: decision.effective,
      })),
      accounts: [...found.accounts],
      monthlyTotal: found.monthlyTotal,
    };
  },
});

const place = operation({
  id: "placeHold",
  method: "POST",
  path: "/cases/{recipientId}/holds",
  summary: "支払の差止め・保留",
  access: { permission: "hold.place", relation: "case" },
  command: true,
  params,
  body: z.strictObject({
    kind: z.enum(["hold", "pending"]),
    fromMonth: z.string().refine((text) => parseMonth(text) !== undefined, "YYYY-MM の年月で指定してください。"),
    cause: reasonText,
  }),
  response: z.object({ holdId: z.int() }),
  handler: async (input, desk) => {
    const { recipientId } = input.params;
    const addresseeNumber = await addresseeOf(desk, recipientId);
    return await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      const { kind, fromMonth, cause } = input.body;
      return { holdId: await placeHold(context, { recipientId, kind, fromMonth: month(fromMonth), cause, key }) };
    });
  },
});

const release = operation({
  id: "releaseHold",
  method: "POST",
  path: "/cases/{recipientId}/holds/{holdId}/release",
  summary: "差止め・保留の解除",
  access: { permission: "hold.release", relation: "case" },
  command: true,
  params: z.strictObject({
    recipientId: certificationNumber,
    holdId: z
      .string()
      .regex(/^[1-9]\d{0,14}$/, "差止・保留の番号が正しくありません。")
      .transform(Number),
  }),
  body: z.strictObject({ cause: reasonText }),
  response: z.object({ released: z.boolean() }),
  handler: async (input, desk) => {
    const { recipientId, holdId } = input.params;
    const addresseeNumber = await addresseeOf(desk, recipientId);
    const own = await desk.read(async (client) => {
      const { rowCount } = await client.query("SELECT FROM allowance.hold WHERE hold_id = $1 AND recipient_id = $2", [
        holdId,
        recipientId,
      ]);
      return { response: rowCount === 1, log: [] };
    });
    if (!own && addresseeNumber !== 0) {
      throw new Refusal("notFound", "この差止・保留はありません。画面を読み直してください。何も変えていません。");
    }
    await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      await releaseHold(context, holdId, input.body.cause, key);
    });
    return { released: true };
  },
});

const checkAccount = operation({
  id: "recordAccountCheck",
  method: "POST",
  path: "/cases/{recipientId}/account-checks",
  summary: "口座の確認（事前照合・名義の確認）の結果を記録する",
  access: { permission: "account.change", relation: "case" },
  command: true,
  params,
  body: z.strictObject({
    accountId: z.int().positive(),
    kind: z.enum(ACCOUNT_CHECK_KINDS),
    method: z.enum(ACCOUNT_CHECK_METHODS),
    result: z.enum(ACCOUNT_CHECK_RESULTS),
    checkedOn: dateText,
    note: z.string().trim().max(200, "説明は200文字までです。").default(""),
  }),
  response: z.object({ recorded: z.boolean() }),
  handler: async (input, desk) => {
    const { recipientId } = input.params;
    const addresseeNumber = await addresseeOf(desk, recipientId);
    await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      await recordAccountCheck(context, { recipientId, ...input.body, key });
    });
    return { recorded: true };
  },
});

export const caseMoreOperations = [filings, household, asOf, place, release, checkAccount];
