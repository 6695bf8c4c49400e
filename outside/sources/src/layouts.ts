/** What the offices' files look like, as the offices know it. Written apart from the product: a test lays the two side by side. */

const RESIDENTS_1 =
  "宛名番号 履歴番号 最新フラグ 削除フラグ 世帯番号 住民種別 住民状態 異動年月日 異動年月日不詳フラグ 異動届出年月日 異動事由コード 氏名 氏名フリガナ 性別コード 生年月日 生年月日不詳フラグ 続柄コード 市区町村コード 郵便番号 住所 転出予定年月日 前住所市区町村コード 転出先市区町村コード 支援措置区分 支援措置開始年月日 支援措置終了年月日";
const RESIDENTS_2 =
  "宛名番号 世帯番号 履歴番号 最新フラグ 削除フラグ 住民種別 住民状態 異動年月日 異動年月日_不詳フラグ 異動届出年月日 異動事由コード 氏名 氏名フリガナ 性別コード 生年月日 生年月日_不詳フラグ 続柄コード1 続柄コード2 続柄コード3 続柄コード4 市区町村コード 郵便番号 町字 番地号表記 方書 転出予定年月日 前住所_市区町村コード 転出先_市区町村コード 支援措置区分 支援措置開始年月日 支援措置終了年月日 連携元操作者ID 連携元操作日時";

const words = (text: string): readonly string[] => text.split(" ");

/** Interface → version → header. */
export const layouts = {
  residents: { "1.0": words(RESIDENTS_1), "2.0": words(RESIDENTS_2) },
  endorsements: { "1.0": words("宛名番号 履歴番号 異動届出年月日 異動事由コード") },
  incomes: {
    "1.0": words(
      "宛名番号 所得年 履歴番号 給与所得 公的年金等雑所得 その他所得 控除額計 扶養親族等の数 うち老人 更正通知年月日",
    ),
  },
  healthInsurance: {
    "1.0": words("宛名番号 履歴番号 資格区分 資格取得年月日 資格取得事由 資格喪失年月日 資格喪失事由 削除フラグ"),
  },
  pension: {
    "1.0": words("宛名番号 履歴番号 被保険者区分 資格取得年月日 資格取得事由 資格喪失年月日 資格喪失事由 削除フラグ"),
  },
  welfare: {
    "1.0": words("宛名番号 履歴番号 単併給区分 保護開始年月日 保護開始事由 保護廃止年月日 保護廃止事由 削除フラグ"),
  },
  childRearing: {
    "1.0": words(
      "宛名番号 履歴番号 支給区分 支給開始年月日 支給開始事由 支給終了年月日 支給終了事由 児童宛名番号 削除フラグ",
    ),
  },
  residenceStatus: {
    "1.0": words("宛名番号 履歴番号 在留資格 許可年月日 許可事由 在留期間満了年月日 在留期間満了事由 削除フラグ"),
  },
  nonResidents: {
    "1.0": words(
      "住登外者宛名番号 履歴番号 登録年月日 氏名 氏名フリガナ 性別コード 生年月日 市区町村コード 郵便番号 住所 支援措置区分 削除フラグ",
    ),
  },
  individualNumbers: { "1.0": words("宛名番号 履歴番号 個人番号（封緘） 番号変更年月日") },
  certificateLinks: { "1.0": words("シリアル番号 宛名番号 有効開始年月日 失効年月日 履歴番号") },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type InterfaceName = keyof typeof layouts;
export type Version = "1.0" | "2.0";

/** Columns in which a day stands, or nothing. */
const isDay = (name: string): boolean => name.includes("年月日") && !name.includes("フラグ");

/** What is wrong with one row, by the office's own book of layouts; empty where nothing is. */
export function rowFaults(header: readonly string[], row: readonly string[]): string[] {
  if (row.length !== header.length) return [`${row.length} cells instead of ${header.length}`];
  return header.flatMap((name, index) => {
    const cell = row[index] ?? "";
    const fault = (what: string): string[] => [`${name}: ${what}`];
    if (name.endsWith("宛名番号") || name === "世帯番号") {
      const optional = name === "児童宛名番号" && cell === "";
      return optional || /^[0-9]{15}$/.test(cell) ? [] : fault("15 digits");
    }
    if (name === "市区町村コード") return /^[0-9]{6}$/.test(cell) ? [] : fault("6 digits");
    if (name === "履歴番号") return /^[1-9][0-9]{0,4}$/.test(cell) ? [] : fault("1 to 99999");
    if (name.endsWith("フラグ")) return cell === "0" || cell === "1" || cell === "" ? [] : fault("0 or 1");
    if (!isDay(name) || cell === "") return [];
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(cell);
    const day = new Date(`${cell}T00:00:00Z`);
    return match !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(cell) ? [] : fault("a day");
  });
}

/** The header of an interface in a version, or undefined where the office has none. */
export function headerOf(name: string, version: string): readonly string[] | undefined {
  const versions: Readonly<Record<string, readonly string[]>> | undefined = (
    layouts as Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  )[name];
  return versions?.[version];
}
