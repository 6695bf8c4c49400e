/**
 * 移転の紙: what the receiver gets on paper, with the mark of the copy on every line and every page, and the 預り証 as its last page.
 * Made once, handed to the printer, kept nowhere; what is kept is the digest, of which the form shows the first 16 digits.
 */
import { paymentItems, type PaymentFacts } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { formatWareki } from "@hagukumi/platform/calendar/wareki.ts";
import { PRINT_FONT } from "@hagukumi/platform/print/fonts.ts";
import { withPrinter } from "@hagukumi/platform/print/printer.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { markOf } from "./copy.ts";

/** Digits of the digest that stand on the paper and come back on the 預り証. */
export const PAPER_CODE_LENGTH = 16;

export type TransferPaper = {
  readonly number: string;
  readonly receiver: string;
  readonly applicant: string;
  readonly ground: string;
  readonly purpose: string;
  readonly conditions: string;
  readonly inquiryRef: string;
  readonly asOf: string;
  readonly dueOn: string;
  readonly approval: string;
  readonly approvedOn: string;
  readonly madeBy: string;
  readonly sha256: string;
  readonly watermark: string;
  readonly items: readonly string[];
  readonly facts: readonly PaymentFacts[];
};

const TEMPLATE = `
#let d = json(bytes(sys.inputs.data))
#set document(title: "児童手当情報の移転 " + d.number, date: none)
#let ink = rgb("#1a1a1a")
#let line-color = rgb("#b3b3b3")
#set text(font: "${PRINT_FONT}", size: 9pt, lang: "ja", fill: ink, cjk-latin-spacing: none)
#set par(leading: 0.55em)
#set page(paper: "a4", flipped: true, margin: (x: 14mm, top: 24mm, bottom: 16mm), header-ascent: 4mm,
  background: rotate(-24deg, text(size: 54pt, fill: rgb("#00000012"), d.number + "　複写禁止")),
  header: stack(spacing: 2mm,
    grid(columns: (1fr, auto), align: (left + bottom, right + bottom),
      [#text(size: 15pt, weight: "bold")[児童手当の支給に関する情報（移転）]#h(5mm)#text(size: 11pt, weight: "bold", d.number)],
      context text(size: 9pt, str(here().page()) + " / " + str(counter(page).final().first()) + " 頁")),
    line(length: 100%, stroke: 0.8pt + ink)),
  footer: grid(columns: (1fr, auto), text(size: 7.5pt)[承認した目的のほかに使わない。期限までに返却または消去し、報告する。], text(size: 7.5pt, "確認符号 " + d.code)))
#let field(name, value) = (text(weight: "bold", name), value)
#grid(columns: (26mm, 1fr, 26mm, 1fr), row-gutter: 2.2mm, column-gutter: 3mm, ..d.head.map(r => field(r.at(0), r.at(1))).flatten())
#v(3mm)
#table(columns: d.columns.map(c => auto), inset: (x: 2mm, y: 1.5mm), align: (x, y) => if y > 0 and d.right.contains(x) { right } else { left },
  stroke: (x, y) => (bottom: if y == 0 { 0.8pt + ink } else { 0.3pt + line-color }),
  table.header(..d.columns.map(c => text(weight: "bold", c))), ..d.rows.flatten())
#v(2mm)
#align(right, text(weight: "bold", "以上 " + d.people + "人"))
#pagebreak()
#align(center, text(size: 16pt, weight: "bold")[預り証])
#v(6mm)
#text(size: 11pt)[こども支援課 あて]
#v(4mm)
#text(size: 10.5pt)[次のものを受け取りました。承認された目的のほかに使わず、期限までに返却または消去して報告します。]
#v(4mm)
#grid(columns: (40mm, 1fr), row-gutter: 3.6mm, ..d.receipt.map(r => field(r.at(0), r.at(1))).flatten())
#v(10mm)
#grid(columns: (40mm, 1fr), row-gutter: 9mm,
  text(weight: "bold")[受け取った日時], [　　　　年　　　月　　　日　　　時　　　分],
  text(weight: "bold")[所属・氏名], box(width: 110mm, stroke: (bottom: 0.6pt + ink), inset: (bottom: 1mm), []))
`;

const RIGHT: ReadonlySet<string> = new Set(["monthlyAmount", "children", "lastPaidAmount"]);

const japaneseDay = (day: string): string => {
  const date = parseCivilDate(day);
  return date === undefined ? day : formatWareki(date);
};

const money = (item: keyof typeof paymentItems, value: string): string =>
  (item === "monthlyAmount" || item === "lastPaidAmount") && value !== ""
    ? `${Number(value).toLocaleString("ja-JP")}円`
    : value;

/** @returns the PDF. @throws Refusal `printEngineMissing`, `printFailed` */
export async function printTransfer(paper: TransferPaper): Promise<Buffer> {
  const known = Object.keys(paymentItems) as (keyof typeof paymentItems)[];
  const agreed = known.filter((item) => paper.items.includes(item));
  const code = paper.sha256.slice(0, PAPER_CODE_LENGTH).replaceAll(/(.{4})(?=.)/g, "$1 ");
  const data = {
    number: paper.number,
    code,
    people: String(paper.facts.length),
    head: [
      ["移転先", `${paper.receiver}（${paper.applicant}）`],
      ["照会", paper.inquiryRef],
      ["使用目的", paper.purpose],
      ["承認", `${paper.approval} ${japaneseDay(paper.approvedOn)}`],
      ["使用根拠", paper.ground],
      ["内容の時点", japaneseDay(paper.asOf)],
      ["使用条件", paper.conditions],
      ["返却・消去の期限", japaneseDay(paper.dueOn)],
    ],
    columns: ["宛名番号", ...agreed.map((item) => paymentItems[item]), "写しの印"],
    right: agreed.flatMap((item, index) => (RIGHT.has(item) ? [index + 1] : [])),
    rows: paper.facts.map((line) => [
      String(line.addresseeNumber).padStart(15, "0"),
      ...agreed.map((item) => money(item, line[item])),
      markOf(paper.watermark, line.addresseeNumber),
    ]),
    receipt: [
      ["移転番号", paper.number],
      ["移転先", paper.receiver],
      ["照会", paper.inquiryRef],
      ["人数", `${String(paper.facts.length)}人`],
      ["渡した職員", paper.madeBy],
      ["返却・消去の期限", japaneseDay(paper.dueOn)],
      ["確認符号", code],
    ],
  };
  // The engine writes files only; this one lives as long as the call.
  const dir = await mkdtemp(join(tmpdir(), "hagukumi-transfer-"));
  try {
    const path = join(dir, "transfer.pdf");
    await withPrinter(async (printer) => await printer.print({ template: TEMPLATE, data, path, tagged: true }));
    return await readFile(path);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
