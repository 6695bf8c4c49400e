/** The procedures that are no claims: reports, requests and facts that the office acts on by itself. */
import type { AnyProcedure } from "../filings/procedure.ts";

export const otherProcedures: readonly AnyProcedure[] = [];
