import { civilOf, type Day, isoOf, pad } from "../base/day.ts";
import type { Organization } from "../organizations/organizations.ts";
import type { Claim, Income, StatusPeriod } from "../people/unit.ts";
import { quoted } from "./cells.ts";

const date = (day: Day | undefined): string => (day === undefined ? "" : isoOf(day));
const flag = (value: boolean | undefined): string => (value === true ? "1" : "0");

const PER_DAY = 9999;

/** 受付番号: YYMMDD and a number of the day, so that the order of the numbers is the order of arrival. */
export function createClaimNumbers(): (received: Day) => string {
  const used = new Map<Day, number>();
  return (received) => {
    const next = (used.get(received) ?? 0) + 1;
    if (next > PER_DAY)
      throw new Error(`${isoOf(received)} の受付が ${PER_DAY} 件を超えました。人口を減らしてください。`);
    used.set(received, next);
    const { year, month, dayOfMonth } = civilOf(received);
    return `${pad(year % 100, 2)}${pad(month, 2)}${pad(dayOfMonth, 2)}${pad(next, 4)}`;
  };
}

export function claimRow(number: string, claim: Claim): string {
  const { account } = claim;
  return [
    number,
    claim.kind,
    date(claim.received),
    claim.channel,
    claim.claimant,
    claim.recipientKind,
    claim.reason,
    date(claim.event),
    date(claim.obstacleEnded),
    claim.employeeClass,
    claim.ward,
    account?.bank ?? "",
    account?.branch ?? "",
    account?.kind ?? "",
    account?.number ?? "",
    account?.holder ?? "",
  ].join(",");
}

export function claimChildRows(number: string, claim: Claim): string[] {
  return claim.children.map((child) =>
    [
      number,
      child.child,
      child.role,
      child.relation,
      child.serial,
      date(child.careFrom),
      date(child.careUntil),
      date(child.supportFrom),
      date(child.supportUntil),
      child.graduation ?? "",
      child.together ? "together" : "apart",
      child.commonLivelihood ? "common" : "maintained",
    ].join(","),
  );
}

export function statusRow(status: StatusPeriod): string {
  return [
    status.kind,
    status.person,
    status.other ?? "",
    date(status.from),
    date(status.until),
    flag(status.shortStay),
    flag(status.study),
    date(status.livedInJapanFrom),
  ].join(",");
}

export function incomeRow(income: Income): string {
  return [
    income.person,
    income.year,
    income.history,
    income.salary,
    income.pension,
    income.other,
    income.deductions,
    income.dependants,
    income.elderly,
    date(income.corrected),
  ].join(",");
}

export function organizationRow(organization: Organization): string {
  return [
    organization.number,
    quoted(organization.name),
    quoted(organization.kana),
    organization.kind,
    organization.address.ward,
    organization.address.postcode,
    quoted(organization.address.text),
    organization.founder,
  ].join(",");
}
