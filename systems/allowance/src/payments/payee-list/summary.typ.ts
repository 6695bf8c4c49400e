/** The last pages of the payee list (Typst): totals by bank, characters that could not be printed, equation and signatures. */

export const SUMMARY_TEMPLATE = `
#let s = d.summary
#let totals-table(title, t) = block(breakable: true, width: 100%, {
  block(below: 2mm, sticky: true, text(size: 9.5pt, weight: "bold", title))
  table(columns: (auto, 1fr, auto, auto, auto), inset: (x: 1.2mm, y: 1.1mm),
    align: (left, left, right, right, right),
    stroke: (x, y) => (bottom: if y == 0 { 0.8pt + ink } else { 0.3pt + line-color }),
    table.header(..("コード", "区分", "件数", "児童×月", "金額（円）").map(h => text(weight: "bold", h))),
    ..t.enumerate().map(((i, r)) => if i == t.len() - 1 { r.map(c => text(weight: "bold", c)) } else { r }).flatten())
})
#if s != none {
  if d.pages.len() > 0 { pagebreak() }
  set text(size: 8.5pt)
  columns(2, gutter: 8mm, totals-table("金融機関別", s.byBank))
  if s.reductions.len() > 0 {
    pagebreak()
    block(below: 3mm, text(size: 12pt, weight: "bold")[印字できない文字])
    block(below: 4mm)[次の文字は印刷の書体にないため、右の文字で印字しました。戸籍や住民票の文字は変えていません。]
    table(columns: (auto, auto, auto, 1fr), inset: 1.4mm, stroke: (x, y) => (bottom: if y == 0 { 0.8pt + ink } else { 0.3pt + line-color }),
      table.header(..("行", "認定番号", "印字", "文字コード").map(h => text(weight: "bold", h))), ..s.reductions.flatten())
  }
  pagebreak()
  block(below: 3mm, text(size: 12pt, weight: "bold")[合計表（支払処理の照合）])
  block(below: 4mm, stroke: 0.8pt + ink, inset: 3mm, width: 100%, {
    grid(columns: (1fr, auto, 1fr, auto, 1fr, auto, 1fr), align: center + horizon,
      ..s.equation.map(e => stack(spacing: 2mm, text(size: 8.5pt, e.at(0)), text(size: 11pt, weight: "bold", e.at(1)), text(size: 11pt, weight: "bold", e.at(2)))).intersperse(text(size: 15pt, "＝")))
    v(2mm)
    align(center, text(weight: "bold", s.verdict))
  })
  grid(columns: (1fr, 1fr), gutter: 8mm,
    { totals-table("区別", s.byWard); totals-table("被用区分別", s.byClass) },
    totals-table("年齢区分・出生順位別", s.byBand))
  v(4mm)
  block(breakable: false, {
    text(size: 9pt)[上記のとおり、振込ファイルとこの一覧の件数・金額・口座が一致することを確かめました。]
    v(2mm)
    align(left, grid(columns: (52mm,) * 3, ..("確認", "承認", "出納").map(role => rect(width: 52mm, height: 24mm, stroke: 0.8pt + ink, inset: 2mm, {
      text(weight: "bold", role)
      v(1fr)
      text(size: 7.5pt)[年　　月　　日　　　　　　　　印]
    }))))
  })
}
`;
