/**
 * 現況届: who must file, who is confirmed from registers, who cannot be confirmed, and why – rule by rule. Pure.
 *
 * Act 26条, 施行規則4条1項 (individuals), 3項 (the office may leave the report out where its registers show the facts), 4項
 * (institutions: no such waiver). Which of the optional rules a city uses is the dated setting `annualReview`.
 */

/** Rules by which a recipient must file. `mandatory` rules cannot be switched off. */
export const reviewRules = {
  institution: { label: "施設等・里親", source: "施行規則4条4項（公簿による省略の定めがない）", mandatory: true },
  corporateGuardian: { label: "法人である未成年後見人", source: "施行規則4条1項、市の運用", mandatory: true },
  violence: {
    label: "配偶者からの暴力などにより、住民票と違う所に住んでいる",
    source: "施行規則4条、国の通知",
    mandatory: true,
  },
  divorceTalks: { label: "離婚協議中で、配偶者と別居している", source: "施行規則4条、国の通知", mandatory: true },
  unregisteredChild: {
    label: "戸籍または住民票のない児童がいる",
    source: "施行規則4条（公簿で確かめられない）",
    mandatory: true,
  },
  countedNotStudent: {
    label: "学生でない大学生年代の子を数えている",
    source: "令和6年改正、確認書の運用（6月に確かめ直す）",
    mandatory: true,
  },
  apart: { label: "児童と別居して監護している", source: "市の運用（別居監護）", mandatory: false },
  earlierMissing: { label: "前の年度の現況届を出していない", source: "市の運用", mandatory: false },
  called: { label: "市が個別に提出を求めた", source: "施行規則4条", mandatory: true },
} as const satisfies Readonly<
  Record<string, { readonly label: string; readonly source: string; readonly mandatory: boolean }>
>;

export type ReviewRule = keyof typeof reviewRules;
export const REVIEW_RULES = Object.keys(reviewRules) as ReviewRule[];
export const MANDATORY_RULES = REVIEW_RULES.filter((rule) => reviewRules[rule].mandatory);

/** Why the registers don't show that the right goes on (公簿で確かめられない理由). */
export const reviewFindings = {
  recipientLeft: "受給者が住民でない（死亡・転出など）のに、消滅が決まっていない",
  publicServant: "受給者が公務員になっている",
  childLeft: "支給の対象の児童が住民でない（死亡・転出など）",
  childElsewhere: "児童と世帯が違い、別居監護の申立てがない",
  coverageUnknown: "3歳未満の児童がいるのに、健康保険・年金の記録がない",
  incomeUndeclared: "生計中心者を確かめる所得が未申告",
  taxElsewhere: "1月1日の住所が別の市区町村にあり、所得の照会が要る",
  otherEarnsMore: "もう一方の父母の所得のほうが高い（生計中心者の確認）",
  claimOpen: "決裁していない請求・届出がある",
} as const satisfies Readonly<Record<string, string>>;

export type ReviewFinding = keyof typeof reviewFindings;

/** 基準日より後の認定: the claim itself has just shown the facts. */
export const EXEMPT_REASON = "certifiedAfterBase";

export type ReviewOutcome = "mustFile" | "confirmed" | "exempt" | "unclear";
export const outcomeLabels = {
  mustFile: "現況届が要る",
  confirmed: "公簿で確認した",
  exempt: "基準日より後の認定のため不要",
  unclear: "公簿で確かめられない",
} as const satisfies Readonly<Record<ReviewOutcome, string>>;

/** The name of a reason, of whichever outcome. */
export function reasonLabel(code: string): string {
  if (code === EXEMPT_REASON) return outcomeLabels.exempt;
  if (code in reviewRules) return reviewRules[code as ReviewRule].label;
  return code in reviewFindings ? reviewFindings[code as ReviewFinding] : code;
}

/** A child (or counted 18–22 person) of the recipient, as the registers show it on the day. */
export type ReviewChild = {
  readonly number: number;
  /** Paid for (児童), or only counted (算定対象者) */
  readonly payable: boolean;
  readonly underThree: boolean;
  /** In the residents' register at all */
  readonly registered: boolean;
  /** Resident of the city now (住民状態 1) */
  readonly resident: boolean;
  readonly dead: boolean;
  readonly sameHousehold: boolean;
  /** 同居別居 on the record; null where nothing is recorded */
  readonly living: "together" | "apart" | null;
  readonly apartReason: string | null;
  /** Of a counted person: student or other; null of a child, or where the statement doesn't say */
  readonly situation: "student" | "other" | null;
};

/** 所得 of one person for the year before: judged income in yen, or why there is none. */
export type ReviewIncome =
  | { readonly kind: "known"; readonly judged: number }
  | { readonly kind: "undeclared" }
  | { readonly kind: "elsewhere" };

/** What is looked at about one recipient. */
export type ReviewFacts = {
  readonly kind: "individual" | "corporateGuardian" | "institution";
  /** 請求日 of the claim that opened the right */
  readonly claimedOn: string;
  /** Resident now; of an institution true */
  readonly resident: boolean;
  /** 支援措置 and living elsewhere than registered (送付先「安全のため」) */
  readonly hidden: boolean;
  readonly publicServant: boolean;
  readonly coverageKnown: boolean;
  readonly children: readonly ReviewChild[];
  readonly own: ReviewIncome;
  /** The other parent's, where one is recorded; null: nobody to compare with */
  readonly other: ReviewIncome | null;
  readonly earlierMissing: boolean;
  readonly called: boolean;
  readonly claimOpen: boolean;
};

export type ReviewJudgement = { readonly outcome: ReviewOutcome; readonly reasons: readonly string[] };

/** The rules that apply, whether the city uses them or not. */
function applying(facts: ReviewFacts): readonly ReviewRule[] {
  const { kind, children } = facts;
  const individual = kind === "individual";
  const reasons = (code: string): boolean => children.some(({ apartReason }) => apartReason === code);
  const found: Readonly<Record<ReviewRule, boolean>> = {
    institution: kind === "institution",
    corporateGuardian: kind === "corporateGuardian",
    violence: individual && (facts.hidden || reasons("violence")),
    divorceTalks: individual && reasons("divorceTalks"),
    unregisteredChild: children.some(({ payable, registered }) => payable && !registered),
    countedNotStudent: individual && children.some(({ payable, situation }) => !payable && situation !== "student"),
    apart: individual && children.some(({ payable, living }) => payable && living === "apart"),
    earlierMissing: facts.earlierMissing,
    called: facts.called,
  };
  return REVIEW_RULES.filter((rule) => found[rule]);
}

function incomeFindings({ own, other }: ReviewFacts): readonly ReviewFinding[] {
  if (other === null) return [];
  const found = new Set<ReviewFinding>();
  for (const income of [own, other]) {
    if (income.kind === "undeclared") found.add("incomeUndeclared");
    if (income.kind === "elsewhere") found.add("taxElsewhere");
  }
  if (own.kind === "known" && other.kind === "known" && other.judged > own.judged) found.add("otherEarnsMore");
  return [...found];
}

function findings(facts: ReviewFacts): readonly ReviewFinding[] {
  const paid = facts.children.filter(({ payable }) => payable);
  const found: ReviewFinding[] = [];
  if (!facts.resident) found.push("recipientLeft");
  if (facts.publicServant) found.push("publicServant");
  // A child apart may live in another city; one that should be here and is not has left.
  if (
    paid.some(({ registered, resident, dead, living }) => registered && (dead || (!resident && living !== "apart")))
  ) {
    found.push("childLeft");
  }
  if (paid.some((child) => child.resident && !child.sameHousehold && child.living !== "apart")) {
    found.push("childElsewhere");
  }
  if (paid.some(({ underThree }) => underThree) && !facts.coverageKnown) found.push("coverageUnknown");
  found.push(...incomeFindings(facts));
  if (facts.claimOpen) found.push("claimOpen");
  return found;
}

/**
 * The judgement of one recipient for a year.
 *
 * @param inUse the rules the city uses (setting); the mandatory ones always count
 * @param baseOn 基準日, `YYYY-06-01`
 */
export function judgeReview(facts: ReviewFacts, inUse: readonly ReviewRule[], baseOn: string): ReviewJudgement {
  const reasons = applying(facts).filter((rule) => reviewRules[rule].mandatory || inUse.includes(rule));
  // A claim received after the base day has shown the facts itself; only an individual call asks for more.
  if (facts.claimedOn > baseOn && !facts.called) return { outcome: "exempt", reasons: [EXEMPT_REASON] };
  if (reasons.length > 0) return { outcome: "mustFile", reasons };
  const found = findings(facts);
  return found.length > 0 ? { outcome: "unclear", reasons: found } : { outcome: "confirmed", reasons: [] };
}
