/** The files of the keys of copies: the public halves, and one share of one holder. What has another shape is undefined. */
import { z } from "zod";

const publicHalf = z.string().regex(/^[0-9a-f]{64,200}$/);
const keysShape = z.strictObject({ main: publicHalf, vault: publicHalf, holders: z.array(z.string()) });
export type BackupKeys = z.infer<typeof keysShape>;

/** Who may hold a share. */
export const HOLDER = /^[A-Za-z0-9._@-]{1,64}$/;
const shareShape = z.strictObject({
  holder: z.string().regex(HOLDER),
  part: z.enum(["main", "vault"]),
  share: z.string(),
});
export type ShareFile = z.infer<typeof shareShape>;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const parseBackupKeys = (text: string): BackupKeys | undefined => keysShape.safeParse(parsed(text)).data;

export const parseShareFile = (text: string): ShareFile | undefined => shareShape.safeParse(parsed(text)).data;
