/** 控えの目録: what a copy is made of, and what was in the databases when it was taken. Signed with the key of the seals; written last. */
import { createHash, sign, verify } from "node:crypto";

import type { SealKey } from "../access/seal/block.ts";
import { Refusal } from "../database/problem.ts";
import { canonicalJson } from "../text/canonical-json.ts";
import { z } from "zod";

const piece = z.strictObject({ key: z.string(), bytes: z.int().positive(), sha256: z.hex().length(64) });
/** Rows of each table before and after the copy was taken: what is restored lies between. */
const counts = z.record(z.string(), z.tuple([z.number(), z.number()]));
const shape = z.strictObject({
  version: z.literal(1),
  copyId: z.string(),
  begunAt: z.string(),
  endedAt: z.string(),
  main: z.array(piece),
  vault: z.array(piece),
  counts,
  vaultCounts: counts,
  heads: z.record(z.string(), z.unknown()),
});
export type Catalog = z.infer<typeof shape>;
export type Piece = z.infer<typeof piece>;

export const catalogKey = (copyId: string): string => `${copyId}/catalog.json`;

/** Hash of a catalogue, as the list of copies has it. */
export const catalogDigest = (catalog: Catalog): string =>
  createHash("sha256").update(canonicalJson(catalog)).digest("hex");

const DOMAIN = "hagukumi backup catalog\n";

export function writeCatalog(catalog: Catalog, key: SealKey): Buffer {
  const signature = sign(null, Buffer.from(DOMAIN + catalogDigest(catalog)), key.privateKey).toString("hex");
  return Buffer.from(`${JSON.stringify({ catalog, keyId: key.id, signature })}\n`, "utf8");
}

/** @throws Refusal `backupDamaged` where it is not as it was signed */
export function readCatalog(bytes: Buffer, key: SealKey): Catalog {
  try {
    const read = z
      .strictObject({ catalog: shape, keyId: z.string(), signature: z.hex() })
      .parse(JSON.parse(bytes.toString("utf8")));
    const said = Buffer.from(DOMAIN + catalogDigest(read.catalog));
    if (verify(null, said, key.publicKey, Buffer.from(read.signature, "hex"))) return read.catalog;
  } catch {
    // Said below.
  }
  throw new Refusal(
    "backupDamaged",
    "控えの目録が読めないか、署名が違います。使っていません。別の控えを使い、この控えのことを管理者に知らせてください。",
  );
}
