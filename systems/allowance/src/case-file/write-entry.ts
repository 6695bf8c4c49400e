/** Commands on 台帳の記載: add, revise (also: close), withdraw, confirm by a second person. */
import { randomUUID } from "node:crypto";

import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { codesOn } from "./codes.ts";
import {
  columnOf,
  type EntryContent,
  type EntryInput,
  type EntryKind,
  entrySpecs,
  membersOf,
  shapeOf,
} from "./entry-kinds.ts";
import { WITHHELD } from "../outputs/declared-list.ts";
import { lastRevision } from "./read-entries.ts";

/** An entry in one revision. */
export type EntryRef = { readonly entryId: number; readonly revision: number };

export type NewEntry<K extends EntryKind> = {
  /** Whose case file, 宛名番号 */
  readonly addresseeNumber: number;
  readonly content: EntryInput<K>;
  /** First day on which it is true */
  readonly validFrom: string;
  /** Last day on which it is true; absent or null: it goes on */
  readonly validTo?: string | null;
  /** Idempotency key */
  readonly key?: string;
};

export type EntryRevision<K extends EntryKind> = EntryRef & {
  /** Why, 1–200 characters; the earlier revision stays with its author */
  readonly reason: string;
  /** What changes; everything else stays as it is */
  readonly content?: Partial<EntryInput<K>>;
  readonly validFrom?: string;
  readonly validTo?: string | null;
  readonly key?: string;
};

const NOTHING_CHANGED = "何も変えていません。";

type Row = {
  readonly addresseeNumber: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly withdrawn: boolean;
  readonly reason: string;
};

/** @throws Refusal `entryInvalid` */
function checked<K extends EntryKind>(kind: K, content: unknown): EntryContent<K> {
  const parsed = shapeOf(kind).safeParse(content);
  const { label } = entrySpecs[kind];
  if (parsed.success) {
    if (!Object.values(parsed.data).includes(WITHHELD)) return parsed.data as EntryContent<K>;
    throw refuse(
      "entryInvalid",
      `${label}を登録できません。「${WITHHELD}」は支援措置のために隠した印で、値ではありません。値を書くか、その項目を送らないでください。${NOTHING_CHANGED}`,
      { kind },
    );
  }
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "全体"}: ${message}`);
  throw refuse(
    "entryInvalid",
    `${label}を登録できません。${wrong.join("、")}。項目を直してやり直してください。${NOTHING_CHANGED}`,
    { kind, members: parsed.error.issues.map(({ path }) => path.join(".")) },
  );
}

function checkPeriod(label: string, validFrom: string, validTo: string | null): void {
  const days = [validFrom, ...(validTo === null ? [] : [validTo])];
  if (days.every((day) => parseCivilDate(day) !== undefined) && (validTo ?? validFrom) >= validFrom) return;
  throw refuse(
    "entryInvalid",
    `${label}の期間は、ある日付（YYYY-MM-DD）で、始まりから終わりの順に書いてください。${NOTHING_CHANGED}`,
  );
}

function checkReason(label: string, reason: string): void {
  if (reason.trim() !== "" && reason.length <= 200) return;
  throw refuse(
    "entryInvalid",
    `${label}を直す・終える・取り消すときは、理由を1文字から200文字で書いてください。${NOTHING_CHANGED}`,
  );
}

/** Every code must be in the code table on the day from which the entry is true. @throws Refusal `codeUnknown` */
async function checkCodes(client: PoolClient, kind: EntryKind, row: Row): Promise<void> {
  const { codes, label } = entrySpecs[kind];
  for (const [member, domain] of Object.entries(codes)) {
    const value = row.content[member];
    if (typeof value !== "string") continue;
    const known = await codesOn(client, domain, row.validFrom);
    if (known.some(({ identifier }) => identifier === value)) continue;
    throw refuse(
      "codeUnknown",
      `${label}の ${member}「${value}」は、${row.validFrom} に使えるコード（${domain}）にありません。コード表から選ぶか、先にコード表に足してください。${NOTHING_CHANGED}`,
      { domain, member },
    );
  }
}

async function insertRow(
  client: PoolClient,
  context: Context,
  kind: EntryKind,
  ref: EntryRef,
  row: Row,
): Promise<void> {
  const { table, months, derive } = entrySpecs[kind];
  const members = membersOf(kind).map((member): [string, unknown] => {
    const value = row.content[member] ?? null;
    return [columnOf(member), typeof value === "string" && months.includes(member) ? `${value}-01` : value];
  });
  const columns: readonly (readonly [string, unknown])[] = [
    ["entry_id", ref.entryId],
    ["revision", ref.revision],
    ["addressee_number", row.addresseeNumber],
    ...members,
    ...Object.entries(derive(row.content)),
    ["valid_from", row.validFrom],
    ["valid_to", row.validTo],
    ["withdrawn", row.withdrawn],
    ["reason", row.reason],
    ["entered_by", context.operator],
  ];
  await client.query(
    `INSERT INTO allowance.${table} (${columns.map(([name]) => name).join(", ")}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(", ")})`,
    columns.map(([, value]) => value),
  );
}

async function run<T>(
  context: Context,
  name: string,
  kind: EntryKind,
  request: unknown,
  key: string | undefined,
  work: (client: PoolClient) => Promise<{ readonly response: T; readonly entry: EntryRef; readonly number: number }>,
): Promise<T> {
  const command = {
    role: ROLE,
    key: key ?? `${name}/${randomUUID()}`,
    name,
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { kind, request },
  };
  const { response } = await refusing(() =>
    runCommand<T>(context.pool, command, async (client) => {
      const { response: answer, entry, number } = await work(client);
      return {
        response: answer,
        audit: [
          {
            action: name,
            objectKind: `entry.${kind}`,
            objectId: String(entry.entryId),
            detail: { revision: entry.revision, addresseeNumber: number },
          },
        ],
      };
    }),
  );
  return response;
}

/**
 * Adds an entry to a person's case file.
 *
 * @throws Refusal `entryInvalid`, `addresseeUnknown`, `codeUnknown`, `entryOverlaps`
 */
export async function addEntry<K extends EntryKind>(context: Context, kind: K, entry: NewEntry<K>): Promise<EntryRef> {
  const content = checked(kind, entry.content);
  const { addresseeNumber, validFrom, validTo = null, key } = entry;
  checkPeriod(entrySpecs[kind].label, validFrom, validTo);
  const row: Row = { addresseeNumber, content, validFrom, validTo, withdrawn: false, reason: "" };
  return await run(context, "entry.add", kind, row, key, async (client) => {
    const known = await client.query("SELECT FROM allowance.addressee WHERE addressee_number = $1", [addresseeNumber]);
    if (known.rowCount !== 1) {
      throw refuse(
        "addresseeUnknown",
        `${entrySpecs[kind].label}を登録する宛名番号の人がいません。番号を確認してください。${NOTHING_CHANGED}`,
        { addresseeNumber },
      );
    }
    await checkCodes(client, kind, row);
    const { rows } = await client.query<{ id: number }>("SELECT nextval('allowance.entry_id_seq') AS id");
    const ref = { entryId: rows[0]?.id ?? 0, revision: 1 };
    await insertRow(client, context, kind, ref, row);
    return { response: ref, entry: ref, number: addresseeNumber };
  });
}

/** The last revision, which must be the one the person has seen. @throws Refusal `entryUnknown`, `entryChanged`, `entryWithdrawn` */
async function seen(
  client: PoolClient,
  kind: EntryKind,
  { entryId, revision }: EntryRef,
  mayBeWithdrawn = false,
): Promise<Row> {
  const { label } = entrySpecs[kind];
  const last = await lastRevision(client, kind, entryId);
  if (last === undefined) {
    throw refuse("entryUnknown", `番号 ${entryId} の${label}はありません。番号を確認してください。`, { entryId });
  }
  if (last.revision !== revision) {
    throw refuse(
      "entryChanged",
      `${label}は、開いたあとでほかの職員が変えています（いまは第${last.revision}版）。読み直してからやり直してください。${NOTHING_CHANGED}`,
      { entryId, revision: last.revision },
    );
  }
  if (last.withdrawn && !mayBeWithdrawn) {
    throw refuse("entryWithdrawn", `この${label}は取り消されています。新しく登録してください。${NOTHING_CHANGED}`, {
      entryId,
    });
  }
  return last;
}

/**
 * Writes the next revision of an entry: a correction, an answer, or its end (`validTo`). The revisions before stay.
 *
 * @throws Refusal `entryInvalid`, `entryUnknown`, `entryChanged`, `entryWithdrawn`, `codeUnknown`, `entryOverlaps`
 */
export async function reviseEntry<K extends EntryKind>(
  context: Context,
  kind: K,
  change: EntryRevision<K>,
): Promise<EntryRef> {
  const { key, ...request } = change;
  checkReason(entrySpecs[kind].label, change.reason);
  return await run(context, "entry.revise", kind, request, key, async (client) => {
    const last = await seen(client, kind, change);
    const row: Row = {
      addresseeNumber: last.addresseeNumber,
      content: checked(kind, { ...last.content, ...change.content }),
      validFrom: change.validFrom ?? last.validFrom,
      validTo: change.validTo === undefined ? last.validTo : change.validTo,
      withdrawn: false,
      reason: change.reason,
    };
    checkPeriod(entrySpecs[kind].label, row.validFrom, row.validTo);
    await checkCodes(client, kind, row);
    const ref = { entryId: change.entryId, revision: change.revision + 1 };
    await insertRow(client, context, kind, ref, row);
    return { response: ref, entry: ref, number: row.addresseeNumber };
  });
}

/**
 * Takes an entry back as a mistake. It is out of every list from now on, and still there for every day before; where a second person is
 * needed, what was confirmed holds until that person confirms the withdrawal too.
 *
 * @throws Refusal `entryInvalid`, `entryUnknown`, `entryChanged`, `entryWithdrawn`
 */
export async function withdrawEntry(
  context: Context,
  kind: EntryKind,
  change: EntryRef & { readonly reason: string; readonly key?: string },
): Promise<EntryRef> {
  const { key, ...request } = change;
  checkReason(entrySpecs[kind].label, change.reason);
  return await run(context, "entry.withdraw", kind, request, key, async (client) => {
    const last = await seen(client, kind, change);
    const ref = { entryId: change.entryId, revision: change.revision + 1 };
    await insertRow(client, context, kind, ref, { ...last, withdrawn: true, reason: change.reason });
    return { response: ref, entry: ref, number: last.addresseeNumber };
  });
}

/**
 * 二人目の確認: another person confirms exactly the revision seen (評価書Ⅲ2②): input, correction or withdrawal take effect only then.
 *
 * @throws Refusal `samePerson`, `entryUnknown`, `entryChanged`, `entryWithdrawn`, `entryConfirmed`
 */
export async function confirmEntry(
  context: Context,
  kind: EntryKind,
  change: EntryRef & { readonly key?: string },
): Promise<void> {
  const { key, ...request } = change;
  await run(context, "entry.confirm", kind, request, key, async (client) => {
    const last = await seen(client, kind, change, entrySpecs[kind].secondPerson !== null);
    await client.query(
      "INSERT INTO allowance.entry_confirmation (entry_id, revision, kind, confirmed_by) VALUES ($1, $2, $3, $4)",
      [change.entryId, change.revision, entrySpecs[kind].table, context.operator],
    );
    return { response: null, entry: change, number: last.addresseeNumber };
  });
}
