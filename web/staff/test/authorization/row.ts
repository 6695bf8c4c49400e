/** One row of the authorization matrix: who may use an operation, in which relation to what it is about. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { Sent } from "../support/served-desk.ts";

/**
 * 関係: of operations about a person, case or filing all five; of the others `ownWard` (there is nothing to be near to or
 * far from) and `otherSection`.
 *
 * - `ownWard`: the person lives in a ward that the member of staff may see
 * - `otherWard`: the member of staff has the same role, for another ward alone
 * - `otherSection`: the same role, but moved to a section that is not in charge of the allowance
 * - `protected`: the person is under 支援措置
 * - `none`: there is no such person, case or filing
 */
export const relationCases = ["ownWard", "otherWard", "otherSection", "protected", "none"] as const;
export type RelationCase = (typeof relationCases)[number];

/** What the rows may put into an input. */
export type Target = {
  /** 認定番号 */
  readonly recipientId: number;
  /** 宛名番号 */
  readonly addresseeNumber: number;
  /** 受付の番号 of a filing of that person, in the state 受付 */
  readonly filingId: number;
  /** 受付番号 of the same */
  readonly receptionNumber?: string;
  readonly runNo: number;
};

export type MatrixRow = {
  readonly operation: string;
  /** `everybody`: public, before the log-in; `signedIn`: each member of staff; else the roles, relation by relation */
  readonly allow: "everybody" | "signedIn" | Readonly<Partial<Record<RelationCase, readonly Role[]>>>;
  /** What is sent; must be complete, so that nothing but the authorization can stop it first */
  readonly input?: (target: Target) => Sent;
  /** The person must be opened first (処理事由); where that is refused, so is the operation */
  readonly opens?: boolean;
};
