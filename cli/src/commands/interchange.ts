/** `hagukumi interchange`: 庁内連携 – deliveries of other offices, what is missing, what changed and has to be dealt with. */
import {
  changeKinds,
  countOpenChanges,
  explainDifferences,
  listReconciliations,
  originTotals,
} from "@hagukumi/allowance/contract.ts";
import {
  agreementsOn,
  alarmOf,
  clearRejects,
  deliveryKindLabels,
  deliveryStateLabels,
  interfaceStates,
  listDeliveries,
  openRejects,
  openStore,
  pullDeliveries,
  rejectedLines,
  requestResend,
  type Round,
  runRound,
  seedAgreements,
  watchStore,
  checkContracts,
  type ContractEvidence,
  contractEvidence,
} from "@hagukumi/interchange/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { todayInJapan } from "@hagukumi/platform/calendar/today.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { processIdentity } from "@hagukumi/platform/tls/identity-files.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import type { Command } from "commander";

import { type OpenContext, perform, withActor } from "../context.ts";
import { installationIntake } from "../number-intake.ts";

const storeOf = async ({ dataDir }: OpenContext, place: string | undefined) => await openStore(dataDir, place);

/** Rounds of this installation: 番号紐付情報 goes on to its vault, where it has one. */
async function withIntake<T>(
  { database, dataDir }: OpenContext,
  work: (onward: ReturnType<typeof installationIntake>["onward"]) => Promise<T>,
): Promise<T> {
  const intake = installationIntake(database.url, dataDir);
  try {
    return await work(intake.onward);
  } finally {
    await intake.close();
  }
}

const count = (value: number): string => value.toLocaleString("ja-JP");

function describe(round: Round): string {
  const lines = [
    `受け取った配信 ${round.received}件、取り込んだ ${round.applied}件、突き合わせた ${round.reconciled}件、二重 ${round.duplicate}件、替わった ${round.superseded}件、受け付けなかった ${round.refused}件、待っている ${round.waiting}件。不受理の行 ${count(round.rejectedRows)}行。`,
    `${round.protectedAhead === 0 ? "" : `先に読んだ支援措置の印で守った人 ${round.protectedAhead}人。`}付記からの変更届 ${round.reports}件、変更の案 ${round.proposed}件。未処理の変更 ${count(round.openChanges)}件（担当なし ${count(round.withoutOwner)}件）。`,
    ...round.unreadable.map(({ key, reason }) => `読めない制御ファイル ${key}: ${reason}`),
    ...round.alarms.map((alarm) => `警報 ${alarm}`),
  ];
  return lines.join("\n");
}

const store = (command: Command): Command =>
  withActor(command).option(
    "--store <dir>",
    "置き場所: フォルダ、https://ホスト/バケット/フォルダ、または sftp://利用者@ホスト:ポート/フォルダ（既定は HAGUKUMI_STORE、なければデータフォルダの interchange）/ the store",
  );

type Options = { readonly store?: string };

function evidenceText({ direction, name, subjectCode, version, evidence }: ContractEvidence): string {
  const subject = `${direction === "in" ? "受取" : "提供"} ${name}（${subjectCode} ${version}）`;
  if (evidence === null) return `× ${subject}: この内容では、まだ検証していません。`;
  const { checkId, passed, failed, cases, checkedOn, checkedBy } = evidence;
  const wrong = cases.filter((each) => !each.passed).map((each) => `\n    ${each.name}: ${each.found}`);
  return `${failed === 0 ? "○" : "×"} ${subject}: 検証 第${String(checkId)}号 ${checkedOn} ${checkedBy}、${String(passed)}項目が合意のとおり、${String(failed)}項目が違う${wrong.join("")}`;
}

export function registerInterchange(program: Command): void {
  const interchange = program.command("interchange").description("庁内連携 / deliveries of other offices");

  store(
    interchange.command("run").description("受け取り、取り込み、変更を仕事にする / receive, take in, raise work"),
  ).action(async ({ store: dir }: Options, command: Command) => {
    await perform(
      command,
      async (opened) =>
        await withIntake(
          opened,
          async (onward) => await runRound(opened.context, await storeOf(opened, dir), { onward }),
        ),
      describe,
    );
  });

  store(interchange.command("watch").description("くり返し受け取る（止めるまで） / go on receiving"))
    .option("--every <seconds>", "間隔（秒、1〜600） / seconds between rounds", "300")
    .action(async ({ store: dir, every }: Options & { every: string }, command: Command) => {
      await perform(
        command,
        async (opened) => {
          let rounds = 0;
          const abort = new AbortController();
          const { signal = abort.signal, ...context } = opened.context;
          const everySeconds = Number(every);
          if (!(everySeconds >= 1 && everySeconds <= 600)) {
            throw new Refusal("invalidValue", "間隔は1〜600秒で指定してください（差分は10分に一度は受け取ります）。");
          }
          const today = () =>
            command.optsWithGlobals<{ today?: string }>().today === undefined
              ? civilDate(todayInJapan())
              : context.today;
          await withIntake(opened, async (onward) => {
            await watchStore(() => ({ ...context, today: today() }), await storeOf(opened, dir), {
              everySeconds,
              signal,
              onward,
              onRound: (round) => {
                rounds += 1;
                process.stderr.write(`${round instanceof Error ? round.message : describe(round)}\n`);
              },
            });
          });
          return { rounds };
        },
        ({ rounds }) => `${rounds}回受け取って、終わりました。`,
      );
    });

  store(interchange.command("status").description("連携ごとの状態・欠番・古さ / interfaces, gaps, age")).action(
    async (_options: Options, command: Command) => {
      await perform(
        command,
        async ({ context }) => ({
          interfaces: await interfaceStates(context.pool, context.today),
          changes: await countOpenChanges(context.pool),
        }),
        ({ interfaces, changes }) =>
          [
            ...interfaces.map((state) => {
              const at =
                state.asOf === null ? "まだ届いていない" : `連番 ${state.lastSequence}、${state.asOf} の分まで`;
              return `${state.name}（${state.interfaceCode} ${state.versions.join("・")}）: ${alarmOf(state) ?? at}`;
            }),
            `未処理の変更 ${count(changes.open)}件（担当なし ${count(changes.withoutOwner)}件）`,
          ].join("\n"),
      );
    },
  );

  withActor(interchange.command("list").description("配信の一覧 / deliveries"))
    .option("--interface <code>", "連携 / interface")
    .option("--limit <n>", "件数 / how many", "30")
    .action(async ({ interface: code, limit }: { interface?: string; limit: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) =>
          await listDeliveries(context.pool, {
            limit: Number(limit),
            ...(code === undefined ? {} : { interfaceCode: code }),
          }),
        (rows) =>
          rows
            .map((row) => {
              const why = row.reason === null || row.reason === "" ? "" : ` ${row.reason}`;
              return `${row.deliveryId} ${row.interfaceCode} ${deliveryKindLabels[row.kind]} 連番${row.sequence}（${row.attempt}回目）${count(row.rows)}行 ${deliveryStateLabels[row.state]} 追加${count(row.added)} 不受理${count(row.rejected)}${why}`;
            })
            .join("\n"),
      );
    });

  withActor(
    interchange.command("rejects").description("不受理の配信・行（始末していないもの） / what was refused"),
  ).action(async (_options: Options, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const open = await openRejects(context.pool);
        const lines = await Promise.all(
          open.map(async ({ deliveryId }) => await rejectedLines(context.pool, deliveryId)),
        );
        return open.map((delivery, index) => ({ ...delivery, lines: lines[index] ?? [] }));
      },
      (rows) =>
        rows.length === 0
          ? "始末していない不受理はありません。"
          : rows
              .map(
                ({ deliveryId, interfaceCode, sequence, reason, rejected, listPath, lines }) =>
                  `${deliveryId} ${interfaceCode} 連番${sequence}: ${reason ?? ""}不受理 ${rejected}行 ${lines.map(({ column, code, first }) => `${column} ${code}（${first.join("・")}行目）`).join("、")} ${listPath ?? ""}`,
              )
              .join("\n"),
    );
  });

  store(interchange.command("resend").description("再送を頼む / ask to send again"))
    .argument("<interface>", "連携 / interface")
    .argument("<from>", "連番から / from")
    .argument("[to]", "連番まで / to")
    .requiredOption("--reason <text>", "理由 / why")
    .action(
      async (
        code: string,
        from: string,
        to: string | undefined,
        { store: dir, reason }: Options & { reason: string },
        command: Command,
      ) => {
        const range = { from: Number(from), to: Number(to ?? from) };
        await perform(
          command,
          async (opened) =>
            await requestResend(opened.context, await storeOf(opened, dir), { interfaceCode: code, ...range, reason }),
          ({ requestId, objectKey }) => `再送を頼みました（依頼 ${requestId}）。置き場所: ${objectKey}`,
        );
      },
    );

  withActor(interchange.command("clear").description("不受理を始末した記録 / how refused rows were dealt with"))
    .argument("<delivery>", "配信の番号 / delivery")
    .requiredOption("--reason <text>", "どう始末したか / how")
    .action(async (delivery: string, { reason }: { reason: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => await clearRejects(context, { deliveryId: Number(delivery), reason }),
        () => "始末を記録しました。",
      );
    });

  store(
    interchange.command("pull").description("REST で受け取る（秘密は環境変数 HAGUKUMI_SOURCE_SECRET） / pull by REST"),
  )
    .argument("<interface>", "連携 / interface")
    .requiredOption("--url <url>", "提供側のアドレス / provider")
    .requiredOption("--client <id>", "クライアントID / client")
    .option("--interface-version <version>", "版 / version", "1.0")
    .action(
      async (
        code: string,
        {
          store: dir,
          url,
          client,
          interfaceVersion,
        }: Options & { url: string; client: string; interfaceVersion: string },
        command: Command,
      ) => {
        const source = {
          url: url.replace(/\/$/, ""),
          clientId: client,
          clientSecret: process.env["HAGUKUMI_SOURCE_SECRET"] ?? "",
          link: openLink(processIdentity()),
        };
        await perform(
          command,
          async (opened) => {
            const to = await storeOf(opened, dir);
            const { pulled } = await pullDeliveries(opened.context, to, source, {
              interfaceCode: code,
              version: interfaceVersion,
            });
            const round = await withIntake(opened, async (onward) => await runRound(opened.context, to, { onward }));
            return { pulled, ...round };
          },
          (round) => `REST で ${round.pulled}件を受け取りました。\n${describe(round)}`,
        );
      },
    );

  withActor(interchange.command("agreements").description("連携の合意の一覧。--seed で標準の合意を入れる / agreements"))
    .option("--seed <approver>", "標準の合意を、この職員の承認で入れる / add the standard ones, approved by")
    .action(async ({ seed }: { seed?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          if (seed !== undefined) await seedAgreements(context, seed);
          return await agreementsOn(context.pool, context.today);
        },
        (agreements) =>
          agreements.length === 0
            ? "連携の合意がありません。--seed で標準の合意を入れてください。"
            : agreements
                .map(
                  ({ interfaceCode, version, name, source, people, layout, ground }) =>
                    `${interfaceCode} ${version}: ${name}（${source}）${people === "listed" ? "対象者だけ" : "全員"}、${layout.columns.length}項目。${ground}`,
                )
                .join("\n"),
      );
    });

  withActor(interchange.command("reconciliations").description("突合の記録 / comparisons with the full sets"))
    .option("--explain <id>", "この突合の違いをすべて説明する / explain all differences of")
    .option("--reason <text>", "説明 / explanation", "")
    .action(async ({ explain, reason }: { explain?: string; reason: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          if (explain !== undefined) {
            const { rows } = await context.pool.query<{ no: number }>(
              `SELECT d.difference_no AS no FROM allowance.reconciliation_difference d WHERE d.reconciliation_id = $1 AND NOT EXISTS (
                 SELECT FROM allowance.reconciliation_explanation e WHERE (e.reconciliation_id, e.difference_no) = (d.reconciliation_id, d.difference_no))`,
              [Number(explain)],
            );
            const differenceNos = rows.map(({ no }) => no);
            const about = {
              reconciliationId: Number(explain),
              differenceNos,
              cause: "other" as const,
              explanation: reason,
            };
            await explainDifferences(context, about);
          }
          return await listReconciliations(context.pool);
        },
        (rows) =>
          rows.length === 0
            ? "突合の記録はありません。"
            : rows
                .map(
                  ({ reconciliationId, interfaceCode, sequence, rows: lines, missing, extra, different, open }) =>
                    `${reconciliationId} ${interfaceCode} 連番${sequence}まで ${count(lines)}行: こちらにない ${missing}、連携元にない ${extra}、違う ${different}、説明のない違い ${open}`,
                )
                .join("\n"),
      );
    });

  withActor(
    interchange
      .command("check")
      .description(
        "連携の検証: 効いている合意と相手を架空の行で確かめ、証拠を残す / verify agreements and receivers, keep the evidence",
      )
      .option("--list", "確かめずに、残っている証拠を出す / list the evidence only"),
  ).action(async (options: { readonly list?: boolean }, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        if (options.list !== true) {
          const checks = await checkContracts(context);
          if (checks.some(({ failed }) => failed > 0)) process.exitCode = 1;
        }
        return await contractEvidence(context.pool, context.today);
      },
      (all) => all.map(evidenceText).join("\n") || "効いている合意も相手もありません。",
    );
  });

  withActor(
    interchange.command("origins").description("台帳と受付の行の、入手元と方法（件数） / from whom and how facts came"),
  ).action(async (_options: Options, command: Command) => {
    await perform(
      command,
      async ({ context }) => await originTotals(context.pool),
      (rows) =>
        rows
          .map(
            ({ fact, sourceName, channelName, interfaceCode, rows: lines }) =>
              `${fact}: ${sourceName}、${channelName}${interfaceCode === null ? "" : `（${interfaceCode}）`} ${count(lines)}行`,
          )
          .join("\n"),
    );
  });

  withActor(
    interchange.command("changes").description("未処理の変更の数（種類ごと） / changes nobody has dealt with"),
  ).action(async (_options: Options, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const { rows } = await context.pool.query<{
          kind: keyof typeof changeKinds;
          open: number;
          withoutOwner: number;
        }>(
          `SELECT kind, count(*)::int AS open, count(*) FILTER (WHERE owner IS NULL)::int AS "withoutOwner"
             FROM allowance.register_change_state WHERE outcome IS NULL GROUP BY kind ORDER BY 2 DESC, 1`,
        );
        return rows;
      },
      (rows) =>
        rows.length === 0
          ? "未処理の変更はありません。"
          : rows
              .map(
                ({ kind, open, withoutOwner }) => `${changeKinds[kind].name}: ${open}件（担当なし ${withoutOwner}件）`,
              )
              .join("\n"),
    );
  });
}
