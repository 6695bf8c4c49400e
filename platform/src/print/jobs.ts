/** Messages between the process that wants a PDF and the process that makes it. Plain data only. */

export type PrintJob = {
  readonly id: number;
  /** Typst source; reads its data with `json(bytes(sys.inputs.data))` */
  readonly template: string;
  /** JSON text: data stay data, whatever a name looks like */
  readonly data: string;
  /** Where the PDF goes; null only counts the pages */
  readonly path: string | null;
  /** Structure tags for screen readers. They make long tables some thirty times larger. */
  readonly tagged: boolean;
};

export type PrintedFile = {
  readonly pages: number;
  readonly bytes: number;
  /** SHA-256 in lower-case hex; empty when only counted */
  readonly sha256: string;
};

export type PrintAnswer =
  | { readonly id: number; readonly ok: true; readonly file: PrintedFile }
  | { readonly id: number; readonly ok: false; readonly engineMissing: boolean; readonly problem: string };
