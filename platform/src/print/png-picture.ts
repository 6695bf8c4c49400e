/**
 * PNG pictures for a PDF (電子公印 …). A PDF takes the rows of a PNG as they are (ISO 32000-1, 7.4.4.4), so nothing is decoded: just
 * what both know is let in – 8 bits, grey or RGB, not interlaced, no transparency.
 */
import { inflateSync } from "node:zlib";

/** `rows`: the filtered rows of the PNG, inflated; sizes in pixels. */
export type Picture = {
  readonly width: number;
  readonly height: number;
  readonly colours: 1 | 3;
  readonly rows: Uint8Array;
};

const SIGNATURE = "89504e470d0a1a0a";
/** Pixels on each side at most: a seal of 24 mm at 600 dpi has 567. */
const LARGEST = 1200;

type Chunk = { readonly kind: string; readonly data: Buffer };

function chunksOf(png: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= png.length;) {
    const length = png.readUInt32BE(at);
    if (at + 12 + length > png.length) return [];
    chunks.push({ kind: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

/** Reads a PNG. @returns undefined for what is no PNG of the accepted kind; never throws for any bytes */
export function readPng(png: Buffer): Picture | undefined {
  if (png.subarray(0, 8).toString("hex") !== SIGNATURE) return undefined;
  const chunks = chunksOf(png);
  const head = chunks[0];
  if (head?.kind !== "IHDR" || head.data.length !== 13 || chunks.some(({ kind }) => kind === "tRNS")) return undefined;
  const [width, height] = [head.data.readUInt32BE(0), head.data.readUInt32BE(4)];
  const [depth, kind, , , interlaced] = head.data.subarray(8);
  if (width < 1 || height < 1 || width > LARGEST || height > LARGEST) return undefined;
  if (depth !== 8 || (kind !== 0 && kind !== 2) || interlaced !== 0) return undefined;
  const colours = kind === 0 ? 1 : 3;
  const expected = height * (1 + width * colours);
  try {
    const packed = Buffer.concat(chunks.filter((chunk) => chunk.kind === "IDAT").map(({ data }) => data));
    const rows = inflateSync(packed, { maxOutputLength: expected + 1 });
    return rows.length === expected ? { width, height, colours, rows } : undefined;
  } catch {
    return undefined;
  }
}
