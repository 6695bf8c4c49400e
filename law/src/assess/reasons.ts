/** 決定の根拠: the sentences of `because`, built from the rule that the evaluation picked and the facts it read. */
import { ABSENT, AS_SUPPORTED, INDIVIDUAL, NO_TEST } from "../articles/article6-amounts.ts";
import { incomeLimitsOf, incomeYearOf, judgedIncome, recordOf } from "../articles/article5-income.ts";
import type { AssessmentCase } from "../case/types.ts";
import { BANDS, type Band } from "../dates/age.ts";
import { dayOfMonth, monthNumberOf, monthOfDay, yearOf, type MonthIndex, type PackedDay } from "../dates/packed.ts";
import { lastMonthOf, type Span } from "../dates/spans.ts";
import { defined } from "../defined.ts";
import { ruleOf, type AmountRule } from "../parameters/amounts.ts";
import { FIRST_R2, FIRST_R6 } from "../parameters/regimes.ts";
import type { Family, MonthResult, PreparedChild } from "./family.ts";
import { isTested } from "./incomes.ts";
import type { Explain } from "./months.ts";
import type { ExOfficioCause, Reason } from "./types.ts";

export const dayText = (day: PackedDay): string =>
  `${String(yearOf(monthOfDay(day)))}年${String(monthNumberOf(monthOfDay(day)))}月${String(dayOfMonth(day))}日`;

export const monthText = (month: MonthIndex): string => `${String(yearOf(month))}年${String(monthNumberOf(month))}月`;

export const yenText = (yen: number): string => `${yen.toLocaleString("ja-JP")}円`;

const BAND_TEXTS: Readonly<Record<Band, string>> = {
  U3: "三歳未満",
  EL: "三歳以上小学校修了前",
  JH: "小学校修了後中学校修了前",
  HS: "高校生年代",
  UN: "大学生年代",
  OUT: "22歳年度末後",
};

/** What ended a span, as a resident would say it. */
export const CAUSE_TEXTS: Readonly<Record<ExOfficioCause, string>> = {
  turnedThree: "三歳に達した",
  fiscalYearEnd12: "小学校を修了する年度末を過ぎた",
  fiscalYearEnd15: "中学校を修了する年度末を過ぎた",
  fiscalYearEnd18: "18歳に達する日以後の最初の3月31日を過ぎた",
  fiscalYearEnd22: "22歳に達する日以後の最初の3月31日を過ぎた",
  childDeath: "児童が亡くなった",
  careEnded: "監護し生計を同じくしなくなった",
  childAbroad: "国内に住所がなくなった",
  studyAbroadLimit: "留学の期間が上限（児童3年・18歳年度末後4年）に達した",
  enteredInstitution: "施設に入所し、または里親などに委託された",
  leftInstitution: "施設などを退所した",
  supportEnded: "監護相当の世話や生計費の負担がなくなった",
  graduated: "確認書にある卒業予定の月を過ぎた",
  recipientDeath: "受給者が亡くなった",
  movedOut: "他の市区町村へ転出した",
  becamePublicServant: "公務員となり、所属庁が支給することになった",
  detained: "受給者が拘禁された",
  income: "所得の判定が変わった",
  taxCorrection: "所得の更正により判定が変わった",
  reform: "法律の改正により制度が変わった",
};

const CAUSE_ARTICLES: Partial<Readonly<Record<ExOfficioCause, string>>> = {
  enteredInstitution: "児童手当法3条3項・4条1項1号",
  childAbroad: "児童手当法3条1項",
  studyAbroadLimit: "児童手当法3条1項・施行規則1条",
  supportEnded: "児童手当法6条2項2号",
};

/** The reasons for one child where entitlement is taken as given. */
export const factReasons =
  (line: AssessmentCase, family: Family, month: MonthIndex, incomeClass: number): Explain =>
  (index, result) => {
    const child = defined(family.children[index]);
    return result.part[index] === ABSENT
      ? [absence(child, month, defined(result.band[index]))]
      : presence(line, family, child, month, incomeClass, index, result);
  };

/** Why a child that takes part gets what it gets. */
export function presence(
  line: AssessmentCase,
  family: Family,
  child: PreparedChild,
  month: MonthIndex,
  incomeClass: number,
  index: number,
  result: MonthResult,
): readonly Reason[] {
  const rule = ruleOf(defined(result.rule[index]));
  const band = defined(BANDS[defined(result.band[index])]);
  const reasons: Reason[] = [
    { article: rule.article, text: amountText(rule, child, band, month, defined(result.position[index])) },
  ];
  const onFirst = onFirstOfMonth(child, month);
  if (onFirst !== undefined) reasons.push(onFirst);
  if (isTested(month) && family.kind === INDIVIDUAL) reasons.push(incomeReason(line, family, month, incomeClass));
  if (result.part[index] === AS_SUPPORTED) {
    reasons.push({
      article: "児童手当法6条2項2号・施行規則1条の3の2",
      text: "受給者が監護に相当する世話をし、生計費の相当部分を負担していることが確かめられているため、子の人数に数えます。",
    });
  }
  return reasons;
}

function amountText(rule: AmountRule, child: PreparedChild, band: Band, month: MonthIndex, position: number): string {
  const who = `${dayText(child.birth)}生まれで、${monthText(month)}分では${BAND_TEXTS[band]}（${ageLimitText(child, band)}）`;
  const place = position > 0 ? `、年長の子から数えて${String(position)}番目` : "";
  const yen = rule.amount === null ? "支給額はありません" : `月額${yenText(rule.amount)}です`;
  return `${who}${place}です。「${rule.label}」により、${yen}。`;
}

/** Until when the band lasts: the fact on which the amount will change next. */
function ageLimitText(child: PreparedChild, band: Band): string {
  const lasts: Readonly<Record<Band, MonthIndex>> = {
    U3: child.lastU3,
    EL: child.lastEL,
    JH: child.lastJH,
    HS: child.lastHS,
    UN: child.lastUN,
    OUT: child.lastUN,
  };
  return `${monthText(lasts[band])}分まで`;
}

function onFirstOfMonth(child: PreparedChild, month: MonthIndex): Reason | undefined {
  if (dayOfMonth(child.birth) !== 1 || month !== child.lastU3 || month < FIRST_R2) return undefined;
  return {
    article: month >= FIRST_R6 ? "児童手当法6条2項4号・5号" : "旧児童手当法6条1項",
    text: "月の初日に生まれた児童は、出生の日から3年を経過するまで三歳未満として扱うため、誕生月分まで三歳未満の額です。",
  };
}

function incomeReason(line: AssessmentCase, family: Family, month: MonthIndex, incomeClass: number): Reason {
  const article = "旧児童手当法5条・附則2条、施行令1条から3条まで";
  // A month in which anything is due is refused without its income, so here nothing is.
  if (incomeClass === NO_TEST) {
    return { article, text: "この月分には支給の対象となる児童がいないため、所得の判定をしていません。" };
  }
  const outcome = ["", "所得制限限度額未満", "所得制限限度額以上", "所得上限限度額以上"][incomeClass] ?? "";
  const { incomeClass: shortcut, incomes } = line.recipient;
  const year = incomeYearOf(month);
  const record = recordOf(incomes, year, family.knownBy);
  if ((shortcut !== undefined && shortcut !== null) || record === undefined) {
    return { article, text: `所得判定区分は、入力された判定結果により「${outcome}」です。` };
  }
  const { limit, upper } = defined(incomeLimitsOf(month, record));
  const above = upper === null ? "" : `、所得上限限度額${yenText(upper)}`;
  const compared = `所得制限限度額${yenText(limit)}${above}`;
  return {
    article,
    text: `${String(year)}年中の所得から控除した判定所得は${yenText(judgedIncome(record))}、扶養親族等${String(record.dependants ?? 0)}人で${compared}のため、「${outcome}」です。`,
  };
}

/** Why a child takes no part by its facts. */
export function absence(child: PreparedChild, month: MonthIndex, band: number): Reason {
  if (band > 3) return afterEighteen(child, month, band);
  const born = monthOfDay(child.birth);
  if (month <= born) {
    const text = `${dayText(child.birth)}生まれのため、早くても生まれた月の翌月（${monthText(born + 1)}）分からです。`;
    return { article: "児童手当法8条2項・3項", text };
  }
  return (
    spanReason(child.spans, month) ?? {
      article: "児童手当法4条1項",
      text: `${monthText(month)}分では、監護し生計を同じくする事実がありません。`,
    }
  );
}

function afterEighteen(child: PreparedChild, month: MonthIndex, band: number): Reason {
  if (month < FIRST_R6 || band > 4) {
    const last = month < FIRST_R6 ? child.lastHS : child.lastUN;
    return {
      article: month < FIRST_R6 ? "旧児童手当法3条1項" : "児童手当法6条2項2号",
      text: `${dayText(child.birth)}生まれで、${monthText(last)}の年度末を過ぎたため、支給も人数の計算もしません。`,
    };
  }
  return (
    spanReason(child.support, month) ?? {
      article: "児童手当法6条2項2号",
      text: `${dayText(child.birth)}生まれで18歳年度末（${monthText(child.lastHS)}）を過ぎています。監護相当の世話と生計費の負担が確かめられていないため、数えません。`,
    }
  );
}

function spanReason(spans: readonly Span[], month: MonthIndex): Reason | undefined {
  const before = spans.findLast((of) => lastMonthOf(of) < month);
  if (before !== undefined) {
    return {
      article: CAUSE_ARTICLES[before.cause] ?? "児童手当法8条2項・9条3項",
      text: `${dayText(before.to)}に${CAUSE_TEXTS[before.cause]}ため、${monthText(lastMonthOf(before))}分までです。`,
    };
  }
  // Nothing has ended and nothing covers the month, so all that is there begins later.
  const [after] = spans;
  if (after === undefined) return undefined;
  return {
    article: "児童手当法8条2項・9条1項",
    text: `支給の要件に当たるのは${dayText(after.from)}からのため、早くても${monthText(after.firstMonth)}分からです。`,
  };
}
