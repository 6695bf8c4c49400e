/**
 * 持出し: before a file that tells of persons is handed out, its way, ground and size are written down. The row is refused where the way
 * is not on the closed list, nothing was approved, or an approval was used before; then nothing is handed out.
 *
 * Source: 熊本市 特定個人情報保護評価書 II-3③ (使用目的), II-4 (データの抽出), III-5.
 */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { randomBytes, randomUUID } from "node:crypto";

import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";
import { digestOf } from "../transfers/copy.ts";

/** What somebody else approved, and who. */
export type ApprovedObject = {
  readonly kind: "paymentRun" | "massRun" | "letterRun" | "numberErasure" | "erasure";
  readonly ref: string;
  readonly approvedBy: string;
};

/** よりどころ: an object that was approved, or an approval for this one extraction (its number). */
export type LeavingBasis = ApprovedObject | { readonly extractionId: number };

export type NewLeaving = {
  /** 道: a code of the closed list (`interchange.leaving_route`) */
  readonly route: string;
  readonly basis: LeavingBasis;
  /** Lines, letters or pages */
  readonly rows: number;
  /** What is handed out, before it is sealed */
  readonly content: Uint8Array | string;
  /** Of a copy whose lines carry marks: what they were made of */
  readonly watermark?: string;
};

export const leavingNumber = (leavingId: number): string => `M${String(leavingId).padStart(8, "0")}`;

/** What the marks of a copy are made of: 32 hexadecimal digits. */
export function newWatermark(): string {
  return randomBytes(16).toString("hex");
}

/**
 * Writes the row without which nothing is handed out. The caller hands the file out afterwards.
 *
 * @returns the number of the copy
 * @throws Refusal `leavingRefused`, `extractionUsed`
 */
export async function recordLeaving(
  context: Pick<Context, "pool" | "operator" | "today"> & Partial<Pick<Context, "guard" | "purpose">>,
  { route, basis, rows, content, watermark = newWatermark() }: NewLeaving,
): Promise<string> {
  const object = "kind" in basis ? basis : undefined;
  const extractionId = "extractionId" in basis ? basis.extractionId : null;
  const sha256 = digestOf(content);
  const command = {
    role: ROLE,
    key: `leaving/${randomUUID()}`,
    name: "leaving.take",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose ?? "持出し",
    request: { route, sha256 },
  };
  const work = await refusing(
    async () =>
      await runCommand(context.pool, command, async (client) => {
        const { rows: made } = await client.query<{ id: number }>(
          `INSERT INTO interchange.leaving (route_code, purpose, object_kind, object_ref, approved_by, extraction_id, rows, sha256, watermark, taken_by, taken_on)
           SELECT $1, coalesce((SELECT r.purpose FROM interchange.leaving_route r WHERE r.route_code = $1), ''), $2, $3, $4, $5, $6, $7, $8, $9, $10
           RETURNING leaving_id AS id`,
          [
            route,
            object?.kind ?? null,
            object?.ref ?? null,
            object?.approvedBy ?? null,
            extractionId,
            rows,
            sha256,
            watermark,
            context.operator,
            context.today,
          ],
        );
        const number = leavingNumber(made[0]?.id ?? 0);
        const detail = { route, rows, sha256, ...(object === undefined ? { extractionId } : { object: object.ref }) };
        return {
          response: { number },
          audit: [{ action: "leaving.take", objectKind: "leaving", objectId: number, detail }],
        };
      }),
  );
  return work.response.number;
}

/** @throws Refusal `leavingRefused` where nobody approved the object */
export function approvedObject(
  kind: ApprovedObject["kind"],
  ref: number,
  approvedBy: string | undefined,
): ApprovedObject {
  if (approvedBy !== undefined) return { kind, ref: String(ref), approvedBy };
  throw refuse(
    "leavingRefused",
    "まだ承認されていないため、人のことを言うファイルは取り出せません。何も渡していません。ほかの職員の承認の後に、もう一度取り出してください。",
    { kind, ref },
  );
}
