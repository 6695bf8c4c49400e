/** 二人で決めること */
import type { PageDescriptor } from "../page.ts";

export const twoPeoplePages: readonly PageDescriptor[] = [
  {
    path: "/administration/restrictions",
    title: "閲覧の制限",
    permission: ["rights.apply", "rights.approve", "log.view"],
    menu: { group: "administration", order: 40 },
    words: ["制限", "閲覧禁止", "親族", "関係", "近隣", "restriction"],
    help: [
      "職員が見てはならない人（本人・親族・争いの相手など）を、日付を決めて登録します。決裁者が申請し、権限の承認者が承認すると効きます。対象の職員は自分のことを承認できません。",
      "閲覧を禁じられた職員には、その人は「見つかりません」と答えます。職員との関係は閲覧を止めず、アクセスログの点検で使います。",
    ],
    load: async () => (await import("./RestrictionsPage.tsx")).RestrictionsPage,
  },
  {
    path: "/audit/retention",
    title: "記録の保存",
    permission: ["log.view", "parameter.change", "parameter.approve"],
    menu: { group: "administration", order: 63 },
    words: ["保存期間", "廃棄", "紙", "消去", "削除", "停止", "記録", "retention"],
    help: [
      "記録の区分ごとに保存期間を決めます。審査担当が申請し、決裁者が承認します。決まっていない記録は、消さずに知らせます。",
      "対応記録・連絡先、通知書の文面とファイル、一時解除の記録は、期間の過ぎた次の日に自動で消え、件数と行の数が残ります。続いている事案の記録と、紙がまだある人の記録は消えません。期間の過ぎた紙の書類は、廃棄の一覧に載ります。個人番号は「個人番号の消去」で二人で消します。",
      "ログは毎日、期間の過ぎた記録を封の単位で数えます。監査が消去を申請し、決裁者が承認すると、サーバーが消して、署名した消去の記録を残します。訴訟や開示の求めがあれば「止める」で止まります。止めるのは一人、解くのは二人です。",
    ],
    load: async () => (await import("./RetentionPage.tsx")).RetentionPage,
  },
];
