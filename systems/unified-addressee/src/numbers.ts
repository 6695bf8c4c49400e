/** 15-digit numbers: how they are drawn and written. */
import { randomInt } from "node:crypto";

const LEAST = 100_000_000_000_000;
const HIGH = 10 ** 6;

/**
 * A 団体内統合宛名番号: 15 digits, the first not zero, drawn at random, so that it tells neither the 個人番号 nor the order in which people
 * came. Who draws one that is taken draws again (the primary key decides).
 */
export function drawUnifiedNumber(): number {
  const span = 9 * LEAST;
  // randomInt goes up to 2^48; two draws make the whole span.
  const value = randomInt(0, span / HIGH) * HIGH + randomInt(0, HIGH);
  return LEAST + value;
}

/** 15 digits with zeros in front, as interfaces carry it. */
export function fifteenDigits(number: number): string {
  return String(number).padStart(15, "0");
}

/** What the vault's log calls an addressee: the system and its 宛名番号. */
export function subjectOf(systemCode: string, addresseeNumber: number): string {
  return `${systemCode}:${fifteenDigits(addresseeNumber)}`;
}
