/** Papers that go with a 現況届, by the rule that makes the recipient file. */
import type { RequiredDocument } from "../filings/procedure.ts";
import type { ReviewRule } from "./rules.ts";

export const REVIEW_PAPERS = [
  "separateCareStatement",
  "divorceTalksProof",
  "supportStatement",
  "placementProof",
  "guardianCertificate",
  "birthProof",
  "insuranceProof",
  "earlierReports",
  "other",
] as const;

export type ReviewPaper = (typeof REVIEW_PAPERS)[number];

const papers: Readonly<Record<ReviewPaper, Omit<RequiredDocument, "code">>> = {
  separateCareStatement: {
    name: "別居監護申立書",
    why: "児童と別居して監護しているため（施行規則4条2項）",
    waivable: true,
  },
  divorceTalksProof: {
    name: "離婚協議中であることを明らかにする書類",
    why: "同居する親を優先しているため（法4条4項）",
    waivable: true,
  },
  supportStatement: {
    name: "監護相当・生計費の負担についての確認書",
    why: "学生でない大学生年代の子を数えているため",
    waivable: true,
  },
  placementProof: { name: "措置・委託を証する書類", why: "施設等受給者のため（施行規則4条4項）", waivable: true },
  guardianCertificate: {
    name: "未成年後見人の登記事項証明書など",
    why: "法人である未成年後見人のため",
    waivable: true,
  },
  birthProof: {
    name: "児童の出生を証する書類",
    why: "戸籍または住民票のない児童がいるため",
    waivable: true,
  },
  insuranceProof: {
    name: "健康保険・年金の加入を確かめる書類",
    why: "3歳未満の児童がおり、公簿で確かめられないため",
    waivable: true,
  },
  earlierReports: { name: "前の年度の現況届", why: "前の年度の現況届が出ていないため", waivable: true },
  other: { name: "市が求めた書類", why: "点検で不備があったため", waivable: true },
};

export const paperName = (code: string): string => (code in papers ? papers[code as ReviewPaper].name : code);

const PAPERS_OF: Readonly<Partial<Record<ReviewRule, ReviewPaper>>> = {
  apart: "separateCareStatement",
  divorceTalks: "divorceTalksProof",
  countedNotStudent: "supportStatement",
  institution: "placementProof",
  corporateGuardian: "guardianCertificate",
  unregisteredChild: "birthProof",
  earlierMissing: "earlierReports",
};

/** The papers that the form asks for, from the reasons why the recipient must file. */
export const papersFor = (reasons: readonly string[]): readonly ReviewPaper[] =>
  REVIEW_PAPERS.filter((paper) => reasons.some((reason) => PAPERS_OF[reason as ReviewRule] === paper));

export const documentsOf = (codes: readonly ReviewPaper[]): readonly RequiredDocument[] =>
  [...new Set(codes)].map((code) => ({ code, ...papers[code] }));
