/** The batches of the sweep. */
import type { Scene } from "./scene.ts";
import { desk } from "./scenes/desk.ts";
import { intake } from "./scenes/intake.ts";
import { letters } from "./scenes/letters.ts";
import { massWork } from "./scenes/mass-work.ts";
import { deductions, payments } from "./scenes/payments.ts";
import { recovery } from "./scenes/recovery.ts";

export const scenes: readonly Scene[] = [intake, desk, payments, deductions, massWork, letters, recovery];

/** @throws RangeError where there is none of that name */
export function sceneOf(name: string): Scene {
  const scene = scenes.find((each) => each.name === name);
  if (scene === undefined) throw new RangeError(`no scene ${name}: ${scenes.map((each) => each.name).join(", ")}`);
  return scene;
}
