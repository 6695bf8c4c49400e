/**
 * A month of daily life after the payment period: the offices of the synthetic city send what happens there by file and by REST, the
 * 庁内連携システム takes it in day by day, each change becomes work at the desk, the numbers go to the vault, and the nightly full set is compared.
 *
 * The life is drawn from the seed: after a crash the same days are sent again, what is known is passed over, and the rest is taken in.
 */
import { countOpenChanges, listReconciliations } from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import {
  applyDeliveries,
  folderStore,
  interfaceStates,
  type ObjectStore,
  openRejects,
  pullDeliveries,
  receiveDeliveries,
  runRound,
  checkContracts,
  seedAgreements,
  seedOutlets,
} from "@hagukumi/interchange/contract.ts";
import { addDays, type CivilDate, civilDate } from "@hagukumi/law/contract.ts";
import {
  createSender,
  openDailyLife,
  openTown,
  parsePlain,
  type Provider,
  PULLED,
  type Sender,
  startProvider,
} from "@hagukumi/outside-sources/contract.ts";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { grantDemoRights, openInstallationVault } from "../installation-vault.ts";
import { INTAKE_ACTOR, intakeKey, numberIntake, publicIntakeKey } from "../number-intake.ts";

/** The day of work of the demonstration's payment; the city lives on from here. */
export const WORK_DAY = civilDate("2026-12-01");

/** What the month brought, for the table. */
export type LifeResult = {
  /** Whether anything was taken in by this start */
  readonly changed: boolean;
  /** The day up to which the city has lived */
  readonly until: CivilDate;
  readonly deliveries: number;
  readonly byRest: number;
  /** Changes that became work, dealt with or not */
  readonly changes: number;
  /** 変更届 that the endorsements made */
  readonly reports: number;
  /** Of these changes: nobody has dealt with them */
  readonly open: number;
  readonly refused: number;
  readonly gaps: number;
  readonly numbers: number;
  /** Differences of the comparison with the register that nobody has explained; null while none was made */
  readonly differences: number | null;
};

export type LifeOptions = {
  readonly context: Context;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly seed: string;
  /** Days after {@link WORK_DAY}. 0: the offices send nothing */
  readonly days: number;
  /** Approves the agreements; another person than `context.operator` */
  readonly approver: string;
};

const CLIENT = "hagukumi-kodomo-teate-0000000000000001";
/** Interface → 業務システムID and resource, as agreed on */
const ENDPOINTS: Readonly<Record<(typeof PULLED)[number], readonly [systemId: string, resource: string]>> = {
  incomes: ["010", "incomes"],
  individualNumbers: ["001", "individual-numbers"],
};

/** Where the simulated offices lay their files: the store of this installation. */
export const storeFolder = (dataDir: string): string => join(dataDir, "interchange");

/** The REST side of the offices, for as long as the month is played. */
async function openProviders(sender: Sender): Promise<{
  readonly pull: (context: Context, store: ObjectStore, name: (typeof PULLED)[number]) => Promise<void>;
  readonly close: () => Promise<void>;
}> {
  const secret = randomBytes(32).toString("base64url");
  const providers = new Map<string, Provider>();
  for (const name of PULLED) {
    const [systemId, resource] = ENDPOINTS[name];
    const clients = { [CLIENT]: { secret, scopes: [`${systemId}:${resource}:read`] } };
    providers.set(name, await startProvider({ port: 0, systemId, clients, resources: { [resource]: name }, sender }));
  }
  return {
    pull: async (context, store, name) => {
      const source = { url: providers.get(name)?.url ?? "", clientId: CLIENT, clientSecret: secret };
      await pullDeliveries(context, store, source, { interfaceCode: name, version: "1.0" });
    },
    close: async () => {
      for (const provider of providers.values()) await provider.close();
    },
  };
}

/** 宛名番号 of the recipients and children of the city's claims: those of whom the allowance may hold a 個人番号. */
async function peopleOfClaims(city: string): Promise<readonly string[]> {
  const column = async (file: string, name: string): Promise<readonly string[]> => {
    const [header = [], ...rows] = parsePlain(await readFile(join(city, file), "utf8"));
    return rows.map((row) => row[header.indexOf(name)] ?? "");
  };
  const all = [
    ...(await column("claims.csv", "請求者宛名番号")),
    ...(await column("claim_children.csv", "児童宛名番号")),
  ];
  return [...new Set(all)].filter((number) => number !== "").toSorted();
}

async function countRows(context: Context, sql: string): Promise<number> {
  const { rows } = await context.pool.query<{ n: number }>(sql);
  return rows[0]?.n ?? 0;
}

/** The full set of the last night was compared: the month is over. */
async function isOver(context: Context, until: CivilDate): Promise<boolean> {
  const all = await listReconciliations(context.pool);
  return all.some(({ interfaceCode, asOf }) => interfaceCode === "residents" && asOf >= until);
}

async function play(options: LifeOptions, until: CivilDate): Promise<void> {
  const { context, dataDir, databaseUrl, seed, days, approver } = options;
  const city = join(dataDir, "city");
  const store = folderStore(storeFolder(dataDir));
  await seedAgreements(context, approver);
  // To whom data may go, and that all of it works as agreed: the pages of 提供・移転 and 連携の検証 have their content from the first day on.
  await seedOutlets(context, approver);
  await checkContracts(context);
  const vault = await openInstallationVault(databaseUrl, dataDir, INTAKE_ACTOR);
  const offices = createSender(join(dataDir, "outside-offices"));
  const rest = await openProviders(offices);
  try {
    await grantDemoRights(vault, [{ actor: INTAKE_ACTOR, operations: ["register", "match", "change"] }]);
    const key = await intakeKey(dataDir);
    const onward = { unifiedAddressee: numberIntake(vault, key) };
    const life = openDailyLife({
      town: await openTown(city, { seed, today: WORK_DAY }),
      seed,
      files: createSender(storeFolder(dataDir)),
      rest: offices,
      numbers: { of: await peopleOfClaims(city), receiver: publicIntakeKey(key) },
    });
    const { onProgress, ...quiet } = context;
    const take = async (today: CivilDate): Promise<void> => {
      await receiveDeliveries({ ...quiet, today }, store);
      await applyDeliveries({ ...quiet, today }, store, { onward });
    };
    await life.begin();
    await rest.pull({ ...quiet, today: WORK_DAY }, store, "individualNumbers");
    await take(WORK_DAY);
    for (let day = 1; day <= days; day += 1) {
      const { date } = await life.nextDay();
      const today = civilDate(date);
      await rest.pull({ ...quiet, today }, store, "incomes");
      await take(today);
      onProgress?.("庁内連携: ひと月の異動", day, days);
    }
    await runRound({ ...quiet, today: until }, store, { onward });
    // Last of all: where this comparison is on record, the month is over.
    await life.closeNight();
    await runRound({ ...quiet, today: until }, store, { onward });
  } finally {
    await rest.close();
    await vault.close();
  }
}

/**
 * Plays the month where it is not over yet. Safe to call again at any time and after any crash.
 *
 * @throws Refusal of any step; what was taken in stays
 */
export async function liveMonth(options: LifeOptions): Promise<LifeResult> {
  const { context, days } = options;
  const until = addDays(WORK_DAY, days);
  const over = days === 0 || (await isOver(context, until));
  if (!over) await play(options, until);
  const [states, rejects, comparisons, changes] = await Promise.all([
    interfaceStates(context.pool, until),
    openRejects(context.pool),
    listReconciliations(context.pool),
    countOpenChanges(context.pool),
  ]);
  const lived = states.find(({ interfaceCode }) => interfaceCode === "residents")?.asOf ?? until;
  const used = states.filter(({ lastSequence, waiting }) => lastSequence + waiting > 0);
  return {
    changed: !over,
    until: lived > until ? lived : until,
    deliveries: await countRows(context, "SELECT count(*)::int AS n FROM interchange.delivery"),
    byRest: await countRows(context, "SELECT count(*)::int AS n FROM interchange.delivery WHERE transport = 'rest'"),
    changes: await countRows(context, "SELECT count(*)::int AS n FROM allowance.register_change"),
    reports: await countRows(
      context,
      "SELECT count(*)::int AS n FROM allowance.register_change_handling WHERE outcome = 'report'",
    ),
    open: changes.open,
    refused: rejects.reduce((sum, { rejected, state }) => sum + rejected + (state === "refused" ? 1 : 0), 0),
    gaps: used.reduce((sum, { missing }) => sum + missing.length, 0),
    numbers: await countRows(context, "SELECT count(*)::int AS n FROM unified.link WHERE ended_at IS NULL"),
    differences: comparisons.length === 0 ? null : comparisons.reduce((sum, { open }) => sum + open, 0),
  };
}
