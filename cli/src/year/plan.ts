/**
 * 年間の計画: what the office does on which day of a year, in the order of the guide (docs/年間の仕事の手引き.md). The list depends
 * on nothing but the year, so that a year that was interrupted is planned again the same.
 */
import {
  addDays,
  addMonths,
  benefitMonthsOf,
  type Calendar,
  type CivilDate,
  civilDate,
  isOpenDay,
  lastDayOfMonth,
  month,
  type Month,
} from "@hagukumi/law/contract.ts";

import { fileDemoClaims } from "../start/demo-filings.ts";
import { monthsOfYear, openingMonthOf } from "./months.ts";
import { handleChanges } from "./steps/changes.ts";
import { clearTray, sendLetters } from "./steps/letters.ts";
import { correctTaxes, massJob } from "./steps/mass.ts";
import { pay } from "./steps/payments.ts";
import { findRecoveries, takeReceipts } from "./steps/recoveries.ts";
import { decideClaims, decideExOfficio, openOffice, recordItems, takeIn } from "./steps/registers.ts";
import { readAgain } from "./steps/second-reading.ts";
import { reportYear } from "./steps/statistics.ts";
import { beginReview, clearDifferences, takeReports } from "./steps/review.ts";
import { as, type YearStep } from "./work.ts";

const lastMonthOf = (start: Month): Month => addMonths(start, 11);

type Wish = Omit<YearStep, "id" | "on"> & { readonly name: string; readonly day: number };

/** 毎月: the registers, claims, what the office learns itself. */
function registers(at: Month, start: Month): readonly Wish[] {
  const cut = lastDayOfMonth(addMonths(at, -1));
  const opening: Wish = {
    name: "open",
    day: 1,
    title: "設定・金融機関・文面の登録",
    run: async (work, step) => await openOffice(work, step, openingMonthOf(start)),
  };
  const claims: Wish = { name: "claims", day: 2, title: "請求の審査と決裁", run: decideClaims };
  const exOfficio: Wish = { name: "exOfficio", day: 2, title: "職権の審査と決裁", run: decideExOfficio };
  // Whose child another person claims loses the right first (4条: no child counts twice). At the opening nobody has a right yet.
  const first = at === start;
  return [
    ...(first ? [opening] : []),
    {
      name: "feeds",
      day: 1,
      title: `${cut} までの連携の取込み`,
      run: async (work, step) => await takeIn(work, step, cut),
    },
    ...(first ? [claims, exOfficio] : [exOfficio, claims]),
    { name: "items", day: 4, title: "記録項目の整理", run: recordItems },
    // What the last month leaves is for people to look at on the screen.
    ...(at === lastMonthOf(start)
      ? []
      : [{ name: "changes", day: 4, title: "連携から来た変更の確認", run: handleChanges }]),
  ];
}

/** 支払期月: the regular run, then the transfers that came back. Other months: what ended rights and released holds left. */
function payments(at: Month, start: Month): readonly Wish[] {
  const paymentMonth: string = at;
  const last = monthsOfYear(start).findLast((each) => benefitMonthsOf(each).length > 0) === at;
  if (benefitMonthsOf(at).length > 0) {
    const regular = { paymentMonth, kind: "regular", returns: true, leave: last ? 1 : 0 } as const;
    const again = { paymentMonth, kind: "retransfer", returns: false } as const;
    return [
      { name: "pay", day: 5, title: "定時払", run: async (work, step) => await pay(work, step, regular) },
      { name: "payAgain", day: 22, title: "再振込", run: async (work, step) => await pay(work, step, again) },
    ];
  }
  return (["final", "released", "makeUp"] as const).map((kind, index) => ({
    name: `pay-${kind}`,
    day: 22 + index,
    title: { final: "最終払", released: "差止解除の支払", makeUp: "追給" }[kind],
    run: async (work, step) => await pay(work, step, { paymentMonth, kind, returns: false }),
  }));
}

/** The jobs of a month that stand in no order: the calendar of mass work names none of them as the predecessor of another. */
const anyOrder = "jobs";

/** Their day; in July the one on which the reminders of the review fall due. */
const jobDay = (at: Month): number => (at.endsWith("-07") ? 21 : 18);

/** 毎月の一括処理, 債権, letters; at the end what the second calculator says of the month. */
function monthly(at: Month, start: Month): readonly Wish[] {
  const parameters = { month: at };
  const day = jobDay(at);
  return [
    {
      name: "lettersEarly",
      day: 8,
      title: "通知書（支払・決定）",
      run: async (work, step) => await sendLetters(work, step),
    },
    { name: "recoveries", day: 12, title: "過払の洗い出しと計画", run: findRecoveries },
    { name: "receipts", day: 16, title: "収納データの取込み", run: takeReceipts },
    {
      name: "milestones",
      day,
      title: "年齢到達",
      anyOrder,
      run: async (work, step) => await massJob(work, step, { jobCode: "ageMilestones", parameters }),
    },
    { name: "taxes", day, title: "所得の更正", anyOrder, run: correctTaxes },
    {
      name: "reminders",
      day,
      title: "債権の督促・催告",
      anyOrder,
      run: async (work, step) => await massJob(work, step, { jobCode: "recoveryReminders", parameters }),
    },
    { name: "lettersLate", day: 26, title: "通知書", run: async (work, step) => await sendLetters(work, step) },
    // So is what the last month leaves in the tray.
    ...(at === lastMonthOf(start) ? [] : [{ name: "tray", day: 27, title: "手作業トレイ", run: clearTray }]),
    {
      name: "secondReading",
      day: 28,
      title: "二つ目の計算との突合",
      run: async (work) => await readAgain(work, start, at),
    },
  ];
}

/** Filings that are left for people: received over the last weeks, some examined, none decided. */
const waitAtCounter: YearStep["run"] = async (work, step) => ({
  filings: await fileDemoClaims(as(work, "register", step)),
});

/** 季節の仕事: the annual review from June to November, the guides of March. */
function seasonal(at: Month, start: Month): readonly Wish[] {
  const year = Number(at.slice(0, 4));
  // The review of a year begins in June; what follows needs that the office was there then.
  const reviewed = at.slice(5) >= "06" && month(`${year}-06`) >= start;
  if (!reviewed && !at.endsWith("-03")) return [];
  const parameters = { year };
  const job = (jobCode: string): YearStep["run"] => {
    return async (work, step) => await massJob(work, step, { jobCode, parameters });
  };
  switch (at.slice(5)) {
    case "03": {
      const run: YearStep["run"] = async (work, step) =>
        await massJob(work, step, { jobCode: "supportInvitations", parameters: { month: at } });
      return [
        { name: "invitations", day: 4, title: "18歳年度末の確認書の案内", run },
        {
          name: "statistics",
          day: 28,
          title: "統計・報告",
          run: async (work, step) => await reportYear(work, step, year - 1),
        },
      ];
    }
    case "06":
      return [
        { name: "review", day: 4, title: "現況の判定", run: async (work, step) => await beginReview(work, step, year) },
        { name: "forms", day: 5, title: "現況届の様式", run: job("reviewForms") },
        {
          name: "formLetters",
          day: 6,
          title: "現況届の発送",
          run: async (work, step) => await sendLetters(work, step, ["annualReport"]),
        },
        {
          name: "reports",
          day: 25,
          title: "現況届の受付と決裁",
          run: async (work, step) => await takeReports(work, step, year, "inTime"),
        },
      ];
    case "07":
      return [{ name: "reminder", day: jobDay(at), title: "現況届の督促", anyOrder, run: job("reviewReminder") }];
    case "08":
      return [
        {
          name: "reports",
          day: 4,
          title: "現況届（督促のあと）",
          run: async (work, step) => await takeReports(work, step, year, "reminded"),
        },
        { name: "reviewAgain", day: 5, title: "現況の判定（8月1日の資格）", run: job("reviewCheck") },
        {
          name: "differences",
          day: 6,
          title: "7月分と8月分の違い",
          run: async (work, step) => await clearDifferences(work, step, year),
        },
        { name: "schedule", day: jobDay(at), title: "新年度の支払予定", anyOrder, run: job("reviewSchedule") },
      ];
    case "09":
      return [
        { name: "reviewAgain", day: 7, title: "現況の判定（残り）", run: job("reviewCheck") },
        { name: "hold", day: jobDay(at), title: "未提出の差止め", anyOrder, run: job("reviewHold") },
      ];
    case "11":
      return [
        {
          name: "reports",
          day: 6,
          title: "現況届（差止めのあと）",
          run: async (work, step) => await takeReports(work, step, year, "late"),
        },
        { name: "reviewAgain", day: 6, title: "現況の判定（残り）", run: job("reviewCheck") },
        {
          name: "differences",
          day: 7,
          title: "7月分と8月分の違い（残り）",
          run: async (work, step) => await clearDifferences(work, step, year),
        },
        { name: "schedule", day: jobDay(at), title: "支払予定（残り）", anyOrder, run: job("reviewSchedule") },
      ];
    default:
      return [];
  }
}

/** The day itself or the next one on which the office is open. */
function openDay(day: CivilDate, calendar: Calendar): CivilDate {
  for (let at = day; ; at = addDays(at, 1)) {
    const open = isOpenDay(at, calendar);
    if (!open.ok || open.value) return at;
  }
}

/** Every step of the year that begins with the month, in its order. Days on which the office is closed move to the next open one. */
export function planYear(start: Month, calendar: Calendar): readonly YearStep[] {
  return monthsOfYear(start).flatMap((at) => {
    const counter: Wish = { name: "counter", day: 28, title: "窓口の受付（審査待ち）", run: waitAtCounter };
    const last = at === lastMonthOf(start) ? [counter] : [];
    const usual = [...registers(at, start), ...payments(at, start), ...monthly(at, start)];
    const wishes = [...usual, ...seasonal(at, start), ...last];
    const ordered = wishes.toSorted((left, right) => left.day - right.day);
    return ordered.map(({ name, day, ...rest }): YearStep => {
      const on = openDay(civilDate(`${at}-${String(day).padStart(2, "0")}`), calendar);
      return { ...rest, id: `${at}/${name}`, on };
    });
  });
}
