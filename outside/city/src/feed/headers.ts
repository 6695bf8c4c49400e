/** Column names of the feed specification (docs/連携ファイル仕様.md), in order. */
export const headers = {
  "residents.csv": ["宛名番号", "履歴番号", "最新フラグ", "削除フラグ", "世帯番号", "住民種別", "住民状態", "異動年月日",
    "異動年月日不詳フラグ", "異動届出年月日", "異動事由コード", "氏名", "氏名フリガナ", "性別コード", "生年月日",
    "生年月日不詳フラグ", "続柄コード", "市区町村コード", "郵便番号", "住所", "転出予定年月日", "前住所市区町村コード",
    "転出先市区町村コード", "支援措置区分", "支援措置開始年月日", "支援措置終了年月日"],
  "organizations.csv": ["宛名番号", "名称", "名称フリガナ", "区分", "市区町村コード", "郵便番号", "住所", "設置者区分"],
  "claims.csv": ["受付番号", "請求種別", "受付年月日", "受付経路", "請求者宛名番号", "受給者区分", "請求事由", "事由発生年月日",
    "障害終了年月日", "被用区分", "所管区", "金融機関コード", "支店コード", "預金種目", "口座番号", "口座名義カナ"],
  "claim_children.csv": ["受付番号", "児童宛名番号", "区分", "続柄", "児童連番", "監護開始年月日", "監護終了年月日",
    "負担開始年月日", "負担終了年月日", "卒業予定年月", "同居別居区分", "生計関係"],
  "status_periods.csv": ["区分", "宛名番号", "相手宛名番号", "開始年月日", "終了年月日", "短期", "留学", "国内居住開始年月日"],
  "incomes.csv": ["宛名番号", "所得年", "履歴番号", "給与所得", "公的年金等雑所得", "その他所得", "控除額計", "扶養親族等の数",
    "うち老人", "更正通知年月日"],
} as const satisfies Readonly<Record<string, readonly string[]>>; // prettier-ignore

export type FeedName = keyof typeof headers;
export const feedNames: readonly FeedName[] = [
  "residents.csv", "organizations.csv", "claims.csv", "claim_children.csv", "status_periods.csv", "incomes.csv",
]; // prettier-ignore
