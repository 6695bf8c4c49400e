/** The frame of a PDF file (ISO 32000-1, 7.5): numbered objects, where each lies, and the table of them at the end. */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { deflateSync } from "node:zlib";

export type PdfBody = {
  /** Bytes that are no object, Latin-1 */
  readonly text: (value: string) => void;
  /** The number of an object that is written later */
  readonly reserve: () => number;
  /** Writes the object of that number. `head`: the entries of its dictionary. @throws Error when it was written before */
  readonly object: (id: number, head: string, stream: Uint8Array | null) => void;
  /** Gives the file what has gathered, where it is at least so many bytes. */
  readonly flush: (least: number) => Promise<void>;
  /** Cross-reference table and trailer. @throws Error when a reserved object was never written */
  readonly end: (root: number, info: number) => void;
  /** Size in bytes and SHA-256 in lower-case hex; once, at the end */
  readonly written: () => { readonly bytes: number; readonly sha256: string };
};

/** Begins the bytes of a PDF. The objects come in any order; the place of each is remembered. */
export function createPdfBody(file: FileHandle): PdfBody {
  const offsets: number[] = [];
  const hash = createHash("sha256");
  let waiting: Uint8Array[] = [];
  let held = 0;
  let length = 0;
  const put = (bytes: Uint8Array): void => {
    waiting.push(bytes);
    held += bytes.length;
    length += bytes.length;
  };
  const text = (value: string): void => put(Buffer.from(value, "latin1"));
  const reserve = (): number => offsets.push(0);
  return {
    text,
    reserve,
    object: (id: number, head: string, stream: Uint8Array | null): void => {
      if (offsets[id - 1] !== 0) throw new Error(`the object ${id} was written before`);
      offsets[id - 1] = length;
      if (stream === null) return text(`${id} 0 obj\n<< ${head} >>\nendobj\n`);
      const packed = deflateSync(stream);
      text(`${id} 0 obj\n<< ${head} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`);
      put(packed);
      text("\nendstream\nendobj\n");
    },
    flush: async (least: number): Promise<void> => {
      if (held < least || held === 0) return;
      const bytes = Buffer.concat(waiting);
      waiting = [];
      held = 0;
      hash.update(bytes);
      await file.writeFile(bytes);
    },
    end: (root: number, info: number): void => {
      const start = length;
      const missing = offsets.indexOf(0);
      if (missing !== -1) throw new Error(`the object ${missing + 1} was reserved and never drawn`);
      const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
      const count = offsets.length + 1;
      text(`xref\n0 ${count}\n0000000000 65535 f \n${rows}`);
      text(`trailer\n<< /Size ${count} /Root ${root} 0 R /Info ${info} 0 R >>\nstartxref\n${start}\n%%EOF\n`);
    },
    written: () => ({ bytes: length, sha256: hash.digest("hex") }),
  };
}
