/** The look of the printed list of a mass run (Typst). Everything variable comes in as data; nothing of it is read as markup. */
import { PRINT_FONT } from "@hagukumi/platform/print/fonts.ts";

/** Columns: heading, width in mm, alignment; 277 mm = A4 on its side less the margins. The last one takes what is left. */
export const MASS_LIST_COLUMNS = [
  { title: "認定番号", width: 21, align: "left" },
  { title: "受給者氏名", width: 42, align: "left" },
  { title: "区", width: 13, align: "left" },
  { title: "種類", width: 25, align: "left" },
  { title: "区分", width: 18, align: "left" },
  { title: "適用", width: 16, align: "left" },
  { title: "前の月額", width: 19, align: "right" },
  { title: "後の月額", width: 19, align: "right" },
  { title: "結果", width: 20, align: "left" },
  { title: "理由", width: 84, align: "left" },
] as const;

const widths = MASS_LIST_COLUMNS.map(({ width }) => `${width}mm`).join(", ");
const alignments = MASS_LIST_COLUMNS.map(({ align }) => `${align} + top`).join(", ");
const headings = MASS_LIST_COLUMNS.map(({ title }) => `[#text(weight: "bold")[${title}]]`).join(", ");

/** Reads `sys.inputs.data`: title, head lines, mark, rows of ten texts. */
export const MASS_LIST_TEMPLATE = `
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title + " " + d.run, date: none)
#let ink = rgb("#1a1a1a")
#set text(font: "${PRINT_FONT}", size: 7.5pt, lang: "ja", fill: ink, cjk-latin-spacing: none)
#set par(leading: 0.45em)
#set page(paper: "a4", flipped: true, margin: (x: 10mm, top: 26mm, bottom: 9mm), header-ascent: 3mm, header: {
  set text(size: 8pt)
  stack(spacing: 2.2mm,
    grid(columns: (1fr, auto), align: (left + bottom, right + bottom),
      [#text(size: 14pt, weight: "bold", d.title)#h(4mm)#text(size: 10pt, weight: "bold", d.run)#h(4mm)#text(size: 10pt, weight: "bold", fill: rgb("#a90000"), d.mark)],
      text(size: 9pt, context (str(here().page()) + " / " + str(counter(page).final().first()) + " 頁"))),
    text(d.summary),
    text(size: 7pt, d.people),
    line(length: 100%, stroke: 0.8pt + ink))
})
#table(columns: (${widths}), inset: (x: 1.2mm, y: 1mm), align: (${alignments}),
  stroke: (x, y) => (bottom: if y == 0 { 0.8pt + ink } else { 0.3pt + rgb("#b3b3b3") }),
  table.header(${headings}),
  ..d.rows.flatten())
#v(2mm)
#align(right, text(size: 9pt, weight: "bold", d.total))
`;
