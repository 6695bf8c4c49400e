/**
 * データ使用承認願: nothing leaves without one. Its five parts (使用根拠・使用目的・使用条件・使用期間・使用データ) are all there or it is
 * not taken in; another person of こども支援課 grants it; it ends with its period.
 *
 * Source: 熊本市 特定個人情報保護評価書 III-5 (ルールの内容及びルール遵守の確認方法).
 */
import { type Context, PAYMENT_ITEMS } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { type CommandOutcome, runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash, randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { z } from "zod";

import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";
import { outletsOn } from "./outlets.ts";

const day = z.string().refine((text) => parseCivilDate(text) !== undefined, "YYYY-MM-DD の日付ではありません");
const words = (most: number): z.ZodString => z.string().trim().min(1, "空です").max(most);

export const dataUseShape = z.strictObject({
  outletCode: words(40),
  /** 願い出た課・職員 */
  applicant: words(100),
  /** 使用根拠: article of the ordinance */
  ground: words(200),
  /** 使用目的: code of a use of the outlet */
  purpose: words(40),
  /** 使用条件 */
  conditions: words(500),
  /** 使用期間, one year at most */
  validFrom: day,
  validTo: day,
  /** 使用データ */
  items: z.array(z.enum(PAYMENT_ITEMS as [string, ...string[]])).min(1, "使用データがありません"),
  channels: z.array(z.enum(["linkage", "paper", "medium"])).min(1, "方法がありません"),
  /** Public key of the receiver (age1…): what is sent opens with its other half alone */
  receiverKey: z.string().regex(/^age1[0-9a-z]{20,5000}$/, "age の公開鍵ではありません"),
  receivedOn: day,
});

export type DataUseForm = z.input<typeof dataUseShape>;

export type DataUse = z.output<typeof dataUseShape> & {
  readonly dataUseId: number;
  readonly digest: string;
  readonly enteredBy: string;
  readonly granted: boolean | null;
  readonly decidedBy: string | null;
  readonly decidedOn: string | null;
  readonly endedOn: string | null;
};

async function run<T>(
  context: Context,
  name: string,
  request: unknown,
  key: string | undefined,
  work: (client: PoolClient) => Promise<CommandOutcome<T>>,
): Promise<T> {
  const command = {
    role: ROLE,
    key: key ?? `${name}/${randomUUID()}`,
    name,
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request,
  };
  return (await refusing(async () => await runCommand(context.pool, command, work))).response;
}

/**
 * Takes an application in.
 *
 * @throws Refusal `dataUseInvalid` naming what is missing; `outletMissing` where the receiver is not on the list or the
 *   ordinance knows no such use, item or channel
 */
export async function applyForDataUse(
  context: Context,
  form: DataUseForm,
  key?: string,
): Promise<{ readonly dataUseId: number; readonly digest: string }> {
  const parsed = dataUseShape.safeParse(form);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `「${path.join(".")}」${message}`);
    throw refuse("dataUseInvalid", `承認願を受け付けられません。${faults.join("、")}。何も変えていません。`);
  }
  const use = parsed.data;
  const outlet = (await outletsOn(context.pool, context.today)).find(({ outletCode }) => outletCode === use.outletCode);
  const allowed =
    outlet?.kind === "transfer" &&
    use.purpose in outlet.uses &&
    use.items.every((item) => outlet.items.includes(item)) &&
    use.channels.every((channel) => outlet.channels.includes(channel));
  if (!allowed) {
    throw refuse(
      "outletMissing",
      "この相手・用途・項目・方法は、条例で認められた移転の一覧にありません。承認願を受け付けていません。",
      { outlet: use.outletCode },
    );
  }
  const digest = createHash("sha256").update(canonicalJson(use)).digest("hex");
  return await run(context, "dataUse.apply", { digest }, key, async (client) => {
    const { rows } = await client.query<{ data_use_id: number }>(
      `INSERT INTO interchange.data_use (outlet_code, applicant, ground, purpose, conditions, valid_from, valid_to, items, channels, receiver_key,
         received_on, content_digest, entered_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING data_use_id`,
      [
        use.outletCode,
        use.applicant,
        use.ground,
        use.purpose,
        use.conditions,
        use.validFrom,
        use.validTo,
        use.items,
        use.channels,
        use.receiverKey,
        use.receivedOn,
        digest,
        context.operator,
      ],
    );
    const dataUseId = rows[0]?.data_use_id ?? 0;
    const event = { action: "dataUse.apply", objectKind: "dataUse", objectId: String(dataUseId), detail: { digest } };
    return { response: { dataUseId, digest }, audit: [event] };
  });
}

/**
 * Another person grants or refuses.
 *
 * @throws Refusal `samePerson`, `contentChanged`, `dataUseUnknown`
 */
export async function decideDataUse(
  context: Context,
  decision: {
    readonly dataUseId: number;
    readonly digest: string;
    readonly granted: boolean;
    readonly reason?: string;
    readonly key?: string;
  },
): Promise<void> {
  const { dataUseId, digest, granted, reason = "", key } = decision;
  await run(context, "dataUse.decide", { dataUseId, digest, granted, reason }, key, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO interchange.data_use_decision (data_use_id, content_digest, entered_by, granted, reason, decided_by, decided_on)
       SELECT data_use_id, $2, entered_by, $3, $4, $5, $6 FROM interchange.data_use WHERE data_use_id = $1`,
      [dataUseId, digest, granted, reason, context.operator, context.today],
    );
    if (rowCount !== 1)
      throw refuse("dataUseUnknown", "この承認願はありません。一覧を読み直してください。何も変えていません。");
    const event = { action: granted ? "dataUse.grant" : "dataUse.refuse", objectKind: "dataUse" };
    return { response: null, audit: [{ ...event, objectId: String(dataUseId), detail: { digest } }] };
  });
}

/** Ends an approval before its period does. @throws Refusal `dataUseUnknown` */
export async function endDataUse(context: Context, dataUseId: number, reason: string, key?: string): Promise<void> {
  await run(context, "dataUse.end", { dataUseId, reason }, key, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO interchange.data_use_end (data_use_id, ended_on, reason, ended_by)
       SELECT data_use_id, $2, $3, $4 FROM interchange.data_use_decision WHERE data_use_id = $1 AND granted`,
      [dataUseId, context.today, reason, context.operator],
    );
    if (rowCount !== 1)
      throw refuse("dataUseUnknown", "この承認はありません。一覧を読み直してください。何も変えていません。");
    return {
      response: null,
      audit: [{ action: "dataUse.end", objectKind: "dataUse", objectId: String(dataUseId), detail: { reason } }],
    };
  });
}

/** Every application, newest first. */
export async function listDataUses(connection: Queryable): Promise<readonly DataUse[]> {
  const { rows } = await connection.query<DataUse>(
    `SELECT u.data_use_id AS "dataUseId", u.outlet_code AS "outletCode", u.applicant, u.ground, u.purpose, u.conditions, u.valid_from AS "validFrom",
       u.valid_to AS "validTo", u.items, u.channels, u.receiver_key AS "receiverKey", u.received_on AS "receivedOn", u.content_digest AS digest,
       u.entered_by AS "enteredBy", d.granted, d.decided_by AS "decidedBy", d.decided_on AS "decidedOn", e.ended_on AS "endedOn"
     FROM interchange.data_use u LEFT JOIN interchange.data_use_decision d USING (data_use_id) LEFT JOIN interchange.data_use_end e USING (data_use_id)
     ORDER BY u.data_use_id DESC`,
  );
  return rows;
}
