import type { Random } from "../base/random.ts";

/** 氏名 and 氏名フリガナ, each with a full-width space between 姓 and 名. */
export interface Name {
  readonly family: string;
  readonly familyKana: string;
  readonly given: string;
  readonly givenKana: string;
}

type Reading = readonly [written: string, kana: string];

/** Family names that say what they are: sample, example, fiction. Nobody bears them. */
const families: readonly [Reading, ...Reading[]] = [
  ["架空", "カクウ"], ["試験", "シケン"], ["見本", "ミホン"], ["例示", "レイジ"], ["模擬", "モギ"], ["仮名", "カメイ"],
  ["標本", "ヒョウホン"], ["演習", "エンシュウ"], ["雛形", "ヒナガタ"], ["仮設", "カセツ"], ["想定", "ソウテイ"],
  ["空想", "クウソウ"], ["例題", "レイダイ"], ["練習", "レンシュウ"], ["手本", "テホン"], ["凡例", "ハンレイ"],
  ["検証", "ケンショウ"], ["架空川", "カクウガワ"], ["見本山", "ミホンヤマ"], ["試験田", "シケンダ"],
  ["例示原", "レイジハラ"], ["模擬森", "モギモリ"], ["仮名島", "カメイジマ"], ["標本野", "ヒョウホンノ"],
]; // prettier-ignore

/** Letters that break careless software: variation selectors, supplementary planes, compatibility forms. */
const hardFamilies: readonly [Reading, ...Reading[]] = [
  ["葛\u{E0100}架空", "カズラカクウ"], ["辻\u{E0100}見本", "ツジミホン"], ["髙例示", "タカレイジ"], ["試験﨑", "シケンザキ"],
  ["𠮷架空", "ヨシカクウ"], ["架空邊\u{E0101}", "カクウベ"], ["神\u{E0100}見本", "カミミホン"], ["見本ヶ丘", "ミホンガオカ"],
]; // prettier-ignore

const boys: readonly [Reading, ...Reading[]] = [
  ["太郎", "タロウ"], ["一郎", "イチロウ"], ["次郎", "ジロウ"], ["翔", "ショウ"], ["蓮", "レン"], ["陽翔", "ハルト"],
  ["湊", "ミナト"], ["大和", "ヤマト"], ["健", "ケン"], ["誠", "マコト"], ["隆", "タカシ"], ["修", "オサム"],
  ["正", "タダシ"], ["悠真", "ユウマ"], ["樹", "イツキ"], ["新", "アラタ"], ["律", "リツ"], ["暁", "アキラ"],
  ["勇気", "ユウキ"], ["光", "ヒカル"], ["航", "ワタル"], ["聡", "サトシ"], ["譲二", "ジョージ"], ["レオ", "レオ"],
  ["純一", "ジュンイチ"], ["剛", "ツヨシ"],
]; // prettier-ignore

const girls: readonly [Reading, ...Reading[]] = [
  ["花子", "ハナコ"], ["陽菜", "ヒナ"], ["結衣", "ユイ"], ["葵", "アオイ"], ["さくら", "サクラ"], ["美咲", "ミサキ"],
  ["凛", "リン"], ["芽依", "メイ"], ["紬", "ツムギ"], ["杏", "アン"], ["和子", "カズコ"], ["幸子", "サチコ"],
  ["恵子", "ケイコ"], ["真由美", "マユミ"], ["直美", "ナオミ"], ["愛", "アイ"], ["優", "ユウ"], ["莉子", "リコ"],
  ["楓", "カエデ"], ["詩", "ウタ"], ["ローラ", "ローラ"], ["マリー", "マリー"], ["祇\u{E0100}子", "マサコ"],
  ["春香", "ハルカ"], ["千尋", "チヒロ"], ["綾", "アヤ"],
]; // prettier-ignore

const foreignFamilies: readonly [Reading, ...Reading[]] = [
  ["SAMPLE", "サンプル"], ["EXAMPLE", "エグザンプル"], ["SPECIMEN", "スペシメン"], ["DUMMY", "ダミー"],
  ["TESTCASE", "テストケース"], ["FICTIVO", "フィクティーヴォ"], ["MUSTER", "ムスター"], ["EXEMPLE", "エグザンプル"],
  ["樣本", "ヤンベン"], ["VIDU", "ヴィズ"],
]; // prettier-ignore

const foreignGiven: readonly [Reading, ...Reading[]] = [
  ["ALPHA", "アルファ"], ["BETA", "ベータ"], ["GAMMA", "ガンマ"], ["DELTA", "デルタ"], ["OMEGA", "オメガ"],
  ["SIGMA LAMBDA", "シグマ・ラムダ"], ["THETA", "シータ"], ["KAPPA", "カッパ"],
]; // prettier-ignore

/** Longer than the 30 bytes a transfer file has for a payee, and written in kana on the register itself. */
const longGiven: readonly [Reading, ...Reading[]] = [
  ["アルファベータガンマデルタイプシロンゼータエータシータ", "アルファベータガンマデルタイプシロンゼータエータシータ"],
  ["オメガシグマラムダカッパイオタミューニュークシーオミクロン", "オメガシグマラムダカッパイオタミューニュークシーオミクロン"],
]; // prettier-ignore

export type Sex = "1" | "2";

/** A family name for one household: one in forty has a letter outside the common set. */
export function familyName(random: Random, foreign: boolean): Reading {
  if (foreign) return random.pick(foreignFamilies);
  return random.perMille(25) ? random.pick(hardFamilies) : random.pick(families);
}

export function nameIn(random: Random, family: Reading, sex: Sex, foreign: boolean): Name {
  const pool = foreign ? (random.perMille(40) ? longGiven : foreignGiven) : sex === "1" ? boys : girls;
  const [given, givenKana] = random.pick(pool);
  return { family: family[0], familyKana: family[1], given, givenKana };
}

export const withFamily = (name: Name, family: Reading): Name => ({
  ...name,
  family: family[0],
  familyKana: family[1],
});

export const writtenOf = (name: Name): string => `${name.family}\u3000${name.given}`;
export const kanaOf = (name: Name): string => `${name.familyKana}\u3000${name.givenKana}`;
export type { Reading };
