/** One source row for every form, general and institution, out of made-up people; what the golden texts and the pictures are made of. */
import { civilDate, createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";

import { type ComposedLetter, composeLetter } from "../../src/notices/content/compose.ts";
import type { PersonRecord } from "../../src/notices/content/people.ts";
import type { SourceRow } from "../../src/notices/content/source-row.ts";
import { FORM_CODES, type FormCode } from "../../src/notices/forms/form-codes.ts";
import { formOf } from "../../src/notices/forms/list.ts";
import { demoTexts } from "../../src/notices/texts/demo-texts.ts";
import { parseText, sealDigest, type TextKind, type Texts } from "../../src/notices/texts/text-blocks.ts";

export const PARENT = 900000000003001;
export const CHILDREN = [900000000003011, 900000000003012, 900000000003013] as const;
export const HOME = 900000000003099;

const person = (
  number: number,
  name: string,
  birthDate: string | null,
  more: Partial<PersonRecord> = {},
): PersonRecord => ({
  number,
  organization: false,
  name,
  formerName: name,
  birthDate,
  postalCode: "8608601",
  address: "架空熊本市中央区架空町１丁目２番３号",
  building: "架空ハイツ　４０５号",
  letterName: "",
  source: "resident",
  protected: false,
  dead: false,
  movedOut: false,
  ...more,
});

export const people = new Map<number, PersonRecord>(
  [
    person(PARENT, "辻\u{E0100}　葛\u{E0100}花子", "1988-04-05"),
    person(CHILDREN[0], "辻\u{E0100}　一郎", "2014-06-01"),
    person(CHILDREN[1], "辻\u{E0100}　髙二", "2017-06-01"),
    person(CHILDREN[2], "辻\u{E0100}　三葉", "2024-06-02"),
    person(HOME, "架空児童養護施設　みらい園", null, {
      organization: true,
      address: "架空熊本市東区架空台９番地",
      building: "",
    }),
  ].map((each) => [each.number, each]),
);

/** A family of three: 10,000 + 10,000 + 30,000 = 50,000 yen a month from 2026-10. */
export const lawFacts = (kind: string): Record<string, unknown> => ({
  case: "1",
  from: "2024-10",
  until: "2026-12",
  recipient: { kind },
  children: [
    { id: String(CHILDREN[0]), birthDate: "2014-06-01", serial: 1 },
    { id: String(CHILDREN[1]), birthDate: "2017-06-01", serial: 2 },
    { id: String(CHILDREN[2]), birthDate: "2024-06-02", serial: 3 },
  ],
  claims: [
    {
      kind: "certification",
      receivedOn: "2026-09-10",
      children: [String(CHILDREN[0]), String(CHILDREN[1])],
      cause: { kind: "moveIn", on: "2026-09-05" },
    },
    { kind: "increase", receivedOn: "2026-10-05", children: [String(CHILDREN[2])], cause: { kind: "other" } },
  ],
});

const items = ["2026-10", "2026-11"].flatMap((month) => [
  { child: CHILDREN[0], month, amount: 10_000, band: "EL", order: 1 },
  { child: CHILDREN[1], month, amount: 10_000, band: "EL", order: 2 },
  { child: CHILDREN[2], month, amount: 30_000, band: "U3", order: 3 },
]);

const [first, second, third] = CHILDREN;

/** What the sources of the forms would give. */
const facts: Readonly<Record<FormCode, SourceRow["facts"]>> = {
  certification: { kind: "certify", month: "2026-10", cause: "moveIn", claimedOn: "2026-09-10" },
  claimRefused: {
    kind: "refuse",
    month: "2026-10",
    cause: "birth",
    claimedOn: "2026-09-10",
    reasons: [
      "請求者よりも、もう一人の親の所得が高く、生計を維持する程度が高い人ではないためです（児童手当法4条3項）。",
    ],
  },
  revision: { kind: "increase", month: "2026-11", cause: "other" },
  revisionRefused: {
    kind: "refuse",
    month: "2026-11",
    cause: "birth",
    claimedOn: "2026-10-05",
    reasons: ["2026年10月1日に18歳年度末を過ぎています（児童手当法3条1項）。"],
  },
  extinction: { kind: "extinguish", month: "2026-12", cause: "movedOut", overpaid: 20_000 },
  payment: {
    runNo: 3,
    payOn: "2026-12-15",
    paymentMonth: "2026-12",
    kind: "regular",
    amount: 95_000,
    account: "肥後 本店営業部 普通 ****123",
    items,
    deductions: [{ kind: "requestedDeduction", amount: 5_000 }],
  },
  annualReport: {
    year: 2027,
    dueOn: "2027-06-30",
    children: [first, second, third],
    reasons: ["別居している児童がいるため"],
    code: "R202700000001230",
    papers: ["別居監護申立書"],
  },
  annualReportReminder: { year: 2027, dueOn: "2027-08-31", fromMonth: "2027-08" },
  hold: { fromMonth: "2027-08", cause: "現況届の提出がないため" },
  unpaidBenefit: {
    outcome: "grant",
    child: first,
    claimedOn: "2026-11-02",
    fromMonth: "2026-10",
    toMonth: "2026-11",
    total: 20_000,
    reason: "受給者の死亡（児童手当法12条1項）",
  },
  documents: {
    kind: "returned",
    reception: "6000000123",
    procedure: "認定請求書（様式第2号）",
    receivedOn: "2026-11-10",
    documents: ["口座の分かるものの写し", "健康保険の資格確認書の写し"],
    reason: "口座の名義が確かめられないため",
    dueOn: "2026-12-10",
  },
  repayment: {
    items: [
      { child: first, month: "2026-10", amount: 10_000 },
      { child: second, month: "2026-10", amount: 10_000 },
    ],
    amount: 20_000,
    reason: "2026年9月30日の転出",
    dueOn: "2027-01-31",
  },
  advanceOffset: {
    overpaid: 60_000,
    perPayment: 15_000,
    keep: 30_000,
    fromPayment: "2027-02",
    reason: "児童を監護しなくなった後の月分のため",
  },
  donation: { amount: 5_000, receivedOn: "2026-12-15" },
  feeCollection: {
    basis: "special",
    child: third,
    feeKind: "nursery",
    feeYear: "2026",
    creditor: "架空熊本市 保育幼稚園課",
    payment: "2026-12",
    amount: 12_000,
  },
  certificate: {
    from: "2026-10",
    to: "2026-11",
    children: [first, second, third],
    months: [
      { month: "2026-10", children: 3, amount: 50_000, paidOn: "2026-12-15" },
      { month: "2026-11", children: 3, amount: 50_000, paidOn: "" },
    ],
  },
  inquiry: { what: "formerInquiry", person: PARENT, items: "", basis: "article28", dueOn: "2026-12-20" },
  milestoneGuide: {
    child: first,
    month: "2027-03",
    fromMonth: "2027-04",
    dueOn: "2027-04-16",
    monthlyWithout: 20_000,
    monthlyWith: 40_000,
  },
  claimInvitation: {
    what: "claimInvited",
    cause: "leftPublicService",
    on: "2026-11-30",
    child: first,
    claimBy: "2026-12-15",
    firstMonth: "2026-12",
  },
  cancellation: {
    kind: "correct",
    month: "2026-11",
    cause: "other",
    reason: "第3子の数え方の誤り",
    decisions: [{ kind: "increase", month: "2026-11", decidedOn: "2026-10-20" }],
  },
  exOfficio: { kind: "decrease", month: "2026-11", cause: "turnedThree" },
  cover: { enclosures: ["児童手当認定請求書", "返信用封筒"], note: "" },
  caseReport: { what: "designationReceived", receivedOn: "2026-11-10", children: [first], expiresOn: ["2030-03-31"] },
};

export const texts: Texts = {
  get: (kind) => parseText(kind, demoTexts[kind as keyof typeof demoTexts]),
  find: (kind, scope) => (scope === "" ? parseText(kind, demoTexts[kind as Exclude<TextKind, "note">]) : undefined),
  seals: new Map([[sealDigest(demoTexts.issuer.seal), demoTexts.issuer.seal]]),
};

export const DOCUMENT_ON = civilDate("2026-12-01");

export function sampleSource(form: FormCode, version: "general" | "institution"): SourceRow {
  const outside = form === "inquiry";
  const kind = version === "institution" ? "institution" : "individual";
  return {
    form,
    sourceKey: `sample:${form}`,
    addressee: outside ? null : version === "institution" ? HOME : PARENT,
    outsideParty: outside ? "架空東京都架空区役所 児童手当担当" : null,
    recipientId: 1234,
    recipientKind: kind,
    decidedOn: "2026-11-20",
    named: [...CHILDREN],
    facts: facts[form],
    lawFacts: lawFacts(kind),
  };
}

export function composeSample(
  source: SourceRow,
  more: ReadonlyMap<number, PersonRecord> = people,
  protectedCases: readonly number[] = [],
  inForce: Texts = texts,
): ComposedLetter {
  return composeLetter(formOf(source.form), source, {
    calendar: createCalendar(nationalHolidays),
    documentOn: DOCUMENT_ON,
    texts: inForce,
    people: more,
    protectedCases: new Set(protectedCases),
    documentNumber: "架こ支第12号",
    wardCode: "431010",
    demo: true,
  });
}

/** Every form in both versions. */
export const allSamples = FORM_CODES.flatMap((form) =>
  (["general", "institution"] as const).map((version) => ({ form, version, source: sampleSource(form, version) })),
);
