/**
 * 入手元・方法 as data (D297): a new source, a new channel, and by which an interface comes, are rows of two people with their first day, no change of
 * the program.
 */
import { randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import type { ChannelCode, Origin, SourceCode } from "./origin.ts";

async function change(
  context: Context,
  name: string,
  request: Readonly<Record<string, string>>,
  work: (client: PoolClient) => Promise<unknown>,
): Promise<void> {
  const { operator: actor, guard, purpose } = context;
  const command = { role: ROLE, key: `${name}/${randomUUID()}`, name, actor, guard, purpose, request };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      await work(client);
      const audit = [{ action: name, objectKind: "origin", objectId: request["code"] ?? "", detail: request }];
      return { response: null, audit };
    }),
  );
}

/** A new 入手元 from a day on. @throws Refusal `samePerson`, `originUnknown` where the code is taken or is none */
export async function addSource(
  context: Context,
  source: { readonly code: SourceCode; readonly name: string; readonly examples: string; readonly validFrom: string },
  approvedBy: string,
): Promise<void> {
  const { code, name, examples, validFrom } = source;
  await change(context, "origin.source", { ...source, approvedBy }, async (client) => {
    await client.query(
      "INSERT INTO allowance.data_source (source_code, name, examples, valid_from, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6)",
      [code, name, examples, validFrom, context.operator, approvedBy],
    );
  });
}

/** A new 入手の方法 from a day on. @throws Refusal `samePerson`, `originUnknown` where the code is taken or is none */
export async function addChannel(
  context: Context,
  channel: { readonly code: ChannelCode; readonly name: string; readonly validFrom: string },
  approvedBy: string,
): Promise<void> {
  const { code, name, validFrom } = channel;
  await change(context, "origin.channel", { ...channel, approvedBy }, async (client) => {
    await client.query(
      "INSERT INTO allowance.data_channel (channel_code, name, valid_from, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5)",
      [code, name, validFrom, context.operator, approvedBy],
    );
  });
}

/** From whom and by which way an interface comes, for what is as of a day or later. @throws Refusal `samePerson`, `originUnknown` */
export async function setInterfaceOrigin(
  context: Context,
  origin: {
    readonly code: string;
    readonly source: SourceCode;
    readonly channel: ChannelCode;
    readonly validFrom: string;
  },
  approvedBy: string,
): Promise<void> {
  const { code, source, channel, validFrom } = origin;
  await change(context, "origin.interface", { ...origin, approvedBy }, async (client) => {
    await client.query(
      "INSERT INTO allowance.interface_origin (interface_code, source_code, channel_code, valid_from, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6)",
      [code, source, channel, validFrom, context.operator, approvedBy],
    );
  });
}

/** The origin of what an interface brings as of a day: its row, else an office of the city by 庁内連携. */
export async function originOf(client: PoolClient, interfaceCode: string, asOf: string): Promise<Origin> {
  const { rows } = await client.query<Pick<Origin, "source" | "channel">>(
    `SELECT source_code AS source, channel_code AS channel FROM allowance.interface_origin WHERE interface_code = $1 AND valid_from <= $2
     ORDER BY valid_from DESC LIMIT 1`,
    [interfaceCode, asOf],
  );
  return { ...(rows[0] ?? { source: "cityOffice", channel: "interchange" }), interfaceCode };
}
