/** The frame of every command about letters. */
import { type CommandOutcome, type CommandResult, runCommand } from "@hagukumi/platform/database/command.ts";
import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";

import { refusing } from "../../constraints.ts";
import { type Context, ROLE } from "../../context.ts";

export async function letterCommand<T>(
  context: Context,
  about: { readonly name: string; readonly key: string | undefined; readonly request: unknown },
  work: (client: PoolClient) => Promise<CommandOutcome<T>>,
): Promise<CommandResult<T>> {
  const command = {
    role: ROLE,
    key: about.key ?? `${about.name}/${randomUUID()}`,
    name: about.name,
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: about.request,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  };
  return await refusing(async () => await runCommand(context.pool, command, work));
}
