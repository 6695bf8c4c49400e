/** 種: everything that happens by chance in a simulated year follows from it, so that a failure can be played again. */
import type { Month } from "@hagukumi/law/contract.ts";
import { randomBytes } from "node:crypto";

export type PlayedSeed = { readonly population: number; readonly seed: string; readonly start: Month };

/** The words given; `random`: others each time. */
export const seedOf = (given: string): string => (given === "random" ? randomBytes(6).toString("hex") : given);

/** The one command that plays the same year again, step by step the same. The orders of the sample are left out: they are not part of it. */
export const replayCommand = ({ population, seed, start }: PlayedSeed): string =>
  `npm run sim:year -- --population ${population} --starts ${start} --seed ${seed} --orders 0`;
