import { type Address, addressIn } from "../appearance/places.ts";
import { type Day, fiscalYearEndOf } from "../base/day.ts";
import type { Random } from "../base/random.ts";
import { fileFor } from "../claims/filing.ts";
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

/** Every claim of one organization in the order in which the children came (規則1条の4第3項, 2条3項). */
export function claimsOf(
  world: World,
  random: Random,
  organization: Organization,
  placed: readonly Placement[],
): Claim[] {
  const claims: Claim[] = [];
  const accepted: Placement[] = [];
  const inOrder = placed.toSorted((a, b) => a.from - b.from || Number(a.child.number) - Number(b.child.number));
  const institution = organization.kind === "institution";
  const lastDay = (place: Placement): Day => Math.min(place.until ?? OPEN_END, fiscalYearEndOf(place.child.born, 15));
  let previous = 0;
  for (const place of inOrder) {
    const filing = fileFor(random, place.from, previous);
    if (filing.received > world.asOf || lastDay(place) < filing.received) continue;
    previous = Math.max(place.from, filing.received);
    const running = accepted.some((other) => lastDay(other) >= filing.received);
    accepted.push(place);
    claims.push({
      kind: running ? "increase" : "certification",
      received: filing.received,
      channel: filing.channel,
      claimant: organization.number,
      recipientKind: organization.kind,
      reason: institution ? "enteredInstitution" : "guardianAppointed",
      event: place.from,
      employeeClass: "nonEmployee",
      ward: organization.address.ward,
      ...(running ? {} : { account: world.openAccount(random, organization.kana) }),
      children: [
        {
          child: place.child.number,
          role: "child",
          relation: institution ? "入所児童" : "被後見人",
          serial: ((accepted.length - 1) % 99) + 1,
          careFrom: place.from,
          together: institution,
          commonLivelihood: false,
        },
      ],
    });
  }
  return claims;
}
