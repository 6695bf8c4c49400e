/** 台帳の記載: the names of its items on screens, and the fields with which the everyday kinds are typed. */
import { wareki, warekiMonth } from "../../ui/format.ts";

export type FieldKind = "text" | "long" | "date" | "month" | "number" | "choice" | "yes";

export type EntryField = {
  readonly name: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly required?: boolean;
  readonly help?: string;
  readonly options?: Readonly<Record<string, string>>;
};

const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  contactKind: {
    homePhone: "自宅の電話",
    mobilePhone: "携帯電話",
    workPhone: "勤務先の電話",
    fax: "FAX",
    email: "メール",
  },
  role: {
    spouse: "配偶者",
    otherParent: "もう一方の父母",
    parentDesignee: "父母指定者",
    minorGuardian: "未成年後見人",
    adultGuardian: "成年後見人",
    agent: "代理人",
    cohabitant: "同居の人",
    other: "その他",
  },
  employeeClass: { employee: "被用者", nonEmployee: "被用者等でない者" },
  evidence: {
    claimForm: "請求書",
    insuranceCard: "健康保険の資格の確認",
    insuranceInquiry: "健康保険の照会",
    pensionInquiry: "年金の照会",
    employerCertificate: "勤務先の証明",
    other: "その他",
  },
  living: { together: "同居", apart: "別居" },
  care: { custody: "監護あり", equivalent: "監護相当", none: "監護なし" },
  livelihood: { common: "生計同一", maintained: "生計維持", none: "なし" },
  situation: { student: "学生", other: "学生でない" },
  nameKind: { alias: "通称", former: "旧氏", real: "本名", roman: "ローマ字", kana: "カナ", other: "その他" },
  nameUse: { none: "記録だけ", letter: "通知書", reviewForm: "現況届の用紙", all: "通知書と現況届の用紙" },
  ground: { violence: "暴力からの避難", facility: "施設への入所" },
  exclusion: {
    extendedPlacement: "措置の延長を受けている（延長者）",
    selfReliance: "児童自立生活援助を利用している",
    siblingHousehold: "兄姉だけの世帯で施設などに入っている",
  },
  medium: { paper: "紙", electronic: "電子" },
  documentState: {
    awaited: "提出待ち",
    received: "受領",
    onHold: "保留",
    returned: "返戻",
    stored: "保管",
    disposed: "廃棄",
  },
  method: { letter: "文書", phone: "電話", network: "情報連携" },
  legalBasis: { article27: "27条（調査）", article28: "28条（資料の提供等）" },
  officeKind: {
    publicOffice: "官公署",
    pensionOffice: "年金事務所",
    bank: "銀行",
    trust: "信託会社",
    employer: "雇用主",
    person: "本人・関係者",
    other: "その他",
  },
};

const field = (name: string, label: string, kind: FieldKind, more: Partial<EntryField> = {}): EntryField => ({
  name,
  label,
  kind,
  ...more,
});
const choice = (name: string, label: string, table: string): EntryField =>
  field(name, label, "choice", { options: words[table] ?? {}, required: true });

/** Fields by kind, in the order of the form. A kind that is not here is written by its own procedure and only shown. */
export const entryForms: Readonly<Record<string, readonly EntryField[]>> = {
  note: [
    field("body", "メモ", "long", { required: true, help: "氏名や住所を写さず、用件だけを書いてください。" }),
    field("popUp", "この人を開いたときに必ず出す", "yes"),
  ],
  contact: [
    choice("kind", "種類", "contactKind"),
    field("value", "番号・アドレス", "text", { required: true }),
    field("note", "連絡のしかた", "text", { help: "例: 平日の夕方に" }),
  ],
  mailingAddress: [
    field("postalCode", "郵便番号（7桁）", "text", { required: true }),
    field("address", "住所", "text", { required: true }),
    field("building", "方書", "text"),
    field("recipientName", "宛名（本人と違うとき）", "text"),
    field("cause", "理由のコード", "text", { required: true, help: "コード表「送付先の理由」による" }),
  ],
  relatedPerson: [
    choice("role", "関係", "role"),
    field("relatedNumber", "宛名番号", "number", { help: "宛名番号のない人は、下に氏名を書きます。" }),
    field("name", "氏名", "text"),
    field("kana", "カナ", "text"),
    field("evidence", "確かめた書類", "text"),
  ],
  welfareName: [
    choice("kind", "種類", "nameKind"),
    field("name", "名", "text", { required: true }),
    field("kana", "カナ", "text", { required: true }),
    choice("usedFor", "使う書類", "nameUse"),
  ],
  residenceException: [
    choice("ground", "わけ", "ground"),
    field("evidence", "確かめた資料", "text", {
      required: true,
      help: "保護命令、女性相談支援センターの証明、施設長の証明など。どこに住んでいるかは書きません。",
    }),
  ],
  formerInquiry: [
    field("municipalityCode", "団体コード（6桁）", "text", { required: true }),
    field("municipalityName", "前住所地", "text", { required: true }),
    choice("method", "方法", "method"),
    field("askedOn", "照会日", "date", { required: true }),
    field("dueOn", "回答の期限", "date", { required: true }),
  ],
  materialRequest: [
    choice("officeKind", "相手の種類", "officeKind"),
    field("officeName", "相手", "text", { required: true }),
    choice("legalBasis", "根拠", "legalBasis"),
    field("items", "求める事項", "long", { required: true }),
    field("requestedOn", "求めた日", "date", { required: true }),
    field("dueOn", "回答の期限", "date", { required: true }),
  ],
};

const labels: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(entryForms).flatMap((fields) => fields.map(({ name, label }) => [name, label]))),
  kind: "種類",
  note: "備考",
  healthInsurance: "健康保険",
  insuredOn: "資格取得日",
  insuredOnText: "資格取得日（書類の記載）",
  pensionKind: "年金",
  pensionOn: "加入日",
  pensionOnText: "加入日（書類の記載）",
  employeeClass: "被用区分",
  fallbackReason: "ほかの方法による理由",
  childNumber: "児童の宛名番号",
  relation: "続柄",
  living: "同居・別居",
  apartReason: "別居の理由",
  care: "監護",
  livelihood: "生計",
  studyAbroadFrom: "留学の開始",
  placeCode: "設置場所",
  siblingNumber: "宛名番号",
  statementReceivedOn: "確認書の受理日",
  claimId: "請求",
  careFrom: "監護相当の始め",
  costFrom: "生計費の負担の始め",
  situation: "学生かどうか",
  school: "学校",
  graduationMonth: "卒業予定",
  endCause: "終わりの事由",
  exclusion: "算定から除かれる事情",
  title: "書類の名前",
  medium: "媒体",
  state: "状態",
  receivedOn: "受領日",
  returnedOn: "返戻日",
  storagePlace: "保管場所",
  answeredOn: "回答日",
  answer: "回答",
  paid: "支給の有無",
  lastPaidMonth: "最後の支給月分",
  fiscalYear: "年度",
  reception: "受理区分",
  incomeClass: "所得の判定",
};

const allWords: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(words)) as Record<string, string>;

function shown(value: unknown): string {
  if (value === true) return "はい";
  if (value === false) return "いいえ";
  const text = String(value);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return wareki(text);
  if (/^\d{4}-\d{2}$/.test(text)) return warekiMonth(text);
  return Object.hasOwn(allWords, text) ? (allWords[text] ?? text) : text;
}

/** What an entry says, item by item; empty items are left out. */
export function entryLines(
  content: Readonly<Record<string, unknown>>,
): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(content).flatMap(([name, value]) =>
    value === null || value === "" || value === undefined || typeof value === "object"
      ? []
      : [{ name: labels[name] ?? name, value: shown(value) }],
  );
}
