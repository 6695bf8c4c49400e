/** A second reader of PDF files, PDFium, which is none of the product's own parts: what another program sees in a page. */
import { type PDFiumDocument, PDFiumLibrary } from "@hyzyla/pdfium";

import type { Seen } from "./read-code.ts";

async function reading<T>(bytes: Uint8Array, read: (document: PDFiumDocument) => Promise<T> | T): Promise<T> {
  const library = await PDFiumLibrary.init();
  try {
    const document = await library.loadDocument(bytes);
    try {
      return await read(document);
    } finally {
      document.destroy();
    }
  } finally {
    library.destroy();
  }
}

/** The text of every page, without any white space. */
export async function readPdfText(bytes: Uint8Array): Promise<string> {
  return await reading(bytes, (document) =>
    [...document.pages()]
      .map((page) => page.getText())
      .join("")
      .replaceAll(/\s/g, ""),
  );
}

/** Every page at 200 points per inch, to be read by a scanner. */
export async function drawPdf(bytes: Uint8Array): Promise<readonly Seen[]> {
  return await reading(bytes, async (document) => {
    const pages: Seen[] = [];
    // All four bytes of a point: with one byte, rows would be filled up to multiples of four
    for (const page of document.pages()) pages.push(await page.render({ scale: 200 / 72, render: "bitmap" }));
    return pages;
  });
}
