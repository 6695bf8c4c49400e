/** What the demonstrations share: the refusal of production, the pages of a made-up city with its people, bank, worker and sealer. */
import { createBankSimulator } from "@hagukumi/outside-bank/contract.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { startLogKeeping } from "@hagukumi/platform/access/log-keeping.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { demoPeople } from "@hagukumi/platform/identity/demo-staff.ts";
import { roles } from "@hagukumi/platform/identity/permissions.ts";
import { isProduction, openIdentity, readSettings } from "@hagukumi/platform/identity/settings.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Demo } from "@hagukumi/web-staff/contract.ts";
import { InvalidArgumentError } from "commander";
import { join } from "node:path";

import type { OpenContext } from "../context.ts";
import { grantDemoRights, NUMBERING_ACTOR, openInstallationVault, vaultOperationsOf } from "../installation-vault.ts";
import { startMassWorker } from "../mass-worker.ts";
import { grantDemoConsignment } from "./demo-consignment.ts";
import { grantDemoItemRights } from "./demo-item-rights.ts";
import { startDemoProvider } from "./demo-provider.ts";
import { listOwnParts, startOperation } from "../operation/operation.ts";
import { type OfficesOptions, OPERATION_ACTOR } from "../operation/options.ts";

/** Reads a whole number of an option. */
export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`${least}〜${most} の整数を指定してください。`);
    return value;
  };
}

/** @throws Refusal `demoNotPermitted`: made-up people and known passwords have no place in the real thing */
export function refuseProduction(command: string): void {
  if (!isProduction(process.env)) return;
  throw new Refusal(
    "demoNotPermitted",
    `「hagukumi ${command}」は架空の市のデモです。本番の設定（HAGUKUMI_ENV=production）では起動しません。何も変えていません。`,
  );
}

/** What the roles of a made-up person allow. */
function demoPermissions(staffId: string): readonly string[] {
  const held = demoPeople.find((person) => person.staffId === staffId)?.roles ?? [];
  return held.flatMap((role) => [...roles[role].permissions]);
}

/** Who can log in, for the terminal: all of them are made up. */
function whoCanLogIn({ people }: Demo): string {
  const lines = people.map(({ staffId, name, what }) => `  ${staffId.padEnd(14)} ${name}　${what}`);
  return `ログインできるデモの職員（画面で選びます。職員証はソフトウェアの鍵、パスワードは画面に出ます）\n${lines.join("\n")}`;
}

async function untilStopped(): Promise<NodeJS.Signals> {
  return await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(signal));
  });
}

const onLine = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

export type ServeDemoOptions = {
  readonly opened: OpenContext;
  readonly dataDir: string;
  readonly port: number;
  /** The day up to which the made-up city has worked; a counter that lags behind it would receive claims in its past */
  readonly workDay: CivilDate;
  /** The offices beside the pages; without them nothing more comes in */
  readonly offices?: OfficesOptions;
  readonly report: (step: string, done: number, total: number) => void;
  /** Called once the pages can be reached */
  readonly onReady?: () => void;
};

/** Serves the staff application until Ctrl-C or SIGTERM. */
export async function serveDemo(options: ServeDemoOptions): Promise<void> {
  const { opened, dataDir, port, workDay, offices, report, onReady } = options;
  // Loaded only here, so that a start without pages does not wait for them.
  const { startStaffServer } = await import("@hagukumi/web-staff/contract.ts");
  const { openDemoDesk } = await import("./demo-desk.ts");
  const stopped = untilStopped();
  const { context } = opened;
  let today = context.today < workDay ? workDay : context.today;
  const identity = await openIdentity(
    context.pool,
    dataDir,
    readSettings(process.env, { origin: `http://localhost:${port}` }),
  );
  const key = await readSealKey(dataDir);
  const demo = await openDemoDesk(identity, dataDir, report);
  const vault = await openInstallationVault(opened.database.url, dataDir, "demo.start");
  const people = demo.people.map(({ staffId }) => ({
    actor: staffId,
    operations: vaultOperationsOf(demoPermissions(staffId)),
  }));
  await grantDemoRights(vault, [
    ...people,
    { actor: NUMBERING_ACTOR, operations: ["entries"] },
    { actor: OPERATION_ACTOR, operations: ["inspect", "entries"] },
    { actor: "demo.start", operations: ["inspect", "entries"] },
  ]);
  const addressee = { vault: vault.vault, signer: vault.signer };
  const registrars = demo.people
    .map(({ staffId }) => staffId)
    .filter((staffId) =>
      demoPermissions(staffId).some((each) => each === "addressee.consolidate" || each === "addressee.approve"),
    );
  await grantDemoItemRights({ pool: context.pool, today, ...addressee }, today, registrars);
  await grantDemoConsignment(context);
  onReady?.();
  const server = await startStaffServer({
    pool: context.pool,
    calendar: context.calendar,
    today: () => today,
    dataDir,
    installation: "demo",
    identity,
    demo,
    addressee,
    bank: createBankSimulator({ dir: join(dataDir, "outside-bank") }),
    port,
  }).catch(async (error: unknown) => {
    // A port that is taken ends the program: nothing that was opened may keep it alive.
    await vault.close();
    throw error;
  });
  const provider = await startDemoProvider(identity, port);
  const logs = await startLogKeeping(context.pool, key, dataDir, onLine);
  const { reportsDir } = context;
  const own = await listOwnParts(context.pool, server.url);
  const newWorker = () =>
    startMassWorker({
      url: opened.database.url,
      reportsDir,
      today,
      onLine,
      onState: (problem) => void own.tell("massWorker", problem),
    });
  let worker = newWorker();
  let turning: Promise<void> = Promise.resolve();
  const restart = async (before: Promise<void>): Promise<void> => {
    await before;
    await worker.close();
    worker = newWorker();
  };
  const onDay = (day: CivilDate): void => {
    today = day;
    onLine(`市の日付は ${day} になりました。`);
    // The worker judges by the day that it was started with.
    turning = restart(turning);
  };
  const operation = startOperation({
    databaseUrl: opened.database.url,
    dataDir,
    reportsDir,
    demo: { today, ...(offices === undefined ? {} : { offices }) },
    onLine,
    onDay,
    onState: (problem) => void own.tell("operation", problem),
  });
  if (provider === undefined) onLine("デモの認証基盤は、ポートが使われているため動かしていません。");
  process.stderr.write(`画面: ${server.url} （終了は Ctrl-C）\n${whoCanLogIn(demo)}\n`);
  await stopped;
  await server.close();
  await provider?.close();
  await operation.close();
  await turning;
  await worker.close();
  await own.close();
  await vault.close();
  await logs.close();
}
