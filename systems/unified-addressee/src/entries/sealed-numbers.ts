/**
 * 封緘された個人番号: rows of the number feed as they travel. The number is sealed by the office that sends it (JWE to a key of this system) and opened
 * here, one row at a time, on its way into the vault: no store, file, list or log in between holds one.
 */
import type { KeyObject } from "node:crypto";

import { decryptWith } from "../medium/jwe.ts";
import type { NumberRow } from "./take-in.ts";

/** A row as the feed has it. */
export type SealedNumberRow = {
  readonly addresseeNumber: number;
  /** JWE (compact) of `宛名番号:個人番号` */
  readonly sealed: string;
  /** The day of the change, where the row says that the number was changed; empty otherwise */
  readonly changedOn: string;
};

/**
 * Opens a row. What does not open, or was sealed for another 宛名番号, comes out without a number: `takeInNumbers` counts it as invalid.
 *
 * @param key X25519 private key
 */
export function openSealed(key: KeyObject, row: SealedNumberRow): NumberRow {
  const opened = decryptWith(key, row.sealed);
  const [addressee = "", number = ""] = (opened?.toString("utf8") ?? "").split(":");
  opened?.fill(0);
  return {
    addresseeNumber: row.addresseeNumber,
    // Sealed in with the number, so that nobody on the way can lay one person's number under another's 宛名番号.
    number: Number(addressee) === row.addresseeNumber ? number : "",
    ...(row.changedOn === "" ? {} : { changedOn: row.changedOn }),
  };
}
