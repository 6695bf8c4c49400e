/** Compares the two calculators on one family and says in words where they part. */
import type { Case } from "../../plain/case.ts";
import { plainAnswer, type Answer } from "./answer.ts";
import { engineAnswer } from "./engine.ts";

type Alter = (answer: Answer) => Answer;

const same: Alter = (answer) => answer;

/** Reported spans of entitlement: month by month, whether it begins or ends there. */
function edges(answer: Answer, from: string): { starts: string[]; ends: string[] } {
  const inside = (month: string): boolean => month > from;
  return { starts: answer.starts.filter(inside), ends: answer.ends.filter(inside) };
}

/** `undefined` where both agree. `alter` spoils the engine's answer, to prove that the comparison sees it. */
export function differenceOf(family: Case, alter: Alter = same): string | undefined {
  const plain = plainAnswer(family);
  const engine = alter(engineAnswer(family));
  const full = family.mode !== "amountOnly";
  for (const [month, wanted] of Object.entries(plain.months)) {
    const got = engine.months[month];
    if (got?.total !== wanted.total)
      return `total of ${month}: engine ${String(got?.total)}, plain ${String(wanted.total)}`;
    if (full && got.entitled !== wanted.entitled) return `entitled in ${month}: plain ${String(wanted.entitled)}`;
  }
  if (Object.keys(engine.months).length !== Object.keys(plain.months).length) return "number of months";
  if (full) {
    const wanted = edges(plain, family.from);
    const got = edges(engine, family.from);
    const until = (list: string[]): string => list.filter((each) => each <= family.until).join();
    if (until(got.starts) !== until(wanted.starts))
      return `starts: engine ${got.starts.join()}, plain ${wanted.starts.join()}`;
    if (until(got.ends) !== until(wanted.ends)) return `ends: engine ${got.ends.join()}, plain ${wanted.ends.join()}`;
  }
  return paymentDifference(plain, engine);
}

function lines(answer: Answer): string[] {
  return answer.payments.map(
    (each) => `${each.paymentMonth} ${each.payOn} ${each.months.join("+")} ${String(each.amount)}`,
  );
}

function paymentDifference(plain: Answer, engine: Answer): string | undefined {
  const wanted = lines(plain);
  const got = lines(engine);
  for (let index = 0; index < Math.max(wanted.length, got.length); index += 1) {
    if (wanted[index] !== got[index]) return `payment: engine ${String(got[index])}, plain ${String(wanted[index])}`;
  }
  return undefined;
}

/** An answer spoiled in one place. */
export function spread(answer: Answer, spoil: { yen?: number; shift?: boolean; drop?: boolean }): Answer {
  const months = Object.entries(answer.months);
  const paid = months.findIndex(([, each]) => each.total > 0);
  return {
    ...answer,
    months: Object.fromEntries(
      months.map(([month, each], index) => [
        month,
        index === paid ? { ...each, total: each.total + (spoil.yen ?? 0) } : each,
      ]),
    ),
    starts: spoil.shift === true ? [...answer.starts, months.at(-1)?.[0] ?? ""] : answer.starts,
    payments: spoil.drop === true ? answer.payments.slice(1) : answer.payments,
  };
}
