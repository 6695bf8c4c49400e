/** 二次元コードの読取り with a reader that shares nothing with the writer: what a scanner would see. */
import { decodeQR } from "qr/decode.js";

/** RGBA, four bytes a pixel. */
export type Seen = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** @throws Error where nothing can be read */
export function readCode(picture: Seen): string {
  return decodeQR(picture);
}

/** Part of a grey PGM picture (P5, 8 bits); `left`, `top` and `side` in shares of its width. */
export function partOfGrey(
  pgm: Buffer,
  part: { readonly left: number; readonly top: number; readonly side: number },
): Seen {
  const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(pgm.toString("latin1", 0, 40));
  const width = Number(head?.[1]);
  const grey = pgm.subarray(head?.[0].length ?? 0);
  const [left, top, side] = [part.left, part.top, part.side].map((share) => Math.round(width * share)) as [
    number,
    number,
    number,
  ];
  const data = new Uint8Array(side * side * 4).fill(255);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      data.fill(grey[(top + y) * width + left + x] ?? 255, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return { width: side, height: side, data };
}
