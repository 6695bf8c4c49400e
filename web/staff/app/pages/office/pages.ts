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
    path: "/interchange/evidence",
    title: "連携の検証",
    permission: ["parameter.change", "parameter.approve", "rights.issue", "log.view", "batch.run"],
    menu: { group: "administration", order: 46.5 },
    words: ["検証", "けんしょう", "証跡", "合意", "試験", "evidence"],
    help: [
      "連携の合意と提供先・移転先が、合意のとおりに働くことを、作り物の行で試した結果です。決めた項目だけが決めた所に入ること、項目の多い・足りない・並びの違う配信を断ること、合意にない人の値を残さないこと、写しが相手の鍵でだけ開くことなどを試します。",
      "証跡は内容に結びつきます。合意や提供先が変わると「検証していない」に戻るので、「いま検証する」を押してください。結果は消したり直したりできません。",
      "「違っていた」ものがあるときは、わけを開いて見て、情報政策課に知らせてください。直るまで、その連携は使わないでください。",
    ],
    load: async () => (await import("./EvidencePage.tsx")).EvidencePage,
  },
  {
    path: "/transfers",
    title: "提供・移転",
    permission: ["export.create", "export.approve", "log.view", "transfer.receive"],
    menu: { group: "work", order: 88 },
    words: ["移転", "いてん", "承認願", "照会", "援護", "預り証", "透かし", "transfer"],
    help: [
      "市の中の移転先にデータを渡すには、データ使用承認願（使用根拠・目的・条件・期間・データ）を受け付け、別の人が承認します。承認の期間・目的・項目・方法から外れるものは、データベースも断ります。",
      "移転は照会のあった都度行います。写しは相手の鍵で暗号化されます。紙は一度だけ作られ、最後の頁が預り証です。受け取ったら、相手の時刻とハッシュ（紙は確認符号）を記録します。",
      "移転先の課の職員には、自分の課の承認願と移転だけが出ます。願い出て、受け取った写しの受領と返却・消去を自分で記録できます（渡すこと、承認することはできません）。",
      "返却か消去の報告を期限までに受けて記録します。期限を過ぎた写しがある相手には、何も渡せません。漏れた1行からは、どの写しのものかが分かります。",
    ],
    load: async () => (await import("./TransfersPage.tsx")).TransfersPage,
  },
  {
    path: "/extractions",
    title: "データの抽出",
    permission: ["export.create", "export.approve", "log.view"],
    menu: { group: "work", order: 89 },
    words: ["抽出", "ちゅうしゅつ", "承認願", "EUC", "持出し", "透かし", "extraction"],
    help: [
      "承認された支払処理や通知書のほかに人のデータをファイルにするには、データ使用承認願（使用根拠・目的・条件・期間・データ）と行数の上限を受け付け、別の人が承認します。",
      "一件の承認で取り出せるのは一度だけです。ファイルは暗号化した容れ物で端末に渡り、パスワードは一度だけ画面に出ます。各行に写しの印が付き、漏れた行は「提供・移転」でどの写しのものか分かります。",
    ],
    load: async () => (await import("./ExtractionsPage.tsx")).ExtractionsPage,
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
    path: "/non-residents",
    title: "住登外者",
    permission: ["addressee.consolidate", "addressee.approve"],
    menu: { group: "work", order: 86 },
    words: ["住登外", "じゅうとうがい", "候補", "代理人", "後見人", "送付先", "宛名", "付番", "nonresident"],
    help: [
      "住民でない人（住登外者）の宛名番号は、候補を検索してからでないとつけられません。前の氏名でも見つかります。候補がその人なら、その番号を使います。",
      "照会するときは処理事由を選びます。見えるのは、「宛名の項目の権限」であなたに与えられた項目だけです。支援措置の人は、見てよい職員の候補にだけ出ます。",
      "代理人・送付先・成年後見人は、期間と根拠の書類とともに登録します。住民になった人は終わりを記録し、別の番号なら名寄せが申し出られて、別の人が「番号の確認と名寄せ」で承認します。番号は付け替えません。誤った名寄せは解除でき、誤った終わりは取り消せます。",
    ],
    load: async () => (await import("./NonResidentsPage.tsx")).NonResidentsPage,
  },
  {
    path: "/item-rights",
    title: "宛名の項目の権限",
    permission: ["rights.apply", "rights.approve", "log.view"],
    menu: { group: "administration", order: 13 },
    words: ["項目", "こうもく", "権限", "宛名", "閲覧", "item"],
    help: [
      "団体内統合宛名の人について、だれがどの項目を見てよいかの一覧です。行のない項目は、だれにも見えません。",
      "一人が申請し、本人でも申請した人でもない人が承認すると、期間（1年まで）の中で見えるようになります。",
    ],
    load: async () => (await import("./ItemRightsPage.tsx")).ItemRightsPage,
  },
  {
    path: "/number-erasures",
    title: "個人番号の消去",
    permission: ["number.confirm", "addressee.approve", "log.view"],
    menu: { group: "work", order: 87 },
    words: ["消去", "しょうきょ", "個人番号", "保存期間", "証明書", "マイナンバー", "erasure"],
    help: [
      "関わる事案がすべて終わり、「記録の保存」で決めた個人番号の保存期間が過ぎた人が、自動で候補に載ります。期間が決まっていないときは、だれも載りません。",
      "一人が選んで消去を申し出て、別の人が確かめて消します。消した番号は、写しやバックアップからも読めなくなります。元には戻せません。",
      "消した後に、消去証明書を紙で出せます。証明書にも記録にも、番号は載りません。",
    ],
    load: async () => (await import("./NumberErasuresPage.tsx")).NumberErasuresPage,
  },
  {
    path: "/own-order",
    title: "作業指示",
    // Each of the two kinds of contractors works under orders of the city.
    permission: ["batch.run", "review.check"],
    menu: { group: "work", order: 5 },
    words: ["作業", "指示", "受託者", "order"],
    help: [
      "受託者は、市の作業指示の番号を入れて作業を始めます。始めるまで、処理はできません。終わったら結果を書いて終えます。",
    ],
    load: async () => (await import("./OwnOrderPage.tsx")).OwnOrderPage,
  },
];
