import { createRequire } from "node:module";

import { pad } from "../base/day.ts";
import type { Random, Weighted } from "../base/random.ts";

export interface Account {
  readonly bank: string;
  readonly branch: string;
  /** 預金種目: 1 普通 2 当座 4 貯蓄. */
  readonly kind: "1" | "4";
  readonly number: string;
  /** 口座名義カナ, half- or full-width as residents' papers have it. */
  readonly holder: string;
}

const shares: readonly (readonly [code: string, weight: number])[] = [
  ["0182", 420], ["0587", 140], ["9900", 170], ["0009", 25], ["0001", 25], ["0005", 25], ["0177", 25], ["0036", 40],
  ["0033", 10], ["1951", 20], ["1952", 25], ["1954", 25], ["2845", 10], ["8916", 30], ["9010", 10],
]; // prettier-ignore

interface BranchList {
  readonly code: string;
  readonly branches: readonly [string, ...string[]];
}

/** 統一金融機関番号 and 店番 that exist, out of the public master, so that files of this city pass a bank's own checks. */
function loadBanks(): readonly [Weighted<BranchList>, ...Weighted<BranchList>[]] {
  const master: unknown = createRequire(import.meta.url)("zengin-code");
  const banks: Weighted<BranchList>[] = [];
  for (const [code, weight] of shares) {
    const [first, ...rest] = branchCodesOf(master, code);
    if (first === undefined) throw new Error(`銀行マスタに ${code} がありません。zengin-code の版を確かめてください。`);
    banks.push({ weight, item: { code, branches: [first, ...rest] } });
  }
  const [first, ...rest] = banks;
  if (first === undefined) throw new Error("銀行マスタが空です。zengin-code の版を確かめてください。");
  return [first, ...rest];
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

function branchCodesOf(master: unknown, bank: string): string[] {
  const branches = propertyOf(propertyOf(master, bank), "branches");
  // 000 is valid for a few head offices only, and many checks refuse it: leave it to the tests of those checks.
  return typeof branches === "object" && branches !== null
    ? Object.keys(branches)
        .filter((code) => /^\d{3}$/.test(code) && code !== "000")
        .toSorted()
    : [];
}

const FULL_KANA =
  "ァアィイゥウェエォオカキクケコサシスセソタチッツテトナニヌネノハヒフヘホマミムメモャヤュユョヨラリルレロワヲンー・";
const HALF_KANA = "ｧｱｨｲｩｳｪｴｫｵｶｷｸｹｺｻｼｽｾｿﾀﾁｯﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓｬﾔｭﾕｮﾖﾗﾘﾙﾚﾛﾜｦﾝｰ･";

/** Full-width kana as a passbook prints it: half-width, voicing marks as letters of their own. */
export function halfWidthKana(text: string): string {
  let out = "";
  for (const letter of text.normalize("NFD")) {
    if (letter === "\u3099") out += "ﾞ";
    else if (letter === "\u309a") out += "ﾟ";
    else if (letter === "\u3000") out += " ";
    else {
      const index = FULL_KANA.indexOf(letter);
      out += index < 0 ? letter : HALF_KANA.charAt(index);
    }
  }
  return out;
}

const MODULUS = 10_000_000;
const STRIDE = 6_180_339; // coprime to 10^7 (odd, not a multiple of 5), so a number returns only after ten million accounts

/** Opens accounts whose numbers never repeat: two recipients of one city can never share one. */
export function createAccounts(): (random: Random, holderKana: string) => Account {
  const banks = loadBanks();
  let opened = 0;
  return (random, holderKana) => {
    opened++;
    if (opened >= MODULUS) throw new Error("口座番号が尽きました。人口を減らしてください。");
    const bank = random.weighted(banks);
    return {
      bank: bank.code,
      branch: random.pick(bank.branches),
      kind: random.perMille(15) ? "4" : "1",
      number: pad((opened * STRIDE) % MODULUS, 7),
      holder: random.perMille(700) ? halfWidthKana(holderKana) : holderKana,
    };
  };
}
