/** 寄附の受領の通知 (施行規則12条の9第2項): exactly four items – the donor's name and address, the fact, the amount, the day. Pure. */
import type { CivilDate } from "@hagukumi/law/contract.ts";

import { refuse } from "../refusal.ts";

export type DonationReceipt = {
  /** 寄附をした者の氏名及び住所 */
  readonly donor: { readonly name: string; readonly address: string };
  /** 寄附を受領した旨 */
  readonly fact: string;
  /** 寄附の額, yen */
  readonly amount: number;
  /** 寄附を受領した年月日 */
  readonly receivedOn: CivilDate;
};

export type ReceivedDonation = {
  readonly name: string;
  readonly address: string;
  readonly amount: number;
  readonly receivedOn: CivilDate;
};

/** The content of the receipt. @throws Refusal `donationIncomplete` when one of the four is missing */
export function donationReceipt({ name, address, amount, receivedOn }: ReceivedDonation): DonationReceipt {
  const missing = [
    ...(name.trim() === "" ? ["氏名"] : []),
    ...(address.trim() === "" ? ["住所"] : []),
    ...(Number.isSafeInteger(amount) && amount > 0 ? [] : ["額"]),
  ];
  if (missing.length > 0) {
    throw refuse(
      "donationIncomplete",
      `寄附の受領の通知を作れません。${missing.join("・")}がありません（施行規則12条の9）。寄附の記録を確かめてください。`,
      { missing },
    );
  }
  const fact = "児童手当法第20条第1項の規定による寄附として、支払うべき児童手当のうち次の額を受領しました。";
  return { donor: { name: name.trim(), address: address.trim() }, fact, amount, receivedOn };
}
