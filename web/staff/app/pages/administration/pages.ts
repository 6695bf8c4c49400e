/** 管理: staff, rights, sessions, terminals. */
import type { PageDescriptor } from "../page.ts";

const ANY = ["rights.apply", "rights.approve", "rights.issue"] as const;

export const administrationPages: readonly PageDescriptor[] = [
  {
    path: "/administration/staff",
    title: "職員",
    permission: ANY,
    menu: { group: "administration", order: 10 },
    words: ["職員", "しょくいん", "staff"],
    help: [
      "職員の一覧です。所属・役割・研修・職員証の登録の有無を示します。",
      "情報政策課は、職員証の登録の符号の発行、職員証の失効、利用の停止と解除ができます。停止と失効は、その場でログインを終わらせます。",
    ],
    load: async () => (await import("./StaffPage.tsx")).StaffPage,
  },
  {
    path: "/administration/rights",
    title: "権限",
    permission: ANY,
    menu: { group: "administration", order: 20 },
    words: ["権限", "けんげん", "rights"],
    help: [
      "権限は、業務担当課の申請、別の人の承認、情報政策課の発行の三つの記録でできます。本人は承認も発行もできません。",
      "終わりの日を指定しなければ、次の3月31日に終わります。1年を超える期間は指定できません。失効させると、その職員のログインはその場で終わります。",
    ],
    load: async () => (await import("./RightsPage.tsx")).RightsPage,
  },
  {
    path: "/administration/sessions",
    title: "ログイン中の職員",
    permission: ["rights.apply", "rights.issue"],
    menu: { group: "administration", order: 30 },
    words: ["ログイン", "セッション", "session"],
    help: [
      "いまログインしている職員の一覧です。理由を書いて、ほかの職員のログインを終わらせることができます（同じ部署の上司、または情報政策課）。",
    ],
    load: async () => (await import("./SessionsPage.tsx")).SessionsPage,
  },
  {
    path: "/administration/terminals",
    title: "端末",
    permission: "rights.issue",
    menu: { group: "administration", order: 40 },
    words: ["端末", "たんまつ", "terminal"],
    help: [
      "登録された端末の台帳です。登録すると端末の秘密が一度だけ出ます。その端末のブラウザーで入れてください。",
      "取り消した端末からは、その場で使えなくなります。",
    ],
    load: async () => (await import("./TerminalsPage.tsx")).TerminalsPage,
  },
  {
    path: "/administration/sign-on",
    title: "シングルサインオン",
    permission: ["rights.issue", "rights.approve"],
    menu: { group: "administration", order: 50 },
    words: ["シングルサインオン", "認証基盤", "にんしょう", "sso", "sign-on"],
    help: [
      "庁内の認証基盤（OpenID Connect）の確認を、パスワードの代わりにできます。職員証はいつも要り、端末・一人一つのログイン・再認証の決まりは変わりません。既定は使いません。",
      "設定は情報政策課が申請し、別の人が承認すると効きます。職員と認証基盤の利用者の結び付けは情報政策課が行い、終わらせると、それで始まったログインはその場で終わります。",
      "認証基盤が止まっているときは、職員証とパスワードでログインできます。",
    ],
    load: async () => (await import("./SignOnPage.tsx")).SignOnPage,
  },
  {
    path: "/administration/accounts",
    title: "利用者の報告",
    permission: ["rights.apply", "rights.approve", "rights.issue", "log.view"],
    menu: { group: "administration", order: 15 },
    words: ["利用者", "りようしゃ", "報告", "accounts"],
    help: [
      "登録された職員と受託者の一覧です。部署、役割、権限の終わり、委託の承諾番号、最後のログインを示します。対象者の情報は出ません。",
      "利用者の数を、評価書で宣言した人数の幅と比べます。超えると、ここと情報政策課の「わたしの仕事」に警告が出て、システムの記録に残ります。",
    ],
    load: async () => (await import("./AccountsPage.tsx")).AccountsPage,
  },
];
