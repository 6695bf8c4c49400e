/** A month of daily life as the offices send it: something of everything within a week, each office by the way it has. */
import { numberRows } from "./number-feed.ts";
import { type OfficeLife, type OfficeName, openOffices } from "./offices.ts";
import type { InterfaceName } from "./layouts.ts";
import type { Fault, Sender } from "./sender.ts";
import type { Life, Town } from "./town.ts";

/** What happens in the town on the `day`th day. */
const lifeOf = (day: number): Life => ({
  births: day % 2,
  movesWithin: (day + 1) % 2,
  deaths: day % 7 === 2 ? 1 : 0,
  movesOut: day % 7 === 3 ? 1 : 0,
  movesIn: day % 7 === 4 ? 1 : 0,
  marriages: day % 7 === 5 ? 1 : 0,
  separations: day % 7 === 6 ? 1 : 0,
  protections: day % 7 === 1 ? 1 : 0,
  taxCorrections: day % 7 === 0 ? 1 : 0,
  insurances: day % 3 === 0 ? 1 : 0,
  publicServants: day % 7 === 0 ? 1 : 0,
});

/** What happens at the other offices. */
const officeLifeOf = (day: number): OfficeLife => ({
  pensions: day % 7 === 1 ? 1 : 0,
  welfareStarts: day % 7 === 2 ? 1 : 0,
  welfareEnds: day % 14 === 5 ? 1 : 0,
  childRearingStarts: day % 7 === 3 ? 1 : 0,
  childRearingEnds: day % 14 === 6 ? 1 : 0,
  permitsRenewed: day % 7 === 4 ? 1 : 0,
  permitsExpired: day % 14 === 11 ? 1 : 0,
  nonResidents: day % 7 === 5 ? 1 : 0,
  nonResidentProtections: day % 14 === 6 ? 1 : 0,
});

const OFFICES: readonly OfficeName[] = ["pension", "welfare", "childRearing", "residenceStatus", "nonResidents"];

/** Interfaces that the offices answer by REST; all others they lay into the store as files. */
export const PULLED = ["incomes", "individualNumbers"] as const satisfies readonly InterfaceName[];

/** Every fifth difference of the interface goes wrong in the way that is asked for. */
export type Wrong = { readonly fault: Fault; readonly interfaceName: InterfaceName };

const FAULT_EVERY = 5;

export type DailyLife = {
  /** The first full set of every office but the residents' and the tax office, whose registers the city has taken in */
  readonly begin: () => Promise<void>;
  /** Lives the next day and sends it. @returns what happened, for counting */
  readonly nextDay: () => Promise<{ readonly date: string; readonly happened: number }>;
  /** The nightly full set, only to be compared */
  readonly closeNight: () => Promise<void>;
};

export type DailyLifeOptions = {
  readonly town: Town;
  readonly seed: string;
  /** Of the files in the store */
  readonly files: Sender;
  /** Of what is fetched by REST; the same as `files` where nothing is */
  readonly rest: Sender;
  /** Who the 個人番号 are wanted of, and the key to seal them to; without it none is sent */
  readonly numbers?: { readonly of: readonly string[]; readonly receiver: string };
  /** What goes wrong; a function decides for each day and interface */
  readonly wrong?: Wrong | ((day: number, name: InterfaceName) => Fault | undefined);
};

/** The offices of a town, each with its numbers of deliveries. The same options give the same deliveries (but for sealed cells). */
export function openDailyLife({ town, seed, files, rest, numbers, wrong }: DailyLifeOptions): DailyLife {
  const offices = openOffices(town, { seed });
  let day = 0;
  const senderOf = (name: InterfaceName): Sender => ((PULLED as readonly string[]).includes(name) ? rest : files);
  const faultOf = (name: InterfaceName): Fault | undefined => {
    if (typeof wrong === "function") return wrong(day, name);
    return wrong !== undefined && wrong.interfaceName === name && day % FAULT_EVERY === 0 ? wrong.fault : undefined;
  };
  const sendDay = async (name: InterfaceName, rows: readonly (readonly string[])[], always = false): Promise<void> => {
    if (rows.length === 0 && !always) return;
    const options = { asOf: town.today() };
    const fault = faultOf(name);
    await senderOf(name).send(name, rows, fault === undefined ? options : { ...options, fault });
  };
  return {
    begin: async () => {
      const full = { kind: "full", asOf: town.today() } as const;
      // Asked for are the families of the allowance, so they alone are sent.
      const asked = new Set(town.families().flatMap((home) => home.map((row) => row[0])));
      const insured = town.insurances().filter(([number]) => asked.has(number));
      await files.send("healthInsurance", insured, full);
      const sets = offices.firstSets();
      for (const name of OFFICES) await files.send(name, sets[name], full);
      if (numbers !== undefined) {
        const rows = numberRows(seed, numbers.receiver, numbers.of);
        await senderOf("individualNumbers").send("individualNumbers", rows, full);
      }
    },
    nextDay: async () => {
      day += 1;
      const lived = town.live(lifeOf(day));
      const told = offices.live(officeLifeOf(day));
      // The residents' office sends every day, also where nothing happened: a day without a delivery is a gap in time.
      await sendDay("residents", lived.residents, true);
      await sendDay("endorsements", lived.endorsements);
      await sendDay("healthInsurance", lived.healthInsurance);
      await sendDay("incomes", lived.incomes);
      for (const name of OFFICES) await sendDay(name, told[name]);
      return { date: lived.date, happened: lived.happened.length + told.happened.length };
    },
    closeNight: async () => {
      await files.send("residents", town.residents(), { kind: "reconciliation", asOf: town.today() });
    },
  };
}
