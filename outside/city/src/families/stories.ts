import type { Random, Weighted } from "../base/random.ts";
import type { Unit } from "../people/unit.ts";
import type { World } from "../people/world.ts";
import {
  bornInDisaster,
  childDies,
  childGoesAbroad,
  childIsPlaced,
  claimTooOld,
  incomeFell,
  reformBringsRight,
  taxCorrected,
} from "./child-stories.ts";
import {
  becomesPublicServant,
  bothParentsClaim,
  grandmotherCares,
  guardianAppointed,
  leavesPublicService,
  publicServant,
  recipientDetained,
  recipientDies,
  recipientMovesAway,
  separation,
  type Story,
} from "./parent-stories.ts";
import { tellPlain } from "./plain.ts";

/** How often each thing happens, per 10,000 families with children; the rest lead the usual life. */
const stories: readonly [Weighted<Story>, ...Weighted<Story>[]] = [
  { weight: 680, item: publicServant(false) },
  { weight: 40, item: publicServant(true) },
  { weight: 120, item: becomesPublicServant },
  { weight: 80, item: leavesPublicService },
  { weight: 100, item: separation(false) },
  { weight: 60, item: separation(true) },
  { weight: 30, item: recipientDies },
  { weight: 40, item: recipientMovesAway },
  { weight: 10, item: recipientDetained },
  { weight: 10, item: grandmotherCares(true) },
  { weight: 20, item: grandmotherCares(false) },
  { weight: 8, item: guardianAppointed(false) },
  { weight: 3, item: guardianAppointed(true) },
  { weight: 12, item: childDies },
  { weight: 30, item: childGoesAbroad(true) },
  { weight: 12, item: childGoesAbroad(false) },
  { weight: 45, item: childIsPlaced(false) },
  { weight: 30, item: childIsPlaced(true) },
  { weight: 10, item: taxCorrected },
  { weight: 15, item: incomeFell },
  { weight: 6, item: bornInDisaster },
  { weight: 60, item: reformBringsRight },
  { weight: 40, item: bothParentsClaim },
  { weight: 10, item: claimTooOld },
];
const USUAL = 10_000 - stories.reduce((sum, story) => sum + story.weight, 0);
const all: readonly [Weighted<Story>, ...Weighted<Story>[]] = [{ weight: USUAL, item: tellPlain }, ...stories];

export const STORY_COUNT = stories.length;

/** A family of the given story; families are drawn until one allows it. */
export function tellStory(world: World, random: Random, index: number): Unit {
  const story = stories[index]?.item ?? tellPlain;
  for (let attempt = 0; attempt < 200; attempt++) {
    const unit = story(world, random);
    if (unit !== undefined) return unit;
  }
  throw new Error(`家庭の筋書き ${index} を作れません。基準日を確かめてください。`);
}

/** Any family with children, as often as such families occur. */
export function tellAny(world: World, random: Random): Unit {
  const story = random.weighted(all);
  for (let attempt = 0; attempt < 4; attempt++) {
    const unit = story(world, random);
    if (unit !== undefined) return unit;
  }
  return tellPlain(world, random);
}
