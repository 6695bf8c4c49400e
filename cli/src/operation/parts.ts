/** What runs beside the pages: every part of an installation, and those of the demonstration's outside. */
import { type Context, eraseByTerm, reviewLastMonth } from "@hagukumi/allowance/contract.ts";
import { openStore } from "@hagukumi/interchange/contract.ts";
import { startIntermediary } from "@hagukumi/outside-intermediary/contract.ts";
import { type CivilDate, civilDate } from "@hagukumi/law/contract.ts";
import { todayInJapan } from "@hagukumi/platform/calendar/today.ts";
import type { Part } from "@hagukumi/platform/supervision/supervisor.ts";
import { type AddresseeContext, checkConsistency, settleEntries } from "@hagukumi/unified-addressee/contract.ts";
import { join } from "node:path";

import { expiredCopies } from "../backup/expire.ts";
import { hasVault, type InstallationVault, NUMBERING_ACTOR, openInstallationVault } from "../installation-vault.ts";
import { installationIntake } from "../number-intake.ts";
import { relayOnce, reconcileWhenDue } from "../relay.ts";
import { resendAnswers, sendMoreDays } from "../start/living-on.ts";
import { checkLogs, checkMoney, checkPages, checkReplay } from "./nightly-checks.ts";
import { OPERATION_ACTOR, type OperationOptions } from "./options.ts";
import { storeLook } from "./store-look.ts";

const START_STUB = "中間サーバーの模擬を始めました。";

export type Parts = {
  readonly parts: readonly Part[];
  /** The day of work as it is now */
  readonly today: () => CivilDate;
  readonly close: () => Promise<void>;
};

/**
 * @param tellDay a made-up city has lived on to this day
 * @param say a line for whoever runs it
 */
export function operationParts(
  context: Context,
  options: OperationOptions,
  tellDay: (day: CivilDate) => void,
  say: (line: string) => void,
): Parts {
  const { databaseUrl, dataDir, demo } = options;
  const offices = demo?.offices;
  let day = demo === undefined ? undefined : civilDate(demo.today);
  const today = (): CivilDate => day ?? civilDate(todayInJapan());
  const onDay = (lived: CivilDate): void => {
    day = lived;
    tellDay(lived);
  };
  const now = (signal: AbortSignal, purpose: string): Context => ({ ...context, today: today(), purpose, signal });

  const intake = installationIntake(databaseUrl, dataDir);
  // Opened at the first turn that needs it: a vault that can't be opened is a failure of those parts alone.
  let opened: Promise<InstallationVault> | undefined;
  const vault = async (): Promise<InstallationVault> => {
    opened ??= openInstallationVault(databaseUrl, dataDir, OPERATION_ACTOR).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return await opened;
  };
  const addressee = async (operator: string, purpose: string, signal: AbortSignal): Promise<AddresseeContext> => {
    const own = await vault();
    return { vault: own.vault, signer: own.signer, pool: context.pool, operator, purpose, today: today(), signal };
  };
  const withVault = (work: (signal: AbortSignal) => Promise<string>) => async (signal: AbortSignal) =>
    (await hasVault(dataDir)) ? await work(signal) : "個人番号の金庫がないので、することはありません。";

  let stub: Awaited<ReturnType<typeof startIntermediary>> | undefined;
  const server = (): string | undefined => stub?.url ?? process.env["HAGUKUMI_INTERMEDIARY"];
  let look: (() => Promise<string>) | undefined;

  const stubbed: readonly Part[] =
    demo === undefined
      ? []
      : [
          {
            code: "intermediaryStub",
            name: "（模擬）中間サーバー",
            order: 80,
            rhythm: { always: true },
            run: async () => {
              stub ??= await startIntermediary({ port: 0, dir: join(dataDir, "outside-intermediary") });
              return START_STUB;
            },
          },
        ];
  const officeParts: readonly Part[] =
    offices === undefined
      ? []
      : [
          {
            code: "officesAnswer",
            name: "（模擬）ほかの課が再送に答える",
            order: 81,
            rhythm: { every: 10 },
            run: resendAnswers(dataDir, offices.seed),
          },
        ];
  const living: readonly Part[] =
    offices === undefined || offices.dayEvery === 0
      ? []
      : [
          {
            code: "officesLive",
            name: "（模擬）ほかの課の一日",
            order: 82,
            rhythm: { every: offices.dayEvery },
            after: offices.dayEvery,
            run: async () => {
              const { until, happened } = await sendMoreDays(dataDir, { seed: offices.seed, days: 1 });
              return `市は ${until} まで暮らしました（${happened}件の出来事）。`;
            },
          },
        ];

  const relayed: readonly Part[] =
    demo === undefined && (process.env["HAGUKUMI_INTERMEDIARY"] ?? "") === ""
      ? []
      : [
          {
            code: "relay",
            name: "中間サーバーとの中継（副本・照会）",
            order: 30,
            rhythm: { every: 300 },
            after: 20,
            run: withVault(async (signal) => {
              const address = server();
              if (address === undefined) return "";
              const own = await addressee(OPERATION_ACTOR, "中間サーバーとの中継", signal);
              return await relayOnce(now(signal, "副本の登録"), own, address);
            }),
          },
          {
            code: "replicaCheck",
            name: "副本の全件照合（年1回と、様式が変わったとき）",
            order: 31,
            rhythm: { daily: "04:30" },
            after: 120,
            run: withVault(async (signal) => {
              const address = server();
              if (address === undefined) return "";
              const own = await addressee(OPERATION_ACTOR, "副本の全件照合", signal);
              return await reconcileWhenDue(now(signal, "副本の全件照合"), own, address);
            }),
          },
        ];

  // A demonstration whose offices send nothing has no store to look into.
  const receiving: readonly Part[] =
    demo !== undefined && offices === undefined
      ? []
      : [
          {
            code: "interchange",
            name: "庁内連携の受取りと取込み",
            order: 10,
            rhythm: { every: demo === undefined ? 300 : 5 },
            run: async () => {
              look ??= storeLook({
                contextOn: (of) => ({ ...context, today: of, purpose: "庁内連携" }),
                store: await openStore(dataDir, offices?.storeFolder),
                today,
                onward: intake.onward,
                ...(demo === undefined ? {} : { onDay }),
                onAlarms: (alarms) => {
                  for (const alarm of alarms) say(`警報 ${alarm}`);
                },
              });
              return await look();
            },
          },
        ];
  const parts: readonly Part[] = [
    ...receiving,
    {
      code: "numbering",
      name: "団体内統合宛名番号の付番の待ち行列",
      order: 20,
      rhythm: { every: 60 },
      after: 10,
      run: withVault(async (signal) => {
        const { settled, lost } = await settleEntries(await addressee(NUMBERING_ACTOR, "付番の待ち行列", signal));
        return settled + lost === 0
          ? ""
          : `待っていた ${settled}件を付番しました。金庫に届いていないもの ${lost}件（もう一度の入力が要ります）。`;
      }),
    },
    ...relayed,
    {
      code: "consistency",
      name: "宛名番号と個人番号の整合の確認",
      order: 40,
      rhythm: { daily: "03:30" },
      after: 150,
      run: withVault(async (signal) => {
        const found = await checkConsistency(await addressee(OPERATION_ACTOR, "整合の確認", signal));
        return `番号 ${found.numbers}件を確かめ、確認リストに ${found.findings}件。`;
      }),
    },
    {
      code: "erasure",
      name: "保存期間の過ぎたデータの消去",
      order: 50,
      rhythm: { daily: "01:00" },
      after: 30,
      run: async (signal) => {
        const made = await eraseByTerm(now(signal, "保存期間の過ぎたデータの消去"));
        const subjects = made.reduce((sum, each) => sum + each.subjects, 0);
        const rows = made.reduce((sum, each) => sum + each.rows, 0);
        const copies = await expiredCopies(context);
        const left =
          copies.length === 0
            ? ""
            : `保存期限を過ぎた控えが ${copies.length}個残っています（hagukumi backup expire）。`;
        return `期間の過ぎたもの ${subjects}件（${rows}行）を消しました。${left}`;
      },
    },
    {
      code: "logReview",
      name: "アクセスログの月の解析",
      order: 51,
      rhythm: { daily: "01:30" },
      after: 40,
      run: async (signal) => {
        // The log is dated by the machine, also where a made-up city works on another day.
        await reviewLastMonth({ ...now(signal, "アクセスログの月の解析"), today: civilDate(todayInJapan()) });
        return "終わった月を解析してあります。";
      },
    },
    {
      code: "verifyMoney",
      name: "夜の検査: お金の不変条件",
      order: 60,
      rhythm: { daily: "02:00" },
      after: 60,
      run: async (signal) => await checkMoney(now(signal, "夜の検査")),
    },
    {
      code: "verifyReplay",
      name: "夜の検査: 元帳と決定の組み直し",
      order: 61,
      rhythm: { daily: "02:20" },
      after: 90,
      run: async (signal) => await checkReplay(now(signal, "夜の検査")),
    },
    {
      code: "verifyLogs",
      name: "夜の検査: 記録と封",
      order: 62,
      rhythm: { daily: "02:40" },
      after: 110,
      run: async (signal) => await checkLogs(now(signal, "夜の検査"), { databaseUrl, dataDir }),
    },
    {
      code: "verifyStorage",
      name: "夜の検査: 保存データの頁と索引",
      order: 63,
      rhythm: { daily: "03:00" },
      after: 180,
      run: async (signal) => await checkPages(now(signal, "夜の検査"), { databaseUrl, dataDir }, signal),
    },
    ...stubbed,
    ...officeParts,
    ...living,
  ];
  return {
    parts,
    today,
    close: async () => {
      await stub?.close();
      await intake.close();
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}
