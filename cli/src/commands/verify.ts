/** `hagukumi verify …`: the nightly checks: money invariants, the access log against its seals, the stored pages against their checksums. */
import { replayFromEmpty, replayRecords, verifyMoney } from "@hagukumi/allowance/contract.ts";
import { readHead, type SealHead } from "@hagukumi/platform/access/seal/head.ts";
import { ACCESS_LOG, JOURNAL, type LogStream } from "@hagukumi/platform/access/seal/rows.ts";
import { headPath } from "@hagukumi/platform/access/seal/seal-log.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { type LogCheck, verifyLog } from "@hagukumi/platform/access/seal/verify-log.ts";
import { checkStorage } from "@hagukumi/platform/database/check-storage.ts";
import { VAULT_LOG, verifyVaultLog } from "@hagukumi/vault/contract.ts";
import type { Command } from "commander";
import type { Pool } from "pg";

import { perform, withActor } from "../context.ts";
import { openVaultRecords } from "../installation-vault.ts";
import { keptHead, logText } from "../log-text.ts";
import { type NamedStorageCheck, storageText } from "../storage-text.ts";

/** Adds `hagukumi verify …`. Exit status 1 when an invariant is broken. */
export function registerVerify(program: Command): void {
  const verify = program.command("verify").description("保存された記録の検査 / checks of what is stored");
  withActor(verify.command("money").description("お金の不変条件（M1〜M31）を調べる / money invariants")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const results = await verifyMoney(context);
          if (results.some((one) => one.violations > 0)) process.exitCode = 1;
          return results;
        },
        (results) =>
          results
            .map(
              (one) =>
                `${one.violations === 0 ? "○" : "×"} ${one.id} ${one.title}${one.examples.map((text) => `\n    ${text}`).join("")}`,
            )
            .join("\n"),
      );
    },
  );
  withActor(
    verify
      .command("replay")
      .description(
        "元帳・支払処理・債権・受給者・決定を、出来事から空から組み直して、保存された記録と1バイトずつ比べる / ledger, runs, debts, recipients and decisions rebuilt from their events and compared",
      ),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const again = await replayFromEmpty(context);
        const tables = [
          ...(await replayRecords(context)),
          ...again.map((one) => ({ ...one, table: `${one.table}（やり直し）` })),
        ];
        if (tables.some((one) => one.stored !== one.rebuilt)) process.exitCode = 1;
        return tables;
      },
      (tables) =>
        tables
          .map(
            (one) =>
              `${one.stored === one.rebuilt ? "○" : "×"} ${one.table} 保存 ${one.rows}行 ${one.stored.slice(0, 16)} / 組み直し ${one.rebuiltRows}行 ${one.rebuilt.slice(0, 16)}${one.examples.map((line) => `\n    ${line}`).join("")}`,
          )
          .join("\n"),
    );
  });
  withActor(
    verify
      .command("log")
      .description(
        "アクセスログ・システムの記録・金庫の記録を封と照らし合わせる（変更・削除・挿入・並べ替え・切取り） / the logs against their seals",
      )
      .option("--head <file...>", "別の場所に控えた封 / heads kept elsewhere"),
  ).action(async (options: { readonly head?: readonly string[] }, command: Command) => {
    await perform(
      command,
      async ({ context, dataDir, database }) => {
        const key = await readSealKey(dataDir);
        const given = await Promise.all((options.head ?? []).map(keptHead));
        const look = async (stream: LogStream, more: readonly SealHead[]): Promise<LogCheck> => {
          const own = await readHead(headPath(dataDir, stream));
          const heads = own === undefined ? more : [own, ...more];
          return await verifyLog(context.pool, key, heads, undefined, stream);
        };
        const check = await look(ACCESS_LOG, given);
        const journal = await look(JOURNAL, []);
        const records = await openVaultRecords(database.url, dataDir);
        const vault = records === undefined ? undefined : await verifyVaultLog(records, dataDir);
        await records?.end();
        if (check.found + journal.found + (vault?.found ?? 0) > 0) process.exitCode = 1;
        return { ...check, journal, ...(vault === undefined ? {} : { vault }) };
      },
      ({ journal, vault, ...check }) =>
        [
          logText(check, ACCESS_LOG.label),
          logText(journal, JOURNAL.label),
          ...(vault === undefined ? [] : [logText(vault, VAULT_LOG.label)]),
        ].join("\n"),
    );
  });
  withActor(
    verify
      .command("storage")
      .description(
        "保存データの検査: 表と索引のすべてのページを読み、検査値と、行と索引の食い違いを調べる / every stored page, and rows against indexes",
      ),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context: { pool, onProgress, signal }, dataDir, database }) => {
        const look = async (name: string, of: Pool): Promise<NamedStorageCheck> => {
          const report = (done: number, total: number): void => onProgress?.(name, done, total);
          return {
            name,
            ...(await checkStorage(of, { onProgress: report, ...(signal === undefined ? {} : { signal }) })),
          };
        };
        const checks = [await look("業務のデータベース", pool)];
        const records = await openVaultRecords(database.url, dataDir);
        if (records !== undefined)
          checks.push(await look("番号の金庫", records).finally(async () => await records.end()));
        if (checks.some(({ findings, checksums }) => findings.length > 0 || !checksums)) process.exitCode = 1;
        return checks;
      },
      (checks) => checks.map(storageText).join("\n"),
    );
  });
}
