/** 窓口払の領収書: one page for each line that waits, to be signed by whoever fetches the money. No address of anybody on it. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { PRINT_FONT } from "@hagukumi/platform/print/fonts.ts";
import { printable } from "@hagukumi/platform/print/glyphs.ts";
import { withPrinter } from "@hagukumi/platform/print/printer.ts";

import { monthText, yenText } from "../../inquiry/dates.ts";
import { certificationNumberText } from "../../inquiry/names.ts";
import { refuse } from "../../refusal.ts";
import { readSetting } from "../../settings.ts";
import { monthsText } from "../payee-list/lines.ts";
import { findRun } from "../run-record.ts";
import { findCounterWindow } from "./read.ts";
import { readCounterList } from "./list.ts";

const TEMPLATE = `
#let d = json(bytes(sys.inputs.data))
#set document(title: "児童手当領収書", date: none)
#let ink = rgb("#1a1a1a")
#set text(font: "${PRINT_FONT}", size: 10.5pt, lang: "ja", fill: ink, cjk-latin-spacing: none)
#set page(paper: "a5", flipped: true, margin: (x: 16mm, top: 12mm, bottom: 10mm))
#for (i, r) in d.receipts.enumerate() {
  if i > 0 { pagebreak() }
  grid(columns: (1fr, auto), text(size: 8.5pt, fill: rgb("#a90000"), weight: "bold", d.mark), text(size: 9pt, "領収書の番号　" + r.number))
  v(2mm)
  align(center, text(size: 17pt, weight: "bold", tracking: 6pt)[領収書])
  v(1.5mm)
  text(size: 11pt, d.to)
  v(1mm)
  align(center, box(stroke: (bottom: 1pt + ink), inset: (x: 12mm, y: 1.8mm), text(size: 19pt, weight: "bold", "金　" + r.amount)))
  v(1mm)
  text("ただし、児童手当（" + r.months + "）として、上記の金額を現金で受け取りました。")
  v(1.5mm)
  let row(label, body) = (table.cell(fill: rgb("#f2f2f2"), text(size: 9pt, label)), body)
  table(columns: (33mm, 1fr), inset: (x: 2.2mm, y: 2.1mm), stroke: 0.5pt + rgb("#666666"), align: horizon,
    ..row("受取年月日", [令和　　　年　　　月　　　日]),
    ..row("受給者", [#r.name　　#text(size: 9pt)[認定番号 #r.certification]]),
    ..row("受け取った人の署名", v(7mm)),
    ..row("代理の人のとき", [氏名　　　　　　　　　　　　　　　　　#text(size: 9pt)[□ 委任状を確かめた]]),
    ..row("本人を確かめた書類", text(size: 9pt)[□ 個人番号カード　□ 運転免許証　□ 旅券　□ 在留カード　□ その他（　　　　　　　　）#linebreak()番号は書き写しません。]),
    ..row("渡した人・立会人", [渡した人　　　　　　　　　　　　　　立会人]))
  v(1fr)
  text(size: 8pt, r.foot)
}
`;

const inWareki = (months: readonly string[]): string =>
  monthsText(months).replaceAll(/\d{4}-\d{2}/g, (found) => `${monthText(found).replace(/（.*）/u, "")}分`);

/** A PDF with its number of pages. */
export type CounterReceipts = { readonly content: Buffer; readonly pages: number };

/**
 * The receipts of the lines of a run that are not handed out yet: all, or one.
 *
 * @throws Refusal `counterState` where none waits; `settingMissing`, `printEngineMissing`, `printFailed`
 */
export async function printCounterReceipts(
  connection: Queryable,
  runNo: number,
  lineNo: number | null,
): Promise<CounterReceipts> {
  const run = await findRun(connection, runNo);
  const window = await findCounterWindow(connection, runNo);
  const lines = (await readCounterList(connection, runNo)).filter(
    (line) => (line.stage === "inHand" || line.stage === "notYet") && (lineNo === null || line.lineNo === lineNo),
  );
  if (run === undefined || window === undefined || lines.length === 0) {
    throw refuse("counterState", `支払処理 ${runNo} に、これから窓口で渡す明細がありません。領収書は作っていません。`, {
      runNo,
    });
  }
  const municipality = await readSetting(connection, "municipality", run.payOn);
  const { rows } = await connection.query<{ keeper: string }>(
    "SELECT f.keeper FROM allowance.run_line l JOIN allowance.counter_fund f USING (fund_id) WHERE l.run_no = $1 LIMIT 1",
    [runNo],
  );
  const data = {
    mark: municipality.demo ? "見本（実在しない人のデータ）" : "",
    to: `${municipality.name}　資金前渡職員　${rows[0]?.keeper ?? ""}　様`,
    receipts: lines.map((line) => ({
      number: line.receiptNumber,
      amount: `${yenText(line.amount)}也`,
      months: inWareki(line.months),
      name: printable(line.name).text,
      certification: certificationNumberText(line.recipientId),
      foot: `支払処理 第${runNo}号 明細 ${line.lineNo}　／　署名のあるものを出納の証拠書類として保管します。`,
    })),
  };
  const folder = await mkdtemp(join(tmpdir(), "hagukumi-receipts-"));
  try {
    const path = join(folder, "receipts.pdf");
    const { pages } = await withPrinter(
      async (printer) => await printer.print({ template: TEMPLATE, data, path, tagged: true }),
    );
    return { content: await readFile(path), pages };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
