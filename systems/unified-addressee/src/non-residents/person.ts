/** What is known about somebody without residence, and the key by which a name is searched. */
import { createHmac } from "node:crypto";

import type { AddresseeContext } from "../context.ts";
import { refuse } from "../refusal.ts";

export type NonResidentPerson = {
  /** Family and given name with one full-width blank between */
  readonly name: string;
  /** Reading in katakana */
  readonly kana: string;
  /** YYYY-MM-DD; null: unknown */
  readonly birthDate: string | null;
  /** 0 unknown, 1 male, 2 female, 9 other */
  readonly sex: 0 | 1 | 2 | 9;
  /** Seven digits or empty */
  readonly postalCode: string;
  readonly address: string;
  /** Where it comes from; what came from 住基ネット is barred for other systems */
  readonly source: "application" | "jukiNet" | "otherOffice" | "resident";
  /** 他業務参照不可フラグ */
  readonly barred: boolean;
  /** 支援措置 */
  readonly protected: boolean;
};

const SMALL: Readonly<Record<string, string>> = {
  ァ: "ア", ィ: "イ", ゥ: "ウ", ェ: "エ", ォ: "オ", ッ: "ツ", ャ: "ヤ", ュ: "ユ", ョ: "ヨ", ヮ: "ワ", ヵ: "カ", ヶ: "ケ",
}; // prettier-ignore

/** A reading as it is compared: katakana, without marks (清濁), small letters as large ones, no blanks and long marks. */
export function searchKey(kana: string): string {
  return kana
    .normalize("NFKC")
    .replaceAll(/[\u3041-\u3096]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60))
    .normalize("NFD")
    .replaceAll(/[\u3099\u309A\s\u3000ー・-]/g, "")
    .replaceAll(/[ァィゥェォッャュョヮヵヶ]/g, (letter) => SMALL[letter] ?? letter);
}

/** HMAC of what was searched for: it says whether a later registration is about the same person, and nothing else. */
export function searchHmac(context: AddresseeContext, kana: string, birthDate: string | null): string {
  const secret = context.signer.key.export({ type: "pkcs8", format: "der" });
  return createHmac("sha256", secret)
    .update(`unified-search/1\n${searchKey(kana)}\n${birthDate ?? ""}`)
    .digest("hex");
}

/** @throws Refusal `nonResidentInvalid` */
export function checkPerson(person: NonResidentPerson): void {
  const faults = [
    person.name.trim() === "" || person.name.length > 100 ? "氏名は1文字から100文字" : "",
    searchKey(person.kana).length < 2 ? "フリガナは2文字以上" : "",
    /^(?:\d{7})?$/.test(person.postalCode) ? "" : "郵便番号は7桁",
    person.source === "jukiNet" && !person.barred ? "住基ネットから得た情報には他業務参照不可フラグ" : "",
  ].filter((fault) => fault !== "");
  if (faults.length === 0) return;
  throw refuse(
    "nonResidentInvalid",
    `住登外者を登録できません: ${faults.join("、")}。何も変えていません。入力を確かめてください。`,
  );
}
