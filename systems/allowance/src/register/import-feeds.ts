/**
 * Takes a delivery of the city's other systems into the register (連携ファイルの取り込み).
 *
 * Each file is one transaction (claims.csv and claim_children.csv together are one): a reader sees all of it or none, a
 * crash at any point leaves the old or the new state, and importing the same file again changes nothing. Rows that can't
 * be taken are listed for people; the others live.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";

import { readCsvBatches } from "@hagukumi/platform/csv/read.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import { type Context, ROLE } from "../context.ts";
import { refusing } from "../constraints.ts";
import { holdForDeathsOf } from "../holds/hold-for-death.ts";
import { requireNothingHalfWritten } from "../mass-work/order.ts";
import { stopIfCancelled } from "../refusal.ts";
import { municipalityCode } from "../municipality.ts";
import { noteChanges } from "../register-changes/note-changes.ts";
import { markReplicas } from "../replica/mark.ts";
import { addClaimChildren, addClaims } from "./add-claims.ts";
import type { Feed } from "./feed.ts";
import { type IncomingRow, readFeedRows } from "./feed-rows.ts";
import { claimChildrenFeed } from "./feeds/claim-children.ts";
import { claimsFeed } from "./feeds/claims.ts";
import { endorsementsFeed } from "./feeds/endorsements.ts";
import { incomesFeed } from "./feeds/incomes.ts";
import { linkedPeriodsFeed } from "./feeds/linked-periods.ts";
import { organizationsFeed } from "./feeds/organizations.ts";
import { residentsFeed } from "./feeds/residents.ts";
import { statusPeriodsFeed } from "./feeds/status-periods.ts";
import { taxItemsFeed } from "./feeds/tax-items.ts";
import { withImportLock } from "./import-lock.ts";
import { FEED_FILES, type FeedFile, type ManifestFile, readManifest, verifyFile, wrongRowCount } from "./manifest.ts";
import { FILE_ORIGINS, type Origin } from "./origin.ts";
import { originOf } from "./origin-lists.ts";
import { type RefusedLine, RefusedRows } from "./refused-rows.ts";
import {
  addRevisions,
  asFirstLoad,
  refuseDoubleKeys,
  refuseUnknownPersons,
  registerAddressees,
  stageRows,
} from "./stage.ts";

/** What became of one file: `rows` = `added` + `unchanged` + `refused`, always. */
export type FileResult = {
  readonly file: FeedFile;
  readonly rows: number;
  /** New rows and new versions of known rows */
  readonly added: number;
  /** Rows equal to what is already recorded */
  readonly unchanged: number;
  readonly refused: number;
  /** Path of the list of refused rows; null where every row was taken */
  readonly refusedList: string | null;
};

export type ImportResult = {
  readonly municipality: string;
  readonly asOf: string;
  readonly files: readonly FileResult[];
};

/** The feeds by file name. */
export const FEEDS: Readonly<Record<FeedFile, Feed>> = {
  "organizations.csv": organizationsFeed,
  "residents.csv": residentsFeed,
  "status_periods.csv": statusPeriodsFeed,
  "incomes.csv": incomesFeed,
  "tax_items.csv": taxItemsFeed,
  "linked_periods.csv": linkedPeriodsFeed,
  "endorsements.csv": endorsementsFeed,
  "claims.csv": claimsFeed,
  "claim_children.csv": claimChildrenFeed,
};

const TABLES = {
  "status_periods.csv": "allowance.status_period",
  "incomes.csv": "allowance.income_history",
  "tax_items.csv": "allowance.tax_item",
  "linked_periods.csv": "allowance.linked_period",
  "endorsements.csv": "allowance.move_endorsement",
} as const;

type Merged = { readonly added: number; readonly refused: readonly { readonly line: number }[] };

/** Moves one staged file into its table. */
async function merge(
  client: PoolClient,
  file: FeedFile,
  batchId: number,
  { operator, today }: Context,
  list: RefusedRows,
  staged: number,
): Promise<Merged> {
  const feed = FEEDS[file];
  const refused = await refuseDoubleKeys(client, feed);
  let added: number;
  switch (file) {
    case "organizations.csv":
    case "residents.csv": {
      const people = file === "residents.csv";
      refused.push(...(await registerAddressees(client, feed, people ? "person" : "organization")));
      const table = people ? "allowance.person_history" : "allowance.organization_history";
      const move = async (): Promise<number> => await addRevisions(client, feed, table, batchId);
      added = people ? await asFirstLoad(client, staged, move) : await move();
      // At intake, not at the decision: a run that was approved before must not pay the dead.
      if (people) await holdForDeathsOf(client, batchId, operator, today);
      break;
    }
    case "status_periods.csv":
    case "incomes.csv":
    case "tax_items.csv":
    case "linked_periods.csv":
    case "endorsements.csv": {
      refused.push(...(await refuseUnknownPersons(client, feed)));
      added = await addRevisions(client, feed, TABLES[file], batchId);
      break;
    }
    case "claims.csv":
    case "claim_children.csv": {
      const result =
        file === "claims.csv" ? await addClaims(client, operator, batchId) : await addClaimChildren(client);
      refused.push(...result.refused);
      added = result.added;
      break;
    }
  }
  for (const row of refused.toSorted((left, right) => left.line - right.line)) await list.add(row.line, row.problems);
  return { added, refused };
}

/** A file whose rows can be read, from the beginning, as often as the transaction is tried. */
type ReadableFile = Pick<ManifestFile, "name" | "rows" | "sha256"> & {
  /** The day up to which the delivery goes, where it says so */
  readonly asOf?: string;
  readonly open: () => AsyncIterable<readonly IncomingRow[]>;
  readonly origin: Origin;
};

async function importFile(
  client: PoolClient,
  context: Context,
  file: ReadableFile,
  list: RefusedRows,
): Promise<Omit<FileResult, "refusedList">> {
  const feed = FEEDS[file.name];
  const read = readFeedRows(file.open(), feed, list, (done) => {
    stopIfCancelled(context.signal, `${file.name} の取り込み`);
    context.onProgress?.(file.name, done, file.rows);
  });
  await stageRows(client, feed, read.rows);
  const rows = read.count();
  if (rows !== file.rows) throw wrongRowCount(file, rows);
  crashPoint(`import.${file.name}.staged`);
  const { rows: ids } = await client.query<{ id: number }>(
    "SELECT nextval(pg_get_serial_sequence('allowance.import_batch', 'batch_id')) AS id",
  );
  const batchId = ids[0]?.id ?? 0;
  const { added } = await merge(client, file.name, batchId, context, list, rows);
  if (added > 0) {
    await noteChanges(client, file.name, batchId, context.today);
    if (file.name === "residents.csv") await markReplicas(client, { batchId }, context.operator);
  }
  crashPoint(`import.${file.name}.merged`);
  const refused = list.count;
  const unchanged = rows - added - refused;
  await client.query(
    `INSERT INTO allowance.import_batch (batch_id, file_name, sha256, rows, added, unchanged, rejected, imported_by, as_of, source_code, channel_code, interface_code)
     OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      batchId,
      file.name,
      file.sha256,
      rows,
      added,
      unchanged,
      refused,
      context.operator,
      file.asOf ?? null,
      file.origin.source,
      file.origin.channel,
      file.origin.interfaceCode,
    ],
  );
  return { file: file.name, rows, added, unchanged, refused };
}

/** One transaction over the files of one group. */
async function importGroup(
  context: Context,
  dir: string,
  files: readonly ManifestFile[],
  asOf: string,
): Promise<FileResult[]> {
  for (const file of files) await verifyFile(dir, file);
  const name = files.map((file) => file.name).join("+");
  crashPoint(`import.${name}.verified`);
  const lists = files.map((file) => new RefusedRows(context.reportsDir, file.name));
  try {
    const { response } = await refusing(() =>
      runCommand(
        context.pool,
        {
          role: ROLE,
          // A new key for each run: importing again is a new piece of work that finds nothing to add, not a retry.
          key: `import/${randomUUID()}`,
          name: "register.import",
          actor: context.operator,
          purpose: context.purpose,
          request: { files },
          signal: context.signal,
          keyBefore: true, // under the import's own lock
        },
        async (client) => {
          const results: Omit<FileResult, "refusedList">[] = [];
          for (const [index, file] of files.entries()) {
            const list = lists[index];
            if (list === undefined) continue;
            await list.restart();
            const open = () => readCsvBatches(join(dir, file.name), { columns: FEEDS[file.name].header });
            const origin = FILE_ORIGINS[file.name];
            results.push(await importFile(client, context, { ...file, asOf, open, origin }, list));
          }
          const audit = results.map(({ file, rows, added, unchanged, refused }) => ({
            action: "register.import",
            objectKind: "feed",
            objectId: file,
            detail: { rows, added, unchanged, refused },
          }));
          return { response: results, audit };
        },
      ),
    );
    crashPoint(`import.${name}.committed`);
    const done: FileResult[] = [];
    for (const [index, result] of response.entries()) {
      done.push({ ...result, refusedList: (await lists[index]?.publish()) ?? null });
    }
    crashPoint(`import.${name}.listed`);
    return done;
  } finally {
    for (const list of lists) await list.discard();
  }
}

/** A claim without its children is no claim: the two files are one transaction. */
const together = (file: ManifestFile): boolean => file.name === "claims.csv" || file.name === "claim_children.csv";

/**
 * Imports a delivery (a folder with manifest.json and CSV files, see docs/連携ファイル仕様.md).
 *
 * @returns one result per file, in the order of import
 * @throws Refusal `feedManifest`, `feedFileBroken` (a file is missing, cut or changed: nothing is imported; another
 *   number of rows than announced: nothing of that file is, files before it are),
 *   `csvHeader`, `csvUnreadable`, `cancelled`, `massLaneBusy` (mass work that rests on the registers is half written). A second import at
 *   the same time waits for the first.
 */
export async function importFeeds(context: Context, dir: string): Promise<ImportResult> {
  const manifest = await readManifest(dir, await municipalityCode(context));
  const present = FEED_FILES.flatMap((name) => manifest.files.filter((file) => file.name === name));
  const groups = [...present.filter((file) => !together(file)).map((file) => [file]), present.filter(together)];
  // All files before the first row: a delivery that was damaged on its way leaves nothing of itself.
  for (const file of present) await verifyFile(dir, file);
  return await withImportLock(context.pool, async () => {
    await requireNothingHalfWritten(context.pool, context.today, "feedIntake", "異動の取込み");
    const files: FileResult[] = [];
    for (const group of groups) {
      if (group.length > 0) files.push(...(await importGroup(context, dir, group, manifest.asOf)));
    }
    return { municipality: manifest.municipality, asOf: manifest.asOf, files };
  });
}

/** One delivery of the 庁内連携システム: rows of one feed in the order of its columns, already checked for people and items. */
export type TakeDelivery = {
  /** Idempotency key: interface, sequence and attempt. The same delivery taken twice gives the first answer. */
  readonly key: string;
  /** Name of the list of refused rows, without its ending */
  readonly label: string;
  readonly file: FeedFile;
  /** The interface that brought it */
  readonly interfaceCode: string;
  /** The day up to which the delivery goes */
  readonly asOf: string;
  readonly sha256: string;
  /** Rows that the source announced, refused ones among them */
  readonly rows: number;
  readonly open: () => AsyncIterable<readonly IncomingRow[]>;
};

/** What became of a delivery, with the lines that were refused (the first thousand) and no value of them. */
export type TakenDelivery = Omit<FileResult, "file"> & { readonly lines: readonly RefusedLine[] };

/**
 * Takes one delivery into the register: one transaction, the same rules as `importFeeds`, and the changes that it brings
 * become work (`register_change`) in that transaction.
 *
 * @throws Refusal `feedFileBroken` (another number of rows than announced: nothing of it is taken), `csvHeader`,
 *   `csvUnreadable`, `cancelled`
 */
export async function takeDelivery(context: Context, delivery: TakeDelivery): Promise<TakenDelivery> {
  const { key, label, file, interfaceCode, asOf, sha256, rows, open } = delivery;
  const list = new RefusedRows(context.reportsDir, `${label}.csv`);
  try {
    const { response, repeated } = await withImportLock(context.pool, async () => {
      await requireNothingHalfWritten(context.pool, context.today, "feedIntake", "異動の取込み");
      return await refusing(() =>
        runCommand(
          context.pool,
          {
            role: ROLE,
            key,
            name: "register.take",
            actor: context.operator,
            guard: context.guard,
            purpose: context.purpose,
            request: { file, sha256, rows },
            signal: context.signal,
            keyBefore: true, // under the import's own lock
          },
          async (client) => {
            await list.restart();
            const origin = await originOf(client, interfaceCode, asOf);
            const result = await importFile(client, context, { name: file, rows, sha256, asOf, open, origin }, list);
            const { added, unchanged, refused } = result;
            const detail = { rows, added, unchanged, refused };
            const audit = [{ action: "register.take", objectKind: "feed", objectId: label, detail }];
            return { response: { rows, added, unchanged, refused, lines: list.lines }, audit };
          },
        ),
      );
    });
    crashPoint("register.take.committed");
    return { ...response, refusedList: repeated ? null : await list.publish() };
  } finally {
    await list.discard();
  }
}
