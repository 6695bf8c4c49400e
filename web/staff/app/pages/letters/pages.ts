/** 通知書 */
import type { PageDescriptor } from "../page.ts";

const RIGHTS = ["letter.print", "letter.approve"] as const;

export const letterPages: readonly PageDescriptor[] = [
  {
    path: "/letters",
    title: "通知書",
    permission: RIGHTS,
    menu: { group: "work", order: 60 },
    words: ["通知書", "つうちしょ", "印刷", "発送", "letter"],
    help: [
      "印刷を待つ通知書を様式ごとに数えます。「作成を指示」で、待っているものすべてを一つの印刷処理にします。宛名を手で選ぶことはありません。",
      "作った人と別の人が見本を見て承認すると、印刷できます。支援措置・死亡・転出などで人が確かめるものは、手作業トレイに分かれます。",
    ],
    load: async () => (await import("./LettersPage.tsx")).LettersPage,
  },
  {
    path: "/letters/$runNo",
    title: "印刷処理の内容",
    permission: RIGHTS,
    command: (text) => {
      const found = /^印刷(?:処理)?\s*第?\s*(\d{1,6})号?$/.exec(text);
      return found?.[1] === undefined
        ? undefined
        : { label: `印刷処理 第${found[1]}号を開く`, to: `/letters/${Number(found[1])}` };
    },
    help: [
      "上から、いまの状態、次の処理、外したものの理由ごとの件数、見本、文字の一覧、ファイル、経過の順に並びます。",
      "発送の前に点検すると、死亡・転居など、作ったあとで分かったことのある封筒が出ます。抜き取って記録してから、封入した数を入力してください。印刷した数と合わないと発送できません。",
    ],
    load: async () => (await import("./LetterRunPage.tsx")).LetterRunPage,
  },
  {
    path: "/letter-texts",
    title: "通知書の文言",
    permission: ["parameter.change", "parameter.approve"],
    menu: { group: "administration", order: 60 },
    words: ["文言", "もんごん", "教示", "公印", "問合せ先"],
    help: [
      "教示・問合せ先・差出人・職名と公印の文言です。始まりの日から先の文書に使われ、前の日の文書には前の文言が残ります。",
      "入力した人と別の人が、その中身を承認してはじめて使われます。",
    ],
    load: async () => (await import("./LetterTextsPage.tsx")).LetterTextsPage,
  },
];
