import type { Random } from "../base/random.ts";
import { STORY_COUNT, tellAny, tellStory } from "../families/stories.ts";
import type { Unit } from "../people/unit.ts";
import type { World } from "../people/world.ts";
import { makeCouple, makeSingle } from "./plain.ts";

/** More than any household here can hold: with fewer places left, only people living alone are drawn. */
const LARGEST = 12;

/** Indices of the stories that every city of some size shows at least once, before chance decides. */
export const storyUnits = (): readonly number[] => Array.from({ length: STORY_COUNT }, (_, index) => index);

/**
 * One household. Shares are set so that about 19 % of the residents are children to 18 and about 11 % are recipients,
 * as in a designated city of 740,000.
 */
export function drawUnit(world: World, random: Random, story: number | undefined, room: number): Unit {
  if (story !== undefined) return tellStory(world, random, story);
  if (room <= LARGEST) return makeSingle(world, random, false);
  const roll = random.below(1000);
  if (roll < 292) return tellAny(world, random);
  if (roll < 468) return makeCouple(world, random);
  return makeSingle(world, random, roll < 558);
}
