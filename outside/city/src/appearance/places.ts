import { pad } from "../base/day.ts";
import type { Random } from "../base/random.ts";

/** 所管区: the five wards, with the codes the feed specification names. */
export const wards = ["431010", "431028", "431036", "431044", "431052"] as const;
export type Ward = (typeof wards)[number];

const wardNames: Record<Ward, string> = {
  "431010": "中央区",
  "431028": "東区",
  "431036": "西区",
  "431044": "南区",
  "431052": "北区",
};

/** Town names that say they are made up; none of them is a place. */
const towns = ["架空町", "見本町", "試験台", "例示が丘", "模擬本町", "仮名新町", "標本通", "演習坂", "雛形浜", "空想野",
  "例題橋", "手本谷"] as const; // prettier-ignore
const buildings = ["見本ハイツ", "架空荘", "試験レジデンス", "例示コーポ", "サンプルマンション"] as const;

export interface Address {
  readonly ward: Ward;
  /** 7 digits under `000`, which the post never gave out. */
  readonly postcode: string;
  readonly text: string;
}

export function addressIn(random: Random, ward: Ward = random.pick(wards)): Address {
  const town = random.below(towns.length);
  const wardIndex = wards.indexOf(ward);
  const lot = `${random.between(1, 9)}丁目${random.between(1, 40)}番${random.between(1, 30)}号`;
  const flat = random.perMille(450)
    ? `　${random.pick(buildings)}${random.between(1, 12)}${pad(random.between(1, 15), 2)}号室`
    : "";
  return {
    ward,
    postcode: `000${pad(wardIndex + 1, 1)}${pad(town + 1, 3)}`,
    text: `架空市${wardNames[ward]}${towns[town] ?? towns[0]}${lot}${flat}`,
  };
}

/** 前住所・転出先 outside the city: municipality codes with a valid check digit, and 99999 for abroad. */
export const ABROAD = "99999";
export const elsewhere = (random: Random): string => random.pick(["131121", "011002", "430005"]);
