/** The mass work of 現況: judging, forms, reminders, holds of non-filers, the schedules of the new year. One lane: they look at the same cases. */
import { addDays, civilDate, month } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { z } from "zod";

import { defineMassJob, type Json, type MassItem, type MassWork } from "../mass-work/mass-job.ts";
import { refuse } from "../refusal.ts";
import { composeForms, mustFile, type ReviewForm, storeForms } from "./forms.ts";
import { type ProposedHold, proposeHolds, proposeReminders, writeHolds, writeReminders } from "./non-filers.ts";
import { type JudgedResult, proposeResults, writeResults } from "./results.ts";
import { outcomeLabels, reasonLabel } from "./rules.ts";
import { type MadeSchedule, proposeSchedules, scheduleObstacles, writeSchedules } from "./schedule.ts";
import { formsBack, holdsBack, remindersBack, schedulesBack } from "./take-back.ts";
import { getReviewYear, type ReviewYear } from "./year.ts";

const parameters = z.strictObject({
  year: z.int().min(2022).max(2100).describe("現況年度（西暦）"),
});
type Parameters = z.infer<typeof parameters>;

const LANE = "annualReview";

/** The population of the day: whoever's right lasts in August of the year, however late it began. */
async function subjects(
  connection: Queryable,
  { parameters: { year } }: MassWork<Parameters>,
  after: number,
  limit: number,
): Promise<readonly number[]> {
  const { rows } = await connection.query<{ id: number }>(
    `SELECT recipient_id AS id FROM allowance.recipient_window
     WHERE recipient_id > $1 AND first_month <= $2 AND (ended_from IS NULL OR ended_from > $2) ORDER BY 1 LIMIT $3`,
    [after, `${year}-08-01`, limit],
  );
  return rows.map(({ id }) => id);
}

async function count(connection: Queryable, { parameters: { year } }: MassWork<Parameters>): Promise<number> {
  const { rows } = await connection.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM allowance.recipient_window WHERE first_month <= $1 AND (ended_from IS NULL OR ended_from > $1)",
    [`${year}-08-01`],
  );
  return rows[0]?.n ?? 0;
}

const common = {
  lane: LANE,
  subjectKind: "recipient",
  parameters,
  periodOf: ({ year }: Parameters) => String(year),
  count,
  subjects,
} as const;

type Line = Pick<MassItem, "kind" | "outcome" | "reason" | "content"> & Partial<MassItem>;

const line = (person: { readonly recipientId: number; readonly number: number }, rest: Line): MassItem => ({
  subject: person.recipientId,
  part: 1,
  addresseeNumber: person.number,
  recipientId: person.recipientId,
  before: null,
  after: null,
  yenBefore: null,
  yenAfter: null,
  effectiveMonth: null,
  ...rest,
});

const asJson = (value: unknown): Json => value as Json;

// What `judge` puts into an item and `apply` takes out again, read by shape.
const entry = z.tuple([z.number(), z.number()]);
const judgedShape: z.ZodType<JudgedResult> = z.strictObject({
  recipientId: z.number(),
  number: z.number(),
  outcome: z.enum(["mustFile", "confirmed", "exempt", "unclear"]),
  reasons: z.array(z.string()),
  evidence: z.strictObject({
    decision: z.number(),
    facts: z.string(),
    persons: z.array(z.tuple([z.number(), z.number(), z.number()])),
    entries: z.array(entry),
    incomes: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  }),
  insurance: z.strictObject({
    health: z.string().nullable(),
    insured: z.string().nullable(),
    pension: z.string().nullable(),
    pensioned: z.string().nullable(),
    class: z.enum(["employee", "nonEmployee"]).nullable(),
  }),
  digest: z.string(),
});
const scheduleShape: z.ZodType<MadeSchedule> = z.strictObject({
  recipientId: z.number(),
  amounts: z.array(z.number()),
  row: z.strictObject({
    class: z.enum(["employee", "nonEmployee"]).nullable(),
    entry: z.number(),
    revision: z.number(),
    facts: z.string(),
  }),
  digest: z.string(),
});
const formShape: z.ZodType<Omit<ReviewForm, "no">> = z.strictObject({
  recipientId: z.number(),
  barcode: z.string(),
  tray: z.enum(["print", "manual"]),
  proof: z.array(z.strictObject({ number: z.number(), address: z.string() })),
  material: z.strictObject({
    year: z.number(),
    barcode: z.string(),
    recipientId: z.number(),
    dueOn: z.string(),
    wardCode: z.string(),
    people: z.array(
      z.strictObject({
        number: z.number(),
        role: z.enum(["recipient", "child", "counted"]),
        name: z.string(),
        kana: z.string(),
        birthDate: z.string(),
        address: z.string().nullable(),
        sameAddress: z.boolean(),
      }),
    ),
    reasons: z.array(z.string()),
    papers: z.array(z.strictObject({ code: z.string(), name: z.string() })),
    form: z.enum(["様式第6号", "様式第7号"]),
  }),
});

const contentsOf = <T>(items: readonly MassItem[], shape: z.ZodType<T>): readonly T[] =>
  items.map(({ content }) => shape.parse(content));
const people = (items: readonly MassItem[]): readonly { readonly recipientId: number; readonly number: number }[] =>
  items.map(({ subject, addresseeNumber }) => ({ recipientId: subject, number: addresseeNumber }));

/** 現況の判定・公簿による確認. */
export const reviewCheck = defineMassJob<Parameters>({
  ...common,
  code: "reviewCheck",
  name: "現況の判定（提出区分・公簿による確認）",
  description:
    "その日に資格のある受給者すべてについて、現況届が要るか、公簿で確かめられるかを判定し、確かめた人の現況の受理を記録する。何度行ってもよい。",
  kinds: outcomeLabels,
  judge: async (client, { parameters: { year }, context }, recipients) => {
    const opened = await getReviewYear(client, year);
    return (await proposeResults(client, context, opened, recipients)).map((result) => {
      const { recipientId, number, outcome, reasons, evidence, insurance, digest, known, before } = result;
      const why = reasons.map(reasonLabel).join("、");
      const written: JudgedResult = { recipientId, number, outcome, reasons, evidence, insurance, digest };
      return line(result, {
        kind: outcome,
        outcome: known ? "noChange" : "change",
        reason: known ? "同じ判定を記録済み" : why === "" ? "公簿のとおり、引き続き支給の要件を満たす" : why,
        before: before === null ? null : outcomeLabels[before],
        after: outcomeLabels[outcome],
        content: asJson(written),
      });
    });
  },
  apply: async (client, { parameters: { year }, context, maker, approver }, items) => {
    const opened = await getReviewYear(client, year);
    const deciders = { judgedBy: maker, approvedBy: approver };
    await writeResults(client, opened, contentsOf(items, judgedShape), context.today, deciders);
    return items.map(() => ({ result: year }));
  },
  takeBack:
    "判定は、その日の公簿に何があったかの記録なので、取り消さず、正しい事実による次の判定で置き換えます。住民・年金などのもとの事実を、送った課の更正か事案の画面で直してから、「現況の判定」をもう一度行ってください（/mass-work）。確認済みから外れた人の現況の受理は、その判定が未提出に戻します。出された現況届には触れません。",
  checks: async (client, { parameters: { year } }) => {
    const { rows } = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM allowance.recipient_window w WHERE first_month <= $2 AND (ended_from IS NULL OR ended_from > $2)
         AND NOT EXISTS (SELECT FROM allowance.review_result r WHERE r.recipient_id = w.recipient_id AND r.fiscal_year = $1)`,
      [year, `${year}-08-01`],
    );
    const faults = rows[0]?.n ?? 0;
    return [{ name: "資格のある受給者は、みな判定されている", faults, detail: `判定のない受給者 ${faults}件` }];
  },
});

/** 現況届の様式の材料. */
export const reviewForms = defineMassJob<Parameters>({
  ...common,
  code: "reviewForms",
  name: "現況届の様式（印字の材料）の作成",
  description:
    "現況届が要る人の様式に印字する項目を作る。支援措置の対象者がいるものは住所をすべて空け、手作業のトレイに分ける。",
  kinds: { print: "印刷する", manual: "人が確かめる（支援措置）" },
  judge: async (client, { parameters: { year }, context }, recipients) => {
    const opened = await getReviewYear(client, year);
    const must = await mustFile(client, year, recipients);
    const forms = await composeForms(client, context, opened, context.today, must);
    return forms.map((form) => {
      const { made, number } = must.find(({ recipientId }) => recipientId === form.recipientId) ?? {
        made: true,
        number: 0,
      };
      return line(
        { recipientId: form.recipientId, number },
        {
          kind: form.tray,
          outcome: made ? "noChange" : "change",
          reason: made ? "様式を作成済み" : form.material.reasons.join("、"),
          after: form.barcode,
          content: asJson(form),
        },
      );
    });
  },
  apply: async (client, { parameters: { year }, decidedOn, maker }, items) => {
    const forms = contentsOf(items, formShape);
    const stored = await storeForms(client, year, forms, decidedOn, maker);
    return forms.map(({ barcode, recipientId }) => ({ barcode, form: stored.get(recipientId) ?? null }));
  },
  takeBack: formsBack,
});

const holdReasons = {
  hold: "提出期限を過ぎても現況届が出ていない",
  waits: "現況届が届いており、審査・決裁を待っている",
  held: "差止め済み",
} as const satisfies Readonly<Record<ProposedHold["what"], string>>;

/** 未提出者の督促. */
export const reviewReminder = defineMassJob<Parameters>({
  ...common,
  code: "reviewReminder",
  name: "現況届の督促",
  description: "提出期限から市の決めた日数を過ぎても現況届が出ていない人に、督促の通知の材料を作る。年度に一度。",
  kinds: { reminder: "督促する" },
  judge: async (client, { parameters: { year }, context }, recipients) => {
    const opened = await getReviewYear(client, year);
    if (context.today < addDays(opened.dueOn, opened.settings.reminderAfterDays)) return [];
    return (await proposeReminders(client, context, opened, recipients)).map((person) =>
      line(person, { kind: "reminder", outcome: "change", reason: holdReasons.hold, after: "督促", content: {} }),
    );
  },
  apply: async (client, { parameters: { year }, decidedOn, approver }, items) => {
    const opened = await getReviewYear(client, year);
    await writeReminders(client, opened, people(items), decidedOn, approver);
    return items.map(() => ({ reminder: year }));
  },
  takeBack: remindersBack,
});

/** 未提出者の差止. */
export const reviewHold = defineMassJob<Parameters>({
  ...common,
  code: "reviewHold",
  name: "現況届の未提出による差止め",
  description:
    "提出期限を過ぎても現況届が出ていない人の支払を、市の決めた月分から差し止める（児童手当法11条）。資格と月分は消えない。",
  kinds: { hold: "差し止める", waits: "差し止めない（届いている）", held: "差止め済み" },
  judge: async (client, { parameters: { year }, context }, recipients) => {
    const opened = await getReviewYear(client, year);
    return (await proposeHolds(client, context, opened, recipients)).map((person) =>
      line(person, {
        kind: person.what,
        outcome: person.what === "hold" ? "change" : person.what === "held" ? "noChange" : "cannot",
        reason: holdReasons[person.what],
        before: person.what === "held" ? "差止中" : "支払",
        after: person.what === "waits" ? "支払" : "差止中",
        effectiveMonth: opened.holdFrom,
        content: { filed: person.filed },
      }),
    );
  },
  apply: async (client, { parameters: { year }, decidedOn, maker, approver }, items) => {
    const opened = await getReviewYear(client, year);
    const holds = await writeHolds(client, opened, people(items), decidedOn, { judgedBy: maker, approvedBy: approver });
    return items.map(({ subject }) => ({ hold: holds.get(subject) ?? null }));
  },
  takeBack: holdsBack,
});

/** A year's sum for the list; a month's amount stands in 変更後の月額. */
const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

async function checkedYear(connection: Queryable, year: number, day: string): Promise<ReviewYear> {
  const opened = await getReviewYear(connection, year);
  if (day >= civilDate(`${year}-08-01`)) return opened;
  throw refuse(
    "reviewInvalid",
    `${year} 年度の支払予定は、8月1日から作れます（切替えの日の状態で選ぶため）。8月になってから、もう一度行ってください。何も作っていません。`,
    { year },
  );
}

/** 新年度の支払予定. */
export const reviewSchedule = defineMassJob<Parameters>({
  ...common,
  code: "reviewSchedule",
  name: "新年度の支払予定の作成（8月分から翌年7月分まで）",
  description:
    "現況を確かめた受給者の、8月分から翌年7月分までの支払予定をまとめて作る。7月分との違いを確かめていない人には作らない。決定も元帳も変えない。",
  kinds: { schedule: "支払予定を作る", ...scheduleObstacles },
  judge: async (client, { parameters: { year }, context }, recipients) => {
    const opened = await checkedYear(client, year, context.today);
    return (await proposeSchedules(client, context, opened, recipients)).map((schedule) => {
      const { recipientId, amounts, row, digest, obstacle, known } = schedule;
      const [first = 0] = amounts;
      const made: MadeSchedule = { recipientId, amounts, row, digest };
      return line(schedule, {
        kind: obstacle ?? "schedule",
        outcome: obstacle !== null ? "cannot" : known ? "noChange" : "change",
        reason: obstacle !== null ? scheduleObstacles[obstacle] : known ? "同じ予定を作成済み" : "現況を確かめた",
        after: `12か月で ${sumOf(amounts).toLocaleString("ja-JP")}円`,
        yenAfter: first,
        effectiveMonth: month(`${year}-08`),
        content: asJson(made),
      });
    });
  },
  apply: async (client, { parameters: { year }, maker, approver }, items) => {
    const opened = await getReviewYear(client, year);
    const deciders = { judgedBy: maker, approvedBy: approver };
    await writeSchedules(client, opened, contentsOf(items, scheduleShape), deciders);
    return items.map(() => ({ schedule: year }));
  },
  takeBack: schedulesBack,
});

export const reviewJobs = [reviewCheck, reviewForms, reviewReminder, reviewHold, reviewSchedule] as const;
