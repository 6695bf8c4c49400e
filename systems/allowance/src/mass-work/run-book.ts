/** 運用手順: the run book of mass work, written out of the calendar and the kinds, so that it says what the program does. Pure. */
import { type AnyMassJob } from "./mass-job.ts";
import { isOuterWork, OUTER_WORK } from "./known-work.ts";
import type { MassExclusion, MassOrder } from "./order.ts";
import type { MassScheduleRow } from "./schedule-rows.ts";

const cycles: Readonly<Record<MassScheduleRow["cycle"], string>> = {
  byHand: "必要なとき",
  daily: "毎日",
  monthly: "毎月",
  yearly: "毎年",
};

function whenText({ cycle, months, day, graceDays }: MassScheduleRow): string {
  if (cycle === "byHand" || cycle === "daily") return cycles[cycle];
  const of =
    months.length === 12
      ? "毎月"
      : `${cycle === "yearly" ? "毎年 " : ""}${months.map((month) => `${month}月`).join("・")}`;
  return `${of}${day === 31 ? "末" : ` ${day}日`}まで（${graceDays}日を過ぎると「遅れ」）`;
}

/** In the order in which they are done: what waits for another stands after it. */
function inOrder(schedule: readonly MassScheduleRow[], orders: readonly MassOrder[]): readonly MassScheduleRow[] {
  const done: MassScheduleRow[] = [];
  let left = schedule.toSorted(
    (one, other) =>
      (one.months[0] ?? 0) - (other.months[0] ?? 0) || one.day - other.day || (one.jobCode < other.jobCode ? -1 : 1),
  );
  while (left.length > 0) {
    const waits = (code: string): boolean => left.some(({ jobCode }) => jobCode === code);
    // Rows that wait for each other in a circle are shown all the same, in the order of their days.
    const next =
      left.find(({ jobCode }) => !orders.some((order) => order.jobCode === jobCode && waits(order.afterJob))) ??
      left[0];
    if (next === undefined) break;
    done.push(next);
    left = left.filter((row) => row !== next);
  }
  return done;
}

const sentence = (text: string): string => (text.endsWith("。") ? text : `${text}。`);

/** `同じ期間` or how many months before, and in which months alone. */
function periodText({ monthsBefore, inMonths, required }: MassOrder): string {
  const before = monthsBefore === 0 ? "同じ期間" : `${monthsBefore}か月前の分`;
  const months = inMonths.length === 0 ? "" : `、${inMonths.map((month) => `${month}月`).join("・")}だけ`;
  return `${before}${months}${required ? "" : "、暦に出すだけ"}`;
}

function chapter(row: MassScheduleRow, job: AnyMassJob | undefined, { schedule, orders, exclusions }: Book): string {
  const nameOf = (code: string): string => schedule.find((each) => each.jobCode === code)?.name ?? code;
  const after = orders
    .filter(({ jobCode }) => jobCode === row.jobCode)
    .map((order) => `${nameOf(order.afterJob)}（${periodText(order)}）`);
  const outer = isOuterWork(row.jobCode) ? OUTER_WORK[row.jobCode] : undefined;
  const lanes = exclusions.filter(({ jobCode }) => jobCode === row.jobCode);
  const intakes = exclusions.filter(({ lane }) => lane === job?.lane);
  const lines = [
    `### ${row.name}`,
    "",
    ...(job === undefined ? [] : [sentence(job.description), ""]),
    ...(outer === undefined ? [] : [outer.description, ""]),
    `- いつ: ${whenText(row)}`,
    `- 先に終わっているもの: ${after.length === 0 ? "なし" : after.join("、")}`,
    ...(row.note === "" ? [] : [`- ${row.note}`]),
    ...lanes.map(({ lane, note }) => `- 組「${lane}」の一括処理が書きかけの間は始められない（${note}）`),
    ...(outer === undefined ? [] : [`- ${outer.place}`]),
    ...(job === undefined
      ? []
      : [
          `- 同時に実行できないもの: 組「${job.lane}」の処理${intakes.map(({ jobCode }) => `、${nameOf(jobCode)}`).join("")}`,
          `- 画面: 「一括処理」→「${job.name}」。コマンド: \`hagukumi batch plan ${job.code} --set …\``,
        ]),
  ];
  return lines.join("\n");
}

/** What the run book is written from: the calendar, the order and the exclusions in force on one day. */
export type Book = {
  readonly schedule: readonly MassScheduleRow[];
  readonly orders: readonly MassOrder[];
  readonly exclusions: readonly MassExclusion[];
};

/** The run book as Markdown. */
export function massRunBook(book: Book, jobs: readonly AnyMassJob[]): string {
  const { schedule, orders } = book;
  const ordered = inOrder(schedule, orders);
  const byHand = jobs.filter(
    ({ code, undoes }) => undoes === undefined && !schedule.some(({ jobCode }) => jobCode === code),
  );
  const parts = [
    `# 運用手順（一括処理）

この文書は、一括処理の暦と種類から作っています（\`hagukumi batch runbook --out docs/運用手順.md\`）。手で直さないでください。

## 一つの一括処理の進め方

1. **作成** – 画面「一括処理」で種類と引数を選ぶ（または \`hagukumi batch plan\`）。作業者が案の一覧を作る。この段階では何も書かない。
2. **一覧を確かめる** – 件数、月額の前と後、「できない」件とその理由。できない件は事案を開いて直し、あとでもう一度行う。
3. **承認** – 作った人と別の人が、見た一覧のハッシュに結びつけて承認する。
4. **実行** – 作業者が小分けに書く。一覧のあとで変わった事案は書かれず、「一覧のあとで変わった」と名が挙がる。
5. **終わったら** – 検査の結果、変わった件・断られた件を見る。残りがあれば同じ引数でもう一度行う。済んだ件は二度書かれない。
6. **証拠書類** – \`hagukumi batch evidence 番号\` か画面で取り出し、決められた場所に保存する。

## 止まったとき

- **急いで止める**: 画面の「中断」か \`hagukumi batch stop 番号 --reason …\`。済んだ分は残り、「再開」で続きから進む。
- **異常終了**: 記録の符号と説明を見る。原因を除いてから「再開」。電源断や強制終了のあとは、作業者が自分で続きから進める。
- **間違いに気づいた**: 「中断」して「打切り」。もう書いたものは、画面の「戻しの一覧を作る」か \`hagukumi batch undo 番号\` で、二人の一つの処理として戻す。支払にも通知書にも使われていない件だけが戻り、ほかは理由と、1件ずつの直し方が出る。消えるものはなく、反対の行が足される。
- **遅れ**: \`hagukumi batch overdue\` は、遅れがあれば終了の状態が1になる。監視から毎日呼ぶ。`,
    `## 毎晩の確かめ

オンラインの終わったあと、次を順に行う。どれも読むだけで、異常があれば終了の状態が1になる。監視はこの状態を見る。

1. \`hagukumi batch nightly\` – 一括処理で残っている件と、終わったのに支払うことになっている受給者（0件になるべきもの）
2. \`hagukumi verify money\` – お金の不変条件
3. \`hagukumi verify replay\` – 元帳と決定の内訳を、はじめから作り直した結果との突合
4. \`hagukumi verify log\` – アクセスログ・更新の記録・個人番号の記録を、封と突合

毎週と、サーバーを起動した後には \`hagukumi verify storage\`（保存されたページの検査値と索引）も行う。
4月と8月の前には \`hagukumi review rehearse 新しい年度の最初の月\`（年度切替の予行）も行う。理由の見つからない違いが1件でもあれば、切替えの前に事案を開いて確かめる。`,
    "## 暦",
    ...ordered.map((row) =>
      chapter(
        row,
        jobs.find(({ code }) => code === row.jobCode),
        book,
      ),
    ),
  ];
  if (byHand.length > 0) {
    parts.push(
      "## 必要なときに行うもの",
      byHand
        .map((job) => `- **${job.name}**（\`${job.code}\`、組「${job.lane}」）: ${sentence(job.description)}`)
        .join("\n"),
    );
  }
  return `${parts.join("\n\n")}\n`;
}
