/**
 * 所得の更正 (児童手当法5条の旧判定、4条3項の生計中心者): every version of somebody's income that replaces an earlier one stands in this list
 * until it has been judged again: the months up to 2024-09 that it decided, and the comparison of the two parents since. Another
 * city's skipped step cost ten families 1.45 million yen (I-13); the list is done at zero.
 */
import { type CivilDate, judgedIncome } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { reviewCommand } from "../annual-review/year.ts";
import { storeFacts } from "../claims/examine.ts";
import { refusing } from "../constraints.ts";
import type { Context } from "../context.ts";
import { isEnded } from "../decisions/plan-decisions.ts";
import { type Change, findUndecided } from "../decisions/re-decide.ts";
import { writeDecisions } from "../decisions/write-decisions.ts";
import { type Applied, defineMassJob, type MassItem } from "../mass-work/mass-job.ts";
import { writeMassNotices } from "../milestones/notices.ts";
import { refuse } from "../refusal.ts";

type Figures = {
  readonly historyNo: number;
  readonly revision: number;
  readonly employment: number;
  readonly pension: number;
  readonly other: number;
  readonly deductions: number;
};

/** A version of an income that replaced another, and whom it may concern. */
export type TaxCorrection = {
  /** 宛名番号 of whose income it is */
  readonly number: number;
  readonly year: number;
  readonly historyNo: number;
  readonly revision: number;
  readonly knownOn: string | null;
  /** Judged income (yen) before and after */
  readonly before: number;
  readonly after: number;
  /** 認定番号 whose months up to 2024-09 this income decided */
  readonly decides: readonly number[];
  /** 認定番号 of living rights for which it is compared with the other parent's */
  readonly compared: readonly number[];
};

const OPEN = `
  SELECT l.addressee_number AS number, l.income_year AS year, l.history_no AS "historyNo", l.revision, l.known_on AS "knownOn",
         to_jsonb(l) AS now, to_jsonb(p) AS earlier,
         ARRAY(SELECT r.recipient_id FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id)
               WHERE r.addressee_number = l.addressee_number AND r.kind = 'individual'
                 AND w.first_month < least(make_date(l.income_year + 2, 6, 1), date '2024-10-01')
                 AND (w.ended_from IS NULL OR w.ended_from > make_date(l.income_year + 1, 6, 1))
                 AND make_date(l.income_year + 1, 6, 1) < date '2024-10-01' ORDER BY 1) AS decides,
         ARRAY(SELECT r.recipient_id FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id)
               JOIN allowance.related_person_confirmed x ON x.addressee_number = r.addressee_number AND x.role IN ('spouse', 'otherParent')
                 AND x.related_number IS NOT NULL AND x.valid_from <= $1::date AND (x.valid_to IS NULL OR x.valid_to >= $1::date)
               WHERE l.addressee_number IN (r.addressee_number, x.related_number) AND r.kind = 'individual' AND l.income_year >= $2
                 AND (w.ended_from IS NULL OR w.ended_from > $1::date) ORDER BY 1) AS compared
  FROM (SELECT DISTINCT ON (addressee_number, income_year) * FROM allowance.income_history WHERE $3::bigint[] IS NULL OR addressee_number = ANY($3)
        ORDER BY addressee_number, income_year, history_no DESC, revision DESC) l
  JOIN LATERAL (SELECT * FROM allowance.income_history p WHERE p.addressee_number = l.addressee_number AND p.income_year = l.income_year
                AND (p.history_no, p.revision) < (l.history_no, l.revision) ORDER BY p.history_no DESC, p.revision DESC LIMIT 1) p ON true
  WHERE NOT EXISTS (SELECT FROM allowance.tax_correction c WHERE (c.addressee_number, c.income_year, c.history_no, c.revision)
                    = (l.addressee_number, l.income_year, l.history_no, l.revision))
  ORDER BY 1, 2`;

type Row = Omit<TaxCorrection, "before" | "after"> & { readonly now: Figures; readonly earlier: Figures };

const judgedOf = (year: number, { employment, pension, other, deductions }: Figures): number =>
  judgedIncome({ year, employment, pension, other, deductions });

/** The income year by which the parents are compared on a day: until May the year before last (as the Act's benefit year). */
export const comparedYear = (day: string): number => Number(day.slice(0, 4)) - (day.slice(5, 7) >= "06" ? 1 : 2);

/** Corrections that nobody has judged again, in order of 宛名番号 and year. @param numbers only of these people */
export async function listTaxCorrections(
  connection: Queryable,
  today: CivilDate,
  numbers: readonly number[] | null = null,
): Promise<readonly TaxCorrection[]> {
  const { rows } = await connection.query<Row>(OPEN, [today, comparedYear(today), numbers]);
  return rows.map(({ now, earlier, ...row }) => ({
    ...row,
    before: judgedOf(row.year, earlier),
    after: judgedOf(row.year, now),
  }));
}

/** 認定番号 for which the other parent's judged income is now the higher one. */
async function outearned(
  client: PoolClient,
  year: number,
  recipients: readonly number[],
  day: CivilDate,
): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<{ id: number; own: Figures | null; other: Figures | null }>(
    `SELECT r.recipient_id AS id, (SELECT to_jsonb(i) FROM allowance.income_history i WHERE i.addressee_number = r.addressee_number AND i.income_year = $2
              ORDER BY i.history_no DESC, i.revision DESC LIMIT 1) AS own,
            (SELECT to_jsonb(i) FROM allowance.income_history i WHERE i.addressee_number = x.related_number AND i.income_year = $2
              ORDER BY i.history_no DESC, i.revision DESC LIMIT 1) AS other
     FROM allowance.recipient r JOIN allowance.related_person_confirmed x ON x.addressee_number = r.addressee_number AND x.role IN ('spouse', 'otherParent')
       AND x.related_number IS NOT NULL AND x.valid_from <= $3::date AND (x.valid_to IS NULL OR x.valid_to >= $3::date)
     WHERE r.recipient_id = ANY($1::bigint[])`,
    [recipients, year, day],
  );
  return new Set(
    rows.flatMap(({ id, own, other }) =>
      other !== null && judgedOf(year, other) > (own === null ? 0 : judgedOf(year, own)) ? [id] : [],
    ),
  );
}

/** What was found where no rule decides: who of two parents keeps the children up. */
export type Resolution = Pick<TaxCorrection, "number" | "year" | "historyNo" | "revision"> & {
  /** 生計中心者 stays, or another parent is to claim */
  readonly outcome: "mainEarnerKept" | "recipientChanges";
  /** 1–400 characters */
  readonly reason: string;
};

export type ResolveCorrection = Resolution & {
  /** Who judged it; the context's operator approves and is another person */
  readonly judgedBy: string;
  readonly key?: string;
};

/** @returns 認定番号 for which it was compared, if any @throws Refusal `reviewInvalid`, `reviewChanged` */
export async function checkResolution(
  connection: Queryable,
  context: Context,
  { number, year, historyNo, revision, reason }: Resolution,
): Promise<number | null> {
  if (reason.trim() === "" || reason.trim().length > 400) {
    throw refuse("reviewInvalid", "確かめた結果を、1文字から400文字で書いてください。何も変えていません。");
  }
  const open = (await listTaxCorrections(connection, context.today, [number])).find(
    (each) => each.year === year && each.historyNo === historyNo && each.revision === revision,
  );
  if (open !== undefined) return open.compared[0] ?? open.decides[0] ?? null;
  throw refuse(
    "reviewChanged",
    "この更正は、処理が済んでいるか、その後の更正が届いています。一覧を読み直してください。何も変えていません。",
  );
}

/** Writes a checked resolution in the open transaction. */
export async function writeResolution(
  client: PoolClient,
  { number, year, historyNo, revision, outcome, reason }: Resolution,
  people: { readonly judgedBy: string; readonly approvedBy: string },
): Promise<void> {
  await client.query(
    `INSERT INTO allowance.tax_correction (addressee_number, income_year, history_no, revision, outcome, reason, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [number, year, historyNo, revision, outcome, reason.trim(), people.judgedBy, people.approvedBy],
  );
}

/**
 * Records what two people found where no rule decides: who of two parents keeps the children up.
 *
 * @throws Refusal `reviewInvalid`, `samePerson`, `reviewChanged` (the correction is not open, or a later version has come)
 */
export async function resolveCorrection(context: Context, resolve: ResolveCorrection): Promise<void> {
  const { judgedBy, key, ...request } = resolve;
  const { year, outcome } = resolve;
  await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "tax.resolve", { ...request, judgedBy }, key), async (client) => {
      await checkResolution(client, context, resolve);
      await writeResolution(client, resolve, { judgedBy, approvedBy: context.operator });
      return {
        response: null,
        audit: [{ action: "tax.resolve", objectKind: "taxCorrection", objectId: String(year), detail: { outcome } }],
      };
    }),
  );
}

const parameters = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, "YYYY-MM で指定してください")
    .describe("判定し直す月"),
});

const contentShape = z.strictObject({
  year: z.number(),
  historyNo: z.number(),
  revision: z.number(),
  facts: z.array(z.string()),
  decisions: z.array(z.string()),
});

type Judged = {
  /** By 宛名番号 */
  readonly changes: ReadonlyMap<number, readonly Change[]>;
  /** 認定番号 of standing rights that the law says nothing of */
  readonly unjudged: ReadonlySet<number>;
};

/** Changes of the cases that the correction decides, and of nothing else. */
async function judgedAgain(
  client: PoolClient,
  context: Context,
  corrections: readonly TaxCorrection[],
): Promise<Judged> {
  const numbers = [...new Set(corrections.filter(({ decides }) => decides.length > 0).map((each) => each.number))];
  const { changes, unjudged } = await findUndecided(
    client,
    context,
    numbers.map((claimant) => ({ claimant, kind: "individual" as const })),
  );
  return { changes: Map.groupBy(changes, ({ key }) => key.claimant), unjudged: new Set(unjudged) };
}

const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;

/** 所得の更正の判定し直し, for everybody at once: what changes no amount is closed with that word, what does is decided. */
export const taxRejudge = defineMassJob<z.infer<typeof parameters>>({
  code: "taxRejudge",
  name: "所得の更正の判定し直し",
  description:
    "更正のあった所得について、令和6年9月分までの月分を判定し直して決定し、額の変わらないものを閉じる。生計中心者に関わるものは、人が確かめるまで一覧に残る。",
  lane: "decisions",
  subjectKind: "person",
  kinds: {
    noEffect: "額は変わらない",
    redecided: "決定し直す",
    mainEarner: "生計中心者を人が確かめる",
    ended: "終わった資格（1件ずつ訂正する）",
    unjudged: "計算できない（1件ずつ確かめる）",
    afterFirst: "先の年の更正とともに決める",
  },
  parameters,
  periodOf: ({ month: of }) => of,
  count: async (connection, { context }) =>
    new Set((await listTaxCorrections(connection, context.today)).map(({ number }) => number)).size,
  subjects: async (connection, { context }, after, limit) =>
    [...new Set((await listTaxCorrections(connection, context.today)).map(({ number }) => number))]
      .filter((number) => number > after)
      .slice(0, limit),
  judge: async (client, { context }, people) => {
    const corrections = await listTaxCorrections(client, context.today, people);
    const { changes, unjudged } = await judgedAgain(client, context, corrections);
    const items: MassItem[] = [];
    for (const [number, own] of Map.groupBy(corrections, (each) => each.number)) {
      let decided = false;
      for (const [index, correction] of own.entries()) {
        const { year, before, after, decides, compared, historyNo, revision } = correction;
        const found = decides.length > 0 ? (changes.get(number) ?? []) : [];
        const higher = await outearned(client, year, compared, context.today);
        const ended = found.some(({ recipient }) => isEnded(recipient.decisions));
        const first = found[0]?.decisions[0];
        const kind =
          higher.size > 0
            ? "mainEarner"
            : ended
              ? "ended"
              : decides.some((recipient) => unjudged.has(recipient))
                ? "unjudged"
                : found.length === 0
                  ? "noEffect"
                  : decided
                    ? "afterFirst"
                    : "redecided";
        const moved = `${year}年の判定所得 ${yen(before)} → ${yen(after)}`;
        const revoked = first?.cause === "decisionCancelled";
        const why = {
          noEffect: "支給の額は変わらない",
          redecided: revoked
            ? "初めから認定できなかったため、認定を取り消す。いま受けられるかを確かめ、認定請求を案内する"
            : "令和6年9月分までの額が変わる",
          unjudged: "事実が足りず計算できない。事案を開き、所得と請求を確かめて、更正の画面で結果を記録する",
          mainEarner: "もう一方の父母の所得のほうが高くなった",
          ended: "終わった資格は、一括では変えられない",
          afterFirst: "同じ人の先の年の更正とともに決定する。次の一覧で閉じる",
        }[kind];
        if (kind === "redecided") decided = true;
        items.push({
          subject: number,
          part: index + 1,
          addresseeNumber: number,
          recipientId: decides[0] ?? compared[0] ?? null,
          kind,
          outcome: kind === "noEffect" || kind === "redecided" ? "change" : "cannot",
          reason: `${moved}。${why}`,
          before: yen(before),
          after: yen(after),
          yenBefore: null,
          yenAfter: kind === "redecided" ? (first?.monthlyTotal ?? null) : null,
          effectiveMonth: kind === "redecided" ? (first?.effective ?? null) : null,
          content: {
            year,
            historyNo,
            revision,
            facts: found.map(({ episode }) => episode.facts.digest),
            decisions: found.flatMap(({ decisions }) =>
              decisions.map(({ kind: what, effective, monthlyTotal }) => `${what}/${effective}/${monthlyTotal ?? ""}`),
            ),
          },
        });
      }
    }
    return items;
  },
  apply: async (client, { context, runNo, maker, approver, decidedOn }, items) => {
    const deciding = items.filter(({ kind }) => kind === "redecided");
    const { changes } = await findUndecided(
      client,
      context,
      [...new Set(deciding.map(({ subject }) => subject))].map((claimant) => ({
        claimant,
        kind: "individual" as const,
      })),
    );
    await storeFacts(
      client,
      changes.map(({ episode }) => episode.facts),
    );
    await writeDecisions(
      client,
      changes.map(({ key, recipient, episode, decisions }) => ({
        key,
        opening: episode.opening,
        recipientId: recipient.recipientId,
        ordinal: recipient.ordinal,
        lastSeq: recipient.decisions.at(-1)?.seq ?? 0,
        decisions,
        facts: episode.facts,
        examinedBy: maker,
        accounts: [],
        origin: "batch" as const,
      })),
      [],
      { approvedBy: approver, decidedOn },
    );
    await writeMassNotices(
      client,
      runNo,
      { on: decidedOn, by: approver },
      changes.flatMap(({ key, recipient, decisions }) =>
        decisions.map(({ kind, effective, cause, monthlyTotal }) => ({
          kind: "decidedExOfficio" as const,
          to: key.claimant,
          facts: { recipientId: recipient.recipientId, decision: kind, fromMonth: effective, cause, monthlyTotal },
        })),
      ),
    );
    const { rows } = await client.query<{ id: number; recipient: number; seq: number }>(
      "SELECT decision_id AS id, recipient_id AS recipient, seq FROM allowance.decision WHERE recipient_id = ANY($1::bigint[])",
      [changes.map(({ recipient }) => recipient.recipientId)],
    );
    const applied: Applied[] = [];
    for (const { subject, kind, reason, content } of items) {
      const { year, historyNo, revision } = contentShape.parse(content);
      const own = kind === "redecided" ? changes.filter(({ key }) => key.claimant === subject) : [];
      const decisions = own.flatMap(({ recipient }) =>
        rows
          .filter((row) => row.recipient === recipient.recipientId && row.seq > (recipient.decisions.at(-1)?.seq ?? 0))
          .map(({ id }) => id),
      );
      await client.query(
        `INSERT INTO allowance.tax_correction (addressee_number, income_year, history_no, revision, outcome, reason, decisions, entered_by, approved_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [subject, year, historyNo, revision, kind, reason, decisions, maker, approver],
      );
      applied.push({ decisions });
    }
    return applied;
  },
  takeBack:
    "届いている所得による決定なので、戻すと、所得と違う決定が残ります（令和6年改正前の児童手当法5条）。所得が誤っていたときは、税の担当課の次の更正を取り込み、所得の更正の画面（/taxes）からもう一度判定し直してください。訂正の決定が、先の状態を1件ずつ戻します。まだ発送していない通知は、印刷処理で外せます（/letters）。",
  checks: async (client, { context }) => {
    const faults = (await listTaxCorrections(client, context.today)).length;
    return [{ name: "判定し直していない更正がない", faults, detail: `残り ${faults}件（人が確かめるものを含む）` }];
  },
});
