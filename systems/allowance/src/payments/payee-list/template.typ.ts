/** The look of the printed payee list (Typst). Everything variable comes in as data; nothing of it is ever read as markup. */
import { PRINT_FONT } from "@hagukumi/platform/print/fonts.ts";

/** Lines on one page; the number of pages is known from it before the first is printed. */
export const LINES_PER_PAGE = 32;

/** Columns: heading, width in mm, alignment. 277 mm = A4 on its side less the margins. */
export const COLUMNS = [
  { title: "行", width: 11, align: "right" },
  { title: "認定番号", width: 20, align: "left" },
  { title: "受給者氏名", width: 42, align: "left" },
  { title: "カナ名義", width: 50, align: "left" },
  { title: "金融機関", width: 32, align: "left" },
  { title: "支店", width: 30, align: "left" },
  { title: "種目", width: 10, align: "left" },
  { title: "口座番号", width: 16, align: "left" },
  { title: "月分", width: 36, align: "left" },
  { title: "児童数", width: 11, align: "right" },
  { title: "金額（円）", width: 19, align: "right" },
] as const;

/** Height of one line in mm and its text size in points. */
export const ROW = { height: 4.8, size: 7.5 } as const;

const widths = COLUMNS.map(({ width }) => `${width}mm`).join(", ");
const alignments = COLUMNS.map(({ align }) => `${align} + horizon`).join(", ");
const headings = COLUMNS.map(({ title }) => `[#text(weight: "bold")[${title}]]`).join(", ");

/** Reads `sys.inputs.data` of the shape `PrintData` (see pdf.ts). */
export const PAYEE_LIST_TEMPLATE = `
#let d = json(bytes(sys.inputs.data))
#set document(title: d.head.title + " " + d.head.run, date: none)
#let ink = rgb("#1a1a1a")
#let line-color = rgb("#b3b3b3")
#set text(font: "${PRINT_FONT}", size: ${ROW.size}pt, lang: "ja", fill: ink, cjk-latin-spacing: none)
#set page(paper: "a4", flipped: true, margin: (x: 10mm, top: 28mm, bottom: 9mm), header-ascent: 3mm, header: {
  set text(size: 8pt)
  stack(spacing: 2.2mm,
    grid(columns: (1fr, auto), align: (left + bottom, right + bottom),
      [#text(size: 14pt, weight: "bold", d.head.title)#h(4mm)#text(size: 10pt, weight: "bold", d.head.run)#h(4mm)#text(size: 10pt, weight: "bold", fill: rgb("#a90000"), d.head.mark)],
      text(size: 9pt, context (str(here().page() + d.first - 1) + " / " + d.total + " 頁"))),
    text(d.head.summary),
    text(size: 7pt, d.head.people),
    line(length: 100%, stroke: 0.8pt + ink))
})
#let cell(c) = if type(c) == array { text(size: c.at(1) * 1pt, c.at(0)) } else { c }
#for (i, p) in d.pages.enumerate() {
  if i > 0 { pagebreak() }
  table(columns: (${widths}), rows: ${ROW.height}mm, inset: (x: 0.8mm, y: 0mm), align: (${alignments}),
    stroke: (x, y) => (bottom: if y == 0 { 0.8pt + ink } else if calc.rem(y, 5) == 0 { 0.5pt + rgb("#666666") } else { 0.3pt + line-color }),
    table.header(${headings}),
    ..p.rows.map(r => r.map(cell)).flatten())
  v(1.5mm, weak: true)
  align(right, text(size: 8.5pt, p.subtotal))
}
`;
