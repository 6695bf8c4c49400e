/**
 * 支援措置の印: set by whatever says so first (residents' register, an application made here, 仮支援措置), in the transaction
 * that takes it in; never weakened by what comes later or in another order; taken away by two people alone. A term that
 * passes is work for somebody, not an end.
 *
 * Source: 総務省 支援措置の実施に関する事務処理要領 (term of one year, extension asked in the last month); 標準仕様書 1.1.16, 3.4.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { addDays, parseCivilDate } from "@hagukumi/law/contract.ts";
import { type CommandOutcome, runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash, randomUUID } from "node:crypto";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { markReplicas } from "../replica/mark.ts";

/** 児童手当で受けた申出 (also of people who have not moved their 住民票), 仮支援措置. */
export type MeasureKind = "own" | "provisional";

/** What makes a mark stand beside the register's rows: a measure taken in here, or a mark that was read before its delivery could be taken in. */
export type StandingKind = MeasureKind | "ahead" | "aheadProvisional";

export const measureKindLabels: Readonly<Record<StandingKind, string>> = {
  own: "児童手当で受けた申出",
  provisional: "仮支援措置",
  ahead: "連携の先読み",
  aheadProvisional: "連携の先読み（仮支援措置）",
};

/** What must be looked at. */
export type ProtectionAttention = "registerEnded" | "overdue" | "ending";

export const attentionLabels: Readonly<Record<ProtectionAttention, string>> = {
  registerEnded: "住基では対象でなくなった",
  overdue: "期限が過ぎた",
  ending: "期限まで1か月以内",
};

export type NewMeasure = {
  readonly addresseeNumber: number;
  readonly kind: MeasureKind;
  readonly startsOn: string;
  /** 期限; null where none is set */
  readonly termOn: string | null;
  /** 5–500 characters; never where the person is */
  readonly basis: string;
  readonly key?: string;
};

export type StandingProtection = {
  readonly addresseeNumber: number;
  /** What the residents' register said last */
  readonly inRegister: boolean;
  /** The register says 仮支援措置 */
  readonly provisionalInRegister: boolean;
  readonly registerTermOn: string | null;
  readonly measures: readonly {
    readonly kind: StandingKind;
    /** Of a mark that was read ahead: null where the row did not say */
    readonly startsOn: string | null;
    readonly termOn: string | null;
    readonly basis: string;
    readonly enteredBy: string;
  }[];
  /** The latest term of all; null where one of them has none */
  readonly termOn: string | null;
  readonly attention: ProtectionAttention | null;
  /** A request to end it that waits for the second person */
  readonly release: {
    readonly releaseId: number;
    readonly reason: string;
    readonly digest: string;
    readonly requestedBy: string;
  } | null;
};

async function run<T>(
  context: Context,
  about: { readonly name: string; readonly request: unknown; readonly key: string | undefined },
  work: (client: PoolClient) => Promise<CommandOutcome<T>>,
): Promise<T> {
  const command = {
    role: ROLE,
    key: about.key ?? `${about.name}/${randomUUID()}`,
    name: about.name,
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: about.request,
  };
  return (await refusing(async () => await runCommand(context.pool, command, work))).response;
}

/**
 * Takes in a measure. The mark stands when this returns; an ordinary clerk then sees the person no more.
 *
 * @throws Refusal `protectionInvalid`
 */
export async function registerMeasure(context: Context, { key, ...given }: NewMeasure): Promise<number> {
  const measure = { ...given, basis: given.basis.trim() };
  const { addresseeNumber, kind, startsOn, termOn, basis } = measure;
  const from = parseCivilDate(startsOn);
  const until = termOn === null ? null : parseCivilDate(termOn);
  if (
    from === undefined ||
    until === undefined ||
    (until !== null && until < from) ||
    basis.length < 5 ||
    basis.length > 500
  ) {
    throw refuse(
      "protectionInvalid",
      "支援措置の申出には、始まりの日、期限（始まりより後）と、根拠（5文字から500文字）が要ります。何も変えていません。",
    );
  }
  return await run(context, { name: "protection.register", request: measure, key }, async (client) => {
    const { rows } = await client.query<{ measure_id: number }>(
      `INSERT INTO allowance.protection_measure (addressee_number, kind, starts_on, term_on, basis, entered_by)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING measure_id`,
      [addresseeNumber, kind, startsOn, termOn, basis, context.operator],
    );
    const measureId = rows[0]?.measure_id ?? 0;
    await markReplicas(client, { numbers: [addresseeNumber] }, context.operator);
    const event = { action: "protection.register", objectKind: "protectionMeasure", objectId: String(measureId) };
    return { response: measureId, audit: [{ ...event, detail: { kind } }] };
  });
}

/**
 * Asks for the end of a protection. Nothing changes until another person has looked at the same state.
 *
 * @throws Refusal `protectionInvalid` (reason too short, or nothing to end)
 */
export async function requestRelease(
  context: Context,
  asked: { readonly addresseeNumber: number; readonly reason: string; readonly key?: string },
): Promise<number> {
  const { addresseeNumber, key } = asked;
  const reason = asked.reason.trim();
  if (reason.length < 10 || reason.length > 500) {
    throw refuse(
      "protectionInvalid",
      "支援措置の終わりには、わけ（10文字から500文字）が要ります。何も変えていません。",
    );
  }
  const request = { addresseeNumber, reason };
  return await run(context, { name: "protection.requestRelease", request, key }, async (client) => {
    const { rows } = await client.query<{ history_no: number; revision: number; last_measure: number }>(
      `SELECT h.history_no, h.revision,
              coalesce((SELECT max(m.measure_id) FROM allowance.protection_measure m WHERE m.addressee_number = $1), 0) AS last_measure
       FROM allowance.person_history h WHERE h.addressee_number = $1 AND allowance.is_protected($1) ORDER BY h.history_no DESC, h.revision DESC LIMIT 1`,
      [addresseeNumber],
    );
    const seen = rows[0];
    if (seen === undefined)
      throw refuse("protectionInvalid", "この人は支援措置の対象ではありません。何も変えていません。");
    const digest = createHash("sha256")
      .update(canonicalJson({ ...request, ...seen, by: context.operator }))
      .digest("hex");
    const made = await client.query<{ release_id: number }>(
      `INSERT INTO allowance.protection_release_request (addressee_number, reason, history_no, revision, last_measure, content_digest, requested_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING release_id`,
      [addresseeNumber, reason, seen.history_no, seen.revision, seen.last_measure, digest, context.operator],
    );
    const releaseId = made.rows[0]?.release_id ?? 0;
    const event = { action: "protection.requestRelease", objectKind: "protectionRelease", objectId: String(releaseId) };
    return { response: releaseId, audit: [event] };
  });
}

/**
 * The second person ends the protection.
 *
 * @throws Refusal `protectionUnknown`, `samePerson`, `contentChanged` (something came in since), `protectionInRegister`
 */
export async function approveRelease(
  context: Context,
  { releaseId, digest, key }: { readonly releaseId: number; readonly digest: string; readonly key?: string },
): Promise<void> {
  await run(context, { name: "protection.release", request: { releaseId, digest }, key }, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO allowance.protection_release (release_id, content_digest, requested_by, approved_by)
       SELECT release_id, $2, requested_by, $3 FROM allowance.protection_release_request WHERE release_id = $1`,
      [releaseId, digest, context.operator],
    );
    if (rowCount !== 1) {
      throw refuse("protectionUnknown", "この申請はありません。一覧を読み直してください。何も変えていません。");
    }
    const event = { action: "protection.release", objectKind: "protectionRelease", objectId: String(releaseId) };
    return { response: null, audit: [event] };
  });
}

type Row = Omit<StandingProtection, "termOn" | "attention">;

/** What of a protection needs a person: the register has let go, the term has passed, or passes within a month. */
function attentionOf(row: Row, today: CivilDate): Pick<StandingProtection, "termOn" | "attention"> {
  const terms = [...(row.inRegister ? [row.registerTermOn] : []), ...row.measures.map(({ termOn }) => termOn)];
  const open = terms.includes(null);
  const termOn = open
    ? null
    : (terms
        .filter((term) => term !== null)
        .toSorted()
        .at(-1) ?? null);
  if (!row.inRegister && row.measures.length === 0) return { termOn, attention: "registerEnded" };
  if (termOn === null) return { termOn, attention: null };
  if (termOn < today) return { termOn, attention: "overdue" };
  return { termOn, attention: termOn <= addDays(today, 31) ? "ending" : null };
}

/** Everybody whose mark stands, those who need a look first. By 宛名番号 alone: no name, no address. */
export async function listProtections(connection: Queryable, today: CivilDate): Promise<readonly StandingProtection[]> {
  const { rows } = await connection.query<Row>(
    `SELECT p.addressee_number AS "addresseeNumber", h.sent_protected IS NOT FALSE AS "inRegister",
       h.sent_protected IS NOT FALSE AND h.protection_provisional AS "provisionalInRegister", h.protected_to AS "registerTermOn",
       coalesce((SELECT jsonb_agg(m.line ORDER BY m.at, m.id) FROM (
           SELECT m.recorded_at AS at, m.measure_id AS id,
             jsonb_build_object('kind', m.kind, 'startsOn', m.starts_on, 'termOn', m.term_on, 'basis', m.basis, 'enteredBy', m.entered_by) AS line
           FROM allowance.protection_measure m WHERE m.addressee_number = p.addressee_number
             AND m.measure_id > coalesce((SELECT max(q.last_measure) FROM allowance.protection_release l JOIN allowance.protection_release_request q USING (release_id)
               WHERE q.addressee_number = p.addressee_number), 0)
           UNION ALL
           SELECT n.recorded_at, n.notice_id,
             jsonb_build_object('kind', CASE WHEN n.provisional THEN 'aheadProvisional' ELSE 'ahead' END, 'startsOn', n.starts_on, 'termOn', n.term_on,
               'basis', concat('連携 ', n.interface_code, ' 連番', n.sequence), 'enteredBy', n.noted_by)
           FROM allowance.protection_notice n WHERE n.addressee_number = p.addressee_number
             AND n.recorded_at > coalesce((SELECT max(l.recorded_at) FROM allowance.protection_release l JOIN allowance.protection_release_request q USING (release_id)
               WHERE q.addressee_number = p.addressee_number), '-infinity')
             -- Once the register has said it itself, its own word and its own end count.
             AND NOT EXISTS (SELECT FROM allowance.person_history k WHERE k.addressee_number = n.addressee_number AND k.history_no = n.history_no
               AND k.protected AND k.sent_protected IS NOT FALSE)) m), '[]') AS measures,
       (SELECT jsonb_build_object('releaseId', q.release_id, 'reason', q.reason, 'digest', q.content_digest, 'requestedBy', q.requested_by)
        FROM allowance.protection_release_request q WHERE q.addressee_number = p.addressee_number
          AND NOT EXISTS (SELECT FROM allowance.protection_release l WHERE l.release_id = q.release_id)
          AND (q.history_no, q.revision) = (h.history_no, h.revision)
          AND q.last_measure = coalesce((SELECT max(m.measure_id) FROM allowance.protection_measure m WHERE m.addressee_number = p.addressee_number), 0)
        ORDER BY q.release_id DESC LIMIT 1) AS release
     FROM (SELECT DISTINCT addressee_number FROM allowance.person_history WHERE protected) p
     CROSS JOIN LATERAL (SELECT * FROM allowance.person_history x WHERE x.addressee_number = p.addressee_number
                         ORDER BY x.history_no DESC, x.revision DESC LIMIT 1) h
     WHERE h.protected ORDER BY p.addressee_number`,
  );
  const order = (each: StandingProtection): number => (each.attention === null ? 1 : 0);
  return rows
    .map((row) => ({ ...row, ...attentionOf(row, today) }))
    .toSorted((left, right) => order(left) - order(right));
}
