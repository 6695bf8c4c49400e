/** SQL: the row's filing has not been cancelled. `row` is an alias of the program. */
export const stands = (row: string): string =>
  `NOT EXISTS (SELECT FROM allowance.filing_cancellation fc WHERE fc.filing_id = ${row}.filing_id)`;
