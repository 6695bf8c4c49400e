/** Names that people read beside the codes that the tables hold: never a code alone. */

/** 行政区 of the city, by 全国地方公共団体コード. */
const WARDS: Readonly<Record<string, string>> = {
  "431010": "中央区",
  "431028": "東区",
  "431036": "西区",
  "431044": "南区",
  "431052": "北区",
};

/** 所管区の名前; a code that is not in the table is shown as such. */
export function wardName(code: string): string {
  return WARDS[code] ?? `区コード ${code}`;
}

/** 被用区分 */
export function employeeClassName(value: string | null): string {
  if (value === "employee") return "被用者";
  return value === "nonEmployee" ? "非被用者" : "区分なし";
}

const BANDS: Readonly<Record<string, string>> = {
  U3: "3歳未満",
  EL: "3歳以上小学校修了前",
  JH: "中学生",
  HS: "高校生年代",
  UN: "大学生年代（算定対象）",
};

/** 年齢区分 */
export function bandName(band: string): string {
  return BANDS[band] ?? band;
}

/** 預金種目 */
export function accountTypeName(code: string): string {
  return { "1": "普通", "2": "当座", "4": "貯蓄" }[code] ?? `種目${code}`;
}

/** 認定番号 as it is printed: 10 digits, the same as the bank's 顧客コード1. */
export function certificationNumberText(recipientId: number): string {
  return String(recipientId).padStart(10, "0");
}

/** 宛名番号 as it is printed: 15 digits. */
export function addresseeNumberText(number: number): string {
  return String(number).padStart(15, "0");
}

/** The wards of the city, for choosing one. */
export const wardChoices: readonly { readonly code: string; readonly name: string }[] = Object.entries(WARDS).map(
  ([code, name]) => ({ code, name }),
);
