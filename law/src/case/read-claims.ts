/** Validation of one claim (請求・届出) of a case. */
import { NEVER } from "../dates/packed.ts";
import {
  checkChoice,
  checkDay,
  checkDayOrNull,
  checkList,
  checkObject,
  checkOrder,
  checkString,
  missingKey,
  unknownKey,
  within,
} from "./checks.ts";
import { CLAIM_CAUSE_KINDS } from "./cause-kinds.ts";
import type { ClaimKind } from "./types.ts";

const CLAIM_KINDS: ReadonlySet<string> = new Set<ClaimKind>(["certification", "increase", "supportConfirmation"]);

const CAUSE_KINDS: ReadonlySet<string> = new Set(CLAIM_CAUSE_KINDS);

const MOST_CLAIMED = 100;

export function readClaim(value: unknown): void {
  const claim = checkObject(value);
  for (const key in claim) {
    const member = claim[key];
    switch (key) {
      case "kind":
        checkChoice(member, key, CLAIM_KINDS);
        break;
      case "receivedOn":
        checkDay(member, key);
        break;
      case "children":
        checkList(member, key, MOST_CLAIMED, (id) => {
          checkString(id, "");
        });
        break;
      case "cause":
        within(key, member, checkCause);
        break;
      default:
        throw unknownKey(key);
    }
  }
  for (const key of ["kind", "receivedOn", "children", "cause"]) {
    if (claim[key] === undefined) throw missingKey(key);
  }
}

/** The day of the cause decides the start, so only `other` (which has no 15-day rule) may come without one. */
function checkCause(value: unknown): void {
  const cause = checkObject(value);
  let on = -1;
  let ended = NEVER;
  for (const key in cause) {
    const member = cause[key];
    switch (key) {
      case "kind":
        checkChoice(member, key, CAUSE_KINDS);
        break;
      case "on":
        on = member === null ? -1 : checkDay(member, key);
        break;
      case "obstacleEndedOn":
        ended = checkDayOrNull(member, key);
        break;
      default:
        throw unknownKey(key);
    }
  }
  if (cause["kind"] === undefined) throw missingKey("kind");
  if (on === -1 && cause["kind"] !== "other") throw missingKey("on");
  checkOrder(on, ended, "obstacleEndedOn");
}
