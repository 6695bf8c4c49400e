/** Closed validation of an input line: what is not in the contract is an error, with the path to it. */
import { NEVER } from "../dates/packed.ts";
import { FIRST_INDEX, LAST_INDEX, outOfRangeMessage } from "../parameters/regimes.ts";
import { attempt, ProblemError, type Result } from "../result.ts";
import {
  checkBoolean,
  checkChoice,
  checkDay,
  checkDayOrNull,
  checkInteger,
  checkList,
  checkMonth,
  checkObject,
  checkOrder,
  checkString,
  MAX_YEN,
  missingKey,
  unknownKey,
  within,
  wrongValue,
  type Json,
} from "./checks.ts";
import { readClaim } from "./read-claims.ts";
import type { AssessmentCase, Claim } from "./types.ts";

/** Bounds on one case. A family is far smaller; a line that is larger is no family. */
export const MOST_CHILDREN = 100;
export const MOST_PERIODS = 200;
export const MOST_CLAIMS = 500;
export const MOST_INCOMES = 100;
export const MOST_CLOSED_DAYS = 5000;

const MODES = new Set(["full", "amountOnly"]);
const KINDS = new Set(["individual", "corporateGuardian", "institution"]);
const CLASSES = new Set(["normal", "special", "over"]);
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
  const { children } = line;
  for (let index = 1; index < children.length; index += 1) {
    const id = children[index]?.id;
    for (let earlier = 0; earlier < index; earlier += 1) {
      if (children[earlier]?.id === id) {
        const path = `children[${String(index)}].id`;
        throw new ProblemError(
          "duplicateChild",
          path,
          `児童「${id ?? ""}」が二回あります。児童ごとに別の id を付けてください。`,
        );
      }
    }
  }
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

function checkRecipient(value: unknown): void {
  const facts = checkObject(value);
  let born = 0;
  let died = NEVER;
  for (const key in facts) {
    const member = facts[key];
    switch (key) {
      case "kind":
        checkChoice(member, key, KINDS);
        break;
      case "birthDate":
        born = member === null ? 0 : checkDay(member, key);
        break;
      case "deathDate":
        died = checkDayOrNull(member, key);
        break;
      case "residence":
      case "publicServant":
      case "detained":
        checkList(member, key, MOST_PERIODS, checkPeriod);
        break;
      case "incomeClass":
        if (member !== null) checkChoice(member, key, CLASSES);
        break;
      case "incomes":
        checkList(member, key, MOST_INCOMES, checkIncome);
        break;
      default:
        throw unknownKey(key);
    }
  }
  if (facts["kind"] === undefined) throw missingKey("kind");
  checkOrder(born, died, "deathDate");
}

function checkIncome(value: unknown): void {
  const income = checkObject(value);
  let dependants = 0;
  let elderly = 0;
  for (const key in income) {
    const member = income[key];
    switch (key) {
      case "year":
        checkInteger(member, key, 2000, 2049);
        break;
      case "employment":
      case "pension":
      case "deductions":
        checkInteger(member, key, 0, MAX_YEN);
        break;
      case "other":
        checkInteger(member, key, -MAX_YEN, MAX_YEN);
        break;
      case "dependants":
        checkInteger(member, key, 0, 99);
        dependants = member as number;
        break;
      case "elderlyDependants":
        checkInteger(member, key, 0, 99);
        elderly = member as number;
        break;
      case "knownOn":
        checkDayOrNull(member, key);
        break;
      default:
        throw unknownKey(key);
    }
  }
  if (income["year"] === undefined) throw missingKey("year");
  if (elderly > dependants) throw wrongValue("elderlyDependants", "dependants 以下の人数", elderly);
}

function checkChild(value: unknown): void {
  const child = checkObject(value);
  let born = -1;
  let died = NEVER;
  for (const key in child) {
    const member = child[key];
    switch (key) {
      case "id":
        checkString(member, key);
        break;
      case "birthDate":
        born = checkDay(member, key);
        break;
      case "serial":
        checkInteger(member, key, 0, 999_999_999);
        break;
      case "deathDate":
        died = checkDayOrNull(member, key);
        break;
      case "care":
      case "supported":
        checkList(member, key, MOST_PERIODS, checkPeriod);
        break;
      case "abroad":
        checkList(member, key, MOST_PERIODS, checkAbroad);
        break;
      case "institution":
        checkList(member, key, MOST_PERIODS, checkInstitution);
        break;
      default:
        throw unknownKey(key);
    }
  }
  if (child["id"] === undefined) throw missingKey("id");
  if (born === -1) throw missingKey("birthDate");
  checkOrder(born, died, "deathDate");
}

function checkPeriod(value: unknown): void {
  checkSpan(checkObject(value), undefined);
}

function checkAbroad(value: unknown): void {
  const period = checkObject(value);
  checkSpan(period, (key, member) => {
    if (key === "study") checkBoolean(member, key);
    else if (key === "livedInJapanSince") checkDayOrNull(member, key);
    else throw unknownKey(key);
  });
  if (period["study"] === undefined) throw missingKey("study");
  const since = period["livedInJapanSince"];
  if (period["study"] === true && (since === undefined || since === null)) {
    const message =
      "留学前に国内に引き続き住み始めた日がないため、留学の特例（3年を超える居住）を判定できません。日付を入れてください。";
    throw new ProblemError("unknownFact", "livedInJapanSince", message);
  }
}

function checkInstitution(value: unknown): void {
  checkSpan(checkObject(value), (key, member) => {
    if (key === "shortStay") checkBoolean(member, key);
    else throw unknownKey(key);
  });
}

function checkSpan(period: Json, checkOther: ((key: string, member: unknown) => void) | undefined): void {
  let from = -1;
  let to = NEVER;
  for (const key in period) {
    const member = period[key];
    if (key === "from") from = checkDay(member, key);
    else if (key === "to") to = checkDayOrNull(member, key);
    else if (checkOther === undefined) throw unknownKey(key);
    else checkOther(key, member);
  }
  if (from === -1) throw missingKey("from");
  checkOrder(from, to, "to");
}
