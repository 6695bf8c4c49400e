/** manifest.json: what a delivery says of itself. A file that is not exactly as announced is not read at all. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { sha256File } from "@hagukumi/platform/files/atomic.ts";
import { z } from "zod";

import { refuse } from "../refusal.ts";

/** Files of a delivery in the order of import: a row may only name persons of the files before it. */
export const FEED_FILES = [
  "organizations.csv",
  "residents.csv",
  "status_periods.csv",
  "incomes.csv",
  "tax_items.csv",
  "linked_periods.csv",
  "endorsements.csv",
  "claims.csv",
  "claim_children.csv",
] as const;

export type FeedFile = (typeof FEED_FILES)[number];

const manifestShape = z.strictObject({
  format: z.literal("hagukumi-feed/1"),
  municipality: z.string().regex(/^[0-9]{6}$/),
  createdAt: z.string().min(1).max(40),
  asOf: z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/),
  files: z
    .array(
      z.strictObject({
        // A closed set of names: a manifest can never point outside its folder.
        name: z.enum(FEED_FILES),
        rows: z.int().min(0).max(100_000_000),
        bytes: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(FEED_FILES.length),
});

export type Manifest = z.infer<typeof manifestShape>;
export type ManifestFile = Manifest["files"][number];

// A manifest of six files has about one kilobyte.
const MANIFEST_LIMIT = 1_000_000;

/**
 * Reads and checks `manifest.json` of a delivery.
 *
 * @throws Refusal `feedManifest`: missing, unreadable, unknown format, wrong municipality, a file named twice
 */
export async function readManifest(dir: string, municipality: string | undefined): Promise<Manifest> {
  const path = join(dir, "manifest.json");
  const refuseManifest = (what: string): never => {
    throw refuse(
      "feedManifest",
      `取り込みを始められません。${path} ${what}。何も取り込んでいません。連携元に正しいフォルダを作り直してもらってください。`,
    );
  };
  const size = await stat(path).catch(() => undefined);
  if (size === undefined) return refuseManifest("がありません");
  if (size.size > MANIFEST_LIMIT) return refuseManifest("が大きすぎます");
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path)));
  } catch {
    return refuseManifest("が UTF-8 の JSON として読めません");
  }
  const parsed = manifestShape.safeParse(json);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    return refuseManifest(`の「${where}」が連携ファイル仕様と合いません`);
  }
  const manifest = parsed.data;
  if (new Set(manifest.files.map(({ name }) => name)).size !== manifest.files.length) {
    return refuseManifest("に同じファイルが2度あります");
  }
  if (municipality !== undefined && manifest.municipality !== municipality) {
    return refuseManifest(`の団体コード ${manifest.municipality} は、この団体（${municipality}）のものではありません`);
  }
  return manifest;
}

/**
 * Compares one file with its announcement, byte for byte.
 *
 * @throws Refusal `feedFileBroken` when the file is missing or its size or SHA-256 differs (truncated, changed on the way)
 */
export async function verifyFile(dir: string, file: ManifestFile): Promise<void> {
  const path = join(dir, file.name);
  const found = await stat(path).catch(() => undefined);
  const broken = (what: string): never => {
    throw refuse(
      "feedFileBroken",
      `${file.name} を取り込めません。${what}。このファイルからは一行も取り込んでいません。連携元から送り直してもらってください。`,
      { file: file.name },
    );
  };
  if (found === undefined) return broken("ファイルがありません");
  if (found.size !== file.bytes) {
    return broken(`大きさが ${found.size} バイトで、manifest.json の ${file.bytes} バイトと違います`);
  }
  if ((await sha256File(path)).sha256 !== file.sha256)
    return broken("中身のハッシュ（SHA-256）が manifest.json と違います");
  return undefined;
}

/** The refusal for a file whose number of rows is not the announced one. */
export function wrongRowCount(file: Pick<ManifestFile, "name" | "rows">, rows: number): Error {
  return refuse(
    "feedFileBroken",
    `${file.name} を取り込めません。${rows} 行ありますが、一緒に届いた控え（manifest.json または制御ファイル）では ${file.rows} 行です。このファイルからは一行も取り込んでいません。連携元に再送を頼んでください。`,
    { file: file.name },
  );
}
