/** 連携の合意と提供先・提供と移転・委託 */
import type { PageDescriptor } from "../page.ts";

export const officePages: readonly PageDescriptor[] = [
  {
    path: "/interchange/settings",
    title: "連携の合意と提供先",
    permission: ["parameter.change", "parameter.approve", "rights.issue", "log.view", "batch.run"],
    menu: { group: "administration", order: 46 },
    words: ["合意", "提供先", "移転先", "項目", "評価", "履歴", "agreement"],
    help: [
      "どの課から、だれについて、どの項目を受け取るか（連携の合意）と、だれに何を出してよいか（提供先・移転先）の一覧です。ここにないものは、届いても取り込まれず、出ていくこともありません。",
      "変えるには、審査担当が申請し、決裁者が「いま」と「変えた後」を見て承認します。承認した内容のとおりに変わり、変更日・項目・変更前・変更後・提出時期・理由が履歴に残ります。",
      "項目・相手・委託先の変更は重要な変更として、特定個人情報保護評価をもう一度行うまで仕事として残ります。行ったら「評価を記録する」で日付と結果を残します。",
    ],
    load: async () => (await import("./SettingsPage.tsx")).SettingsPage,
  },
  {
    path: "/transfers",
    title: "提供・移転",
    permission: ["export.create", "export.approve", "log.view"],
    menu: { group: "work", order: 88 },
    words: ["移転", "いてん", "承認願", "照会", "援護", "預り証", "透かし", "transfer"],
    help: [
      "市の中の移転先にデータを渡すには、データ使用承認願（使用根拠・目的・条件・期間・データ）を受け付け、別の人が承認します。承認の期間・目的・項目・方法から外れるものは、データベースも断ります。",
      "移転は照会のあった都度行います。写しは相手の鍵で暗号化されます。紙は一度だけ作られ、最後の頁が預り証です。受け取ったら、相手の時刻とハッシュ（紙は確認符号）を記録します。",
      "返却か消去の報告を期限までに受けて記録します。期限を過ぎた写しがある相手には、何も渡せません。漏れた1行からは、どの写しのものかが分かります。",
    ],
    load: async () => (await import("./TransfersPage.tsx")).TransfersPage,
  },
  {
    path: "/consignments",
    title: "委託",
    permission: ["parameter.change", "parameter.approve", "rights.issue", "log.view"],
    menu: { group: "administration", order: 47 },
    words: ["委託", "いたく", "受託者", "再委託", "作業指示", "引渡し", "消去", "証明", "contractor"],
    help: [
      "委託ごとに、範囲・委託先・人数・再委託の承認・利用者・作業指示・渡したデータ・消去を一か所で管理します。どれも申請と別の人の承認で変わります。",
      "受託者の利用者は、委託に結び付いてからでないと権限を受けられず、作業指示の作業を始めてからでないと処理できません。処理と作業指示の番号は、委託先ごとの「報告」でいつでも出せます。",
      "データは作業指示のもとで、預り証と引き換えに渡します。返却か、承認された消去の報告があるまで一覧に残ります。",
    ],
    load: async () => (await import("./ConsignmentsPage.tsx")).ConsignmentsPage,
  },
  {
    path: "/consignments/$consignmentCode",
    title: "委託先の報告",
    permission: ["parameter.change", "parameter.approve", "rights.issue", "log.view"],
    help: [
      "期間を選んで「報告を出す」と、委託先の利用者と権限、ログイン、作業の記録、処理ごとの回数と作業指示の番号が出ます。",
      "「作業の外」は、作業を始めていないときの処理です（ログインや照会）。",
    ],
    load: async () => (await import("./ContractorReportPage.tsx")).ContractorReportPage,
  },
  {
    path: "/own-order",
    title: "作業指示",
    permission: "batch.run",
    menu: { group: "work", order: 5 },
    words: ["作業", "指示", "受託者", "order"],
    help: [
      "受託者は、市の作業指示の番号を入れて作業を始めます。始めるまで、処理はできません。終わったら結果を書いて終えます。",
    ],
    load: async () => (await import("./OwnOrderPage.tsx")).OwnOrderPage,
  },
];
