import { type Address, addressIn } from "../appearance/places.ts";
import { type Day, fiscalYearEndOf } from "../base/day.ts";
import type { Random } from "../base/random.ts";
import { fileBetween, fileFor } from "../claims/filing.ts";
import { REFORM, REFORM_DEADLINE, rightLastsUntil } from "../claims/reform.ts";
import type { Claim, Placement } from "../people/unit.ts";
import { OPEN_END, type World } from "../people/world.ts";

/** A 施設等受給者 (institution or foster parent) or a corporation that is a 未成年後見人. */
export interface Organization {
  /** 宛名番号. */
  readonly number: string;
  readonly name: string;
  readonly kana: string;
  readonly kind: "institution" | "corporateGuardian";
  readonly address: Address;
  readonly founder: "private" | "public";
}

const homes = [
  ["架空児童養護施設みほん学園", "カクウジドウヨウゴシセツミホンガクエン"],
  ["架空児童養護施設れいじ寮", "カクウジドウヨウゴシセツレイジリョウ"],
  ["架空児童養護施設もぎの家", "カクウジドウヨウゴシセツモギノイエ"],
  ["架空市立見本乳児院", "カクウシリツミホンニュウジイン"],
] as const;
const fosterNames = [
  ["架空", "カクウ"],
  ["見本", "ミホン"],
  ["例示", "レイジ"],
  ["模擬", "モギ"],
] as const;

export const CARE_HOMES = homes.length;

/** One foster parent for every 40,000 residents, at least two. */
export const fosterParentsOf = (population: number): number => Math.max(2, Math.floor(population / 40_000));

/** Care homes first, then foster parents, and the guardian corporation last. */
export function makeOrganizations(
  addressee: () => string,
  random: Random,
  fosterParents: number,
): readonly [...Organization[], Organization] {
  const list: Organization[] = [];
  for (const [index, [name, kana]] of homes.entries()) {
    const founder = index === homes.length - 1 ? "public" : "private";
    list.push({ number: addressee(), name, kana, kind: "institution", address: addressIn(random), founder });
  }
  for (let index = 0; index < fosterParents; index++) {
    const [family, kana] = fosterNames[index % fosterNames.length] ?? fosterNames[0];
    list.push({
      number: addressee(),
      name: `里親　${family}第${index + 1}`,
      kana: `サトオヤ　${kana}`,
      kind: "institution",
      address: addressIn(random),
      founder: "private",
    });
  }
  const guardian: Organization = {
    number: addressee(),
    name: "架空市見本後見法人",
    kana: "カクウシミホンコウケンホウジン",
    kind: "corporateGuardian",
    address: addressIn(random),
    founder: "private",
  };
  return [...list, guardian];
}

/** A child whom the organization ought to claim for from a day on. */
interface Turn {
  readonly place: Placement;
  readonly event: Day;
  readonly reformed: boolean;
}

/** Coming is one turn; the reform is another for those who had passed junior high by then (令6法47附則13条5項). */
function turnsOf(placed: readonly Placement[]): Turn[] {
  const turns: Turn[] = placed.map((place) => ({ place, event: place.from, reformed: false }));
  for (const place of placed) {
    const { born } = place.child;
    const waits = rightLastsUntil(born) < REFORM && fiscalYearEndOf(born, 18) >= REFORM;
    if (waits && place.from < REFORM && (place.until ?? OPEN_END) > REFORM_DEADLINE) {
      turns.push({ place, event: REFORM, reformed: true });
    }
  }
  return turns.toSorted((a, b) => a.event - b.event || Number(a.place.child.number) - Number(b.place.child.number));
}

const lastDayOf = ({ place, reformed }: Turn): Day =>
  Math.min(
    place.until ?? OPEN_END,
    reformed ? fiscalYearEndOf(place.child.born, 18) : rightLastsUntil(place.child.born),
  );

/** Every claim of one organization in the order in which the children came (規則1条の4第3項, 2条3項). */
export function claimsOf(
  world: World,
  random: Random,
  organization: Organization,
  placed: readonly Placement[],
): Claim[] {
  const claims: Claim[] = [];
  const accepted: Turn[] = [];
  const institution = organization.kind === "institution";
  let previous = 0;
  for (const turn of turnsOf(placed)) {
    const filing = turn.reformed
      ? fileBetween(random, Math.max(REFORM, previous), Math.max(REFORM_DEADLINE, previous))
      : fileFor(random, turn.event, previous);
    if (filing.received > world.asOf || lastDayOf(turn) < filing.received) continue;
    previous = Math.max(turn.event, filing.received);
    const running = accepted.some((other) => lastDayOf(other) >= filing.received);
    accepted.push(turn);
    const { child, from } = turn.place;
    claims.push({
      kind: running ? "increase" : "certification",
      received: filing.received,
      channel: filing.channel,
      claimant: organization.number,
      recipientKind: organization.kind,
      reason: turn.reformed ? "other" : institution ? "enteredInstitution" : "guardianAppointed",
      event: turn.event,
      employeeClass: "nonEmployee",
      ward: organization.address.ward,
      ...(running ? {} : { account: world.openAccount(random, organization.kana) }),
      children: [
        {
          child: child.number,
          role: "child",
          relation: institution ? "入所児童" : "被後見人",
          serial: ((accepted.length - 1) % 99) + 1,
          careFrom: from,
          together: institution,
          commonLivelihood: false,
        },
      ],
    });
  }
  return claims;
}
