/** `hagukumi batch`: mass work (一括処理) from the list to the evidence, its calendar and its worker. */
import {
  approveMassRun,
  cancelMassRun,
  createMassRun,
  endedThatPay,
  type Context,
  getMassRun,
  listMassRuns,
  massBookOn,
  massCalendar,
  massItems,
  massJobs,
  massLeftovers,
  massOutcomeLabels,
  massResultLabels,
  massRunBook,
  massStateLabels,
  milestoneForecast,
  milestoneLabels,
  overdueMassJobs,
  resumeMassRun,
  startMassRun,
  stopMassRun,
  undoMassRun,
  workOnRunNo,
  workUntilStopped,
  writeMassEvidence,
  writeMassList,
} from "@hagukumi/allowance/contract.ts";
import type { MassDue, MassOutcome, MassRunRecord } from "@hagukumi/allowance/contract.ts";
import { addMonths, civilDate, monthOf, parseMonth } from "@hagukumi/law/contract.ts";
import type { Month } from "@hagukumi/law/contract.ts";
import { todayInJapan } from "@hagukumi/platform/calendar/today.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import { hostname, setPriority } from "node:os";
import { join } from "node:path";

import { perform, withActor } from "../context.ts";
import { momentOn, registerBookings } from "../mass-bookings.ts";
import { leaveByCommand, type ApprovalOption, withApproval } from "../leaving.ts";

const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;
const count = (value: number): string => `${value.toLocaleString("ja-JP")}件`;
const terminal = `${hostname()}:${process.pid}`;

function runNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("一括処理の番号を指定してください。");
  return Number(text);
}

function monthArgument(text: string): Month {
  const parsed = parseMonth(text);
  if (parsed === undefined) throw new InvalidArgumentError("YYYY-MM の正しい年月を指定してください。");
  return parsed;
}

const jobName = (code: string): string => massJobs.find((job) => job.code === code)?.name ?? code;

function describeRun(run: MassRunRecord): string {
  const { list } = run;
  const lines = [
    `一括処理 ${run.runNo}: ${jobName(run.jobCode)}（${run.period}、基準日 ${run.asOf}、作成 ${run.maker}${run.approver === null ? "" : `、承認 ${run.approver}`}） 「${massStateLabels[run.state]}」`,
  ];
  if (list === null) lines.push(`  一覧を作っています: ${run.done.toLocaleString("ja-JP")}/${count(run.total)}`);
  else {
    lines.push(
      `  対象 ${count(list.subjects)}: 変える ${count(list.change)}（月額 ${yen(list.yenBefore)}→${yen(list.yenAfter)}）、変わらない ${count(list.noChange)}、できない ${count(list.cannot)}`,
      `  一覧のハッシュ: ${list.digest}`,
    );
  }
  if (run.approver !== null) {
    lines.push(
      `  書いた ${count(run.written)}、変わったので書かない ${count(run.changed)}、断られた ${count(run.refused)}`,
    );
  }
  if (run.note !== "") lines.push(`  ${run.note}`);
  return lines.join("\n");
}

/** `month=2026-11` pairs as the parameters of a job; whole numbers become numbers. */
function parameter(text: string, before: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("名前=値 の形で指定してください（例: month=2026-11）。");
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  return { ...before, [name]: /^\d{1,9}$/.test(value) && name !== "month" ? Number(value) : value };
}

type Keyed = { readonly key?: string };

/** A step on one run: actor, idempotency key. */
function onRun(batch: Command, name: string, description: string): Command {
  return withActor(batch.command(name).description(description))
    .argument("<run>", "一括処理の番号 / run number", runNumber)
    .option("--key <key>", "処理の鍵（同じ鍵の再送は最初の答えを返す）/ idempotency key");
}

function registerPlan(batch: Command): void {
  withActor(
    batch
      .command("plan")
      .description(
        "案の一覧を作る（何も書かない。途中で止めても続きから作れる）/ dry run with the list of differences",
      ),
  )
    .argument("<job>", "処理の種類（hagukumi batch jobs）/ kind of work")
    .option(
      "--set <name=value...>",
      "引数（例 month=2026-11）/ parameter",
      (text: string, before?: Record<string, unknown>) => parameter(text, before),
    )
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async (jobCode: string, options: Keyed & { set?: Readonly<Record<string, unknown>> }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const key = options.key ?? `massWork.create/${randomUUID()}`;
          const request = { key, jobCode, parameters: options.set ?? {}, terminal };
          const { response } = await createMassRun(context, request);
          return await workOnRunNo(context, response.runNo, { terminal });
        },
        describeRun,
      );
    });
}

function registerSteps(batch: Command): void {
  onRun(batch, "approve", "承認: 見て確かめた一覧（ハッシュ）を、作った人と別の人が承認する")
    .requiredOption("--digest <sha256>", "確かめた一覧のハッシュ / digest of the list seen")
    .action(async (runNo: number, options: Keyed & { digest: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const key = options.key ?? `massWork.approve/${randomUUID()}`;
          return (await approveMassRun(context, { key, runNo, digest: options.digest, terminal })).response;
        },
        describeRun,
      );
    });
  onRun(batch, "run", "実行: 承認した一覧を書く / write what was approved").action(
    async (runNo: number, options: Keyed, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await startMassRun(context, { key: options.key ?? `massWork.start/${randomUUID()}`, runNo, terminal });
          return await workOnRunNo(context, runNo, { terminal });
        },
        describeRun,
      );
    },
  );
  onRun(batch, "resume", "再開: 中断・異常終了したところから続ける / go on after a stop or a failure").action(
    async (runNo: number, options: Keyed, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const { state } = await getMassRun(context.pool, runNo);
          // After a crash the run still says 作成中 or 実行中: then there is nothing to record, only to go on.
          if (state !== "collecting" && state !== "running") {
            await resumeMassRun(context, { key: options.key ?? `massWork.resume/${randomUUID()}`, runNo, terminal });
          }
          return await workOnRunNo(context, runNo, { terminal });
        },
        describeRun,
      );
    },
  );
  onRun(
    batch,
    "undo",
    "戻し: 書いたものを戻す案の一覧を作る（別の人が承認してから戻す）/ list of what would be taken back",
  ).action(async (runNo: number, options: Keyed, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const key = options.key ?? `massWork.undo/${randomUUID()}`;
        const { response } = await undoMassRun(context, { key, runNo, terminal });
        return await workOnRunNo(context, response.runNo, { terminal });
      },
      describeRun,
    );
  });
  for (const [name, description, step] of [
    ["stop", "中断: 済んだ分を残して止める / stop after the slice, what is done stays", stopMassRun],
    ["cancel", "取消・打切り: もう何も書かない / nothing more is written", cancelMassRun],
  ] as const) {
    onRun(batch, name, description)
      .requiredOption("--reason <text>", "理由 / why")
      .action(async (runNo: number, options: Keyed & { reason: string }, command: Command) => {
        await perform(
          command,
          async ({ context }) => {
            const key = options.key ?? `massWork.${name}/${randomUUID()}`;
            return (await step(context, { key, runNo, reason: options.reason, terminal })).response;
          },
          describeRun,
        );
      });
  }
}

/** Lines of the list, and its digest: what its approval is bound to. */
async function sizeOf(context: Context, runNo: number): Promise<{ readonly rows: number; readonly content: string }> {
  const { list } = await getMassRun(context.pool, runNo);
  const rows = (list?.change ?? 0) + (list?.noChange ?? 0) + (list?.cannot ?? 0);
  return { rows, content: list?.digest ?? "" };
}

function registerReading(batch: Command): void {
  batch
    .command("jobs")
    .description("一括処理の種類と引数 / kinds of mass work")
    .action(() => {
      const lines = massJobs
        .filter(({ undoes }) => undoes === undefined)
        .map((job) => `${job.code.padEnd(20)} ${job.name}（組 ${job.lane}）\n    ${job.description}`);
      process.stdout.write(`${lines.join("\n")}\n`);
    });
  withActor(batch.command("list").description("一括処理の一覧 / runs")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listMassRuns(context.pool),
        (runs) => runs.map(describeRun).join("\n") || "一括処理はまだありません。",
      );
    },
  );
  onRun(batch, "show", "一括処理ひとつの状態 / one run").action(
    async (runNo: number, _options: unknown, command: Command) => {
      await perform(command, async ({ context }) => await getMassRun(context.pool, runNo), describeRun);
    },
  );
  onRun(batch, "items", "案の一覧と結果 / the lines of a run")
    .addOption(new Option("--outcome <outcome>", "区分 / outcome").choices(["change", "noChange", "cannot"]))
    .option("--limit <n>", "件数 / how many", (text) => Math.min(Math.max(Number(text) || 100, 1), 10_000), 100)
    .action(async (runNo: number, options: { outcome?: MassOutcome; limit: number }, command: Command) => {
      await perform(
        command,
        async ({ context }) => await massItems(context.pool, runNo, { outcome: options.outcome, limit: options.limit }),
        (items) =>
          items
            .map(
              (item) =>
                `${item.subject}/${item.part} ${massOutcomeLabels[item.outcome]} ${item.before ?? ""}→${item.after ?? ""} ${item.effectiveMonth ?? ""} ${item.reason}${item.result === null ? "" : ` [${massResultLabels[item.result]}]`}`,
            )
            .join("\n") || "当てはまる件はありません。",
      );
    });
  withApproval(onRun(batch, "export", "対象者一覧（氏名つき、CSV と PDF）を作る / the list with names")).action(
    async (runNo: number, { approval }: ApprovalOption, command: Command) => {
      await perform(
        command,
        async ({ context, dataDir }) =>
          await leaveByCommand(
            context,
            { route: "batchExport", object: { kind: "massRun", no: runNo }, approval },
            async () => await sizeOf(context, runNo),
            async () => await writeMassList(context, runNo, join(dataDir, "files")),
          ),
        ({ csv, pdf, lines }) => `${csv}\n${pdf}\n${count(lines)}`,
      );
    },
  );
  onRun(batch, "evidence", "証拠書類（引数・承認・記録・件数・検査・一覧・ハッシュ）を出す / evidence pack")
    .option("--out <dir>", "出力先 / folder")
    .action(async (runNo: number, options: { out?: string }, command: Command) => {
      await perform(
        command,
        async ({ context, dataDir }) =>
          await leaveByCommand(
            context,
            { route: "batchEvidence", object: { kind: "massRun", no: runNo }, approval: undefined },
            async () => await sizeOf(context, runNo),
            async () =>
              await writeMassEvidence(context, runNo, options.out ?? join(dataDir, "files", `mass-run-${runNo}`)),
          ),
        (paths) => paths.join("\n"),
      );
    });
}

const dueStates: Readonly<Record<MassDue["state"], string>> = {
  done: "完了",
  open: "処理中",
  overdue: "★遅れ",
  waiting: "これから",
};

const describeDue = (due: MassDue): string =>
  `${due.dueOn} ${dueStates[due.state]} ${due.name}（${due.period}）${due.runNo === null ? "" : ` ${due.work === "paymentRun" ? "支払処理" : "一括処理"} ${due.runNo}`}${due.waitsFor.length === 0 ? "" : ` 先に: ${due.waitsFor.join("、")}`}`;

function registerCalendar(batch: Command): void {
  withActor(batch.command("calendar").description("暦: これから1年に行う処理 / the year's calendar"))
    .option("--from <YYYY-MM>", "いつから / first month", monthArgument)
    .action(async (options: { from?: Month }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const from = options.from ?? monthOf(context.today);
          return await massCalendar(context.pool, context.today, from, addMonths(from, 11));
        },
        (due) => due.map(describeDue).join("\n") || "暦に処理がありません。",
      );
    });
  withActor(
    batch
      .command("overdue")
      .description("遅れている処理。あれば終了の状態は1 / what is late; exit status 1 if anything is"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const late = await overdueMassJobs(context.pool, context.today);
        if (late.length > 0) process.exitCode = 1;
        return late;
      },
      (late) => late.map(describeDue).join("\n") || "遅れている処理はありません。",
    );
  });
  withActor(
    batch
      .command("nightly")
      .description("毎晩の一覧: 0件になるべきもの。残りがあれば終了の状態は1 / lists that must reach zero"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const left = await massLeftovers(context.pool);
        const ended = await endedThatPay(context.pool);
        if (left.length + ended.length > 0) process.exitCode = 1;
        return { left, ended };
      },
      ({ left, ended }) =>
        [
          `一括処理で残っている件: ${count(left.length)}`,
          ...left.map(
            (each) => `  一括処理 ${each.runNo}（${each.jobCode} ${each.period}） 対象 ${each.subject}: ${each.reason}`,
          ),
          `終わったのに支払うことになっている受給者: ${count(ended.length)}`,
          ...ended.map(
            (each) =>
              `  認定番号 ${each.recipientId}: ${each.endedFrom}分から終わり、${each.firstMonth}分から${each.months}か月 ${yen(each.amount)}`,
          ),
        ].join("\n"),
    );
  });
  withActor(batch.command("forecast").description("年齢到達の見通し（件数）/ age milestones ahead"))
    .option("--from <YYYY-MM>", "いつから / first month", monthArgument)
    .option("--months <n>", "何か月 / months", (text) => Number(text) || 12, 12)
    .action(async (options: { from?: Month; months: number }, command: Command) => {
      await perform(
        command,
        async ({ context }) =>
          (await milestoneForecast(context.pool, options.from ?? monthOf(context.today), options.months)).counts,
        (counts) =>
          counts
            .map(
              (each) => `${each.month} ${milestoneLabels[each.kind]} 受給者 ${each.recipients}人（${each.people}人）`,
            )
            .join("\n") || "この間に年齢に到達する人はいません。",
      );
    });
  withActor(
    batch.command("runbook").description("運用手順（暦と種類から）を出す / the run book from calendar and kinds"),
  )
    .option("--out <file>", "出力先 / file")
    .action(async (options: { out?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const text = massRunBook(await massBookOn(context.pool, civilDate("2100-01-01")), massJobs);
          if (options.out !== undefined) await writeFileAtomic(options.out, Buffer.from(text, "utf8"));
          return { text, file: options.out ?? null };
        },
        ({ text, file }) => (file === null ? text.trimEnd() : `${file} に書きました。`),
      );
    });
}

function registerWork(batch: Command): void {
  withActor(
    batch
      .command("work")
      .description("作業者: 待っている一括処理を進める（Ctrl-C で、小分けの終わりに止まる）/ the worker"),
  )
    .option("--once", "待っているものが終わったら終わる / end when nothing waits")
    .action(async (options: { once?: boolean; today?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          setPriority(10);
          const stop = new AbortController();
          context.signal?.addEventListener("abort", () => stop.abort(), { once: true });
          const today = () => civilDate(options.today ?? process.env["HAGUKUMI_TODAY"] ?? todayInJapan());
          let failed = 0;
          const onProblem = (line: string): void => {
            failed += 1;
            process.stderr.write(`${line}\n`);
          };
          const endless = workUntilStopped(context, {
            today,
            now: () => momentOn(today()),
            signal: stop.signal,
            terminal,
            onProblem,
            ...(options.once === true ? { onIdle: () => stop.abort() } : {}),
          });
          await endless;
          if (failed > 0) process.exitCode = 1;
          return { failed };
        },
        ({ failed }) => (failed === 0 ? "終わりました。" : `異常終了が ${failed} 回ありました。`),
      );
    });
}

/** Adds `hagukumi batch …`. */
export function registerBatch(program: Command): void {
  const batch = program.command("batch").description("一括処理（一覧・承認・実行・暦・証拠）/ mass work");
  registerPlan(batch);
  registerSteps(batch);
  registerReading(batch);
  registerCalendar(batch);
  registerBookings(batch, parameter);
  registerWork(batch);
}
