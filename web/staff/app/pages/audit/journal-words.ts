/** Words of the journal for people: what is not here is shown as it is stored. */

/** 種類 */
export const JOURNAL_KIND_NAMES = {
  authentication: "認証",
  event: "イベント",
  communication: "通信",
  print: "印刷",
  setting: "設定変更",
  error: "エラー",
} as const;

const ACTIONS: Readonly<Record<string, string>> = {
  logIn: "ログイン",
  stepUp: "再認証",
  enrol: "職員証の登録",
  "session.start": "セッションの始まり",
  "session.end": "セッションの終わり",
  alert: "警告",
  print: "印刷",
  defect: "不具合",
  "clock.stepped": "時計が動いた",
  "storage.short": "ディスクの空きが少ない",
  "storage.enough": "ディスクの空きが足りた",
  "server.start": "サーバーの起動",
  "server.stop": "サーバーの停止",
  "part.failed": "運転しているものの失敗",
  "part.resumed": "運転しているものが元に戻った",
  "register.import": "台帳データの取込み",
  "bank.import": "金融機関データの取込み",
  "personnel.import": "人事データの取込み",
  "recovery.import": "収納データの取込み",
  "payment.handOver": "振込データの引渡し",
  "payment.settle": "振込結果の取込み",
  "letter.handOut": "通知書の引渡し",
  "setting.add": "市の設定の変更",
  "parameter.register": "法令の定数の登録",
  "parameter.approve": "法令の定数の承認",
  "code.change": "符号の変更",
  "right.request": "権限の申請",
  "right.decide": "権限の申請の承認・不承認",
  "right.issue": "権限の発行",
  "right.requestRevocation": "権限の失効の申請",
  "right.revoke": "権限の失効",
  "staff.register": "職員の登録",
  "staff.stop": "職員の利用の停止",
  "staff.resume": "職員の利用の再開",
  "staff.training": "研修の記録",
  "staff.enrol": "登録の符号の発行",
  "terminal.register": "端末の登録",
  "terminal.revoke": "端末の登録の取消し",
  "credential.revoke": "職員証の失効",
  "letterText.propose": "通知書の文の起案",
  "letterText.approve": "通知書の文の承認",
  "retention.noTerm": "保存期間が決まっていない",
  "retention.due": "保存期間の過ぎた記録がある",
  "retention.removed": "記録の消去",
  "logReview.run": "アクセスログの解析",
};

/** 処理 in words, with its code where it has none. */
export const actionText = (action: string): string => ACTIONS[action] ?? action;

const OBJECTS: Readonly<Record<string, string>> = {
  attempt: "試み",
  session: "セッション",
  paymentRun: "支払処理",
  letterRun: "印刷処理",
  letter: "封筒",
  massRun: "一括処理",
  operation: "操作",
  alert: "警告",
  batch: "取込み",
  setting: "設定",
  staff: "職員",
  terminal: "端末",
  right: "権限",
  letterText: "通知書の文",
  proposal: "申請",
  removal: "消去の記録",
  month: "月",
};

/** 対象: its kind and its number. */
export function objectText(kind: string, id: string): string {
  if (kind === "" && id === "") return "—";
  return [OBJECTS[kind] ?? kind, id].filter((part) => part !== "").join(" ");
}

const NAMES: Readonly<Record<string, string>> = {
  form: "帳票",
  pages: "頁数",
  seal: "公印",
  individualNumber: "個人番号",
  output: "出力の形",
  outcome: "結果",
  cause: "理由",
  ownSection: "所属の部署の端末",
  reason: "理由",
  by: "行った人",
  seconds: "秒",
  freeMebibytes: "残り（MiB）",
  letters: "通数",
  rows: "行数",
  accepted: "受け付けた行",
  refused: "断った行",
  error: "種類",
  state: "状態",
  to: "進んだ状態",
  digest: "ハッシュ",
  sha256: "ハッシュ",
  kind: "種類",
  scope: "範囲",
  validFrom: "いつから",
  group: "記録",
  held: "停止",
  alsoRemoved: "一緒に消した行",
  throughBlock: "封",
};

/** A value in a line: of a hash its beginning, of nothing a stroke. */
function valueText(value: string | number | boolean | null): string {
  if (typeof value === "boolean") return value ? "あり" : "なし";
  const text = String(value ?? "");
  if (text === "") return "—";
  return /^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 8)}…` : text;
}

/** Named values as one line: 頁数 3、公印 あり. */
export function detailText(detail: Readonly<Record<string, string | number | boolean | null>>): string {
  const parts = Object.entries(detail).map(([name, value]) => `${NAMES[name] ?? name} ${valueText(value)}`);
  return parts.length === 0 ? "—" : parts.join("、");
}
