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
];
