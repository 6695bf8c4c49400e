/** The items of the forms in Japanese, and how each is typed. Items are the keys of the procedures' own schemas. */

export type Typing = "date" | "month" | "person" | "text" | "long" | "yen";

export type FieldName = {
  readonly label: string;
  readonly typing?: Typing;
  readonly help?: string;
  /** Words of an enumeration */
  readonly words?: Readonly<Record<string, string>>;
};

const yesNo = (label: string, help?: string): FieldName => (help === undefined ? { label } : { label, help });
const date = (label: string, help?: string): FieldName =>
  help === undefined ? { label, typing: "date" } : { label, typing: "date", help };

export const causeWords: Readonly<Record<string, string>> = {
  birth: "出生",
  moveIn: "転入",
  moveInFromAbroad: "国外からの転入",
  recipientDeath: "前の受給者の死亡",
  leftPublicService: "公務員の退職",
  leftInstitution: "施設などからの退所",
  enteredInstitution: "施設などへの入所・委託",
  livingTogetherPriority: "同居優先（離婚協議中など）",
  guardianAppointed: "未成年後見人の選任",
  parentDesignation: "父母指定",
  incomeBelowUpperLimit: "所得が上限限度額未満になった",
  taxCorrection: "所得の更正",
  disaster: "災害",
  becameUniversityAge: "大学生年代になった",
  graduated: "卒業",
  other: "その他",
};

export const fieldNames: Readonly<Record<string, FieldName>> = {
  claimant: { label: "請求者・届出者", typing: "person" },
  recipient: { label: "受給者", typing: "person" },
  recipientId: { label: "認定番号" },
  year: { label: "年度（西暦）" },
  unchanged: yesNo("記録と違うことはないと書かれている"),
  papers: {
    label: "添える書類",
    help: "市が求めた書類。届いていないものは、受付のあとに返戻・保留で期限を決めて待ちます。",
    words: {
      separateCareStatement: "別居監護申立書",
      divorceTalksProof: "離婚協議中であることを明らかにする書類",
      supportStatement: "監護相当・生計費の負担についての確認書",
      placementProof: "措置・委託を証する書類",
      guardianCertificate: "未成年後見人の登記事項証明書など",
      birthProof: "児童の出生を証する書類",
      insuranceProof: "健康保険・年金の加入を確かめる書類",
      earlierReports: "前の年度の現況届",
      other: "市が求めた書類",
    },
  },
  recipientKind: {
    label: "受給者の種類",
    words: { individual: "個人", corporateGuardian: "法人（未成年後見人）", institution: "施設等" },
  },
  written: { label: "書類に書かれたとおりの記載", help: "台帳と違うときだけ、書かれたとおりに入れてください。" },
  name: { label: "氏名" },
  kana: { label: "カナ" },
  birthDate: date("生年月日"),
  address: { label: "住所" },
  cause: { label: "請求の事由", words: causeWords },
  causeOn: date("事由の発生日", "出生日、前住所地の転出予定日など。15日特例はこの日から数えます。"),
  obstacleEndedOn: date("やむを得ない理由がやんだ日", "災害などで請求が遅れたときだけ。下の根拠も要ります。"),
  ruleGround: {
    label: "15日の特例の根拠",
    help: "事由から分かるときは空のまま。違う根拠のときと、やむを得ない理由がやんだ日を書くときに入れます。",
  },
  residence: {
    label: "居住の特例",
    help: "住民票がこの市にない人（暴力からの避難・施設への入所）だけ。どこに住んでいるかは書きません。",
  },
  since: date("この日から"),
  healthInsurance: { label: "健康保険の種別" },
  insuredOn: date("資格取得日"),
  insuredOnText: {
    label: "資格取得日が不詳のときの記載",
    help: "書類に書かれたとおりに。例: 平成30年ごろ（日は不詳）",
  },
  pensionKind: { label: "年金の種別" },
  pensionOn: date("年金の加入日"),
  pensionOnText: { label: "加入日が不詳のときの記載", help: "書類に書かれたとおりに" },
  employeeClass: { label: "被用区分", words: { employee: "被用者", nonEmployee: "被用者等でない者" } },
  publicServant: yesNo("公務員である（本人の申告）"),
  spouse: { label: "配偶者" },
  number: { label: "対象の人", typing: "person" },
  together: yesNo("同居している"),
  spouseIsMainEarner: yesNo("生計を維持する程度が高いのは配偶者（本人の申告）"),
  capacity: {
    label: "請求者の立場",
    words: { parent: "父・母", guardian: "未成年後見人", designated: "父母指定者", carer: "父母以外の養育者" },
  },
  account: { label: "振込先口座" },
  bank: { label: "金融機関コード（4桁）" },
  branch: { label: "支店コード（3桁）" },
  accountType: { label: "種目", words: { "1": "普通", "2": "当座", "4": "貯蓄" } },
  accountNumber: { label: "口座番号（7桁）" },
  numberAgain: { label: "番号をもう一度（通帳を見て）" },
  holder: { label: "口座名義（カナ）" },
  exception: { label: "名義が本人と違うときの理由" },
  ground: {
    label: "わけ",
    words: {
      publicInstitution: "国・地方公共団体の施設（22条の2）",
      unpaid: "未支払の決定（12条）",
      violence: "暴力からの避難",
      facility: "施設への入所",
    },
  },
  keptBy: { label: "児童の名義でないときの、預かる人と理由" },
  yuchoSymbol: { label: "ゆうちょの記号" },
  yuchoNumber: { label: "ゆうちょの番号" },
  savings: yesNo("通常貯蓄貯金"),
  publicAccount: yesNo("公金受取口座を使う"),
  children: { label: "児童・算定対象者" },
  role: { label: "区分", words: { child: "児童（手当の対象）", counted: "算定対象者（18〜22歳年度末）" } },
  relation: { label: "続柄", help: "住民票の続柄コード（20は子）か、続柄の言葉" },
  serial: { label: "児童連番" },
  careFrom: date("監護の開始", "空なら出生から"),
  careTo: date("監護の終わり"),
  supportFrom: date("監護に相当する世話の始め", "18歳年度末の翌日からなら空のまま"),
  supportTo: date("監護に相当する世話の終わり"),
  costFrom: date("生計費の負担の始め", "世話と同じ日なら空のまま。両方がある間だけ数えます。"),
  costTo: date("生計費の負担の終わり"),
  exclusion: {
    label: "算定から除かれる事情",
    help: "当たる人は数えません（施行規則1条の3の2）。",
    words: {
      extendedPlacement: "措置の延長を受けている（延長者）",
      selfReliance: "児童自立生活援助を利用している",
      siblingHousehold: "兄姉だけの世帯で施設などに入っている",
    },
  },
  ended: {
    label: "終わった事実",
    help: "算定対象者でなくなったときだけ",
    words: { care: "監護に相当する世話", cost: "生計費の負担", exclusion: "除かれる事情に当たった" },
  },
  graduationMonth: { label: "卒業予定年月（YYYY-MM）", typing: "month" },
  living: { label: "同居・別居", words: { together: "同居", apart: "別居" } },
  livelihood: { label: "生計", words: { common: "生計同一", maintained: "生計維持" } },
  student: yesNo("学生"),
  studyAbroad: yesNo("海外留学"),
  child: { label: "児童", typing: "person" },
  childNumber: { label: "児童", typing: "person" },
  endedOn: date("終わった日"),
  endsOn: date("終わる日"),
  startsOn: date("始まる日"),
  from: date("この日から"),
  to: date("この日まで"),
  on: date("発生日"),
  changedOn: date("変更日"),
  eventOn: date("発生日"),
  reason: { label: "理由", typing: "long" },
  evidence: { label: "確かめた書類" },
  amount: { label: "金額（円）", typing: "yen" },
  creditor: { label: "支払先" },
  kind: { label: "種類" },
  fiscalYear: { label: "年度" },
  postalCode: { label: "郵便番号（7桁）" },
  phone: { label: "電話番号" },
  email: { label: "メール" },
  note: { label: "備考", typing: "long" },
  month: { label: "月分（YYYY-MM）", typing: "month" },
  fromMonth: { label: "この月分から（YYYY-MM）", typing: "month" },
  toMonth: { label: "この月分まで（YYYY-MM）", typing: "month" },
  designee: { label: "指定される人", typing: "person" },
  deceased: { label: "亡くなった受給者", typing: "person" },
  diedOn: date("死亡日"),
  institution: { label: "施設等", typing: "person" },
  guardian: { label: "未成年後見人", typing: "person" },
};

/** Variants of an item that may take several forms, by the item and the key that tells the variant. */
/** Words of an item by the item that it stands in, where the same name means something else elsewhere. */
export const groundWords: Readonly<Record<string, string>> = {
  addressChange: "住所の変更",
  unavoidable: "やむを得ない理由",
  birth: "出生",
  recipientDeath: "前の受給者の死亡",
  leftPublicService: "公務員でなくなった",
  leftInstitution: "施設などからの退所",
  enteredInstitution: "施設などへの入所・委託",
  livingTogetherPriority: "離婚協議中の同居",
  guardianAppointed: "未成年後見人の選任",
  parentDesignation: "父母指定",
  income: "所得の通知・更正を知った",
  universityAge: "大学生年代になった・卒業した",
  claimRefused: "ほかの人の請求の却下",
  disaster: "災害",
  illness: "病気・けが",
  violence: "暴力からの避難",
  declined: "受給の辞退",
};

export const variantNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  account: { bank: "銀行などの口座", yuchoSymbol: "ゆうちょ銀行（記号・番号）", publicAccount: "公金受取口座" },
  spouse: { number: "配偶者あり", null: "配偶者なし" },
};

/** Words of the values of enumerations that are the same wherever they stand. */
export const commonWords: Readonly<Record<string, string>> = {
  ...groundWords,
  ...causeWords,
  counter: "窓口",
  post: "郵送",
  online: "オンライン",
  exOfficio: "職権",
  start: "始める",
  change: "変える",
  end: "終える",
  stop: "取りやめる",
  use: "使う",
  death: "死亡",
  divorce: "離婚",
  moved: "転居",
  other: "その他",
};
