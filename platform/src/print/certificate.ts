/** 証明書 on one page of A4: title, number, addressee, facts, what is certified, and who certifies it. */
import { PRINT_FONT } from "./fonts.ts";
import { withPrinter } from "./printer.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Certificate = {
  readonly title: string;
  /** e.g. 消去 第12号 */
  readonly number: string;
  /** Day in Japanese */
  readonly issuedOn: string;
  /** Whom it is for; empty: nobody in particular */
  readonly to: string;
  readonly statement: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What else is to be known, one paragraph each */
  readonly notes: readonly string[];
  /** Whose certificate it is, line by line */
  readonly issuer: readonly string[];
  /** Lines to be filled in by hand, e.g. 立会人 */
  readonly signatures: readonly string[];
};

const TEMPLATE = `
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title + " " + d.number, date: none)
#let ink = rgb("#1a1a1a")
#set text(font: "${PRINT_FONT}", size: 10.5pt, lang: "ja", fill: ink, cjk-latin-spacing: none)
#set par(leading: 0.75em, justify: true)
#set page(paper: "a4", margin: (x: 24mm, top: 24mm, bottom: 20mm))
#grid(columns: (1fr, auto), [], align(right, stack(spacing: 2.5mm, text(size: 9.5pt, d.number), text(size: 9.5pt, d.issuedOn))))
#v(8mm)
#if d.to != "" [#text(size: 11.5pt, d.to + "　様")
#v(6mm)]
#align(center, text(size: 19pt, weight: "bold", tracking: 0.3em, d.title))
#v(9mm)
#d.statement
#v(6mm)
#table(columns: (44mm, 1fr), inset: (x: 3mm, y: 2.6mm), stroke: 0.5pt + rgb("#808080"),
  fill: (x, y) => if x == 0 { rgb("#f2f2f2") },
  ..d.facts.map(f => (text(weight: "bold", f.at(0)), f.at(1))).flatten())
#v(5mm)
#for n in d.notes [#grid(columns: (5mm, 1fr), [※], text(size: 9.5pt, n))
#v(1.5mm)]
#v(8mm)
#align(right, stack(spacing: 3mm, ..d.issuer.map(l => text(size: 11.5pt, l))))
#v(10mm)
#for s in d.signatures [#grid(columns: (44mm, 1fr), row-gutter: 4mm, align: bottom, text(weight: "bold", s), box(width: 100%, height: 9mm, stroke: (bottom: 0.5pt + ink)))
#v(3mm)]
`;

/** @returns the PDF. @throws Refusal `printEngineMissing`, `printFailed` */
export async function printCertificate(data: Certificate): Promise<Buffer> {
  // The engine writes files only; this one lives as long as the call.
  const dir = await mkdtemp(join(tmpdir(), "hagukumi-certificate-"));
  try {
    const path = join(dir, "certificate.pdf");
    await withPrinter(async (printer) => await printer.print({ template: TEMPLATE, data, path, tagged: true }));
    return await readFile(path);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
