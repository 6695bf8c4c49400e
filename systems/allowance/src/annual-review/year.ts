/** 現況の年度: opening it, and the city's settings that it goes by. */
import { createHash, randomUUID } from "node:crypto";

import { type CivilDate, civilDate, type Month, month } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { readSetting, type SettingValue } from "../settings.ts";

export type ReviewSettings = SettingValue<"annualReview">;

export type ReviewYear = {
  readonly year: number;
  /** 基準日 */
  readonly baseOn: CivilDate;
  /** 提出期限 */
  readonly dueOn: CivilDate;
  /** First benefit month that is held without a report */
  readonly holdFrom: Month;
  readonly settings: ReviewSettings;
  readonly settingsDigest: string;
};

export const digestOf = (value: unknown): string => createHash("sha256").update(canonicalJson(value)).digest("hex");

/** What the commands of the review have in common. */
export const reviewCommand = (
  context: Context,
  name: string,
  request: unknown,
  key: string | undefined,
): Parameters<typeof runCommand>[1] => ({
  role: ROLE,
  key: key ?? `${name}/${randomUUID()}`,
  name,
  actor: context.operator,
  guard: context.guard,
  purpose: context.purpose,
  request,
  signal: context.signal,
});

type Row = Omit<ReviewYear, "holdFrom"> & { readonly holdFrom: string };

/** @returns undefined where the year has not been opened */
export async function findReviewYear(connection: Queryable, year: number): Promise<ReviewYear | undefined> {
  const { rows } = await connection.query<Row>(
    `SELECT y.fiscal_year AS year, y.base_on AS "baseOn", y.due_on AS "dueOn", to_char(y.hold_from, 'YYYY-MM') AS "holdFrom",
            s.settings, s.digest AS "settingsDigest"
     FROM allowance.review_year y
     JOIN LATERAL (SELECT * FROM allowance.review_setting s WHERE s.fiscal_year = y.fiscal_year ORDER BY s.revision DESC LIMIT 1) s ON true
     WHERE y.fiscal_year = $1`,
    [year],
  );
  const row = rows[0];
  return row === undefined ? undefined : { ...row, holdFrom: month(row.holdFrom) };
}

/** @throws Refusal `reviewUnknown` */
export async function getReviewYear(connection: Queryable, year: number): Promise<ReviewYear> {
  const found = await findReviewYear(connection, year);
  if (found !== undefined) return found;
  throw refuse(
    "reviewUnknown",
    `${year} 年度の現況は、まだ始めていません。年度を始めてから、もう一度行ってください。`,
    {
      year,
    },
  );
}

/** The years that were opened, newest first. */
export async function listReviewYears(connection: Queryable): Promise<readonly number[]> {
  const { rows } = await connection.query<{ year: number }>(
    "SELECT fiscal_year AS year FROM allowance.review_year ORDER BY 1 DESC",
  );
  return rows.map(({ year }) => year);
}

/**
 * Opens a year: base day 1 June, due 30 June (施行規則4条), the settings in force on the base day. Opening it again changes nothing.
 *
 * @throws Refusal `settingMissing`, `reviewInvalid` (outside 2022–2100)
 */
export async function openReviewYear(context: Context, year: number, key?: string): Promise<ReviewYear> {
  if (!Number.isSafeInteger(year) || year < 2022 || year > 2100) {
    throw refuse("reviewInvalid", "現況年度は、2022 から 2100 の西暦で指定してください。何も変えていません。");
  }
  const { response } = await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "review.open", { year }, key), async (client) => {
      const known = await findReviewYear(client, year);
      if (known !== undefined) return { response: known, audit: [] };
      const baseOn = civilDate(`${year}-06-01`);
      const settings = await readSetting(client, "annualReview", baseOn);
      // From January on the month lies in the next calendar year of the same 現況年度 (August–July).
      const holdYear = settings.holdFromMonth >= 6 ? year : year + 1;
      const holdFrom = `${holdYear}-${String(settings.holdFromMonth).padStart(2, "0")}-01`;
      await client.query(
        "INSERT INTO allowance.review_year (fiscal_year, base_on, due_on, hold_from, opened_by) VALUES ($1, $2, $3, $4, $5)",
        [year, baseOn, `${year}-06-30`, holdFrom, context.operator],
      );
      await client.query(
        "INSERT INTO allowance.review_setting (fiscal_year, revision, settings, digest, reason, accepted_by) VALUES ($1, 1, $2, $3, '開始', $4)",
        [year, JSON.stringify(settings), digestOf(settings), context.operator],
      );
      return {
        response: await getReviewYear(client, year),
        audit: [{ action: "review.open", objectKind: "reviewYear", objectId: String(year) }],
      };
    }),
  );
  return response;
}

/**
 * Are the settings still those that the year goes by? A switch that quietly reset a setting once cost 41 families money (I-9), so a
 * difference stops the work until somebody has looked.
 *
 * @throws Refusal `reviewChanged` with the names of the changed members; `settingMissing`
 */
export async function checkSettings(connection: Queryable, opened: ReviewYear, day: string): Promise<void> {
  const now = await readSetting(connection, "annualReview", day);
  if (digestOf(now) === opened.settingsDigest) return;
  const names = (Object.keys(now) as (keyof ReviewSettings)[]).filter(
    (name) => canonicalJson(now[name]) !== canonicalJson(opened.settings[name]),
  );
  throw refuse(
    "reviewChanged",
    `${day} の設定「annualReview」が、${opened.year} 年度を始めたときと違います（${names.join("、")}）。切替えを止めました。設定を元に戻すか、違いを確かめて受け入れてから、もう一度行ってください。何も変えていません。`,
    { year: opened.year, changed: names },
  );
}

/** Accepts the settings in force on `today` for the year, with a reason. @throws Refusal `reviewUnknown`, `reviewInvalid` */
export async function acceptReviewSettings(
  context: Context,
  year: number,
  reason: string,
  key?: string,
): Promise<void> {
  if (reason.trim() === "" || reason.length > 200) {
    throw refuse(
      "reviewInvalid",
      "設定の違いを受け入れる理由を、1文字から200文字で書いてください。何も変えていません。",
    );
  }
  await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "review.settings", { year, reason }, key), async (client) => {
      const opened = await getReviewYear(client, year);
      const now = await readSetting(client, "annualReview", context.today);
      if (digestOf(now) !== opened.settingsDigest) {
        await client.query(
          `INSERT INTO allowance.review_setting (fiscal_year, revision, settings, digest, reason, accepted_by)
           SELECT $1, max(revision) + 1, $2, $3, $4, $5 FROM allowance.review_setting WHERE fiscal_year = $1`,
          [year, JSON.stringify(now), digestOf(now), reason.trim(), context.operator],
        );
      }
      return {
        response: null,
        audit: [{ action: "review.settings", objectKind: "reviewYear", objectId: String(year) }],
      };
    }),
  );
}

/**
 * 個別に提出を求める: whoever the registers can't confirm, or the city wants to hear.
 *
 * @throws Refusal `recipientUnknown`, `reviewUnknown`, `reviewInvalid`
 */
export async function callForReport(
  context: Context,
  call: { readonly recipientId: number; readonly year: number; readonly reason: string; readonly key?: string },
): Promise<void> {
  const { recipientId, year, key } = call;
  const reason = call.reason.trim();
  if (reason === "" || reason.length > 200) {
    throw refuse("reviewInvalid", "現況届の提出を求める理由を、1文字から200文字で書いてください。何も変えていません。");
  }
  await refusing(() =>
    runCommand(
      context.pool,
      reviewCommand(context, "review.call", { recipientId, year, reason }, key),
      async (client) => {
        await getReviewYear(client, year);
        const found = await client.query("SELECT FROM allowance.recipient WHERE recipient_id = $1", [recipientId]);
        if (found.rowCount !== 1) {
          throw refuse("recipientUnknown", `認定番号 ${recipientId} の受給者はいません。番号を確認してください。`, {
            recipientId,
          });
        }
        await client.query(
          "INSERT INTO allowance.review_call (recipient_id, fiscal_year, reason, called_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
          [recipientId, year, reason, context.operator],
        );
        const objectId = String(recipientId);
        return {
          response: null,
          audit: [{ action: "review.call", objectKind: "recipient", objectId, detail: { year } }],
        };
      },
    ),
  );
}
