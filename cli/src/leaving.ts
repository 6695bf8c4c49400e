/** 持出し by a command: what it writes for people is the output of something approved, or has an approval of its own for this once. */
import { approverOf, type Context, type ListedObject } from "@hagukumi/allowance/contract.ts";
import { approvedObject, type LeavingBasis, recordLeaving, requireExtraction } from "@hagukumi/interchange/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Command } from "commander";

export type ApprovalOption = { readonly approval?: string };

/** Adds `--approval` to a command that writes files about persons. */
export function withApproval(command: Command): Command {
  return command.option(
    "--approval <id>",
    "データ使用承認願（抽出）の番号。承認された対象でないときに要る / approval for this extraction (hagukumi extract)",
  );
}

/** What leaves, of which object (undefined where only an approval of its own will do), under which `--approval`. */
export type About = {
  readonly route: string;
  readonly object?: { readonly kind: ListedObject; readonly no: number };
  readonly approval: string | undefined;
};

/**
 * The ground on which something may leave.
 *
 * @throws Refusal `leavingRefused`, `extractionUsed`
 */
export async function groundOf(context: Context, { route, object, approval }: About): Promise<LeavingBasis> {
  const approver = object === undefined ? undefined : await approverOf(context.pool, object.kind, object.no);
  if (object !== undefined && (approver !== undefined || approval === undefined))
    return approvedObject(object.kind, object.no, approver);
  if (!/^\d{1,9}$/.test(approval ?? "")) {
    throw new Refusal(
      "leavingRefused",
      "人のことを言うファイルを出すには、承認されたデータ使用承認願の番号（--approval）が要ります。何も書いていません。hagukumi extract apply で願い出てください。",
      { route },
    );
  }
  return { extractionId: (await requireExtraction(context, Number(approval), route)).extractionId };
}

/**
 * Makes a file about persons: the ground first, then what is to leave, then the record, then the file. Where one is refused there is no file.
 *
 * @param make what leaves: lines, and the content or what stands for it
 * @throws Refusal `leavingRefused`, `extractionUsed`
 */
export async function leaveByCommand<T>(
  context: Context,
  about: About,
  make: () => Promise<{ readonly rows: number; readonly content: Uint8Array | string }>,
  write: (content: Uint8Array | string) => Promise<T>,
): Promise<T> {
  const basis = await groundOf(context, about);
  const { rows, content } = await make();
  await recordLeaving(context, { route: about.route, basis, rows, content });
  return await write(content);
}
