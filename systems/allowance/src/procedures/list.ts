/** The procedures that are no claims:届出・申出・職権の記録. */
import { type AnyProcedure, defineProcedure } from "../filings/procedure.ts";
import { accountChange, publicAccountChoice } from "./account-change.ts";

export const otherProcedures: readonly AnyProcedure[] = [
  defineProcedure(accountChange),
  defineProcedure(publicAccountChoice),
];
