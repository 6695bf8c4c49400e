/** The words of the access log: kinds of deeds, screens, files, columns. Names that are not here are shown as they are. */
import { allPages } from "../all-pages.ts";

const DEEDS: Readonly<Record<string, string>> = {
  view: "参照",
  print: "印刷",
  add: "追加",
  change: "変更",
  delete: "削除",
  batch: "バッチ",
  hardCopy: "ハードコピー",
  euc: "データの出力（EUC）",
  refused: "拒否",
};

/** What was done, in the words of rows from before the kinds of deeds were kept. */
const ACTIONS: Readonly<Record<string, string>> = {
  read: "参照",
  update: "更新",
  export: "出力",
  print: "印刷",
  search: "検索",
  list: "一覧",
  hardCopy: "ハードコピー",
  refused: "拒否",
};

const COLUMNS: Readonly<Record<string, string>> = {
  name: "氏名",
  birth: "生年月日",
  birthYear: "生まれ年",
  ward: "区",
  opened: "開いた人",
  entries: "台帳の記載",
  history: "経過",
  filings: "請求・届出",
  kana: "カナ",
  account: "口座",
  amount: "金額",
  address: "住所",
  birthDate: "生年月日",
  staff: "職員",
  recipientId: "認定番号",
  recipient: "認定番号",
  child: "児童",
  letter: "通知書",
  individualNumber: "個人番号",
  numberState: "個人番号の登録の有無",
};

/** 台帳: what the address of an operation begins with. */
const FILES: Readonly<Record<string, string>> = {
  cases: "受給者台帳",
  persons: "宛名",
  openings: "開く許し",
  filings: "受付",
  searches: "人の検索",
  "work-lists": "受付の一覧",
  "work-flow": "仕事の流れ",
  "due-checks": "確かめる仕事",
  "unreported-changes": "確かめる仕事",
  milestones: "年齢の到達",
  procedures: "手続",
  purposes: "処理事由",
  "override-reasons": "案の変更の理由",
  sessions: "ログイン",
  "sign-on": "シングルサインオン",
  runs: "支払処理",
  "mass-work": "一括処理",
  letters: "通知書",
  "letter-runs": "通知書の印刷",
  "letter-texts": "通知書の文言",
  recoveries: "債権",
  "receipt-files": "収納データ",
  "unknown-receipts": "債権に当たらない収納",
  requests: "二人で決めること",
  reviews: "現況",
  taxes: "所得",
  holds: "差止・保留",
  protection: "支援措置",
  interchange: "庁内連携",
  "register-changes": "変更と年齢到達",
  reconciliations: "突合",
  addressees: "統合宛名",
  rights: "権限",
  staff: "職員",
  terminals: "端末",
  parameters: "法のパラメータ",
  characters: "文字",
  statistics: "統計",
  restrictions: "閲覧の制限",
  retention: "記録の保存",
  "access-log": "アクセスログ",
  journal: "システムの記録",
  "log-reviews": "アクセスログの点検",
  "log-findings": "アクセスログの点検",
  "hard-copies": "画面",
};

export const actionText = (action: string): string => ACTIONS[action] ?? action;

export const deedText = ({ deed, action }: { readonly deed: string | null; readonly action: string }): string =>
  deed === null ? actionText(action) : (DEEDS[deed] ?? deed);

export function columnsText(names: string): string {
  if (names === "") return "—";
  return names
    .split(/,\s*/)
    .map((name) => COLUMNS[name] ?? name)
    .join("・");
}

/** Title of the page that the screen is; `/cases/:` is the page of `/cases/$recipientId`. */
export function screenText(screen: string | null): string {
  if (screen === null || screen === "") return "—";
  const page = allPages.find(({ path }) => path.replaceAll(/\$\w+/g, ":") === screen);
  return page?.title ?? screen;
}

export const fileText = (file: string | null): string => (file === null || file === "" ? "—" : (FILES[file] ?? file));
