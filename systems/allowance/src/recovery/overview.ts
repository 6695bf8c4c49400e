/** 債権の一覧: by state and by age, what is late, whose limitation is near. Totals and numbers; no name is read. */
import { addDays, type CivilDate, civilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Context } from "../context.ts";
import type { Clock } from "./limitation-clock.ts";
import { monthsLater } from "./limitation-clock.ts";
import { clockOf, eventsOf, partsOf, recoveriesIn, type Recovery, recoverySetting, sentEvents } from "./record.ts";
import { isOpen, RECOVERY_STATES, type RecoveryState } from "./states.ts";

/** 納めるべき回 of the plan in force, with what has been paid towards it; yen. */
export type Instalment = {
  readonly recoveryId: number;
  readonly no: number;
  readonly dueOn: string;
  readonly amount: number;
  readonly paid: number;
};

/** Instalments of the plan in force. What came in since the plan fills the earliest first. */
export async function instalmentsOf(
  connection: Queryable,
  recoveryIds: readonly number[],
): Promise<readonly Instalment[]> {
  const { rows } = await connection.query<
    Omit<Instalment, "paid"> & { readonly before: number; readonly repaid: number }
  >(
    `SELECT p.recovery_id AS "recoveryId", i.instalment_no AS no, i.due_on AS "dueOn", i.amount,
            (sum(i.amount) OVER (PARTITION BY p.recovery_id ORDER BY i.instalment_no) - i.amount)::int AS before,
            greatest(p.total - s.outstanding, 0)::int AS repaid
     FROM (SELECT DISTINCT ON (recovery_id) * FROM allowance.recovery_plan WHERE recovery_id = ANY ($1::bigint[]) ORDER BY recovery_id, proposal_id DESC) p
     JOIN allowance.recovery_instalment i USING (proposal_id) JOIN allowance.recovery_state s ON s.recovery_id = p.recovery_id
     ORDER BY p.recovery_id, i.instalment_no`,
    [recoveryIds],
  );
  return rows.map(({ before, repaid, ...row }) => ({
    ...row,
    paid: Math.min(Math.max(repaid - before, 0), row.amount),
  }));
}

export const AGES = ["to3", "to6", "to12", "to24", "over24"] as const;
export type Age = (typeof AGES)[number];
export const ageLabels = {
  to3: "3か月まで",
  to6: "6か月まで",
  to12: "1年まで",
  to24: "2年まで",
  over24: "2年を超える",
} as const satisfies Readonly<Record<Age, string>>;

const AGE_MONTHS = { to3: 3, to6: 6, to12: 12, to24: 24 } as const;

/** How old a claim is on `today`, by the day on which it was found. */
export function ageOf(foundOn: CivilDate, today: CivilDate): Age {
  for (const age of ["to3", "to6", "to12", "to24"] as const)
    if (today <= monthsLater(foundOn, AGE_MONTHS[age])) return age;
  return "over24";
}

export type ListedRecovery = Recovery & {
  readonly clock: Clock;
  readonly warned: boolean;
  /** What should have been paid by now and was not, yen */
  readonly late: number;
  readonly nextDueOn: string | null;
};

/** Adds limitation and lateness. */
export async function withClocks(
  connection: Queryable,
  context: Context,
  recoveries: readonly Recovery[],
): Promise<readonly ListedRecovery[]> {
  const setting = await recoverySetting(connection, context);
  const ids = recoveries.map(({ recoveryId }) => recoveryId);
  const events = Map.groupBy(await eventsOf(connection, ids), ({ recoveryId }) => recoveryId);
  const instalments = Map.groupBy(await instalmentsOf(connection, ids), ({ recoveryId }) => recoveryId);
  const limit = monthsLater(context.today, setting.limitation.warnMonths);
  const listed: ListedRecovery[] = [];
  for (const recovery of recoveries) {
    const parts = await partsOf(connection, recovery.recoveryId);
    const clock = clockOf(recovery, parts, events.get(recovery.recoveryId) ?? [], setting);
    const open = isOpen(recovery.state)
      ? (instalments.get(recovery.recoveryId) ?? []).filter(({ amount, paid }) => paid < amount)
      : [];
    const late = open
      .filter(({ dueOn }) => dueOn < context.today)
      .reduce((sum, { amount, paid }) => sum + amount - paid, 0);
    const warned = isOpen(recovery.state) && clock.completeOn !== null && clock.completeOn <= limit;
    listed.push({ ...recovery, clock, warned, late, nextDueOn: open[0]?.dueOn ?? null });
  }
  return listed;
}

export type RecoveryOverview = {
  readonly byState: readonly { readonly state: RecoveryState; readonly count: number; readonly outstanding: number }[];
  /** Open claims alone */
  readonly byAge: readonly { readonly age: Age; readonly count: number; readonly outstanding: number }[];
  readonly recoveries: readonly ListedRecovery[];
  /** Whether there are more than the list shows */
  readonly more: boolean;
};

/** Longest list of the page; totals are always whole. */
export const RECOVERIES_SHOWN = 200;

/** Totals of the whole city, and the claims of some states; `wards` narrows the list alone. */
export async function recoveryOverview(
  connection: Queryable,
  context: Context,
  states: readonly RecoveryState[],
  wards: readonly string[] | null = null,
): Promise<RecoveryOverview> {
  const { rows } = await connection.query<{
    state: RecoveryState;
    foundOn: string;
    count: number;
    outstanding: number;
  }>(
    `SELECT state, found_on AS "foundOn", count(*)::int AS count, sum(outstanding)::bigint AS outstanding FROM allowance.recovery_state GROUP BY 1, 2`,
  );
  const sum = (some: typeof rows): { readonly count: number; readonly outstanding: number } => ({
    count: some.reduce((all, { count }) => all + count, 0),
    outstanding: some.reduce((all, { outstanding }) => all + outstanding, 0),
  });
  const found = await recoveriesIn(connection, { states, wards, limit: RECOVERIES_SHOWN + 1 });
  return {
    byState: RECOVERY_STATES.map((state) => ({ state, ...sum(rows.filter((row) => row.state === state)) })),
    byAge: AGES.map((age) => ({
      age,
      ...sum(rows.filter((row) => isOpen(row.state) && ageOf(civilDate(row.foundOn), context.today) === age)),
    })),
    recoveries: await withClocks(connection, context, found.slice(0, RECOVERIES_SHOWN)),
    more: found.length > RECOVERIES_SHOWN,
  };
}

/** What a reminder or call is due for on `today`: the claim, the stage, and until when the last one asked. */
export type DueReminder = { readonly recovery: Recovery; readonly stage: "reminder" | "call"; readonly late: number };

/** Open claims whose 納期限 passed so long ago, with something late, that the setting wants a reminder (once) or a call. */
export async function dueReminders(
  connection: Queryable,
  context: Context,
  recoveries: readonly Recovery[],
): Promise<readonly DueReminder[]> {
  const setting = await recoverySetting(connection, context);
  const candidates = recoveries.filter(({ state }) => state === "billed" || state === "reminded" || state === "called");
  const ids = candidates.map(({ recoveryId }) => recoveryId);
  const events = Map.groupBy(await eventsOf(connection, ids), ({ recoveryId }) => recoveryId);
  const instalments = Map.groupBy(await instalmentsOf(connection, ids), ({ recoveryId }) => recoveryId);
  return candidates.flatMap((recovery): DueReminder[] => {
    const own = (instalments.get(recovery.recoveryId) ?? []).filter(
      ({ dueOn, amount, paid }) => dueOn < context.today && paid < amount,
    );
    const firstLate = own[0];
    if (firstLate === undefined) return [];
    const late = own.reduce((sum, { amount, paid }) => sum + amount - paid, 0);
    const lastDue = sentEvents(events.get(recovery.recoveryId) ?? []).findLast(
      ({ kind }) => kind === "reminded" || kind === "called",
    )?.dueOn;
    const stage = recovery.state === "billed" ? "reminder" : "call";
    const since = civilDate(stage === "reminder" ? firstLate.dueOn : (lastDue ?? firstLate.dueOn));
    const wait = stage === "reminder" ? setting.reminderAfterDays : setting.callAfterDays;
    return addDays(since, wait) <= context.today ? [{ recovery, stage, late }] : [];
  });
}
