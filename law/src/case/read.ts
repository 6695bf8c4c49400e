/** Closed validation of an input line: what is not in the contract is an error, with the path to it. */
import { FIRST_INDEX, LAST_INDEX, outOfRangeMessage } from "../parameters/regimes.ts";
import { attempt, ProblemError, type Result } from "../result.ts";
import {
  checkChoice,
  checkDay,
  checkDayOrNull,
  checkInteger,
  checkList,
  checkMonth,
  checkObject,
  checkString,
  missingKey,
  unknownKey,
  within,
  wrongValue,
} from "./checks.ts";
import { readClaim } from "./read-claims.ts";
import { checkChild, checkRecipient } from "./read-people.ts";
import type { AssessmentCase, Claim } from "./types.ts";

/** Bounds on one case. A family is far smaller; a line that is larger is no family. */
export const MOST_CHILDREN = 100;
export const MOST_CLAIMS = 500;
export const MOST_CLOSED_DAYS = 5000;

const MODES = new Set(["full", "amountOnly"]);
const PAY_DAY_RULES = new Set(["previous", "next"]);

/**
 * Reads one parsed JSON value as a case. The value itself is returned, so the caller must not change it afterwards.
 *
 * @returns one problem (the first found) with the path of the offending member and a Japanese message
 */
export const parseCase = (json: unknown): Result<AssessmentCase> =>
  attempt(() => {
    checkCase(json);
    return json as AssessmentCase;
  });

function checkCase(json: unknown): void {
  const line = checkObject(json);
  let from = -1;
  let until = -1;
  for (const key in line) {
    const value = line[key];
    switch (key) {
      case "case":
        checkString(value, key);
        break;
      case "from":
        from = checkReportedMonth(value, key);
        break;
      case "until":
        until = checkReportedMonth(value, key);
        break;
      case "mode":
        checkChoice(value, key, MODES);
        break;
      case "municipality":
        within(key, value, checkMunicipality);
        break;
      case "recipient":
        within(key, value, checkRecipient);
        break;
      case "children":
        checkList(value, key, MOST_CHILDREN, checkChild);
        break;
      case "claims":
        checkList(value, key, MOST_CLAIMS, readClaim);
        break;
      case "knownOn":
        checkDayOrNull(value, key);
        break;
      default:
        throw unknownKey(key);
    }
  }
  if (line["case"] === undefined) throw missingKey("case");
  if (from === -1) throw missingKey("from");
  if (until === -1) throw missingKey("until");
  if (line["recipient"] === undefined) throw missingKey("recipient");
  if (line["children"] === undefined) throw missingKey("children");
  if (line["claims"] === undefined && line["mode"] !== "amountOnly") throw missingKey("claims");
  if (from > until) {
    throw new ProblemError("reversedPeriod", "until", "until が from より前の月です。期間を確かめてください。");
  }
  checkReferences(json as AssessmentCase);
}

function checkReportedMonth(value: unknown, name: string): number {
  const month = checkMonth(value, name);
  if (month < FIRST_INDEX || month > LAST_INDEX) {
    throw new ProblemError("outOfRange", name, outOfRangeMessage(month));
  }
  return month;
}

/** Ids inside the case: no child twice, no claim for a child that is not there, no year's income twice. */
function checkReferences(line: AssessmentCase): void {
  line.children.forEach(({ id }, index, all) => {
    if (all.findIndex((child) => child.id === id) !== index) {
      const path = `children[${String(index)}].id`;
      throw new ProblemError(
        "duplicateChild",
        path,
        `児童「${id}」が二回あります。児童ごとに別の id を付けてください。`,
      );
    }
  });
  line.claims?.forEach((claim, index) => {
    checkClaimedChildren(claim, index, line);
  });
  line.recipient.incomes?.forEach((income, index, all) => {
    const twin = all.findIndex((it) => it.year === income.year && (it.knownOn ?? null) === (income.knownOn ?? null));
    if (twin !== index) {
      const path = `recipient.incomes[${String(index)}].year`;
      const year = String(income.year);
      throw new ProblemError(
        "duplicateIncome",
        path,
        `${year}年の所得が二つあります。更正なら knownOn で区別してください。`,
      );
    }
  });
}

function checkClaimedChildren(claim: Claim, index: number, line: AssessmentCase): void {
  claim.children.forEach((id, at) => {
    const path = `claims[${String(index)}].children[${String(at)}]`;
    if (!line.children.some((child) => child.id === id)) {
      throw new ProblemError(
        "unknownChild",
        path,
        `請求にある児童「${id}」が children にありません。id を確かめてください。`,
      );
    }
    if (claim.children.indexOf(id) !== at) throw wrongValue(path, "請求ごとに一度だけの児童", id);
  });
}

function checkMunicipality(value: unknown): void {
  const facts = checkObject(value);
  for (const key in facts) {
    const member = facts[key];
    switch (key) {
      case "closedDays":
        checkList(member, key, MOST_CLOSED_DAYS, (day) => checkDay(day, ""));
        break;
      case "payDay":
        checkInteger(member, key, 1, 31);
        break;
      case "payDayRule":
        checkChoice(member, key, PAY_DAY_RULES);
        break;
      default:
        throw unknownKey(key);
    }
  }
}
