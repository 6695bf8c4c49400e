/**
 * Import of the personnel feed: assignments begin and end by date, and with them the rights that were given for them.
 * With a full list, whoever is missing is switched off in the same run (THR7).
 */
import type { PoolClient } from "pg";

import { staffCommand } from "./actor.ts";
import type { StaffCommand } from "./actor.ts";
import { readPersonnelFeed } from "./personnel-feed.ts";
import type { Move, RefusedLine } from "./personnel-feed.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";
import { insertStaff } from "./staff.ts";

export type PersonnelImport = {
  /** The file, UTF-8, with the header of `personnelColumns` */
  readonly bytes: Uint8Array;
  /** The list holds everybody: who is missing is switched off */
  readonly full: boolean;
  /** Switch off even more than half of the staff: said by a person who has looked at the list */
  readonly confirmMany?: boolean;
};

export type PersonnelResult = {
  /** Whether this very file was taken in before: nothing was changed then */
  readonly repeated: boolean;
  readonly lines: number;
  /** Lines that changed something */
  readonly changed: number;
  readonly refused: readonly RefusedLine[];
  /** 職員番号 of those switched off because they are not in the full list */
  readonly switchedOff: readonly string[];
  readonly switchedOn: readonly string[];
  /** A full list with unreadable lines switches nobody off: the missing one may be the unreadable one */
  readonly switchOffSkipped: boolean;
};

type Applied = { readonly changed: boolean; readonly refused?: Omit<RefusedLine, "line" | "staffId"> };

const NOT_IN_LIST = "人事の一覧に載っていない";

/** The day before, `YYYY-MM-DD`. */
function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

async function endAssignments(
  client: PoolClient,
  where: { readonly staffId: string; readonly mainOnly: boolean; readonly before: string },
  by: string,
  reason: string,
): Promise<number> {
  // One that begins on or after that day is not cut: it is another entry of the feed.
  const { rowCount } = await client.query(
    `INSERT INTO identity.assignment_end (assignment_id, last_day, reason, recorded_by)
     SELECT p.assignment_id, $3::date, $4, $5 FROM identity.assignment_period p
     WHERE p.staff_id = $1 AND (p.main OR NOT $2) AND p.starts_on <= $3::date AND (p.ends_on IS NULL OR p.ends_on > $3::date)
       AND NOT EXISTS (SELECT FROM identity.assignment_end e WHERE e.assignment_id = p.assignment_id)`,
    [where.staffId, where.mainOnly, dayBefore(where.before), reason, by],
  );
  return rowCount ?? 0;
}

async function recordName(client: PoolClient, move: Move): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO identity.staff_name (staff_id, starts_on, name, kana)
     SELECT $1, $2::date, $3, $4 WHERE NOT EXISTS (
       SELECT FROM (SELECT name, kana FROM identity.staff_name WHERE staff_id = $1 AND starts_on <= $2::date
                    ORDER BY starts_on DESC, recorded_at DESC LIMIT 1) n WHERE n.name = $3 AND n.kana IS NOT DISTINCT FROM $4)`,
    [move.staffId, move.startsOn, move.name, move.kana],
  );
  return rowCount === 1;
}

type Known = { readonly staff: boolean; readonly same: number | null };

/** Whether the person is known, and the assignment that this line (or its earlier version) already made. */
async function known(client: PoolClient, move: Move): Promise<Known> {
  const { rows } = await client.query<Known>(
    `SELECT EXISTS (SELECT FROM identity.staff WHERE staff_id = $1) AS staff,
            (SELECT assignment_id FROM identity.assignment WHERE staff_id = $1 AND section_code = $2 AND starts_on = $3::date
             AND main = $4 ORDER BY assignment_id LIMIT 1) AS same`,
    [move.staffId, move.sectionCode, move.startsOn, move.kind !== "concurrent"],
  );
  return rows[0] ?? { staff: false, same: null };
}

/** A line that is known already may now bring an earlier last day; a later one needs a line of its own. */
async function shorten(client: PoolClient, assignmentId: number, endsOn: string | null, by: string): Promise<boolean> {
  if (endsOn === null) return false;
  const { rowCount } = await client.query(
    `INSERT INTO identity.assignment_end (assignment_id, last_day, reason, recorded_by)
     SELECT p.assignment_id, $2::date, '終了日の登録', $3 FROM identity.assignment_period p
     WHERE p.assignment_id = $1 AND (p.ends_on IS NULL OR p.ends_on > $2::date)
     ON CONFLICT (assignment_id) DO NOTHING`,
    [assignmentId, endsOn, by],
  );
  return rowCount === 1;
}

async function applyMove(client: PoolClient, move: Move, importId: number, by: string): Promise<Applied> {
  const { staff, same } = await known(client, move);
  if (!staff && move.kind !== "hire") {
    const message = "この職員番号の職員は登録されていません。先に採用の行が必要です。";
    return { changed: false, refused: { code: "staff", message } };
  }
  if (move.kind === "leave") {
    const where = { staffId: move.staffId, mainOnly: false, before: move.startsOn };
    return { changed: (await endAssignments(client, where, by, "退職")) > 0 };
  }
  const { rowCount } = await client.query(
    `SELECT 1 FROM identity.section WHERE section_code = $1 AND starts_on <= $2::date AND (ends_on IS NULL OR ends_on >= $2::date)`,
    [move.sectionCode, move.startsOn],
  );
  if (rowCount === 0) {
    return { changed: false, refused: { code: "section", message: "その日にこの部署コードの部署はありません。" } };
  }
  if (!staff) {
    const { staffId, name, kana, sectionCode, startsOn, endsOn } = move;
    const more = { ...(kana === null ? {} : { kana }), ...(endsOn === null ? {} : { endsOn }) };
    const made = { staffId, name, kind: "employee", sectionCode, startsOn, ...more } as const;
    await insertStaff(client, made, by, { moveKind: "hire", importId });
    return { changed: true };
  }
  const renamed = await recordName(client, move);
  if (same !== null) {
    const shortened = await shorten(client, same, move.endsOn, by);
    return { changed: renamed || shortened };
  }
  if (move.kind !== "concurrent") {
    const where = { staffId: move.staffId, mainOnly: true, before: move.startsOn };
    await endAssignments(client, where, by, "異動");
  }
  await client.query(
    `INSERT INTO identity.assignment (staff_id, section_code, main, starts_on, ends_on, move_kind, import_id, recorded_by)
     VALUES ($1, $2, $3, $4::date, least($5::date, (SELECT min(a.starts_on) - 1 FROM identity.assignment a
       WHERE $3 AND a.staff_id = $1 AND a.main AND a.starts_on > $4::date)), $6, $7, $8)`, // a late line does not outlast the next one
    [
      move.staffId,
      move.sectionCode,
      move.kind !== "concurrent",
      move.startsOn,
      move.endsOn,
      move.kind === "hire" ? "return" : move.kind,
      importId,
      by,
    ],
  );
  return { changed: true };
}

/** Employees who work today and are not in the list. Contractors come by contract, not by this feed. */
async function missingStaff(client: PoolClient, present: readonly string[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ staff_id: string }>(
    `SELECT staff_id FROM identity.staff WHERE kind = 'employee' AND staff_id <> ALL ($1::text[])
       AND identity.active_on(staff_id, identity.today()) ORDER BY staff_id`,
    [present],
  );
  return rows.map(({ staff_id: staffId }) => staffId);
}

async function switchOn(client: PoolClient, present: readonly string[], by: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ staff_id: string }>(
    `WITH open AS (SELECT s.stop_id, s.staff_id FROM identity.staff_stop s LEFT JOIN identity.staff_resume r USING (stop_id)
                   WHERE s.import_id IS NOT NULL AND r.stop_id IS NULL AND s.staff_id = ANY ($1::text[])),
     made AS (INSERT INTO identity.staff_resume (stop_id, reason, resumed_by) SELECT stop_id, '人事の一覧に再び載った', $2 FROM open RETURNING stop_id)
     SELECT DISTINCT open.staff_id FROM open JOIN made USING (stop_id) ORDER BY 1`,
    [present, by],
  );
  return rows.map(({ staff_id: staffId }) => staffId);
}

async function checkNotTooMany(client: PoolClient, missing: number, confirmed: boolean): Promise<void> {
  const { rows } = await client.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM identity.staff WHERE kind = 'employee' AND identity.active_on(staff_id, identity.today())",
  );
  const active = rows[0]?.n ?? 0;
  if (confirmed || missing < 5 || missing * 2 <= active) return;
  refuse(
    "personnelFeedTooShort",
    `この一覧を取り込むと、在籍する ${active} 人のうち ${missing} 人の利用が止まります。一覧が途中で切れていないか確かめてください。正しければ、確認の指定（--confirm-many）を付けて取り込み直してください。何も変えていません。`,
    { missing, active },
  );
}

async function newImport(
  client: PoolClient,
  row: { readonly sha256: string; readonly full: boolean; readonly accepted: number; readonly refused: number },
  switchedOff: number,
  by: string,
): Promise<number> {
  const { rows } = await client.query<{ import_id: number }>(
    `INSERT INTO identity.personnel_import (sha256, as_of, full_list, accepted, refused, switched_off, imported_by)
     VALUES ($1, identity.today(), $2, $3, $4, $5, $6) RETURNING import_id`,
    [row.sha256, row.full, row.accepted, row.refused, switchedOff, by],
  );
  return rows[0]?.import_id ?? 0;
}

type Outcome = Omit<PersonnelResult, "repeated" | "lines">;

/**
 * Takes the feed over in one transaction; refused lines are left out and named. The same file again on the same day
 * changes nothing, and on a later day only what has changed since.
 *
 * @throws Refusal of `staffCommand` (needs `rights.issue`, or the console); `csvHeader`, `csvUnreadable`, `personnelFeedTooShort`
 */
export async function importPersonnel(
  identity: Pick<Identity, "pool">,
  command: Omit<StaffCommand, "key">,
  given: PersonnelImport,
): Promise<PersonnelResult> {
  const { full, confirmMany = false } = given;
  const { sha256, moves, refused } = await readPersonnelFeed(given.bytes);
  const { rows } = await identity.pool.query<{ today: string }>("SELECT identity.today() AS today");
  const key = `personnel.${full ? "full" : "moves"}.${rows[0]?.today ?? ""}.${sha256}`;
  const request = { sha256, full };
  const rules = { name: "personnel.import", permission: "rights.issue", console: true, request } as const;
  const { response, repeated } = await staffCommand<Outcome>(
    identity,
    { ...command, key },
    rules,
    async (client, by) => {
      const faults: RefusedLine[] = [...refused];
      const skipped = full && refused.some(({ staffId }) => staffId === null);
      const present = [...moves, ...refused].flatMap(({ staffId }) => staffId ?? []);
      const missing = full && !skipped ? await missingStaff(client, present) : [];
      await checkNotTooMany(client, missing.length, confirmMany);
      const counts = { sha256, full, accepted: moves.length, refused: refused.length };
      const importId = await newImport(client, counts, missing.length, by);
      let changed = 0;
      for (const move of moves) {
        const applied = await applyMove(client, move, importId, by);
        if (applied.changed) changed += 1;
        if (applied.refused !== undefined) faults.push({ line: move.line, staffId: move.staffId, ...applied.refused });
      }
      const switchedOn = full ? await switchOn(client, present, by) : [];
      await client.query(
        "INSERT INTO identity.staff_stop (staff_id, reason, import_id, stopped_by) SELECT s, $2, $3, $4 FROM unnest($1::text[]) s",
        [missing, NOT_IN_LIST, importId, by],
      );
      const detail = { changed, refused: faults.length, switchedOff: missing.length, switchedOn: switchedOn.length };
      return {
        response: { changed, refused: faults, switchedOff: missing, switchedOn, switchOffSkipped: skipped },
        audit: [{ action: "personnel.import", objectKind: "personnelImport", objectId: String(importId), detail }],
      };
    },
  );
  const outcome = repeated ? { ...response, changed: 0, switchedOff: [], switchedOn: [] } : response;
  return { ...outcome, repeated, lines: moves.length + refused.length };
}
