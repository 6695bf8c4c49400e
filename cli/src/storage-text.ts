/** The result of 保存データの検査 in words. */
import type { StorageCheck } from "@hagukumi/platform/database/check-storage.ts";

/** The check of one database, with the name that people call it by. */
export type NamedStorageCheck = StorageCheck & { readonly name: string };

/** One line for the database, and one for each finding. */
export function storageText({ name, checksums, relations, pages, findings }: NamedStorageCheck): string {
  const looked = `表と索引 ${relations.toLocaleString("ja-JP")}、${pages.toLocaleString("ja-JP")} ページ`;
  const lines = findings.map(({ relation, problem }) => `    ${relation}: ${problem}`);
  if (!checksums)
    lines.push(
      "    このサーバーのページには検査値がありません（data_checksums が off）。書き換わったバイトは、見つからないことがあります。サーバーを止めて pg_checksums --enable を実行してください。",
    );
  if (findings.length > 0)
    lines.push(
      "    業務を止め、ディスクを確かめて、控えから戻してください。戻した後、もう一度この検査と hagukumi verify money、hagukumi verify log を実行します。",
    );
  const broken = lines.length > 0;
  return [
    `${broken ? "×" : "○"} ${name}: ${looked}${findings.length > 0 ? `、壊れた所 ${findings.length}` : ""}`,
    ...lines,
  ].join("\n");
}
