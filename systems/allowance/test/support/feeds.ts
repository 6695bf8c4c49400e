/** Writes small deliveries for tests: rows by 項目名 with believable defaults, and a manifest that fits. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { claimChildrenFeed } from "../../src/register/feeds/claim-children.ts";
import { claimsFeed } from "../../src/register/feeds/claims.ts";
import { incomesFeed } from "../../src/register/feeds/incomes.ts";
import { organizationsFeed } from "../../src/register/feeds/organizations.ts";
import { residentsFeed } from "../../src/register/feeds/residents.ts";
import { statusPeriodsFeed } from "../../src/register/feeds/status-periods.ts";
import { taxItemsFeed } from "../../src/register/feeds/tax-items.ts";

type Cells = Readonly<Record<string, string>>;

export type Delivery = {
  readonly organizations?: readonly Cells[];
  readonly residents?: readonly Cells[];
  readonly statusPeriods?: readonly Cells[];
  readonly incomes?: readonly Cells[];
  readonly taxItems?: readonly Cells[];
  readonly claims?: readonly Cells[];
  readonly claimChildren?: readonly Cells[];
};

const HEADERS = {
  organizations: organizationsFeed,
  residents: residentsFeed,
  statusPeriods: statusPeriodsFeed,
  incomes: incomesFeed,
  taxItems: taxItemsFeed,
  claims: claimsFeed,
  claimChildren: claimChildrenFeed,
} as const satisfies Record<keyof Delivery, unknown>;

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** CSV text of the rows. A cell that a row does not name is empty; a name that is no column is a mistake of the test. */
export function csv(columns: readonly string[], rows: readonly Cells[]): string {
  const lines = rows.map((row) => {
    const unknown = Object.keys(row).find((name) => !columns.includes(name));
    if (unknown !== undefined) throw new Error(`no column ${unknown}`);
    return columns.map((name) => quoted(row[name] ?? "")).join(",");
  });
  return `${[columns.join(","), ...lines].join("\r\n")}\r\n`;
}

export type RawFile = { readonly name: string; readonly bytes: Buffer | string; readonly rows: number };

/** Writes files with a manifest that announces exactly them. */
export async function writeRaw(dir: string, files: readonly RawFile[], manifest: object = {}): Promise<string> {
  await mkdir(dir, { recursive: true });
  for (const file of files) await writeFile(join(dir, file.name), file.bytes);
  const announced = files.map(({ name, bytes, rows }) => {
    const buffer = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
    return { name, rows, bytes: buffer.length, sha256: createHash("sha256").update(buffer).digest("hex") };
  });
  await writeFile(
    join(dir, "manifest.json"),
    JSON.stringify({
      format: "hagukumi-feed/1",
      municipality: "431001",
      createdAt: "2026-11-23T00:00:00+09:00",
      asOf: "2026-11-20",
      files: announced,
      ...manifest,
    }),
  );
  return dir;
}

/** Writes a delivery. */
export async function writeDelivery(dir: string, delivery: Delivery, asOf = "2026-11-20"): Promise<string> {
  const names = Object.keys(HEADERS) as (keyof Delivery)[];
  const files = names.flatMap((name) => {
    const rows = delivery[name];
    const feed = HEADERS[name];
    return rows === undefined ? [] : [{ name: feed.file, bytes: csv(feed.header, rows), rows: rows.length }];
  });
  return await writeRaw(dir, files, { asOf });
}

export const number15 = (number: number): string => String(number).padStart(15, "0");

/** A resident since birth or, with other cells, anything else. */
export function resident(number: number, birth: string, cells: Cells = {}): Cells {
  return {
    宛名番号: number15(number),
    履歴番号: "1",
    最新フラグ: "1",
    削除フラグ: "0",
    世帯番号: number15(900_000 + Math.trunc(number / 100)),
    住民種別: "1",
    住民状態: "1",
    異動年月日: birth,
    異動年月日不詳フラグ: "0",
    異動届出年月日: birth,
    異動事由コード: "11",
    氏名: `架空　${number}子`,
    氏名フリガナ: "カクウ　タロウ",
    性別コード: "2",
    生年月日: birth,
    生年月日不詳フラグ: "0",
    続柄コード: "02",
    市区町村コード: "431010",
    郵便番号: "8600000",
    住所: "架空町１丁目",
    支援措置区分: "0",
    ...cells,
  };
}

/** A 認定請求 of an individual with an account in the claimant's name. */
export function claim(number: number, claimant: number, receivedOn: string, cells: Cells = {}): Cells {
  return {
    受付番号: String(number),
    請求種別: "certification",
    受付年月日: receivedOn,
    受付経路: "counter",
    請求者宛名番号: number15(claimant),
    受給者区分: "individual",
    請求事由: "other",
    被用区分: "employee",
    所管区: "431010",
    金融機関コード: "0182",
    支店コード: "101",
    預金種目: "1",
    口座番号: String(1000 + number),
    口座名義カナ: "カクウ　タロウ",
    ...cells,
  };
}

/** An increase claim or a confirmation: no account. */
export function furtherClaim(number: number, claimant: number, receivedOn: string, cells: Cells): Cells {
  const empty = { 金融機関コード: "", 支店コード: "", 預金種目: "", 口座番号: "", 口座名義カナ: "" };
  return claim(number, claimant, receivedOn, { 請求種別: "increase", ...empty, ...cells });
}

export function claimChild(claimNumber: number, child: number, serial: number, cells: Cells = {}): Cells {
  return {
    受付番号: String(claimNumber),
    児童宛名番号: number15(child),
    区分: "child",
    続柄: "子",
    児童連番: String(serial),
    同居別居区分: "together",
    生計関係: "common",
    ...cells,
  };
}
