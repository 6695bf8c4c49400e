/**
 * 案: beside each change what the law makes of it. The procedure that would answer it is asked as at the counter; where none can be
 * prefilled, the case is judged with the register as it is now. Nothing is decided here.
 */
import { randomUUID } from "node:crypto";

import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { onSnapshot, withRole } from "@hagukumi/platform/database/transaction.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { filingFormShape } from "../filings/form.ts";
import type { Difference, Effect } from "../filings/procedure.ts";
import { procedureOf } from "../filings/registry.ts";
import { foresee } from "../procedures/consequences.ts";
import { invitationAfter, shownDay } from "../procedures/invitations.ts";
import { stopIfCancelled } from "../refusal.ts";
import { type ChangeRow, draftFor } from "./draft-for.ts";
import { changeKinds } from "./kinds.ts";

/** Changes that are judged in one transaction. */
const SLICE = 100;

/** What stands in the list: one effect, in yen a month. Children and names are on the case's own page. */
export type ShownEffect = Pick<Effect, "kind" | "what" | "fromMonth" | "yenBefore" | "yenAfter">;

type Found = {
  readonly changeId: number;
  readonly action: string;
  readonly procedure: string | null;
  readonly effects: readonly ShownEffect[];
  readonly stopped: string;
};

/** Changes without a proposal of this day. */
const WAITING = `
  SELECT c.change_id AS "changeId", c.kind, c.addressee_number AS number, c.recipient_id AS "recipientId", r.addressee_number AS "recipientNumber",
         c.happened_on AS "happenedOn", c.ward_code AS "wardCode"
  FROM allowance.register_change_state c LEFT JOIN allowance.recipient r USING (recipient_id)
  WHERE c.outcome IS NULL
    AND NOT EXISTS (SELECT FROM allowance.register_change_proposal p WHERE p.change_id = c.change_id AND p.judged_on >= $1)
    AND c.change_id > $2
  ORDER BY c.change_id LIMIT $3`;

const stopsIn = (differences: readonly Difference[]): string =>
  differences
    .filter(({ weight }) => weight === "stop")
    .map(({ text }) => text)
    .join(" ");

async function judge(
  client: PoolClient,
  context: Context,
  change: ChangeRow,
): Promise<Pick<Found, "effects" | "stopped">> {
  const draft = await draftFor(client, change, context.today);
  if (draft === undefined) {
    const { number, recipientNumber, happenedOn } = change;
    if (recipientNumber === null) return { effects: [], stopped: "" };
    const { effects, differences } = await foresee(client, context, {
      persons: [recipientNumber],
      children: [number],
      days: [happenedOn],
      judgedOn: context.today,
    });
    return { effects, stopped: stopsIn(differences) };
  }
  const form = filingFormShape.parse(draft);
  const procedure = procedureOf(form.procedure);
  const content = procedure.shape.safeParse(form.content);
  if (!content.success)
    return { effects: [], stopped: "入力のたりない項目があります。窓口の画面から受け付けてください。" };
  const { effects, differences } = await procedure.propose(client, context, {
    filingId: null,
    receptionNumber: null,
    procedure: form.procedure,
    content: form.content,
    receivedOn: form.receivedOn,
    channel: form.channel,
    wardCode: form.wardCode,
    subject: procedure.subjectOf(form.content),
    replaces: null,
    override: null,
    judgedOn: context.today,
  });
  return { effects, stopped: stopsIn(differences) };
}

async function proposalOf(client: PoolClient, context: Context, change: ChangeRow): Promise<Found> {
  const { changeId, kind, happenedOn } = change;
  const { procedure, action } = changeKinds[kind];
  const invites = kind === "birth" || (kind === "moveIn" && change.recipientId === null);
  const until = invites ? (await invitationAfter(client, context, happenedOn)).claimBy : undefined;
  const words = until === undefined ? action : `${action}期限 ${shownDay(until)}。`;
  try {
    const { effects, stopped } = await judge(client, context, change);
    const shown = effects.map(({ kind: what, what: text, fromMonth, yenBefore, yenAfter }) => ({
      kind: what,
      what: text,
      fromMonth,
      yenBefore,
      yenAfter,
    }));
    return { changeId, action: words, procedure, effects: shown, stopped };
  } catch (error) {
    // A case that can't be judged (a month without parameters …) must not hide the change: it says why.
    if (!(error instanceof Refusal)) throw error;
    return { changeId, action: words, procedure, effects: [], stopped: error.message };
  }
}

/**
 * Judges the changes that have no proposal of today, in slices; what is done stays.
 *
 * @returns how many got a proposal
 * @throws Refusal `cancelled` between two slices
 */
export async function proposeChanges(context: Context): Promise<{ readonly proposed: number }> {
  let last = 0;
  let proposed = 0;
  for (;;) {
    stopIfCancelled(context.signal, "変更の案の計算");
    const found = await onSnapshot(context.pool, async (client) => {
      await withRole(client, ROLE);
      const { rows } = await client.query<ChangeRow>(WAITING, [context.today, last, SLICE]);
      const proposals: Found[] = [];
      for (const change of rows) proposals.push(await proposalOf(client, context, change));
      return proposals;
    });
    if (found.length === 0) return { proposed };
    await write(context, found, context.today);
    last = found.at(-1)?.changeId ?? last;
    proposed += found.length;
    context.onProgress?.("変更の案", proposed, proposed);
  }
}

async function write(context: Context, found: readonly Found[], judgedOn: CivilDate): Promise<void> {
  const command = {
    role: ROLE,
    key: `change.propose/${randomUUID()}`,
    name: "change.propose",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { judgedOn, changes: found.map(({ changeId }) => changeId) },
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      await client.query(
        `INSERT INTO allowance.register_change_proposal (change_id, seq, judged_on, action, procedure_code, effects, stopped)
         SELECT n."changeId", coalesce((SELECT max(seq) FROM allowance.register_change_proposal p WHERE p.change_id = n."changeId"), 0) + 1,
                $2, n.action, n.procedure, n.effects, left(n.stopped, 2000)
         FROM jsonb_to_recordset($1::jsonb) AS n("changeId" bigint, action text, procedure text, effects jsonb, stopped text)`,
        [canonicalJson(found), judgedOn],
      );
      const detail = { proposed: found.length };
      return {
        response: null,
        audit: [{ action: "change.propose", objectKind: "registerChange", objectId: "slice", detail }],
      };
    }),
  );
}
