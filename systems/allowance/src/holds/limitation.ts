/**
 * 時効 (児童手当法23条): two years from the first day of the month after the payment month. Warned of after 12, 18 and 23 months; what
 * has passed is never lost silently but by a decision of two people with a notice.
 */
import { type CivilDate, type Month, month, parseMonth } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { writeReviewNotices } from "../annual-review/notices.ts";
import { reviewCommand } from "../annual-review/year.ts";
import { refusing } from "../constraints.ts";
import type { Context } from "../context.ts";
import { defineMassJob, type MassItem } from "../mass-work/mass-job.ts";
import { refuse } from "../refusal.ts";

/** Months since the clock began at which a list is due; `past`: the day has come. */
export const limitationStages = ["12", "18", "23", "past"] as const;
export type LimitationStage = (typeof limitationStages)[number];

export const limitationStageLabels = {
  "12": "12か月を過ぎた",
  "18": "18か月を過ぎた",
  "23": "23か月を過ぎた（まもなく時効）",
  past: "時効の日が来ている（決定が要る）",
} as const satisfies Readonly<Record<LimitationStage, string>>;

export type LimitationWarning = {
  readonly recipientId: number;
  readonly wardCode: string;
  readonly stage: LimitationStage;
  /** First month in this stage, and how many months and yen are in it */
  readonly fromMonth: string;
  readonly months: number;
  readonly amount: number;
  /** Day on which the right to the first of them is lost */
  readonly lostOn: string;
  /** Why it is not paid: held, no account … */
  readonly why: "held" | "noAccount" | "other";
};

// A held month counts also before any run has brought it into the ledger; then its amount is not known yet (0).
const OPEN_MONTHS = `
  SELECT m.recipient_id, m.benefit_month, m.amount, allowance.limitation_day_of(m.recipient_id, m.benefit_month) AS lost_on
  FROM (SELECT recipient_id, benefit_month::date AS benefit_month, sum(amount)::int AS amount FROM allowance.due_open GROUP BY 1, 2
        UNION ALL
        SELECT h.recipient_id, h.from_month::date, 0 FROM allowance.hold h
        WHERE h.kind = 'hold' AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)
          AND NOT EXISTS (SELECT FROM allowance.due_item d WHERE d.recipient_id = h.recipient_id AND d.benefit_month = h.from_month)
          AND NOT EXISTS (SELECT FROM allowance.benefit_restriction_in_force f WHERE f.recipient_id = h.recipient_id AND f.child_number IS NULL
            AND f.from_month <= h.from_month AND (f.payable_from IS NULL OR f.payable_from > h.from_month))
          AND EXISTS (SELECT FROM allowance.recipient_window w WHERE w.recipient_id = h.recipient_id AND w.first_month <= h.from_month)) m
  WHERE allowance.limitation_day(m.benefit_month) <= $1::date + interval '12 months'`;

/** Months that wait to be paid and whose clock has run for 12 months or more, by recipient and stage, the most urgent first. */
export async function limitationWarnings(connection: Queryable, today: string): Promise<readonly LimitationWarning[]> {
  const { rows } = await connection.query<LimitationWarning>(
    `SELECT x.recipient_id AS "recipientId", r.ward_code AS "wardCode", x.stage, to_char(min(x.benefit_month), 'YYYY-MM') AS "fromMonth",
            count(*)::int AS months, sum(x.amount)::int AS amount, min(x.lost_on) AS "lostOn",
            CASE WHEN bool_or(EXISTS (SELECT FROM allowance.hold h WHERE h.recipient_id = x.recipient_id AND h.from_month <= x.benefit_month
                      AND NOT EXISTS (SELECT FROM allowance.hold_release y WHERE y.hold_id = h.hold_id))) THEN 'held'
                 WHEN NOT EXISTS (SELECT FROM allowance.account a WHERE a.recipient_id = x.recipient_id) THEN 'noAccount' ELSE 'other' END AS why
     FROM (SELECT *, CASE WHEN lost_on <= $1::date THEN 'past' WHEN lost_on <= $1::date + interval '1 month' THEN '23'
                          WHEN lost_on <= $1::date + interval '6 months' THEN '18' ELSE '12' END AS stage
           FROM (${OPEN_MONTHS}) o WHERE lost_on <= $1::date + interval '12 months') x
     JOIN allowance.recipient r USING (recipient_id)
     GROUP BY x.recipient_id, r.ward_code, x.stage ORDER BY 7, 1, 3`,
    [today],
  );
  return rows;
}

/** 審査請求, its end with or without the right being settled, 承認 by the city */
export const LIMITATION_EVENTS = ["requestFiled", "requestDecided", "requestWithdrawn", "acknowledged"] as const;
export type LimitationEventKind = (typeof LIMITATION_EVENTS)[number];

export const limitationEventLabels = {
  requestFiled: "審査請求があった（時効は停止）",
  requestDecided: "裁決・判決で終わった（時効は更新）",
  requestWithdrawn: "取下げなど、裁決なく終わった（6か月は完成しない）",
  acknowledged: "市が支払の義務を認めた（時効は更新）",
} as const satisfies Readonly<Record<LimitationEventKind, string>>;

/** What stops or renews the clock of some months of a recipient. */
export type LimitationEvent = {
  readonly recipientId: number;
  readonly fromMonth: Month;
  readonly toMonth: Month;
  readonly kind: LimitationEventKind;
  readonly happenedOn: CivilDate;
  /** 根拠の文書, 1–200 characters */
  readonly evidence: string;
};

export type NewLimitationEvent = LimitationEvent & {
  /** Who entered it; the context's operator confirms it and is another person */
  readonly enteredBy: string;
  readonly key?: string;
};

/** @returns 宛名番号 of the recipient @throws Refusal `limitationInvalid`, `recipientUnknown` */
export async function checkLimitationEvent(
  connection: Queryable,
  context: Context,
  event: LimitationEvent,
): Promise<number> {
  const { recipientId, fromMonth, toMonth, happenedOn } = event;
  const evidence = event.evidence.trim();
  if (evidence === "" || evidence.length > 200 || fromMonth > toMonth || happenedOn > context.today) {
    throw refuse(
      "limitationInvalid",
      "時効の記録には、根拠の文書（200文字まで）、順の正しい月分、今日までの日付が要ります。何も変えていません。",
    );
  }
  const { rows } = await connection.query<{ number: number }>(
    "SELECT addressee_number AS number FROM allowance.recipient WHERE recipient_id = $1",
    [recipientId],
  );
  const found = rows[0];
  if (found !== undefined) return found.number;
  throw refuse("recipientUnknown", `認定番号 ${recipientId} の受給者はいません。番号を確認してください。`, {
    recipientId,
  });
}

/** Writes a checked event in the open transaction. */
export async function writeLimitationEvent(
  client: PoolClient,
  event: LimitationEvent,
  people: { readonly enteredBy: string; readonly approvedBy: string },
): Promise<void> {
  const { recipientId, fromMonth, toMonth, kind, happenedOn, evidence } = event;
  await client.query(
    `INSERT INTO allowance.limitation_event (recipient_id, from_month, to_month, kind, happened_on, evidence, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      recipientId,
      `${fromMonth}-01`,
      `${toMonth}-01`,
      kind,
      happenedOn,
      evidence.trim(),
      people.enteredBy,
      people.approvedBy,
    ],
  );
}

/**
 * Records what stops or renews the clock (法23条2項: a request for review counts as an action in court).
 *
 * @throws Refusal `limitationInvalid`, `samePerson`, `recipientUnknown`
 */
export async function recordLimitationEvent(context: Context, event: NewLimitationEvent): Promise<void> {
  const { enteredBy, key, ...request } = event;
  const { recipientId, kind } = event;
  await refusing(() =>
    runCommand(
      context.pool,
      reviewCommand(context, "limitation.event", { ...request, enteredBy }, key),
      async (client) => {
        await checkLimitationEvent(client, context, event);
        await writeLimitationEvent(client, event, { enteredBy, approvedBy: context.operator });
        const objectId = String(recipientId);
        return {
          response: null,
          audit: [{ action: "limitation.event", objectKind: "recipient", objectId, detail: { kind } }],
        };
      },
    ),
  );
}

const parameters = z.strictObject({
  month: z
    .string()
    .refine((text) => parseMonth(text) !== undefined, "YYYY-MM で指定してください")
    .describe("決定する月"),
});

type Lapsing = {
  readonly recipient: number;
  readonly number: number;
  readonly from: string;
  readonly to: string;
  readonly items: number;
  readonly total: number;
  readonly held: boolean;
};

const LAPSING = `
  SELECT d.recipient_id AS recipient, r.addressee_number AS number, to_char(min(d.benefit_month), 'YYYY-MM') AS "from",
         to_char(max(d.benefit_month), 'YYYY-MM') AS "to", count(*)::int AS items, sum(d.amount)::int AS total,
         bool_or(EXISTS (SELECT FROM allowance.hold h WHERE h.recipient_id = d.recipient_id AND h.from_month <= d.benefit_month
                 AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id))) AS held
  FROM allowance.due_open d JOIN allowance.recipient r USING (recipient_id)
  WHERE d.recipient_id = ANY($1::bigint[]) AND allowance.limitation_day(d.benefit_month::date) <= $2::date
    AND allowance.limitation_day_of(d.recipient_id, d.benefit_month::date) <= $2::date
  GROUP BY 1, 2 ORDER BY 1`;

const contentShape = z.strictObject({
  from: z.string(),
  to: z.string(),
  items: z.number(),
  total: z.number(),
  reason: z.string(),
});

/** 時効による消滅の決定: the months whose day has come, recipient by recipient. */
export const limitationLapse = defineMassJob<z.infer<typeof parameters>>({
  code: "limitationLapse",
  name: "時効による消滅の決定",
  description:
    "支払えないまま時効の日（支払期月の翌月の初日から2年）が来た月分を、消滅と決める。通知の材料を作る。資格と月分の記録は消えない。",
  lane: "limitation",
  subjectKind: "recipient",
  kinds: { lapse: "時効により消滅" },
  parameters,
  periodOf: ({ month: of }) => of,
  count: async (connection, { context }) => {
    const { rows } = await connection.query<{ n: number }>(
      "SELECT count(DISTINCT recipient_id)::int AS n FROM allowance.due_open WHERE allowance.limitation_day(benefit_month::date) <= $1::date",
      [context.today],
    );
    return rows[0]?.n ?? 0;
  },
  subjects: async (connection, { context }, after, limit) => {
    const { rows } = await connection.query<{ id: number }>(
      `SELECT DISTINCT recipient_id AS id FROM allowance.due_open
       WHERE recipient_id > $1 AND allowance.limitation_day(benefit_month::date) <= $2::date ORDER BY 1 LIMIT $3`,
      [after, context.today, limit],
    );
    return rows.map(({ id }) => id);
  },
  judge: async (client, { context }, recipients) => {
    const { rows } = await client.query<Lapsing>(LAPSING, [recipients, context.today]);
    return rows.map(({ recipient, number, from, to, items, total, held }): MassItem => {
      const reason = held ? "差止・保留のまま、時効の日が来た" : "支払えないまま、時効の日が来た";
      return {
        subject: recipient,
        part: 1,
        addresseeNumber: number,
        recipientId: recipient,
        kind: "lapse",
        outcome: "change",
        reason: `${reason}（${from} から ${to} まで、${total.toLocaleString("ja-JP")}円）`,
        before: "未払",
        after: "消滅",
        yenBefore: null,
        yenAfter: null,
        effectiveMonth: month(from),
        content: { from, to, items, total, reason },
      };
    });
  },
  apply: async (client, { context, decidedOn, maker, approver }, lines) => {
    const applied = [];
    for (const { subject, addresseeNumber, content } of lines) {
      const { from, to, items, total, reason } = contentShape.parse(content);
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO allowance.lapse (recipient_id, from_month, to_month, item_count, total, reason, decided_on, entered_by, approved_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING lapse_id AS id`,
        [subject, `${from}-01`, `${to}-01`, items, total, reason, decidedOn, maker, approver],
      );
      const id = rows[0]?.id ?? 0;
      await client.query(
        `INSERT INTO allowance.lapse_item (child_number, benefit_month, generation, tranche, lapse_id, recipient_id, amount)
         SELECT d.child_number, d.benefit_month, d.generation, d.tranche, $2, d.recipient_id, d.amount FROM allowance.due_open d
         WHERE d.recipient_id = $1 AND allowance.limitation_day_of(d.recipient_id, d.benefit_month::date) <= $3::date`,
        [subject, id, context.today],
      );
      const facts = { fromMonth: from, toMonth: to, amount: total, reason, article: "児童手当法23条1項" };
      await writeReviewNotices(
        client,
        [{ kind: "lapsed", to: addresseeNumber, recipientId: subject, year: null, facts }],
        decidedOn,
        approver,
      );
      applied.push({ lapse: id });
    }
    return applied;
  },
  takeBack:
    "時効で消えた権利は、法律により消えたもので、決定が消したのではないので、まとめては戻せません（児童手当法23条、地方自治法236条2項）。審査請求・承認など、時効を止めたことを後から知った人は、事案の画面で時効の記録を二人で入れ、そのうえで「時効による消滅の取消し」を二人で決めてください（hagukumi review limitations cancel）。時効が完成していた月分は、取消しでは戻りません。まだ発送していない通知は、印刷処理で外せます（/letters）。",
  checks: async (client, { context }) => {
    const { rows } = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM allowance.due_open d WHERE allowance.limitation_day(d.benefit_month::date) <= $1::date
         AND allowance.limitation_day_of(d.recipient_id, d.benefit_month::date) <= $1::date`,
      [context.today],
    );
    const faults = rows[0]?.n ?? 0;
    return [{ name: "時効の日が来て、決定していない月分がない", faults, detail: `${faults}件` }];
  },
});
