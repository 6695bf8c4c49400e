/** 二次元コードの読取り with a reader that shares nothing with the writer: what a scanner would see. */
import { decodeQR } from "qr/decode.js";

/** Four bytes a pixel, the last for how much it covers; read for light and dark alone, so the order of the colours is free. */
export type Seen = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** @throws Error where nothing can be read */
export function readCode(picture: Seen): string {
  return decodeQR(picture);
}

/** The square part of a picture; `left`, `top` and `side` in shares of its width. */
export function partOf(
  picture: Seen,
  part: { readonly left: number; readonly top: number; readonly side: number },
): Seen {
  const [left, top, side] = [part.left, part.top, part.side].map((share) => Math.round(picture.width * share)) as [
    number,
    number,
    number,
  ];
  const data = new Uint8Array(side * side * 4);
  for (let y = 0; y < side; y += 1) {
    const from = ((top + y) * picture.width + left) * 4;
    data.set(picture.data.subarray(from, from + side * 4), y * side * 4);
  }
  return { width: side, height: side, data };
}
