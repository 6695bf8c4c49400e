/** 監査 */
import type { PageDescriptor } from "../page.ts";

export const auditPages: readonly PageDescriptor[] = [
  {
    path: "/audit/access-log",
    title: "アクセスログ",
    permission: "log.view",
    menu: { group: "administration", order: 60 },
    words: ["ログ", "アクセスログ", "監査", "log"],
    help: [
      "だれが・いつ・どの端末から・なぜ・だれの情報を見たか、変えたかの記録です。宛名番号からは「この人を見た職員」、職員番号からは「この職員が見た人」を探せます。",
      "断った操作も残ります。この照会そのものも記録されます。氏名・住所・生年月日・性別・個人番号は、記録にも画面にも出ません。",
    ],
    load: async () => (await import("./AccessLogPage.tsx")).AccessLogPage,
  },
  {
    path: "/audit/journal",
    title: "システムの記録",
    permission: "log.view",
    menu: { group: "administration", order: 62 },
    words: ["記録", "ジャーナル", "認証", "印刷", "設定変更", "エラー", "監査", "journal"],
    help: [
      "認証（成功・失敗）、イベント（起動・警告・時計の動き）、通信（取込みと引渡し）、印刷（頁数・公印・個人番号の有無・帳票）、設定変更、エラーの記録です。人の情報を見た・変えた記録は「アクセスログ」にあります。",
      "どちらも追記だけで、変更・削除・末尾の切取りは封の検査（hagukumi verify log）が見つけます。順は番号で決まり、時計が動いても変わりません。",
    ],
    load: async () => (await import("./JournalPage.tsx")).JournalPage,
  },
  {
    path: "/audit/log-review",
    title: "アクセスログの点検",
    permission: "log.view",
    menu: { group: "administration", order: 61 },
    words: ["点検", "てんけん", "解析", "監査", "標本", "review"],
    help: [
      "月ごとに、規則で見つけた指摘と、無作為に引いた標本を確かめ、結果を書きます。指摘は疑いではなく、聞くべき所です。根拠を開いた人だけが結果を書け、自分についてのものは書けません。",
      "月が終わったら、解析し、標本を引き、すべてに結果を書いて点検を終えます。翌月10日を過ぎると、期限を過ぎた月として示します。標本は月に一度だけ引けます。",
      "閲覧を禁じた人や支援措置の人への試みは、その場で警告に出ます。試みた職員には「見つかりません」としか答えていません。",
    ],
    load: async () => (await import("./LogReviewPage.tsx")).LogReviewPage,
  },
];
