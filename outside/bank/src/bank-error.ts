/** How a hand-over or an inquiry can fail. A closed set: callers switch on it. */
export type BankErrorCode =
  /** The connection was never made: the bank has not got the file. */
  | "bankUnreachable"
  /** The connection broke before an answer came: nobody on this side knows whether the bank has the file. */
  | "acknowledgementLost"
  | "fileNameInvalid"
  | "lengthInvalid"
  | "recordOrderInvalid"
  | "headerInvalid"
  | "transferDateInvalid"
  | "recordInvalid"
  | "amountInvalid"
  | "characterInvalid"
  | "trailerMismatch"
  | "fileEmpty"
  | "receiptUnknown"
  | "returnsInvalid";

/** A refusal in the bank's words; `record` is the 1-based number of the record at fault. */
export class BankError extends Error {
  readonly code: BankErrorCode;
  readonly record: number | undefined;
  constructor(code: BankErrorCode, message: string, record?: number, options?: ErrorOptions) {
    super(message, options);
    this.name = "BankError";
    this.code = code;
    this.record = record;
  }
}
