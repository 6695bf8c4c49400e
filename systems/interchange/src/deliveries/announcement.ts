/**
 * 制御ファイル: what a delivery says of itself. It is put beside the data file after it, so that its presence means that the data file is
 * complete. How the files are called is the source's affair; everything is read from here.
 */
import { z } from "zod";

export const FORMAT = "hagukumi-interchange/1";

export const announcementShape = z.strictObject({
  format: z.literal(FORMAT),
  /** 団体コード */
  municipality: z.string().regex(/^[0-9]{6}$/),
  interface: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/),
  version: z.string().regex(/^[0-9]{1,3}(\.[0-9]{1,3})?$/),
  /** full: everything up to `sequence`; difference: what came after the one before; reconciliation: everything, only to be compared */
  kind: z.enum(["full", "difference", "reconciliation"]),
  /** One number a delivery, over full sets and differences; of a reconciliation the last number that it holds */
  sequence: z.int().min(0).max(2_000_000_000),
  /** 1, and one more with each resend */
  attempt: z.int().min(1).max(999),
  /** The day up to which the content is complete */
  asOf: z.iso.date(),
  sentAt: z.iso.datetime({ offset: true }),
  /** Name of the data file, in the same place */
  file: z.string().regex(/^[\p{L}\p{N}_\-.]{1,200}$/u),
  /** Rows without the header */
  rows: z.int().min(0).max(100_000_000),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type Announcement = z.output<typeof announcementShape>;

/** The announcement, or why it can't be read (Japanese). */
export function readAnnouncement(bytes: Uint8Array): Announcement | string {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return "制御ファイルが UTF-8 の JSON として読めません。";
  }
  const parsed = announcementShape.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0];
  const name =
    where === undefined ? "" : where.code === "unrecognized_keys" ? where.keys.join("・") : where.path.join(".");
  return `制御ファイルの「${name}」が、決まりと合いません。`;
}
