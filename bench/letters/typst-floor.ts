/** What the bare Typst library takes for pages of the same words: no two-dimensional code, no customer barcode, no database. */
import { withPrinter } from "@hagukumi/platform/print/printer.ts";
import { cpus } from "node:os";
import { join } from "node:path";

/** Letters of one job: more in one take more memory, fewer more overhead. */
const LETTERS = 1_000;

const TEMPLATE = `
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: (x: 20mm, y: 15mm))
#set text(font: "Noto Serif JP", size: 10pt, lang: "ja", cjk-latin-spacing: none)
#for letter in d.letters {
  page(footer: [#letter.number])[
    #block(height: 45mm)[#for line in letter.to [#line \\ ]]
    = 児童手当支払通知書
    #for line in d.words [#line \\ ]
    #table(columns: (1fr, 1fr, 1fr, 1fr), ..letter.rows.flatten())
    #for line in d.notes [#line \\ ]
  ]
}
`;
const WORDS = ["次のとおり児童手当を支払いますので通知します。", "支払額　120,000円　支払日　令和8年12月10日"];
const NOTES = [
  "現況に変わりがあったときは、すみやかに届け出てください。届出がおくれると、支払いがとまること、返していただくことがあります。",
  "お問い合わせ先　架空熊本市 こども局 こども支援課 児童手当係　電話 000-000-0000",
];

/** @returns letters in a second of one process, after a first job that only warms up */
async function rateOfOne(path: string): Promise<number> {
  const letters = Array.from({ length: LETTERS }, (_, n) => ({
    number: String(n + 1).padStart(7, "0"),
    to: ["〒860-8601", "架空熊本市中央区架空町一丁目1番1号", "架空ハイツ 101号", `架空　花子${n} 様`],
    rows: [1, 2].map((child) => [`架空　児童${n}の${child}`, "令和8年10月分", "令和8年11月分", "20,000円"]),
  }));
  return await withPrinter(async (printer) => {
    const job = { template: TEMPLATE, data: { letters, words: WORDS, notes: NOTES }, path, tagged: false };
    await printer.print(job);
    const begun = performance.now();
    await printer.print(job);
    await printer.print(job);
    return (2 * LETTERS) / ((performance.now() - begun) / 1000);
  });
}

/** @returns letters in a second of as many processes as the letters are drawn with */
export async function typstRate(dir: string): Promise<number> {
  const processes = Math.min(2, cpus().length);
  const rates = await Promise.all(
    Array.from({ length: processes }, async (_, n) => await rateOfOne(join(dir, `typst-${n}.pdf`))),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
