/**
 * The agreements of a city to start from: which office sends what, on what ground, about whom. A city changes them with two
 * people (`changeAgreement`); the layouts follow 標準仕様 連携要件 as far as it is published, and the rest is what the source says.
 */
import { FEEDS } from "@hagukumi/allowance/contract.ts";

import type { AgreementForm } from "./agreements.ts";
import type { Layout } from "./layout.ts";

const same = (
  file: "residents.csv" | "incomes.csv" | "tax_items.csv" | "endorsements.csv",
  persons: string[],
): Layout => ({
  file,
  columns: FEEDS[file].header.map((name) => ({ name, to: name })),
  constants: {},
  persons,
});

/** Residents in the newer version: address in parts, names of the standard, the operator's columns that nobody here needs. */
const RESIDENTS_V2: Layout = {
  file: "residents.csv",
  columns: [
    { name: "宛名番号", to: "宛名番号" },
    { name: "世帯番号", to: "世帯番号" },
    { name: "履歴番号", to: "履歴番号" },
    { name: "最新フラグ", to: "最新フラグ" },
    { name: "削除フラグ", to: "削除フラグ" },
    { name: "住民種別", to: "住民種別" },
    { name: "住民状態", to: "住民状態" },
    { name: "異動年月日", to: "異動年月日" },
    { name: "異動年月日_不詳フラグ", to: "異動年月日不詳フラグ" },
    { name: "異動届出年月日", to: "異動届出年月日" },
    {
      name: "異動事由コード",
      to: "異動事由コード",
      codes: { A10: "10", A11: "11", A12: "12", B20: "20", B21: "21", B22: "22", C30: "30", C31: "31" },
    },
    { name: "氏名", to: "氏名" },
    { name: "氏名フリガナ", to: "氏名フリガナ" },
    { name: "性別コード", to: "性別コード" },
    { name: "生年月日", to: "生年月日" },
    { name: "生年月日_不詳フラグ", to: "生年月日不詳フラグ" },
    { name: "続柄コード1", to: "続柄コード" },
    { name: "続柄コード2", to: "続柄コード" },
    { name: "続柄コード3", to: "続柄コード" },
    { name: "続柄コード4", to: "続柄コード" },
    { name: "市区町村コード", to: "市区町村コード" },
    { name: "郵便番号", to: "郵便番号", narrow: true },
    { name: "町字", to: "住所" },
    { name: "番地号表記", to: "住所" },
    { name: "方書", to: "住所" },
    { name: "転出予定年月日", to: "転出予定年月日" },
    { name: "前住所_市区町村コード", to: "前住所市区町村コード" },
    { name: "転出先_市区町村コード", to: "転出先市区町村コード" },
    { name: "支援措置区分", to: "支援措置区分" },
    { name: "支援措置開始年月日", to: "支援措置開始年月日" },
    { name: "支援措置終了年月日", to: "支援措置終了年月日" },
    { name: "連携元操作者ID" },
    { name: "連携元操作日時" },
  ],
  constants: {},
  persons: ["宛名番号"],
};

/** Periods of another office: one layout, the office's own names of its columns. */
const periods = (
  kind: string,
  names: {
    readonly from: string;
    readonly to: string;
    readonly status: string;
    readonly codes?: Readonly<Record<string, string>>;
  },
  counterparty = false,
): Layout => ({
  file: "linked_periods.csv",
  columns: [
    { name: "宛名番号", to: "宛名番号" },
    { name: "履歴番号", to: "履歴番号" },
    { name: names.status, to: "資格区分", ...(names.codes === undefined ? {} : { codes: { ...names.codes } }) },
    { name: names.from, to: "開始年月日" },
    { name: `${names.from.replace("年月日", "")}事由`, to: "取得事由" },
    { name: names.to, to: "終了年月日" },
    { name: `${names.to.replace("年月日", "")}事由`, to: "喪失事由" },
    ...(counterparty ? [{ name: "児童宛名番号", to: "相手宛名番号" }] : []),
    { name: "削除フラグ", to: "削除フラグ" },
  ],
  constants: { 区分: kind },
  persons: counterparty ? ["宛名番号", "児童宛名番号"] : ["宛名番号"],
});

const ALLOWANCE = "児童手当法28条・番号法9条1項（公簿等による確認）";

/** The agreements, valid from the first day of the standardised systems. */
export function standardAgreements(validFrom: string): readonly AgreementForm[] {
  const common = { validFrom, validTo: null, consumer: "allowance" } as const;
  const residents = {
    ...common,
    interfaceCode: "residents",
    name: "住民・世帯・異動・支援措置",
    source: "住民記録",
    systemId: "001",
    resource: "residents",
    ground: `${ALLOWANCE}。児童のいる世帯・兄弟姉妹・請求前の人も要るため、住民の全員`,
    people: "everyone",
    staleDays: 1,
  } as const;
  const listed = { ...common, people: "listed", ground: ALLOWANCE } as const;
  return [
    { ...residents, version: "1.0", layout: same("residents.csv", ["宛名番号"]) },
    { ...residents, version: "2.0", layout: RESIDENTS_V2 },
    {
      ...listed,
      interfaceCode: "endorsements",
      name: "児童手当の付記のある異動",
      source: "住民記録",
      systemId: "001",
      resource: "endorsements",
      ground: "児童手当法施行規則8条（付記のある届出は変更届とみなす）",
      staleDays: 1,
      version: "1.0",
      layout: same("endorsements.csv", ["宛名番号"]),
    },
    {
      ...listed,
      interfaceCode: "incomes",
      name: "個人住民税（所得・控除・扶養）",
      source: "個人住民税",
      systemId: "010",
      resource: "incomes",
      staleDays: 40,
      version: "1.0",
      layout: same("incomes.csv", ["宛名番号"]),
    },
    {
      ...listed,
      interfaceCode: "healthInsurance",
      name: "国民健康保険の資格",
      source: "国民健康保険",
      systemId: "020",
      resource: "health-insurance",
      staleDays: 7,
      version: "1.0",
      layout: periods("healthInsurance", { from: "資格取得年月日", to: "資格喪失年月日", status: "資格区分" }),
    },
    {
      ...listed,
      interfaceCode: "pension",
      name: "国民年金の資格",
      source: "国民年金",
      systemId: "021",
      resource: "pension",
      staleDays: 35,
      version: "1.0",
      layout: periods("pension", {
        from: "資格取得年月日",
        to: "資格喪失年月日",
        status: "被保険者区分",
        codes: { "1": "first", "2": "second", "3": "third", "9": "mutualAid" },
      }),
    },
    {
      ...listed,
      interfaceCode: "welfare",
      name: "生活保護の受給",
      source: "生活保護",
      systemId: "030",
      resource: "welfare",
      staleDays: 35,
      version: "1.0",
      layout: periods("welfare", { from: "保護開始年月日", to: "保護廃止年月日", status: "単併給区分" }),
    },
    {
      ...listed,
      interfaceCode: "childRearing",
      name: "児童扶養手当の受給",
      source: "児童扶養手当",
      systemId: "031",
      resource: "child-rearing-allowance",
      staleDays: 35,
      version: "1.0",
      layout: periods(
        "childRearingAllowance",
        { from: "支給開始年月日", to: "支給終了年月日", status: "支給区分" },
        true,
      ),
    },
    {
      ...listed,
      interfaceCode: "residenceStatus",
      name: "在留資格・在留期間",
      source: "住民記録（外国人住民）",
      systemId: "001",
      resource: "residence-status",
      staleDays: 7,
      version: "1.0",
      layout: periods("residenceStatus", { from: "許可年月日", to: "在留期間満了年月日", status: "在留資格" }),
    },
    {
      ...common,
      interfaceCode: "nonResidents",
      name: "住登外者",
      source: "住登外者宛名番号管理",
      systemId: "003",
      resource: "non-residents",
      ground: `${ALLOWANCE}。この市の業務が宛名番号を付けた人だけが載る`,
      people: "everyone",
      staleDays: 7,
      version: "1.0",
      layout: {
        file: "residents.csv",
        columns: [
          { name: "住登外者宛名番号", to: ["宛名番号", "世帯番号"] },
          { name: "履歴番号", to: "履歴番号" },
          { name: "登録年月日", to: ["異動年月日", "異動届出年月日"] },
          { name: "氏名", to: "氏名" },
          { name: "氏名フリガナ", to: "氏名フリガナ" },
          { name: "性別コード", to: "性別コード" },
          { name: "生年月日", to: "生年月日" },
          { name: "市区町村コード", to: "市区町村コード" },
          { name: "郵便番号", to: "郵便番号", narrow: true },
          { name: "住所", to: "住所" },
          { name: "支援措置区分", to: "支援措置区分" },
          { name: "削除フラグ", to: "削除フラグ" },
        ],
        // Somebody who is known here and lives elsewhere: never counted as a resident.
        constants: { 住民種別: "1", 住民状態: "2", 異動事由コード: "12", 最新フラグ: "1" },
        persons: ["住登外者宛名番号"],
      },
    },
    {
      ...common,
      interfaceCode: "individualNumbers",
      name: "番号紐付情報（個人番号と宛名番号）",
      source: "住民記録",
      systemId: "001",
      resource: "individual-numbers",
      ground: "番号法9条1項（児童手当の対象者だけ）。番号は金庫の鍵に封緘して届く",
      people: "listed",
      consumer: "unifiedAddressee",
      staleDays: 35,
      version: "1.0",
      layout: {
        file: null,
        columns: [{ name: "宛名番号" }, { name: "履歴番号" }, { name: "個人番号（封緘）" }, { name: "番号変更年月日" }],
        constants: {},
        persons: ["宛名番号"],
      },
    },
    {
      ...common,
      interfaceCode: "certificateLinks",
      name: "番号紐付情報（証明書の発行番号と宛名番号）",
      source: "住民記録",
      systemId: "001",
      resource: "certificate-links",
      ground: "申請管理システム標準仕様書（電子署名のシリアル番号から申請者を特定する）",
      people: "everyone",
      consumer: "unifiedAddressee",
      staleDays: 1,
      version: "1.0",
      layout: {
        file: null,
        columns: [
          { name: "シリアル番号" },
          { name: "宛名番号" },
          { name: "有効開始年月日" },
          { name: "失効年月日" },
          { name: "履歴番号" },
        ],
        constants: {},
        persons: ["宛名番号"],
      },
    },
  ];
}
