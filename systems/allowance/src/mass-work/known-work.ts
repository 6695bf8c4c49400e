/** What of the calendar is done: runs of mass work, payment runs, and up to which day the changes were taken in. */
import { addDays, type CivilDate, firstDayOfMonth, type Month, month, parseMonth } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import { readSetting } from "../settings.ts";

/** Work of the calendar that is no mass work: 異動の取込 and 定時払の支払処理. */
export const OUTER_WORK = {
  feedIntake: {
    description:
      "住民の異動・所得・年金などの連携を取り込む。その月の分は、前の月の末日までの分がそろったときに終わる。",
    place: "画面「庁内連携」。コマンド: `hagukumi import フォルダ`・`hagukumi interchange`",
  },
  paymentRun: {
    description: "定時払を、作成・点検・承認・確定・送付まで進める。送付したときに終わる。",
    place: "画面「支払処理」。コマンド: `hagukumi payment`",
  },
} as const satisfies Readonly<Record<string, { readonly description: string; readonly place: string }>>;
export type OuterWork = keyof typeof OUTER_WORK;

export const isOuterWork = (jobCode: string): jobCode is OuterWork => Object.hasOwn(OUTER_WORK, jobCode);

/** 稼働開始月, before which nothing was due here; null before the city has set one. */
export async function openingMonth(connection: Queryable, today: CivilDate): Promise<Month | null> {
  try {
    return month(await readSetting(connection, "openingMonth", today));
  } catch (error) {
    if (error instanceof Refusal && error.code === "settingMissing") return null;
    throw error;
  }
}

/** The work of one kind and period: the run (mass work or payment) that did it, or the newest under way. */
export type KnownRun = { readonly runNo: number | null; readonly done: boolean };

export type KnownWork = {
  readonly of: (jobCode: string, period: string) => KnownRun | undefined;
  /** A period before the city opened: done by the system before */
  readonly doneElsewhere: (jobCode: string, period: string) => boolean;
};

type Row = { readonly job_code: string; readonly period: string; readonly run_no: number; readonly done: boolean };

// A run that was taken back, as a whole or in part, is not done.
const MASS = `
  SELECT DISTINCT ON (r.job_code, r.period) r.job_code, r.period, r.mass_run_no AS run_no, s.state = 'done' AS done
  FROM allowance.mass_run r JOIN allowance.mass_state s USING (mass_run_no) WHERE s.state <> 'cancelled'
    AND NOT EXISTS (SELECT FROM allowance.mass_undone u WHERE u.undoes_run_no = r.mass_run_no)
  ORDER BY r.job_code, r.period, s.state = 'done' DESC, r.mass_run_no DESC`;

const PAYMENTS = `
  SELECT DISTINCT ON (p.payment_month) 'paymentRun' AS job_code, to_char(p.payment_month, 'YYYY-MM') AS period, p.run_no, s.state IN ('handedOver', 'settled', 'closed') AS done
  FROM allowance.payment_run p JOIN allowance.run_state s USING (run_no) WHERE p.kind = 'regular' AND s.state NOT IN ('cancelled', 'voided')
  ORDER BY p.payment_month, p.run_no DESC`;

const TAKEN_IN = `
  SELECT greatest((SELECT max(b.as_of) FROM allowance.import_batch b WHERE b.file_name = 'residents.csv' AND coalesce(b.interface_code, 'residents') = 'residents'),
                  (SELECT f.as_of FROM allowance.feed_state f WHERE f.interface_code = 'residents' ORDER BY f.feed_state_id DESC LIMIT 1)) AS until`;

/** Reads what is done. @param opening 稼働開始月, null: everything counts */
export async function knownWork(connection: Queryable, opening: Month | null): Promise<KnownWork> {
  const mass = await connection.query<Row>(MASS);
  const payments = await connection.query<Row>(PAYMENTS);
  const taken = await connection.query<{ until: CivilDate | null }>(TAKEN_IN);
  const runs = new Map(
    [...mass.rows, ...payments.rows].map((row) => [
      `${row.job_code}/${row.period}`,
      { runNo: row.run_no, done: row.done },
    ]),
  );
  const until = taken.rows[0]?.until ?? null;
  return {
    of: (jobCode, period) => {
      const at = parseMonth(period);
      if (jobCode !== "feedIntake" || at === undefined) return runs.get(`${jobCode}/${period}`);
      const done = until !== null && until >= addDays(firstDayOfMonth(at), -1);
      return done ? { runNo: null, done } : undefined;
    },
    doneElsewhere: (jobCode, period) => {
      if (opening === null) return false;
      // Of a year: its review begins in June. A payment month pays the two months before it.
      if (period.length === 4) return `${period}-06` < opening;
      return jobCode === "paymentRun" ? period <= opening : period < opening;
    },
  };
}
