/** What is typed about a filing beside its content: when and how it came, who came, how identity was checked. */
import { createHash } from "node:crypto";

import { type CivilDate, civilDate, parseCivilDate, parseMonth, type RecipientKind } from "@hagukumi/law/contract.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { z } from "zod";

import { refuse } from "../refusal.ts";
import { holdsIndividualNumber } from "./individual-number.ts";
import { PROCEDURE_CODES, type ProcedureCode } from "./procedure-codes.ts";
import type { Channel } from "./procedure.ts";

/** A day of the calendar, `YYYY-MM-DD`. */
export const dayShape = z
  .string()
  .refine((text) => parseCivilDate(text) !== undefined, { error: "暦にある日付（YYYY-MM-DD）で入力してください" })
  .transform(civilDate);

/** A month, `YYYY-MM`. */
export const monthShape = z
  .string()
  .refine((text) => parseMonth(text) !== undefined, { error: "年月（YYYY-MM）で入力してください" });

/** 宛名番号 or 認定番号 as a number. */
export const numberShape = z.int().min(1).max(999_999_999_999_999);

/** 代理人: how he or she may act, and what showed it. A 任意代理人 needs a 委任状. */
export const agentShape = z
  .strictObject({
    kind: z.enum(["statutory", "voluntary"]),
    name: z.string().trim().min(1).max(100),
    /** 間柄 */
    relation: z.string().trim().min(1).max(40),
    /** 代理権の確認: 委任状, 戸籍, 登記事項証明書など */
    authority: z.enum(["powerOfAttorney", "familyRegister", "guardianCertificate"]),
  })
  .refine(({ kind, authority }) => (kind === "voluntary") === (authority === "powerOfAttorney"), {
    error: "任意代理人は委任状、法定代理人は戸籍・登記事項証明書などで代理権を確かめてください",
    path: ["authority"],
  });

/** 本人確認: 1 個人番号カード・通知カード, 2 官公署の写真付き書類, 3 写真のない書類2点. */
export const identityShape = z
  .strictObject({
    kind: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    documents: z.array(z.string().trim().min(1).max(60)).min(1).max(5),
  })
  .refine(({ kind, documents }) => kind !== 3 || (documents.length >= 2 && documents[0] !== documents[1]), {
    error: "写真のない書類は、違うものを2点確かめてください",
    path: ["documents"],
  });

export const filingFormShape = z.strictObject({
  procedure: z.enum(PROCEDURE_CODES),
  /** From a paper 受付簿; absent: the system gives one */
  receptionNumber: z
    .string()
    .regex(/^[0-9]{1,10}$/)
    .optional(),
  /** 受付日（請求日）; the day of typing is recorded by itself */
  receivedOn: dayShape,
  channel: z.enum(["counter", "post", "online", "exOfficio"]),
  wardCode: z.string().regex(/^[0-9]{6}$/),
  /** The content of the procedure; of a draft it may be incomplete, but must name who files (`claimant` or `recipient`) */
  content: z.looseObject({}),
  agent: agentShape.optional(),
  identity: identityShape.optional(),
  /** 最終提出期限年月日 */
  finalDueOn: dayShape.optional(),
});

export type FilingForm = z.input<typeof filingFormShape>;
export type ReadForm = z.output<typeof filingFormShape>;

/** One field that can't be taken as it is. `path` is the way to it in the form, `a.b.0.c`. */
export type FieldProblem = { readonly path: string; readonly message: string };

/** What zod found, as fields for a screen. */
export function fieldProblems(error: z.ZodError, under = ""): FieldProblem[] {
  return error.issues.map(({ path, message }) => ({
    path: [...(under === "" ? [] : [under]), ...path.map(String)].join("."),
    message,
  }));
}

/** @throws Refusal `filingInvalid` with the fields in its details */
export function refuseFields(what: string, problems: readonly FieldProblem[]): never {
  const lines = problems.map(({ path, message }) => `「${path}」${message}`).join(" ");
  throw refuse("filingInvalid", `${what}を受け付けられません。入力を確かめてください。${lines} 何も変えていません。`, {
    fields: problems.map(({ path }) => path),
    messages: problems.map(({ message }) => message),
  });
}

/** Every text in a JSON value with the way to it. */
function* textsOf(value: unknown, path: string): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) yield* textsOf(member, `${path}.${name}`);
  }
}

/** Longer content is no form any more (characters of JSON). */
const CONTENT_LIMIT = 100_000;

/** What no filing may hold: 個人番号 in a free text (they have their own place), or content without measure. */
function contentProblems(form: ReadForm): FieldProblem[] {
  if (JSON.stringify(form.content).length > CONTENT_LIMIT) return [{ path: "content", message: "入力が長すぎます" }];
  const { content, agent, identity } = form;
  const texts = [...textsOf(content, "content"), ...textsOf(agent, "agent"), ...textsOf(identity, "identity")];
  return texts
    .filter(({ text }) => holdsIndividualNumber(text))
    .map(({ path }) => ({ path, message: "個人番号らしい12桁の番号は、ここに書けません" }));
}

/** @throws Refusal `filingInvalid` */
export function readForm(input: unknown): ReadForm {
  const parsed = filingFormShape.safeParse(input);
  if (!parsed.success) refuseFields("受付", fieldProblems(parsed.error));
  const problems = contentProblems(parsed.data);
  if (problems.length > 0) refuseFields("受付", problems);
  return parsed.data;
}

/** SHA-256 of everything typed in one version (版): what an approval is bound to. */
export function contentDigest(form: ReadForm, content: unknown): string {
  const { procedure, receivedOn, channel, wardCode, agent, identity, finalDueOn } = form;
  const typed = { procedure, receivedOn, channel, wardCode, agent, identity, finalDueOn, content };
  return createHash("sha256").update(canonicalJson(typed)).digest("hex");
}

/** 宛名番号 of who files, where the content can't be read whole yet. @throws Refusal `filingInvalid` */
export function draftClaimant(content: Readonly<Record<string, unknown>>): number {
  const named = numberShape.safeParse(content["claimant"] ?? content["recipient"]);
  if (named.success) return named.data;
  return refuseFields("仮受付", [{ path: "content.claimant", message: "請求者・届出者の宛名番号を入力してください" }]);
}

/** The kind of recipient of a draft whose content can't be read yet. */
export function draftRecipientKind(
  procedure: ProcedureCode,
  content: Readonly<Record<string, unknown>>,
): RecipientKind {
  const typed = content["recipientKind"];
  if (typed === "individual" || typed === "corporateGuardian" || typed === "institution") return typed;
  return procedure.startsWith("institution") || procedure === "certificationInstitution" ? "institution" : "individual";
}

export type { Channel, CivilDate };
