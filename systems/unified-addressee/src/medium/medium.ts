/**
 * オフラインデータ連携用の媒体 (システム3③): the 団体内統合宛名番号 that the 中間サーバー does not know yet, encrypted to its key. Each copy is logged; a
 * second one of the same medium needs a reason. No 個人番号 is on it.
 */
import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { createHash, type KeyObject, randomUUID } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { PoolClient } from "pg";

import { type AddresseeContext, command } from "../context.ts";
import { fifteenDigits } from "../numbers.ts";
import { refuse } from "../refusal.ts";
import { encryptTo, fingerprint } from "./jwe.ts";

export type MadeMedium = {
  readonly mediumId: number;
  readonly copyNo: number;
  readonly rows: number;
  readonly path: string;
  /** Of the encrypted file */
  readonly sha256: string;
};

async function contentOf(client: PoolClient, mediumId: number, numbers: readonly number[]): Promise<Buffer> {
  const { rows } = await client.query<{ number: number; day: string }>(
    `SELECT unified_number AS number, (issued_at AT TIME ZONE 'Asia/Tokyo')::date AS day FROM unified.person WHERE unified_number = ANY ($1) ORDER BY 1`,
    [numbers],
  );
  const lines = [
    ["媒体番号", "団体内統合宛名番号", "付番日"],
    ...rows.map(({ number, day }) => [String(mediumId), fifteenDigits(number), day]),
  ];
  return Buffer.from(lines.map((cells) => csvLine(cells, false)).join(""), "utf8");
}

type Kept = { readonly mediumId: number; readonly copyNo: number; readonly rows: number; readonly sha256: string };

async function makeCopy(
  context: AddresseeContext,
  client: PoolClient,
  receiver: KeyObject,
  medium: {
    readonly mediumId: number;
    readonly numbers: readonly number[];
    readonly copyNo: number;
    readonly reason: string;
  },
  file: string,
): Promise<Kept> {
  const { mediumId, numbers, copyNo, reason } = medium;
  const sealed = encryptTo(receiver, await contentOf(client, mediumId, numbers));
  const sha256 = createHash("sha256").update(sealed).digest("hex");
  await client.query(
    "INSERT INTO unified.medium_copy (medium_id, copy_no, reason, sha256, made_by) VALUES ($1, $2, $3, $4, $5)",
    [mediumId, copyNo, reason, sha256, context.operator],
  );
  // Before COMMIT: no file that is not logged is ever named; of a transaction that is tried again the last one stays.
  await writeFileAtomic(file, sealed);
  return { mediumId, copyNo, rows: numbers.length, sha256 };
}

async function named(dir: string, work: (file: string) => Promise<Kept>): Promise<MadeMedium> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const draft = join(dir, `.${randomUUID()}.draft`);
  try {
    const kept = await work(draft);
    const sealed = await readFile(draft).catch(() => undefined);
    if (sealed === undefined)
      throw refuse(
        "mediumUnknown",
        "この処理の鍵の媒体は、すでに作られています。作り直すときは、わけを書いて作り直してください。",
        { mediumId: kept.mediumId },
      );
    const path = join(dir, `medium-${fifteenDigits(kept.mediumId)}-${kept.copyNo}.jwe`);
    await writeFileAtomic(path, sealed, { exclusive: true });
    return { ...kept, path };
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Makes the medium of all confirmed numbers that were on none before.
 *
 * @param request.receiver X25519 public key of the 中間サーバー's side
 * @throws Refusal `mediumUnknown` where there is nothing to hand over, or the key was used; `fileExists`
 */
export async function createMedium(
  context: AddresseeContext,
  request: { readonly key: string; readonly receiver: KeyObject; readonly dir: string },
): Promise<MadeMedium> {
  const { key, receiver, dir } = request;
  return await named(
    dir,
    async (draft) =>
      await command(context, "medium.create", key, { receiver: fingerprint(receiver) }, async (client) => {
        const { rows } = await client.query<{ number: number }>(
          `SELECT DISTINCT l.unified_number AS number FROM unified.link l JOIN unified.entry e USING (entry_id) JOIN unified.system y ON y.system_code = e.system_code
         LEFT JOIN unified.confirmation c USING (entry_id)
         WHERE l.ended_at IS NULL AND (y.authority OR c.confirmed) AND NOT EXISTS (SELECT FROM unified.medium m WHERE l.unified_number = ANY (m.numbers)) ORDER BY 1`,
        );
        if (rows.length === 0)
          throw refuse("mediumUnknown", "まだ渡していない番号はありません。媒体を作っていません。");
        const numbers = rows.map(({ number }) => number);
        const made = await client.query<{ id: number }>(
          "INSERT INTO unified.medium (receiver, numbers, created_by) VALUES ($1, $2, $3) RETURNING medium_id AS id",
          [fingerprint(receiver), numbers, context.operator],
        );
        const mediumId = made.rows[0]?.id ?? 0;
        const kept = await makeCopy(context, client, receiver, { mediumId, numbers, copyNo: 1, reason: "" }, draft);
        return {
          response: kept,
          audit: [
            {
              action: "medium.create",
              objectKind: "medium",
              objectId: String(mediumId),
              detail: { rows: numbers.length, sha256: kept.sha256 },
            },
          ],
        };
      }),
  );
}

/** Makes a medium again, for the same receiver and with the same rows. @throws Refusal `mediumUnknown`, `invalidValue` (no reason) */
export async function recreateMedium(
  context: AddresseeContext,
  request: {
    readonly key: string;
    readonly mediumId: number;
    readonly receiver: KeyObject;
    readonly reason: string;
    readonly dir: string;
  },
): Promise<MadeMedium> {
  const { key, mediumId, receiver, reason, dir } = request;
  return await named(
    dir,
    async (draft) =>
      await command(context, "medium.recreate", key, { mediumId, reason }, async (client) => {
        const { rows } = await client.query<{ numbers: number[]; copies: number }>(
          `SELECT m.numbers, (SELECT count(*) FROM unified.medium_copy c WHERE c.medium_id = m.medium_id) AS copies FROM unified.medium m WHERE medium_id = $1 AND receiver = $2`,
          [mediumId, fingerprint(receiver)],
        );
        const [row] = rows;
        if (row === undefined)
          throw refuse("mediumUnknown", "この番号と受け取り手の媒体は見つかりません。何も作っていません。");
        const kept = await makeCopy(
          context,
          client,
          receiver,
          { mediumId, numbers: row.numbers, copyNo: row.copies + 1, reason },
          draft,
        );
        return {
          response: kept,
          audit: [
            {
              action: "medium.recreate",
              objectKind: "medium",
              objectId: String(mediumId),
              detail: { copyNo: kept.copyNo, sha256: kept.sha256 },
            },
          ],
        };
      }),
  );
}
