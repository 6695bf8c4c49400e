/** 控えに触れた記録: every look, copy and restore, the refused ones too. */
import { asUpkeep, type UpkeepContext } from "@hagukumi/platform/upkeep/orders.ts";

export type CopyAction = "take" | "list" | "verify" | "medium" | "restore" | "expire";
export type CopyOutcome = "begun" | "done" | "refused" | "failed";

export async function noteAccess(
  { pool, operator }: UpkeepContext,
  copyId: string,
  action: CopyAction,
  outcome: CopyOutcome,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await asUpkeep(pool, async (client) => {
    await client.query(
      "INSERT INTO upkeep.copy_access (copy_id, action, outcome, actor, detail) VALUES ($1, $2, $3, $4, $5)",
      [copyId, action, outcome, operator, JSON.stringify(detail)],
    );
    await client.query(
      "INSERT INTO audit.event (actor, purpose, action, object_kind, object_id, detail) VALUES ($1, '控え', $2, 'backup', $3, $4)",
      [operator, `backup.${action}`, copyId === "" ? "all" : copyId, JSON.stringify({ outcome, ...detail })],
    );
  });
}

export type CopyAccess = {
  readonly copyId: string;
  readonly action: CopyAction;
  readonly outcome: CopyOutcome;
  readonly actor: string;
  readonly recordedAt: Date;
  readonly detail: Readonly<Record<string, unknown>>;
};

export async function copyAccesses({ pool }: Pick<UpkeepContext, "pool">): Promise<readonly CopyAccess[]> {
  return await asUpkeep(
    pool,
    async (client) =>
      (
        await client.query<CopyAccess>(
          'SELECT copy_id AS "copyId", action, outcome, actor, recorded_at AS "recordedAt", detail FROM upkeep.copy_access ORDER BY access_id',
        )
      ).rows,
  );
}
