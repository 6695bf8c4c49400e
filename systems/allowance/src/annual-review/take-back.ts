/** 現況の一括処理の戻し: holds are released, schedules and forms withdrawn, reminders not sent – as long as nothing was paid or sent on them. */
import type { PoolClient } from "pg";
import { z } from "zod";

import { letterObstacle, lettersMade, paymentObstacle, withholdLetters } from "../mass-work/undo/letters-back.ts";
import { obstaclesOf, type TakeBack, type WrittenLine, writtenNumber } from "../mass-work/undo/take-back.ts";
import { REPORT_MISSING } from "./report-holds.ts";

const holdOf = (line: WrittenLine): number => writtenNumber(line, "hold");

type HoldNow = {
  readonly id: number;
  readonly subject: number;
  readonly released: boolean;
  readonly run: number | null;
};

const HOLDS = `
  SELECT h.hold_id AS id, h.recipient_id AS subject, EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id) AS released,
         (SELECT p.run_no FROM allowance.payment_run p LEFT JOIN allowance.run_end e USING (run_no) WHERE p.recorded_at > h.recorded_at AND p.months_to >= h.from_month
            AND e.outcome IS DISTINCT FROM 'cancelled' AND e.outcome IS DISTINCT FROM 'voided' ORDER BY 1 LIMIT 1) AS run
  FROM allowance.hold h WHERE h.hold_id = ANY ($1) ORDER BY 1`;

/** 未提出の差止. The note that no report was handed in stays: it is true. */
export const holdsBack: TakeBack = {
  obstacles: async (client, _work, lines) => {
    const { rows } = await client.query<HoldNow>(HOLDS, [lines.map(holdOf)]);
    const letters = await lettersMade(
      client,
      "hold",
      rows.map(({ id }) => `hold:${id}`),
    );
    return obstaclesOf(
      rows.map(({ id, subject, released, run }) => {
        if (released) return [subject, "この差止めは、もう解除されています。戻すものがありません。"];
        if (run !== null)
          return [subject, `${paymentObstacle(run)}支払を再開するときは、差止めの解除によってください。`];
        const letter = letters.get(`hold:${id}`);
        return [subject, letter === undefined ? null : letterObstacle(letter)];
      }),
    );
  },
  apply: async (client, work, lines) => {
    const holds = lines.map(holdOf);
    await client.query(
      `INSERT INTO allowance.hold_release (hold_id, cause, released_by, released_on) SELECT id, $2, $3, $4::date FROM unnest($1::bigint[]) id`,
      [holds, `一括処理 ${work.undoes} を戻したため（一括処理 ${work.runNo}）`, work.approver, work.decidedOn],
    );
    const sources = lines.flatMap((line) =>
      ["hold", "holdRelease"].map((name) => ({
        form: "hold" as const,
        key: `${name}:${holdOf(line)}`,
        addresseeNumber: line.addresseeNumber,
      })),
    );
    await withholdLetters(client, work, sources);
    return holds.map((hold) => ({ released: hold }));
  },
};

const scheduleContent = z.object({ digest: z.string() });

/** The newest version of each schedule, where it is the one that the line wrote. */
async function schedulesOf(
  client: PoolClient,
  year: number,
  lines: readonly WrittenLine[],
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<{ subject: number; revision: number; digest: string }>(
    "SELECT recipient_id AS subject, revision, digest FROM allowance.review_schedule_current WHERE fiscal_year = $1 AND recipient_id = ANY ($2)",
    [year, lines.map(({ subject }) => subject)],
  );
  const own = new Map(lines.map(({ subject, content }) => [subject, scheduleContent.parse(content).digest]));
  return new Map(
    rows
      .filter(({ subject, digest }) => own.get(subject) === digest)
      .map(({ subject, revision }) => [subject, revision]),
  );
}

/** 新年度の支払予定. Nothing is ever paid or told by a schedule, so it can always be taken back while it is the last one. */
export const schedulesBack: TakeBack = {
  obstacles: async (client, { period }, lines) => {
    const last = await schedulesOf(client, Number(period), lines);
    return obstaclesOf(
      lines.map(({ subject }) => [
        subject,
        last.has(subject) ? null : "この支払予定は、あとで作り直されています。いまの予定はそのまま残します。",
      ]),
    );
  },
  apply: async (client, work, lines) => {
    const last = await schedulesOf(client, Number(work.period), lines);
    await client.query(
      `INSERT INTO allowance.review_schedule_withdrawal (recipient_id, fiscal_year, revision, mass_run_no)
       SELECT recipient, $3, revision, $4 FROM unnest($1::bigint[], $2::smallint[]) x(recipient, revision)`,
      [[...last.keys()], [...last.values()], work.period, work.runNo],
    );
    return lines.map(({ subject }) => ({ withdrawn: last.get(subject) ?? 0 }));
  },
};

type Reminded = { readonly subject: number; readonly notice: number; readonly held: boolean };

async function remindersOf(
  client: PoolClient,
  year: number,
  lines: readonly WrittenLine[],
): Promise<readonly Reminded[]> {
  const { rows } = await client.query<Reminded>(
    `SELECT n.recipient_id AS subject, max(n.notice_id) AS notice,
            bool_or(EXISTS (SELECT FROM allowance.hold h JOIN allowance.hold_ground g USING (hold_id) WHERE h.recipient_id = n.recipient_id AND g.cause_code = $3
                            AND g.fiscal_year = $1 AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id))) AS held
     FROM allowance.review_notice n WHERE n.kind = 'reminder' AND n.fiscal_year = $1 AND n.recipient_id = ANY ($2) GROUP BY 1 ORDER BY 1`,
    [year, lines.map(({ subject }) => subject), REPORT_MISSING],
  );
  return rows;
}

/** 督促: it is not sent; a person who is held by now was rightly reminded. */
export const remindersBack: TakeBack = {
  obstacles: async (client, { period }, lines) => {
    const reminded = await remindersOf(client, Number(period), lines);
    const made = await lettersMade(
      client,
      "annualReportReminder",
      reminded.map(({ notice }) => `reviewNotice:${notice}`),
    );
    return obstaclesOf(
      reminded.map(({ subject, notice, held }) => {
        const run = made.get(`reviewNotice:${notice}`);
        if (run !== undefined) return [subject, letterObstacle(run)];
        return [subject, held ? "督促のあとで差し止めています。先に差止めを戻すか解除してください。" : null];
      }),
    );
  },
  apply: async (client, work, lines) => {
    const reminded = new Map(
      (await remindersOf(client, Number(work.period), lines)).map(({ subject, notice }) => [subject, notice]),
    );
    const noticed = lines.map((line) => ({ line, notice: reminded.get(line.subject) ?? 0 }));
    await withholdLetters(
      client,
      work,
      noticed.map(({ line: { addresseeNumber }, notice }) => ({
        form: "annualReportReminder",
        key: `reviewNotice:${notice}`,
        addresseeNumber,
      })),
    );
    return noticed.map(({ notice }) => ({ withheld: notice }));
  },
};

const formOf = (line: WrittenLine): number => writtenNumber(line, "form");

type FormNow = { readonly subject: number; readonly last: number; readonly received: boolean };

const FORMS = `
  SELECT f.recipient_id AS subject, max(f.no)::int AS last,
         EXISTS (SELECT FROM allowance.annual_report_current a WHERE a.recipient_id = f.recipient_id AND a.fiscal_year = $1 AND a.reception = 'submitted')
         OR EXISTS (SELECT FROM allowance.filing_current x JOIN allowance.filing_content c ON c.filing_id = x.filing_id AND c.revision = x.revision
                    WHERE x.recipient_id = f.recipient_id AND x.procedure_code IN ('annualReview', 'institutionAnnualReview')
                      AND x.state NOT IN ('withdrawn', 'discarded', 'cancelled') AND (c.content ->> 'year')::int = $1) AS received
  FROM allowance.review_form_standing f WHERE f.fiscal_year = $1 AND f.recipient_id = ANY ($2) GROUP BY 1 ORDER BY 1`;

const formKey = (subject: number, year: string, no: number): string => `reviewForm:${subject}/${year}/${no}`;

/** 現況届の様式: as long as it is not in print and nothing has come back on it. The next making takes the next number. */
export const formsBack: TakeBack = {
  obstacles: async (client, { period }, lines) => {
    const { rows } = await client.query<FormNow>(FORMS, [Number(period), lines.map(({ subject }) => subject)]);
    const now = new Map(rows.map((row) => [row.subject, row]));
    const made = await lettersMade(
      client,
      "annualReport",
      lines.map((line) => formKey(line.subject, period, formOf(line))),
    );
    return obstaclesOf(
      lines.map((line) => {
        const { subject } = line;
        const letter = made.get(formKey(subject, period, formOf(line)));
        if (letter !== undefined) return [subject, letterObstacle(letter)];
        const form = now.get(subject);
        if (form?.received === true)
          return [
            subject,
            "この様式の現況届が届いています。届いたものは、現況の画面（/reviews）で1件ずつ審査してください。",
          ];
        const later = "この様式は、あとで再発行されています。いまの様式はそのまま残します。";
        return [subject, form?.last === formOf(line) ? null : later];
      }),
    );
  },
  apply: async (client, work, lines) => {
    await client.query(
      `INSERT INTO allowance.review_form_withdrawal (recipient_id, fiscal_year, no, mass_run_no)
       SELECT recipient, $3, no, $4 FROM unnest($1::bigint[], $2::smallint[]) x(recipient, no)`,
      [lines.map(({ subject }) => subject), lines.map(formOf), Number(work.period), work.runNo],
    );
    return lines.map((line) => ({ withdrawn: formOf(line) }));
  },
};
