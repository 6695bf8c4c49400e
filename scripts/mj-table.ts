/**
 * Makes `platform/src/text/mj/mj.tsv.gz`, the extract of MJ文字情報一覧表 and MJ縮退マップ that the product carries.
 *
 * Run by hand when a new edition of the list appears: `node scripts/mj-table.ts PATH/TO/moji.db`, where moji.db is the SQLite
 * file of the npm package @mandel59/mojidata (105 MB, therefore no dependency of the product).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";

import { MJ_TABLES } from "../platform/src/text/mj/tables.ts";

/** The tables of the map in the order in which they are asked, and the column that orders a table's own answers. */
const SOURCES: Readonly<Record<keyof typeof MJ_TABLES, readonly [table: string, order: string]>> = {
  J: ["mjsm_JIS包摂規準UCS統合規則", "1"],
  H: ["mjsm_法務省告示582号別表第四_一", "順位"],
  I: ["mjsm_法務省告示582号別表第四_二", "順位"],
  K: ["mjsm_戸籍統一文字情報_親字正字", "ホップ数"],
  Z: ["mjsm_民一2842号通達別表_誤字俗字正字一覧表_俗字", "1"],
  B: ["mjsm_民一2842号通達別表_誤字俗字正字一覧表_別字", "1"],
  M: ["mjsm_民一2842号通達別表_誤字俗字正字一覧表_無印", "1"],
  T: ["mjsm_民二5202号通知別表_正字俗字等対照表", "1"],
  R: ["mjsm_辞書類等による関連字", "1"],
  Y: ["mjsm_読み字形による類推", "1"],
};

type Glyph = { readonly name: string; readonly ucs: string | null; readonly ivs: string | null };

function main(): void {
  const path = process.argv[2];
  if (path === undefined) {
    process.stderr.write("使い方: node scripts/mj-table.ts moji.db\n");
    process.exitCode = 2;
    return;
  }
  const db = new DatabaseSync(path, { readOnly: true });
  const reduced = new Map<string, string[]>();
  for (const [letter, [table, order]] of Object.entries(SOURCES)) {
    const rows = db
      .prepare(`SELECT "MJ文字図形名" AS name, "縮退UCS" AS target FROM "${table}" ORDER BY 1, ${order}, 2`)
      .all();
    for (const row of rows) {
      const { name, target } = row as { readonly name: string; readonly target: string };
      const list = reduced.get(name) ?? [];
      list.push(`${letter}${target}`);
      reduced.set(name, list);
    }
  }
  const glyphs: readonly unknown[] = db
    .prepare(
      `SELECT "MJ文字図形名" AS name, coalesce("実装したUCS", "対応するUCS") AS ucs, "実装したMoji_JohoコレクションIVS" AS ivs
       FROM mji ORDER BY 1`,
    )
    .all();
  const lines = (glyphs as readonly Glyph[]).map(({ name, ucs, ivs }) =>
    [name.slice(2), ucs ?? "", ivs ?? "", [...new Set(reduced.get(name))].join(" ")].join("\t"),
  );
  db.close();
  const target = join(import.meta.dirname, "../platform/src/text/mj/mj.tsv.gz");
  writeFileSync(target, gzipSync(`${lines.join("\n")}\n`, { level: 9 }));
  process.stdout.write(`${String(lines.length)}字 → ${target}\n`);
}

main();
