/** 手続一覧: every procedure that can be filed, by its code. */
import { claimCodes, claimProcedures } from "../claims/procedures/list.ts";
import { otherProcedures } from "../procedures/list.ts";
import { refuse } from "../refusal.ts";
import type { ProcedureCode } from "./procedure-codes.ts";
import type { AnyProcedure } from "./procedure.ts";

const byCode: ReadonlyMap<string, AnyProcedure> = new Map(
  [...claimProcedures, ...otherProcedures].map((procedure) => [procedure.code, procedure]),
);

/** All procedures in the order of the forms. */
export const procedures: readonly AnyProcedure[] = [...byCode.values()];

/** Whether a procedure is a claim (請求): refused, it is still stored and decided on. */
export const isClaim = (code: ProcedureCode): boolean => claimCodes.has(code);

/** @throws Refusal `procedureUnknown` */
export function procedureOf(code: ProcedureCode): AnyProcedure {
  const found = byCode.get(code);
  if (found === undefined) {
    throw refuse(
      "procedureUnknown",
      `手続「${code}」は、このシステムではまだ受け付けられません。何も変えていません。`,
      {
        procedure: code,
      },
    );
  }
  return found;
}
