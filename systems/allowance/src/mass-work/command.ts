/** The frame of every command of mass work: key, guard, audit, and the words of the database's constraints. */
import { type AuditEntry, type CommandResult, runCommand } from "@hagukumi/platform/database/command.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";

/** What one command did, for its caller and for the audit trail. */
export type MassOutcomeOf<T> = { readonly response: T; readonly detail?: AuditEntry["detail"] };

/**
 * One command about one run. The audit entry names the run; `detail` must not hold what tells a person.
 *
 * @param name without the prefix `massWork.`
 */
export async function massCommand<T>(
  context: Context,
  name: string,
  key: string,
  request: Readonly<Record<string, unknown>>,
  work: (client: PoolClient) => Promise<MassOutcomeOf<T> & { readonly runNo: number }>,
): Promise<CommandResult<T>> {
  return await refusing(async () =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key,
        name: `massWork.${name}`,
        actor: context.operator,
        guard: context.guard,
        purpose: context.purpose,
        request,
        signal: context.signal,
      },
      async (client) => {
        const { response, runNo, detail } = await work(client);
        const entry = { action: `massWork.${name}`, objectKind: "massRun", objectId: String(runNo) };
        return { response, audit: [detail === undefined ? entry : { ...entry, detail }] };
      },
    ),
  );
}
