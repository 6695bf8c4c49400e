/**
 * 台帳の記載 (entries): everything that the office writes into a person's case file beside claims and decisions. One table per
 * kind, all of one make: a row is never changed, a later revision of the same entry takes its place. This is the closed
 * list of kinds with what each of them holds.
 *
 * Source: 熊本市 特定個人情報保護評価書 別添1 and the data items of the national standard (管理項目).
 */
import { parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import { foldContact } from "./fold-contact.ts";

const day = z.string().refine((text) => parseCivilDate(text) !== undefined, "YYYY-MM-DD の日付ではありません");
const month = z.string().refine((text) => parseMonth(text) !== undefined, "YYYY-MM の年月ではありません");
const text = (limit: number): z.ZodString => z.string().max(limit);
const filled = (limit: number): z.ZodString => z.string().trim().min(1).max(limit);
const number15 = z.int().min(1).max(999_999_999_999_999);
const claimId = z.int().positive();
const recipientId = z.int().min(1).max(9_999_999_999);
const code = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/);
/** 続柄コード: the code itself, as the residents' register sends it */
const relation = z.string().regex(/^[0-9A-Z]{1,8}$/);
const fiscalYear = z.int().min(2010).max(2100);
const employeeClass = z.enum(["employee", "nonEmployee"]);

/** 連絡先 */
const contact = z.strictObject({
  kind: z.enum(["homePhone", "mobilePhone", "workPhone", "fax", "email"]),
  value: filled(120),
  note: text(200).default(""),
});

/** 送付先 */
const mailingAddress = z.strictObject({
  postalCode: z.string().regex(/^\d{7}$/),
  address: filled(200),
  building: text(100).default(""),
  recipientName: text(100).default(""),
  cause: code,
});

/** 関係者: `relatedNumber` or, for people without a 宛名番号, `name` */
const relatedPerson = z.strictObject({
  relatedNumber: number15.nullable().default(null),
  role: z.enum([
    "spouse",
    "otherParent",
    "parentDesignee",
    "minorGuardian",
    "adultGuardian",
    "agent",
    "cohabitant",
    "other",
  ]),
  relation: z.union([relation, z.literal("")]).default(""),
  name: text(100).default(""),
  kana: text(100).default(""),
  evidence: text(200).default(""),
});

/** メモ */
const note = z.strictObject({ body: filled(2000), popUp: z.boolean() });

/** 被用者区分 that a kind of pension means (児童手当法18条1項・2項); 公務員 and other kinds mean none by themselves */
const CLASS_OF_PENSION: Readonly<Record<string, "employee" | "nonEmployee">> = {
  employees: "employee",
  privateSchool: "employee",
  national: "nonEmployee",
  dependent: "nonEmployee",
  none: "nonEmployee",
};

/** 健康保険・年金・被用区分. An unknown date is null, and `…Text` says what the paper says. */
const coverage = z
  .strictObject({
    healthInsurance: code.nullable().default(null),
    insuredOn: day.nullable().default(null),
    insuredOnText: text(60).default(""),
    pensionKind: code.nullable().default(null),
    pensionOn: day.nullable().default(null),
    pensionOnText: text(60).default(""),
    employeeClass,
    evidence: z.enum([
      "claimForm",
      "insuranceCard",
      "insuranceInquiry",
      "pensionInquiry",
      "employerCertificate",
      "other",
    ]),
    fallbackReason: text(200).default(""),
  })
  .refine(
    ({ pensionKind, employeeClass: of, fallbackReason }) =>
      pensionKind === null ||
      fallbackReason !== "" ||
      CLASS_OF_PENSION[pensionKind] === undefined ||
      CLASS_OF_PENSION[pensionKind] === of,
    {
      error:
        "年金の種別と被用区分が合いません（厚生年金は被用者、国民年金は被用者等でない者）。違うときは理由を書いてください",
      path: ["employeeClass"],
    },
  );

/** 児童の状況 */
const childCircumstance = z.strictObject({
  childNumber: number15,
  relation,
  living: z.enum(["together", "apart"]),
  apartReason: code.nullable().default(null),
  care: z.enum(["custody", "equivalent", "none"]),
  livelihood: z.enum(["common", "maintained", "none"]),
  studyAbroadFrom: month.nullable().default(null),
  placeCode: z
    .string()
    .regex(/^[0-9A-Z]{0,8}$/)
    .default(""),
});

/** 算定対象の兄姉等 (18–22): 監護相当 and 生計費の負担 are two facts with a date each */
const countedSibling = z.strictObject({
  siblingNumber: number15,
  relation,
  statementReceivedOn: day,
  claimId: claimId.nullable().default(null),
  careFrom: day,
  costFrom: day,
  situation: z.enum(["student", "other"]),
  school: text(100).default(""),
  graduationMonth: month.nullable().default(null),
  endCause: code.nullable().default(null),
  /** 算定対象から除かれる事情 (施行規則1条の3の2): while there is one, the person is not counted */
  exclusion: code.nullable().default(null),
});

/** 居住の特例: lives here although the 住民票 is elsewhere. Where exactly is not written: the ward office knows. */
const residenceException = z.strictObject({ ground: z.enum(["violence", "facility"]), evidence: filled(200) });

/** 福祉名（通称・旧氏・本名・ローマ字・カナ）, and for which documents it stands in place of 住民票の氏名 */
const welfareName = z.strictObject({
  kind: z.enum(["alias", "former", "real", "roman", "kana", "other"]),
  name: filled(100),
  kana: filled(100),
  usedFor: z.enum(["none", "letter", "reviewForm", "all"]).default("none"),
});

/** 書類: asked for, received, held, returned, stored */
const document = z.strictObject({
  claimId: claimId.nullable().default(null),
  kind: code,
  title: text(100).default(""),
  medium: z.enum(["paper", "electronic"]),
  state: z.enum(["awaited", "received", "onHold", "returned", "stored", "disposed"]),
  requestedOn: day.nullable().default(null),
  dueOn: day.nullable().default(null),
  receivedOn: day.nullable().default(null),
  returnedOn: day.nullable().default(null),
  storagePlace: text(100).default(""),
});

/** 前住所地への照会 (支給終了年月) */
const formerInquiry = z.strictObject({
  municipalityCode: z.string().regex(/^\d{6}$/),
  municipalityName: filled(60),
  method: z.enum(["letter", "phone", "network"]),
  askedOn: day,
  dueOn: day,
  answeredOn: day.nullable().default(null),
  paid: z.boolean().nullable().default(null),
  lastPaidMonth: month.nullable().default(null),
});

/** 資料の提供等の求め（児童手当法28条）・調査（27条） */
const materialRequest = z.strictObject({
  claimId: claimId.nullable().default(null),
  officeKind: z.enum(["publicOffice", "pensionOffice", "bank", "trust", "employer", "person", "other"]),
  officeName: filled(100),
  legalBasis: z.enum(["article27", "article28"]),
  items: filled(500),
  requestedOn: day,
  dueOn: day,
  answeredOn: day.nullable().default(null),
  answer: text(1000).default(""),
});

/** 年度別審査情報. A judgement (`incomeClass` other than notJudged) names the very version of the tax record it used. */
const yearlyReview = z.strictObject({
  recipientId,
  fiscalYear,
  healthInsurance: code.nullable().default(null),
  insuredOn: day.nullable().default(null),
  pensionKind: code.nullable().default(null),
  pensionOn: day.nullable().default(null),
  employeeClass: employeeClass.nullable().default(null),
  otherDependants: z.int().min(0).max(30).nullable().default(null),
  incomeClass: z.enum(["normal", "special", "over", "notJudged"]),
  incomeNumber: number15.nullable().default(null),
  incomeYear: z.int().min(2008).max(2100).nullable().default(null),
  incomeHistoryNo: z.int().min(1).max(32_767).nullable().default(null),
  incomeRevision: z.int().min(1).max(32_767).nullable().default(null),
});

/** 現況届の受理 */
const annualReport = z.strictObject({
  recipientId,
  fiscalYear,
  receivedOn: day.nullable().default(null),
  reception: z.enum(["submitted", "publicRecords", "exempt", "notSubmitted"]),
  provisionalPension: code.nullable().default(null),
});

const shapes = {
  contact,
  mailingAddress,
  relatedPerson,
  note,
  coverage,
  childCircumstance,
  countedSibling,
  welfareName,
  document,
  formerInquiry,
  materialRequest,
  yearlyReview,
  annualReport,
  residenceException,
} as const;

export type EntryKind = keyof typeof shapes;
/** What an entry of the kind says, complete */
export type EntryContent<K extends EntryKind> = z.output<(typeof shapes)[K]>;
/** What a clerk types: members with a default may be left out */
export type EntryInput<K extends EntryKind> = z.input<(typeof shapes)[K]>;

export type EntrySpec = {
  /** Table in schema allowance */
  readonly table: string;
  /** Japanese name */
  readonly label: string;
  /** Members that are months (`YYYY-MM`); the column holds the first day */
  readonly months: readonly string[];
  /** Members that hold an identifier of the code table, and the domain */
  readonly codes: Readonly<Record<string, string>>;
  /** Members that say where somebody is: of a person under 支援措置 no screen shows them without a lift (`WITHHELD`) */
  readonly whereabouts: readonly string[];
  /** Of members of whereabouts: rows in which they may be shown all the same (a condition in SQL over the row) */
  readonly shownWhere: string;
  /** Columns that follow from the content */
  readonly derive: (content: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>;
  /**
   * Why input, correction and withdrawal have no effect until another person has confirmed them (四眼, 評価書Ⅲ2②): what would
   * change with it. `null`: the entry changes neither right, address, account nor money, and one person is enough.
   */
  readonly secondPerson: string | null;
};

const spec = (table: string, label: string, more: Partial<EntrySpec> = {}): EntrySpec => ({
  table,
  label,
  months: [],
  codes: {},
  whereabouts: [],
  shownWhere: "false",
  derive: () => ({}),
  secondPerson: null,
  ...more,
});

/**
 * Words and figures that can say a place, a telephone or an office. Of a protected person a note is kept back like the address; one that
 * pops up for those at the counter is shown when nothing of this is in it.
 */
const PLACE_WORDS =
  "[0-9０-９]{3}|丁目|番地|番|号|区|町|村|市|県|府|都|道|荘|棟|室|階|駅|校|園|会社|勤|電話|支店|銀行|実家|転";

const INSURANCE = { healthInsurance: "healthInsurance", pensionKind: "pensionKind" } as const;

export const entrySpecs: Readonly<Record<EntryKind, EntrySpec>> = {
  contact: spec("contact", "連絡先", {
    derive: ({ kind, value }) => ({ folded: foldContact(String(kind), String(value)) }),
  }),
  mailingAddress: spec("mailing_address", "送付先", {
    codes: { cause: "mailingCause" },
    secondPerson: "通知の届け先が変わる",
  }),
  relatedPerson: spec("related_person", "関係者", {
    whereabouts: ["name", "kana"],
    secondPerson: "受給者の判定・現況届の要否・代理が変わる",
  }),
  note: spec("note", "メモ", { whereabouts: ["body"], shownWhere: `pop_up AND body !~ '${PLACE_WORDS}'` }),
  coverage: spec("coverage", "保険・年金", { codes: INSURANCE, secondPerson: "費用負担の区分が変わる" }),
  childCircumstance: spec("child_circumstance", "児童の状況", {
    months: ["studyAbroadFrom"],
    codes: { apartReason: "apartReason" },
    secondPerson: "監護・生計の要件の確認と現況届の要否が変わる",
  }),
  countedSibling: spec("counted_sibling", "算定対象の兄姉等", {
    months: ["graduationMonth"],
    codes: { endCause: "siblingEnd", exclusion: "siblingExclusion" },
    whereabouts: ["school"],
    secondPerson: "第三子以降の額の根拠が変わる",
  }),
  welfareName: spec("welfare_name", "福祉名", { secondPerson: "通知の宛名が変わる" }),
  document: spec("document", "書類", { codes: { kind: "document" }, whereabouts: ["title", "storagePlace"] }),
  formerInquiry: spec("former_inquiry", "前住所地への照会", {
    months: ["lastPaidMonth"],
    secondPerson: "認定できる月が変わる",
  }),
  materialRequest: spec("material_request", "資料の提供等の求め"),
  yearlyReview: spec("yearly_review", "年度別審査", {
    codes: INSURANCE,
    secondPerson: "所得の判定と費用負担の区分が変わる",
  }),
  residenceException: spec("residence_exception", "居住の特例", {
    whereabouts: ["evidence"],
    secondPerson: "この市に住所がある人として認定する",
  }),
  annualReport: spec("annual_report", "現況届の受理", {
    codes: { provisionalPension: "pensionKind" },
    secondPerson: "差止とその解除が変わる",
  }),
};

export const ENTRY_KINDS: readonly EntryKind[] = Object.keys(shapes) as EntryKind[];

export const shapeOf = <K extends EntryKind>(kind: K): (typeof shapes)[K] => shapes[kind];

/** Names of the members of a kind, in order */
export const membersOf = (kind: EntryKind): readonly string[] => Object.keys(shapes[kind].shape);

/** Column of a member: `insuredOn` → `insured_on` */
export const columnOf = (member: string): string => member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
