/** `hagukumi staff`: what the server's console does about staff. Rights themselves are applied for, approved and issued on screen. */
import { createStaffKey } from "@hagukumi/outside-staff-key/contract.ts";
import type { StaffCommand } from "@hagukumi/platform/identity/actor.ts";
import { demoStaff } from "@hagukumi/platform/identity/demo-staff.ts";
import { issueEnrolmentCode } from "@hagukumi/platform/identity/enrolment.ts";
import { install } from "@hagukumi/platform/identity/installation.ts";
import type { FirstPerson } from "@hagukumi/platform/identity/installation.ts";
import { importPersonnel } from "@hagukumi/platform/identity/personnel-import.ts";
import type { PersonnelResult } from "@hagukumi/platform/identity/personnel-import.ts";
import { revokeRight } from "@hagukumi/platform/identity/rights.ts";
import { openIdentity, readSettings } from "@hagukumi/platform/identity/settings.ts";
import type { Identity } from "@hagukumi/platform/identity/settings.ts";
import { listStaff, recordTraining, revokeCredentials, stopStaff } from "@hagukumi/platform/identity/staff.ts";
import type { StaffLine } from "@hagukumi/platform/identity/staff.ts";
import { registerTerminal, revokeTerminal } from "@hagukumi/platform/identity/terminals.ts";
import { tidyIdentity } from "@hagukumi/platform/identity/tidy.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { readFile } from "node:fs/promises";

import { perform, withActor } from "../context.ts";
import type { OpenContext } from "../context.ts";
import { registerAccounts } from "./staff/accounts.ts";
import { registerSignOn } from "./staff/sign-on.ts";

function person(section: string): (text: string) => FirstPerson {
  return (text) => {
    const [, staffId = "", name = "", other = ""] =
      /^([A-Za-z0-9._-]{3,32}):([^:]+)(?::([A-Za-z0-9_-]+))?$/.exec(text) ?? [];
    if (staffId === "") {
      throw new InvalidArgumentError("職員番号:氏名（または 職員番号:氏名:部署コード）の形で指定してください。");
    }
    return { staffId, name, sectionCode: other === "" ? section : other };
  };
}

function day(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError("YYYY-MM-DD の正しい日付を指定してください。");
}

function rightNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("権限の番号（整数）を指定してください。");
  return Number(text);
}

async function identityOf({ context, dataDir }: OpenContext): Promise<Identity> {
  return await openIdentity(context.pool, dataDir, readSettings(process.env));
}

/** Each run is a command of its own: the console is not retried by a machine. */
function fromConsole({ context }: OpenContext): StaffCommand {
  const { operator, purpose } = context;
  return { key: `console.${crypto.randomUUID()}`, actor: { kind: "console", operator }, purpose };
}

function codeText(staffId: string, code: string | null, expiresAt: Date): string {
  const until = expiresAt.toLocaleString("ja-JP", { timeZone: "Asia/Tokyo", dateStyle: "short", timeStyle: "short" });
  return `  ${staffId}  ${code ?? "（発行済み）"}  （${until} まで、1回だけ）`;
}

type Issued = { readonly staffId: string; readonly code: string | null; readonly expiresAt: Date };

function describeCodes(issued: readonly Issued[]): string {
  const lines = issued.map(({ staffId, code, expiresAt }) => codeText(staffId, code, expiresAt));
  return `登録の符号を発行しました。本人に直接渡してください。この画面にしか出ません。\n${lines.join("\n")}`;
}

function describeImport(result: PersonnelResult): string {
  if (result.repeated) return "この人事異動データは、今日すでに取り込まれています。何も変えていません。";
  const { lines, changed, refused, switchedOff, switchedOn, switchOffSkipped } = result;
  const out = [
    `人事異動データ ${lines} 行を読み、${changed} 行で登録を変えました。取り込まなかった行: ${refused.length}`,
    ...refused.map(({ line, message }) => `  ${line}行目: ${message}`),
  ];
  if (switchedOff.length > 0) out.push(`一覧にないため利用を止めた職員: ${switchedOff.join("、")}`);
  if (switchedOn.length > 0) out.push(`一覧に再び載ったため利用を戻した職員: ${switchedOn.join("、")}`);
  if (switchOffSkipped) {
    out.push(
      "職員番号を読めない行があるため、一覧にない職員の利用停止は行っていません。直した一覧をもう一度取り込んでください。",
    );
  }
  return out.join("\n");
}

function describeStaff(lines: readonly StaffLine[]): string {
  if (lines.length === 0) return "職員は登録されていません。";
  return lines
    .map((line) => {
      const lacks = [
        line.active ? "" : "利用停止・在籍なし",
        line.trained ? "" : "研修なし",
        line.hasKey && line.hasPassword ? "" : "未登録（職員証・パスワード）",
      ].filter((text) => text !== "");
      return `${line.staffId}  ${line.name}  ${line.sections.join("・")}  ${line.roles.join("・") || "権限なし"}${lacks.length > 0 ? `  ［${lacks.join("、")}］` : ""}`;
    })
    .join("\n");
}

type InitFlags = {
  readonly city: string;
  readonly officer: FirstPerson;
  readonly approver: FirstPerson;
  readonly applicant: FirstPerson;
  readonly trainedOn: string;
};

async function init(opened: OpenContext, flags: InitFlags): Promise<readonly Issued[]> {
  const identity = await identityOf(opened);
  const { city, officer, approver, applicant, trainedOn } = flags;
  await install(identity, fromConsole(opened), { city, officer, approver, applicant, trainedOn });
  const issued: Issued[] = [];
  for (const { staffId } of [officer, approver, applicant]) {
    issued.push({ staffId, ...(await issueEnrolmentCode(identity, fromConsole(opened), staffId)) });
  }
  return issued;
}

function registerInit(staff: Command): void {
  withActor(staff.command("init").description("設置: 部署と最初の三人を登録し、登録の符号を出す / first set-up"))
    .requiredOption("--city <name>", "市の名称 / name of the city")
    .requiredOption("--officer <id:name>", "権限を発行する人（情報政策課） / issues rights", person("joho"))
    .requiredOption("--approver <id:name>", "権限の申請を承認する人 / approves rights", person("kodomo"))
    .requiredOption("--applicant <id:name>", "権限を申請する人（決裁者） / applies for rights", person("kodomo"))
    .requiredOption("--trained-on <date>", "三人が研修を受けた日 / day of their training", day)
    .action(async (flags: InitFlags, command: Command) => {
      await perform(command, async (opened) => await init(opened, flags), describeCodes);
    });
}

function registerPeople(staff: Command): void {
  withActor(staff.command("enrol <staffId>").description("登録の符号を出す（24時間、1回） / a one-time code")).action(
    async (staffId: string, _flags: unknown, command: Command) => {
      await perform(
        command,
        async (opened) => {
          const made = await issueEnrolmentCode(await identityOf(opened), fromConsole(opened), staffId);
          return [{ staffId, ...made }];
        },
        describeCodes,
      );
    },
  );
  withActor(staff.command("import <file>").description("人事異動データを取り込む / personnel moves"))
    .option("--full", "全職員の一覧。載っていない職員の利用を止める / the list of everybody")
    .option("--confirm-many", "半分を超える職員が止まっても取り込む / even if more than half are missing")
    .action(async (file: string, flags: { full?: true; confirmMany?: true }, command: Command) => {
      await perform(
        command,
        async (opened) => {
          const given = {
            bytes: await readFile(file),
            full: flags.full === true,
            confirmMany: flags.confirmMany === true,
          };
          return await importPersonnel(await identityOf(opened), fromConsole(opened), given);
        },
        describeImport,
      );
    });
  withActor(staff.command("train <staffId>").description("研修の受講を記録する / record a training"))
    .requiredOption("--on <date>", "受講した日 / day of the training", day)
    .option("--course <name>", "研修の名称 / name", "個人情報の取扱い")
    .action(async (staffId: string, flags: { on: string; course: string }, command: Command) => {
      await perform(
        command,
        async (opened) => {
          const training = { staffId, trainedOn: flags.on, course: flags.course };
          await recordTraining(await identityOf(opened), fromConsole(opened), training);
          return training;
        },
        () => `${staffId} の研修（${flags.on}）を記録しました。`,
      );
    });
  staff
    .command("list")
    .description("職員の一覧 / list the staff")
    .action(async (_flags: unknown, command: Command) => {
      await perform(command, async ({ context }) => await listStaff(context.pool), describeStaff);
    });
}

type RevokeFlags = { readonly reason: string; readonly key?: true; readonly right?: number };

async function revoke(opened: OpenContext, staffId: string, flags: RevokeFlags): Promise<{ readonly done: string }> {
  const identity = await identityOf(opened);
  const command = fromConsole(opened);
  const { reason } = flags;
  if (flags.right !== undefined) {
    await revokeRight(identity, command, { rightId: flags.right, reason });
    return { done: `権限 ${flags.right} を失効しました。` };
  }
  if (flags.key === true) {
    const { revoked } = await revokeCredentials(identity, command, { staffId, reason });
    return { done: `${staffId} の職員証 ${revoked} 枚を失効しました。` };
  }
  await stopStaff(identity, command, { staffId, reason });
  return { done: `${staffId} の利用を止めました。` };
}

function registerRevoke(staff: Command): void {
  withActor(
    staff.command("revoke <staffId>").description("利用を止める。開いているセッションも終わる / switch off at once"),
  )
    .requiredOption("--reason <text>", "理由 / reason")
    .option("--key", "職員証だけを失効する / the key alone")
    .option("--right <number>", "権限一つだけを失効する / one right alone", rightNumber)
    .action(async (staffId: string, flags: RevokeFlags, command: Command) => {
      await perform(
        command,
        async (opened) => await revoke(opened, staffId, flags),
        ({ done }) => `${done}開いているセッションも終わりました。`,
      );
    });
}

type TerminalFlags = {
  readonly name?: string;
  readonly section?: string;
  readonly certificate?: string;
  readonly revoke?: true;
  readonly reason?: string;
};

function registerTerminals(staff: Command): void {
  withActor(
    staff.command("terminal <code>").description("端末を登録する、または取り消す / register or revoke a terminal"),
  )
    .option("--name <text>", "端末の名前と場所 / name and place")
    .option("--section <code>", "置く部署 / section")
    .option("--certificate <sha256>", "クライアント証明書の指紋（16進64文字） / fingerprint of its certificate")
    .option("--revoke", "登録を取り消す / revoke it")
    .option("--reason <text>", "取消しの理由 / why")
    .action(async (code: string, flags: TerminalFlags, command: Command) => {
      const { name, section, reason, certificate } = flags;
      if (flags.revoke === true ? reason === undefined : name === undefined || section === undefined) {
        command.error("登録には --name と --section、取消しには --revoke と --reason が必要です。");
      }
      await perform(
        command,
        async (opened) => {
          const identity = await identityOf(opened);
          if (flags.revoke === true) {
            await revokeTerminal(identity, fromConsole(opened), { terminalCode: code, reason: reason ?? "" });
            return { terminalCode: code, secret: null };
          }
          return await registerTerminal(identity, fromConsole(opened), {
            terminalCode: code,
            name: name ?? "",
            sectionCode: section ?? "",
            ...(certificate === undefined ? {} : { certificateSha256: certificate }),
          });
        },
        ({ secret }) =>
          secret === null
            ? `端末 ${code} の登録を取り消しました。`
            : `端末 ${code} を登録しました。次の秘密を、この端末で一度だけ入力してください。この画面にしか出ません。\n  ${secret}`,
      );
    });
}

function registerDemo(staff: Command): void {
  staff
    .command("demo")
    .description("デモの職員（架空）とソフトウェアの職員証を作る / synthetic staff for the demo")
    .action(async (_flags: unknown, command: Command) => {
      await perform(
        command,
        async (opened) => {
          const made = await demoStaff(await identityOf(opened), opened.dataDir, createStaffKey);
          // Keys and passwords stay in the file of the data folder.
          return {
            terminal: made.terminal.code,
            staff: made.staff.map(({ staffId, name, sectionCode, roles }) => ({ staffId, name, sectionCode, roles })),
          };
        },
        ({ terminal, staff: people }) =>
          [
            `デモの職員 ${people.length} 人と端末 ${terminal} を用意しました。職員証とパスワードは、データフォルダの demo-staff.json にあります。`,
            ...people.map(
              ({ staffId, name, sectionCode, roles }) => `  ${staffId}  ${name}  ${sectionCode}  ${roles.join("・")}`,
            ),
          ].join("\n"),
      );
    });
}

function registerTidy(staff: Command): void {
  staff
    .command("tidy")
    .description("期限の切れた認証の問いを消し、期限の過ぎたセッションを閉じる（毎日） / daily clean-up")
    .action(async (_flags: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await tidyIdentity({ pool: context.pool }),
        ({ challenges, sessions }) => `認証の問い ${challenges} 件を消し、セッション ${sessions} 件を閉じました。`,
      );
    });
}

/** Adds `staff` to the command line. */
export function registerStaff(program: Command): void {
  const staff = program.command("staff").description("職員・端末・登録 / staff, terminals, enrolment");
  registerInit(staff);
  registerPeople(staff);
  registerRevoke(staff);
  registerTerminals(staff);
  registerAccounts(staff, { identityOf, fromConsole });
  registerSignOn(staff, { identityOf, fromConsole });
  registerTidy(staff);
  registerDemo(staff);
}
