/** `hagukumi staff report` and `declare-users`: the number of users beside what the city declared. */
import { accountReport, declareUsers } from "@hagukumi/platform/identity/accounts.ts";
import type { AccountReport } from "@hagukumi/platform/identity/accounts.ts";
import { writeCsv } from "@hagukumi/platform/csv/write.ts";
import type { CsvCell } from "@hagukumi/platform/csv/write.ts";
import { isRole, roles } from "@hagukumi/platform/identity/permissions.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

import { perform, withActor } from "../../context.ts";
import type { Shared } from "./shared.ts";

function describe({
  on,
  users,
  declared,
  band,
  contractors,
  contractorsOpening,
  sections,
  lines,
}: AccountReport): string {
  const range = `${declared.least}〜${declared.most}人`;
  const words = {
    above: `宣言した ${range}を超えています`,
    below: `宣言した ${range}を下回っています`,
    within: `宣言した ${range}の中です`,
  };
  const names = new Map(sections.map(({ code, name }) => [code, name]));
  return [
    `${on} の利用者: ${users}人（${words[band]}）`,
    `受託者の利用者: ${contractors}人（対象者を扱う ${contractorsOpening}人）`,
    ...sections
      .filter((section) => section.users > 0 || section.inCharge)
      .map((section) => `  ${section.name}${section.inCharge ? "（使用部署）" : ""}: ${section.users}人`),
    ...lines.map((line) => {
      const kind = line.kind === "contractor" ? `  受託者（承諾 ${line.consentId ?? "－"}）` : "";
      const held = line.roles.map((code) => (isRole(code) ? roles[code].name : code)).join("・");
      const last = line.lastLogIn?.toLocaleString("ja-JP", { timeZone: "Asia/Tokyo" }) ?? "まだない";
      const where = line.sections.map((code) => names.get(code) ?? code).join("・");
      return `${line.staffId}  ${line.name}${kind}  ${where}  ${held || "権限なし"}  最後のログイン ${last}`;
    }),
  ].join("\n");
}

const RIGHTS_COLUMNS = [
  "職員番号",
  "氏名",
  "部署",
  "権限",
  "行政区",
  "始まり",
  "終わり",
  "理由",
  "申請した人",
  "承認した人",
  "発行した人",
  "最後に使った日時",
  "使われていない日数",
] as const;

/** One line for each right: who holds it, since when, by whom, last used. Of staff alone, nobody of the allowance. */
function* rightsRows({ rights, sections }: AccountReport): Generator<readonly CsvCell[]> {
  const names = new Map(sections.map(({ code, name }) => [code, name]));
  for (const right of rights) {
    yield [
      right.staffId,
      right.name,
      names.get(right.sectionCode) ?? right.sectionCode,
      roles[right.role].name,
      right.wards?.join(" ") ?? "全市",
      right.since,
      right.until,
      right.reason,
      right.requestedBy,
      right.approvedBy,
      right.issuedBy,
      right.lastUsed?.toISOString() ?? null,
      right.unusedDays,
    ];
  }
}

function whole(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("0以上の整数（人）を指定してください。");
  return Number(text);
}

export function registerAccounts(staff: Command, { identityOf, fromConsole }: Shared): void {
  staff
    .command("report")
    .description(
      "利用者の一覧と報告。宣言した人数を超えていれば終了コード1 / accounts; status 1 above the declared number",
    )
    .option("--csv <file>", "いま効いている権限の一覧を CSV に書く / writes the rights of today as CSV")
    .action(async ({ csv }: { readonly csv?: string }, command: Command) => {
      await perform(
        command,
        async ({ context: { pool } }) => {
          const report = await accountReport(pool);
          if (csv !== undefined) await writeCsv(csv, RIGHTS_COLUMNS, rightsRows(report), { forPeople: true });
          if (report.band === "above") process.exitCode = 1;
          return report;
        },
        describe,
      );
    });
  withActor(
    staff
      .command("declare-users")
      .description("評価書で宣言した利用者数を記録する / record the number of users the assessment declares"),
  )
    .requiredOption("--least <n>", "下限（人） / least", whole)
    .requiredOption("--most <n>", "上限（人） / most", whole)
    .action(async ({ least, most }: { least: number; most: number }, command: Command) => {
      await perform(
        command,
        async (opened) => {
          await declareUsers(await identityOf(opened), fromConsole(opened), { least, most });
          return { least, most };
        },
        () => `宣言した利用者数を ${least}〜${most}人にしました。`,
      );
    });
}
