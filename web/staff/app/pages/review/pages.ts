/** 現況・差止・所得 */
import type { PageDescriptor } from "../page.ts";

const rights = ["procedure.receive", "procedure.approve"] as const;

export const reviewPages: readonly PageDescriptor[] = [
  {
    path: "/reviews",
    title: "現況",
    permission: rights,
    menu: { group: "work", order: 60 },
    words: ["現況", "げんきょう", "現況届", "review"],
    help: [
      "年度ごとに、受給者が引き続き支給の要件を満たすかを確かめる仕事の状況です。数は、いつも今の状態から数えます。",
      "「残り」が0になれば、10月の支払の前にすることは終わりです。状態を選ぶと、その受給者の一覧が出ます。",
      "判定・様式・督促・差止・支払予定の作成は「一括処理」で、一覧を別の人が承認してから書きます。",
      "届いた現況届は、バーコードを読み取ると受け付けられます。読み取り機がないときは、R から始まる16文字を入力して Enter を押してください。",
    ],
    load: async () => (await import("./ReviewPage.tsx")).ReviewPage,
  },
  {
    path: "/holds",
    title: "差止と時効",
    permission: rights,
    menu: { group: "work", order: 62 },
    words: ["差止", "さしとめ", "時効", "じこう", "hold"],
    help: [
      "差止の事由がなくなったのに残っているものと、時効が近い月分の一覧です。どちらも0件で終わります。",
      "差止の解除は、事案を開いて「差止・保留」で行います。現況届によるものは、現況届の決裁と同時に解除されます。",
      "時効の日が来た月分は、一括処理「時効による消滅の決定」で二人が決め、通知します。黙って消えることはありません。",
    ],
    load: async () => (await import("./HoldsPage.tsx")).HoldsPage,
  },
  {
    path: "/taxes",
    title: "所得の更正",
    permission: rights,
    menu: { group: "work", order: 64 },
    words: ["所得", "しょとく", "更正", "こうせい", "税", "tax"],
    help: [
      "取り込んだ所得のうち、前の版に代わるもの（更正）の一覧です。判定し直すまで残り、0件で終わります。",
      "判定し直しは、一括処理「所得の更正の判定し直し」で行います。生計中心者に関わるものは、人が確かめるまで残ります。",
      "所得の額は連携ファイルで取り込むだけで、この画面でも入力できません。",
    ],
    load: async () => (await import("./TaxesPage.tsx")).TaxesPage,
  },
  {
    path: "/review-checks",
    title: "書類の確認",
    permission: "review.check",
    menu: { group: "work", order: 61 },
    words: ["書類の確認", "しょるい", "点検", "てんけん", "現況届", "check"],
    help: [
      "届いた現況届の紙と、要る書類とを照らし合わせる仕事です。バーコードは紙に印刷されています。",
      "結果は案で、受付は動きません。市の職員が見て、返戻か審査をします。",
      "氏名・住所・口座・額は出ません。支援措置の対象者の現況届は、市が自分で確かめるので、ここにはありません。",
    ],
    load: async () => (await import("./ReviewChecksPage.tsx")).ReviewChecksPage,
  },
];
