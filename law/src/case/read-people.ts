/** Validation of the people of a case: the recipient with the incomes, the children with their periods. */
import { NEVER } from "../dates/packed.ts";
import { ProblemError } from "../result.ts";
import {
  checkBoolean,
  checkChoice,
  checkDay,
  checkDayOrNull,
  checkInteger,
  checkList,
  checkObject,
  checkOrder,
  checkString,
  MAX_YEN,
  missingKey,
  unknownKey,
  wrongValue,
  type Json,
} from "./checks.ts";

/** Bounds on one person's lists. */
const MOST_PERIODS = 200;
const MOST_INCOMES = 100;

const KINDS = new Set(["individual", "corporateGuardian", "institution"]);
const CLASSES = new Set(["normal", "special", "over"]);

export function checkRecipient(value: unknown): void {
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

export function checkChild(value: unknown): void {
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
