/** The procedures that are claims, or reports that lead to a decision of the same kind. */
import type { AnyProcedure } from "../../filings/procedure.ts";

export const claimProcedures: readonly AnyProcedure[] = [];
