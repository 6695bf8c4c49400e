/** `hagukumi serve`: the staff application of an installation that is no demonstration. */
import { readSetting } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { todayInJapan } from "@hagukumi/platform/calendar/today.ts";
import { startLogKeeping } from "@hagukumi/platform/access/log-keeping.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { acquireInstanceLock } from "@hagukumi/platform/database/instance-lock.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { processIdentity } from "@hagukumi/platform/tls/identity-files.ts";
import type { TlsIdentity } from "@hagukumi/platform/tls/policy.ts";
import { openIdentity, readSettings } from "@hagukumi/platform/identity/settings.ts";
import { startStaffServer } from "@hagukumi/web-staff/contract.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

import { openStaffVault } from "../installation-vault.ts";
import { startMassWorker } from "../mass-worker.ts";
import { listOwnParts, startOperation } from "../operation/operation.ts";
import { dataFolder, openContext } from "../context.ts";

function port(text: string): number {
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value >= 1 && value <= 65_535) return value;
  throw new InvalidArgumentError("1〜65535 の整数を指定してください。");
}

async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

const onLine = (line: string): void => void process.stderr.write(`${line}\n`);

type ServeOptions = {
  readonly port: number;
  readonly host: string;
  readonly tls?: boolean;
  readonly operation: boolean;
};

/** @throws Refusal `tlsInvalid` */
function ownTls({ tls }: ServeOptions): (() => TlsIdentity) | undefined {
  if (tls !== true) return undefined;
  const identity = processIdentity();
  if (identity !== undefined) return identity;
  throw new Refusal(
    "tlsInvalid",
    "--tls には、証明書のフォルダ（HAGUKUMI_TLS_DIR）が要ります。起動していません。hagukumi certificate issue で作り、場所を設定してください。",
  );
}

async function serve(options: ServeOptions): Promise<void> {
  const tls = ownTls(options);
  const dataDir = dataFolder();
  const lock = await acquireInstanceLock(dataDir);
  const opened = await openContext({ purpose: "職員の画面" });
  let vault: Awaited<ReturnType<typeof openStaffVault>>;
  try {
    const settings = readSettings(process.env, {
      origin: `${tls === undefined ? "http" : "https"}://localhost:${String(options.port)}`,
    });
    const [origin] = settings.origins;
    // Every page names the city: without it nothing can be shown, so it is said before anybody comes.
    await readSetting(opened.context.pool, "municipality", opened.context.today);
    const key = await readSealKey(dataDir);
    vault = await openStaffVault(opened.database.url, dataDir);
    if (vault === undefined) {
      process.stderr.write(
        "個人番号の金庫がありません（hagukumi vault init で作ります）。個人番号の画面は使えません。\n",
      );
    }
    const addressee = vault === undefined ? undefined : { vault: vault.vault, signer: vault.signer };
    const server = await startStaffServer({
      pool: opened.context.pool,
      calendar: opened.context.calendar,
      // Asked for at each request: a server that runs over midnight goes on with the new day.
      today: () => parseCivilDate(todayInJapan()) ?? opened.context.today,
      dataDir,
      installation: settings.production ? "production" : "training",
      identity: await openIdentity(opened.context.pool, dataDir, settings),
      port: options.port,
      host: options.host,
      ...(origin === undefined ? {} : { origin }),
      ...(addressee === undefined ? {} : { addressee }),
      ...(tls === undefined ? {} : { tls }),
    });
    const logs = await startLogKeeping(opened.context.pool, key, dataDir, onLine);
    const own = await listOwnParts(opened.context.pool, server.url);
    const { reportsDir } = opened.context;
    const databaseUrl = opened.database.url;
    const onState = (code: string) => (problem: string) => void own.tell(code, problem);
    const worker = startMassWorker({ url: databaseUrl, reportsDir, onLine, onState: onState("massWorker") });
    const operation = options.operation
      ? startOperation({ databaseUrl, dataDir, reportsDir, onLine, onState: onState("operation") })
      : undefined;
    process.stderr.write(
      `画面: ${server.url} （${settings.production ? "本番" : "訓練"}、ログインの宛先 ${origin ?? ""}、終了は Ctrl-C）\n`,
    );
    await untilStopped();
    await server.close();
    await operation?.close();
    await worker.close();
    await own.close();
    await logs.close();
    process.stderr.write("終了しました。\n");
  } finally {
    await vault?.close();
    await opened.database.close();
    await lock.release();
  }
}

/** Adds `hagukumi serve`. */
export function registerServe(program: Command): void {
  program
    .command("serve")
    .description(
      "職員の画面を出す（HAGUKUMI_ENV=production で本番。最初の職員は hagukumi staff init で登録する） / serve the staff application",
    )
    .option("--port <n>", "ポート / port", port, 8080)
    .option("--host <address>", "待ち受けるアドレス / address to listen on", "127.0.0.1")
    .option(
      "--tls",
      "TLS で待ち受け、登録した端末の証明書だけを通す（証明書は HAGUKUMI_TLS_DIR） / TLS with the certificates of registered terminals",
    )
    .option(
      "--no-operation",
      "庁内連携・中継・消去・夜の検査をここでは動かさない（別の計算機で動かすとき） / pages, worker and seals alone",
    )
    .action(async (options: ServeOptions) => {
      await serve(options);
    });
}
