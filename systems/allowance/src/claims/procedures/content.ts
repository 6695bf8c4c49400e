/** What is typed of a claim (様式第2号・第3号・第4号・第5号, 確認書). Limits and choices are what the screens build their fields from. */
import { CLAIM_CAUSE_KINDS, type ClaimKind } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import { dayShape, monthShape, numberShape } from "../../filings/form.ts";
import type { Subject } from "../../filings/procedure.ts";
import { textShape } from "../../procedures/shapes.ts";
import { groundShape, type TypedGround } from "./ground.ts";
import { SIBLING_EXCLUSIONS } from "./ground-codes.ts";

/** Person as written on the paper, only to be compared with the register. */
export const writtenShape = z.strictObject({
  name: z.string().trim().min(1).max(100).optional(),
  kana: z.string().trim().min(1).max(100).optional(),
  birthDate: dayShape.optional(),
  address: z.string().trim().min(1).max(200).optional(),
});

export const accountShape = z.union([
  z.strictObject({
    bank: z.string().regex(/^[0-9]{4}$/),
    branch: z.string().regex(/^[0-9]{3}$/),
    accountType: z.enum(["1", "2", "4"]),
    accountNumber: z.string().regex(/^[0-9]{1,7}$/),
    /** The number a second time (I-52) */
    numberAgain: z
      .string()
      .regex(/^[0-9]{1,7}$/)
      .optional(),
    holder: z.string().trim().min(1).max(60),
    /** A holder other than the claimant: why; the approver decides on it (A102) */
    exception: z.string().trim().min(1).max(200).optional(),
  }),
  /** ゆうちょ銀行 as printed in the passbook; `savings` for 通常貯蓄貯金 */
  z.strictObject({
    yuchoSymbol: z.string().regex(/^[0-9-]{5,8}$/),
    yuchoNumber: z.string().regex(/^[0-9-]{1,10}$/),
    numberAgain: z
      .string()
      .regex(/^[0-9-]{1,10}$/)
      .optional(),
    savings: z.boolean().default(false),
    holder: z.string().trim().min(1).max(60),
    exception: z.string().trim().min(1).max(200).optional(),
  }),
  /** 公金受取口座: the account itself comes with the answer of the inquiry */
  z.strictObject({ publicAccount: z.literal(true) }),
]);

export const childShape = z
  .strictObject({
    number: numberShape,
    /** 児童 to be paid for, or 算定対象者 (18–22) */
    role: z.enum(["child", "counted"]),
    /** 続柄 */
    relation: z.string().trim().max(20).default(""),
    /** 児童連番; default: the place on the form */
    serial: z.int().min(1).max(99).optional(),
    /** 監護の開始・終了; without a first day: since birth */
    careFrom: dayShape.optional(),
    careTo: dayShape.optional(),
    /** 算定対象者: 監護に相当する世話 after the school year of 18, and 生計費の負担: two facts, each with its days (施行規則1条の3の2) */
    supportFrom: dayShape.optional(),
    supportTo: dayShape.optional(),
    costFrom: dayShape.optional(),
    costTo: dayShape.optional(),
    /** What excludes from being counted, where the paper shows it */
    exclusion: z.enum(SIBLING_EXCLUSIONS).optional(),
    /** 卒業予定年月 */
    graduationMonth: monthShape.optional(),
    living: z.enum(["together", "apart"]).default("together"),
    livelihood: z.enum(["common", "maintained"]).default("common"),
    /** 学生か (確認書): a student needs a 卒業予定年月 */
    student: z.boolean().optional(),
    /** 海外留学 */
    studyAbroad: z.boolean().default(false),
    written: writtenShape.optional(),
  })
  .refine(({ student, graduationMonth }) => student !== true || graduationMonth !== undefined, {
    error: "学生は卒業予定年月を入力してください",
    path: ["graduationMonth"],
  })
  .refine(({ costFrom, costTo }) => costFrom === undefined || costTo === undefined || costFrom <= costTo, {
    error: "終了は開始より後の日付にしてください",
    path: ["costTo"],
  })
  .refine(({ careFrom, careTo }) => careFrom === undefined || careTo === undefined || careFrom <= careTo, {
    error: "終了は開始より後の日付にしてください",
    path: ["careTo"],
  });

const causeFields = {
  cause: z.enum(CLAIM_CAUSE_KINDS),
  /** 事由発生年月日: birth, 転出予定日 of the former municipality, leaving … (15日特例 counts from it) */
  causeOn: dayShape.optional(),
  /** やむを得ない理由がやんだ日 (児童手当法8条3項) */
  obstacleEndedOn: dayShape.optional(),
  /** 15日の特例の根拠; where it is left out, the cause tells it */
  ruleGround: groundShape.optional(),
};

type Cause = {
  readonly cause: string;
  readonly causeOn?: unknown;
  readonly obstacleEndedOn?: unknown;
  readonly ruleGround?: TypedGround | undefined;
};

const hasDay = { error: "事由の発生年月日を入力してください", path: ["causeOn"] };
const causeDated = ({ cause, causeOn }: Cause): boolean => cause === "other" || causeOn !== undefined;

const hasGround = {
  error: "やむを得ない理由がやんだ日を書くときは、15日の特例の根拠に、どの理由かと確かめた資料を入力してください",
  path: ["ruleGround"],
};
const obstacleGrounded = ({ obstacleEndedOn, ruleGround }: Cause): boolean =>
  obstacleEndedOn === undefined || ruleGround?.kind === "unavoidable";

const uniqueChildren = ({ children }: { readonly children: readonly { readonly number: number }[] }): boolean =>
  new Set(children.map(({ number }) => number)).size === children.length;
const unique = { error: "同じ児童が2回入力されています", path: ["children"] };

/** 配偶者 as declared; `null`: none. */
export const spouseShape = z
  .strictObject({
    number: numberShape.optional(),
    written: writtenShape.optional(),
    publicServant: z.boolean().default(false),
    /** Lives with the claimant */
    together: z.boolean().default(true),
  })
  .nullable();

/** 居住の特例 (児童手当法7条1項): who has fled, or lives in a home, is recognised where he or she lives. Where that is, is not written. */
export const residenceShape = z.strictObject({
  ground: z.enum(["violence", "facility"]),
  since: dayShape,
  evidence: textShape(200),
});

export const certificationShape = z
  .strictObject({
    claimant: numberShape,
    recipientKind: z.enum(["individual", "corporateGuardian"]).default("individual"),
    written: writtenShape.optional(),
    ...causeFields,
    employeeClass: z.enum(["employee", "nonEmployee"]),
    /** 居住の特例: lives here although the 住民票 is elsewhere; recorded and confirmed with the approval */
    residence: residenceShape.optional(),
    /** 公務員か (本人の申告) */
    publicServant: z.boolean().default(false),
    spouse: spouseShape.default(null),
    /** 生計を維持する程度が高いのは配偶者か (本人の申告) */
    spouseIsMainEarner: z.boolean().default(false),
    /** 未成年後見人・父母指定者・父母以外の養育者 */
    capacity: z.enum(["parent", "guardian", "designated", "carer"]).default("parent"),
    account: accountShape,
    children: z.array(childShape).min(1).max(20),
  })
  .refine(causeDated, hasDay)
  .refine(obstacleGrounded, hasGround)
  .refine(uniqueChildren, unique);

export const institutionClaimShape = z
  .strictObject({
    claimant: numberShape,
    ...causeFields,
    account: accountShape,
    children: z.array(childShape).min(1).max(99),
  })
  .refine(causeDated, hasDay)
  .refine(obstacleGrounded, hasGround)
  .refine(uniqueChildren, unique);

export const increaseShape = z
  .strictObject({
    claimant: numberShape,
    recipientId: z.int().min(1).max(9_999_999_999),
    ...causeFields,
    /** The children that are added */
    children: z.array(childShape).min(1).max(99),
  })
  .refine(causeDated, hasDay)
  .refine(obstacleGrounded, hasGround)
  .refine(uniqueChildren, unique);

export type ChildContent = z.output<typeof childShape>;
export type AccountContent = z.output<typeof accountShape>;
export type Certification = z.output<typeof certificationShape>;
export type InstitutionClaim = z.output<typeof institutionClaimShape>;
export type Increase = z.output<typeof increaseShape>;

/** What all claims have in common, whatever form they came on. */
export type ClaimContent = {
  readonly kind: ClaimKind;
  readonly subject: Subject;
  readonly cause: Certification["cause"];
  readonly causeOn: Certification["causeOn"];
  readonly obstacleEndedOn: Certification["obstacleEndedOn"];
  readonly ruleGround: TypedGround | undefined;
  readonly employeeClass: "employee" | "nonEmployee" | null;
  readonly account: AccountContent | null;
  readonly children: readonly ChildContent[];
  /** Only of a 認定請求書 of an individual */
  readonly declared: Pick<
    Certification,
    "written" | "publicServant" | "spouse" | "spouseIsMainEarner" | "capacity" | "residence"
  > | null;
};

const numbersOf = (children: readonly ChildContent[]): number[] => children.map(({ number }) => number);

export function ofCertification(content: Certification): ClaimContent {
  const { claimant, recipientKind, cause, causeOn, obstacleEndedOn, ruleGround, employeeClass, account, children } =
    content;
  const { written, publicServant, spouse, spouseIsMainEarner, capacity, residence } = content;
  return {
    kind: "certification",
    subject: { claimant, recipientKind, recipientId: null, children: numbersOf(children) },
    cause,
    causeOn,
    obstacleEndedOn,
    ruleGround,
    employeeClass,
    account,
    children,
    declared: { written, publicServant, spouse, spouseIsMainEarner, capacity, residence },
  };
}

export function ofInstitutionClaim(content: InstitutionClaim): ClaimContent {
  const { claimant, cause, causeOn, obstacleEndedOn, ruleGround, account, children } = content;
  const subject: Subject = { claimant, recipientKind: "institution", recipientId: null, children: numbersOf(children) };
  return {
    kind: "certification",
    subject,
    cause,
    causeOn,
    obstacleEndedOn,
    ruleGround,
    account,
    children,
    employeeClass: null,
    declared: null,
  };
}

/** 額改定認定請求書 (`increase`) or 確認書 (`supportConfirmation`) of a kind of recipient. */
export function ofIncrease(
  kind: "increase" | "supportConfirmation",
  recipientKind: Subject["recipientKind"],
): (content: Increase) => ClaimContent {
  return (content) => {
    const { claimant, recipientId, cause, causeOn, obstacleEndedOn, ruleGround, children } = content;
    const subject: Subject = { claimant, recipientKind, recipientId, children: numbersOf(children) };
    return {
      kind,
      subject,
      cause,
      causeOn,
      obstacleEndedOn,
      ruleGround,
      children,
      employeeClass: null,
      account: null,
      declared: null,
    };
  };
}
