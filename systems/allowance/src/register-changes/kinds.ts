/** What can change by the feeds so that somebody has to look, and what is done about it. */
import type { ProcedureCode } from "../filings/procedure-codes.ts";

export const CHANGE_KINDS = [
  "birth",
  "death",
  "moveIn",
  "moveOut",
  "removed",
  "moveWithin",
  "nameChange",
  "relation",
  "marriage",
  "separation",
  "household",
  "protection",
  "correction",
  "taxCorrection",
  "insurance",
  "pension",
  "welfare",
  "childRearingAllowance",
  "residenceStatus",
  "publicService",
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Japanese name, the procedure that answers it where there is one, and what to do. */
export const changeKinds: Readonly<
  Record<ChangeKind, { readonly name: string; readonly procedure: ProcedureCode | null; readonly action: string }>
> = {
  birth: {
    name: "出生",
    procedure: "increase",
    action:
      "額改定認定請求書（受給者がいなければ認定請求書）を案内する。出生の翌日から15日以内の請求で翌月分からになる。",
  },
  death: { name: "死亡", procedure: "death", action: "死亡を職権で記録し、消滅・減額を決定する。支払は保留になる。" },
  moveIn: {
    name: "転入",
    procedure: null,
    action: "児童のいる世帯なら、認定請求書（受給者がいれば額改定）を案内する。前の市区町村の転出予定日から15日以内。",
  },
  moveOut: { name: "転出", procedure: "moveOut", action: "転出を記録する。転出予定日の属する月分までになる。" },
  removed: { name: "職権消除", procedure: "moveOut", action: "居住を確かめ、職権消除を記録する。" },
  moveWithin: { name: "転居", procedure: "change", action: "変更届を受け付けるか、公簿で確かめて省略を記録する。" },
  nameChange: { name: "氏名", procedure: "change", action: "変更届を受け付けるか、公簿で確かめて省略を記録する。" },
  relation: { name: "続柄", procedure: null, action: "監護・生計の関係が変わっていないかを確かめる。" },
  marriage: {
    name: "婚姻",
    procedure: "change",
    action: "配偶者を台帳に記録し、生計を維持する程度の高い人がどちらかを確かめる（児童手当法4条3項）。",
  },
  separation: {
    name: "離婚・別居",
    procedure: "livingTogetherPriority",
    action: "児童と同居する親を確かめる。離婚協議中の別居なら同居優先（児童手当法4条4項）。",
  },
  household: {
    name: "世帯",
    procedure: null,
    action: "児童と別居になっていないか、別居監護の申立てが要るかを確かめる。",
  },
  protection: { name: "支援措置", procedure: null, action: "住所を扱うすべての出力を確かめ、事案の担当に知らせる。" },
  correction: {
    name: "住民記録の訂正",
    procedure: null,
    action: "決定のもとになった日付・状態が変わっていないかを確かめる。",
  },
  taxCorrection: { name: "所得の更正", procedure: null, action: "所得の更正の画面で判定し直す。" },
  insurance: {
    name: "健康保険",
    procedure: "change",
    action: "被用区分が変わるかを確かめる（年金は使わず保険で。施行令）。",
  },
  pension: {
    name: "年金",
    procedure: null,
    action: "健康保険で被用区分を確かめられないときだけ、年金で確かめる。ほかは閉じる。",
  },
  welfare: { name: "生活保護", procedure: null, action: "寄附・徴収・送付先の扱いを確かめる。額は変わらない。" },
  childRearingAllowance: {
    name: "児童扶養手当",
    procedure: null,
    action: "児童を監護する人が児童手当の受給者と違っていないかを確かめる。",
  },
  residenceStatus: { name: "在留資格", procedure: null, action: "在留期間が切れていないか、住所があるかを確かめる。" },
  publicService: {
    name: "公務員",
    procedure: "publicService",
    action: "勤務先から支給される公務員になったかを確かめ、任用の月分で消滅を決定する。",
  },
};
