/** 夜の検査: what is stored, looked through every night. What is wrong is a failure of the part, which stays until it is right. */
import { type Context, replayRecords, verifyMoney } from "@hagukumi/allowance/contract.ts";
import { readHead } from "@hagukumi/platform/access/seal/head.ts";
import { ACCESS_LOG, JOURNAL, type LogStream } from "@hagukumi/platform/access/seal/rows.ts";
import { headPath } from "@hagukumi/platform/access/seal/seal-log.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { verifyLog } from "@hagukumi/platform/access/seal/verify-log.ts";
import { checkStorage } from "@hagukumi/platform/database/check-storage.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { verifyVaultLog } from "@hagukumi/vault/contract.ts";

import { openVaultRecords } from "../installation-vault.ts";

const wrong = (text: string): Refusal => new Refusal("dataDamaged", text);

export type CheckedInstallation = { readonly databaseUrl: string; readonly dataDir: string };

/** お金の不変条件. @throws Refusal `dataDamaged` naming those that are broken */
export async function checkMoney(context: Context): Promise<string> {
  const results = await verifyMoney(context);
  const broken = results.filter(({ violations }) => violations > 0).map(({ id }) => id);
  if (broken.length === 0) return `お金の不変条件 ${results.length}項目は、すべて正常です。`;
  throw wrong(
    `お金の不変条件 ${broken.join("・")} が破れています。支払を止めて、hagukumi verify money で内容を確かめてください。`,
  );
}

/** 元帳と決定の組み直し. @throws Refusal `dataDamaged` naming the tables that differ */
export async function checkReplay(context: Context): Promise<string> {
  const tables = await replayRecords(context);
  const other = tables.filter(({ stored, rebuilt }) => stored !== rebuilt).map(({ table }) => table);
  if (other.length === 0) return `${tables.length}表を組み直し、保存された記録と同じでした。`;
  throw wrong(
    `組み直した記録と保存された記録が違います（${other.join("・")}）。hagukumi verify replay で内容を確かめてください。`,
  );
}

/** 記録と封. @throws Refusal `dataDamaged` */
export async function checkLogs(context: Context, { databaseUrl, dataDir }: CheckedInstallation): Promise<string> {
  const key = await readSealKey(dataDir);
  const look = async (stream: LogStream): Promise<number> => {
    const own = await readHead(headPath(dataDir, stream));
    return (await verifyLog(context.pool, key, own === undefined ? [] : [own], undefined, stream)).found;
  };
  const found = { アクセスログ: await look(ACCESS_LOG), システムの記録: await look(JOURNAL) };
  const records = await openVaultRecords(databaseUrl, dataDir);
  const vault =
    records === undefined ? 0 : (await verifyVaultLog(records, dataDir).finally(async () => await records.end())).found;
  const bad = [...Object.entries(found), ["金庫の記録", vault] as const].filter(([, count]) => count > 0);
  if (bad.length === 0) return "アクセスログ・システムの記録・金庫の記録は、封のとおりです。";
  throw wrong(
    `${bad.map(([name, count]) => `${name}に${count}件`).join("、")}、封と合わない所があります。hagukumi verify log で内容を確かめ、監査に知らせてください。`,
  );
}

/** 保存データ. @throws Refusal `dataDamaged`, `cancelled`, `storageCheckUnavailable` */
export async function checkPages(
  context: Context,
  { databaseUrl, dataDir }: CheckedInstallation,
  signal: AbortSignal,
): Promise<string> {
  const records = await openVaultRecords(databaseUrl, dataDir);
  try {
    const checks = [await checkStorage(context.pool, { signal })];
    if (records !== undefined) checks.push(await checkStorage(records, { signal }));
    const pages = checks.reduce((sum, each) => sum + each.pages, 0);
    const bad = checks.flatMap(({ findings }) => findings);
    if (bad.length === 0) return `保存データ ${pages.toLocaleString("ja-JP")}頁に、壊れた所はありません。`;
    throw wrong(
      `保存データに、壊れた所が ${bad.length}か所あります。hagukumi verify storage で場所を確かめ、控えから戻す用意をしてください。`,
    );
  } finally {
    await records?.end();
  }
}
