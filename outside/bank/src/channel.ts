/** 受付票: the bank's answer to a transfer file. */
export interface BankReceipt {
  readonly receiptNumber: string;
  /** ISO 8601 with offset: when the bank first had the file. */
  readonly receivedAt: string;
  /** Digest of the bytes that arrived, lower-case hexadecimal. */
  readonly sha256: string;
  /** Data records in the file, and their sum in yen. */
  readonly count: number;
  readonly amount: number;
  /** The bank had these very bytes before: the receipt is the first one, and nothing is transferred twice. */
  readonly duplicate: boolean;
}

/** 振込結果: what could not be paid (振込不能・組戻). */
export interface BankResults {
  /** UTF-8, one line per returned transfer between a heading and `#TOTAL,受付件数,受付金額,返戻件数,返戻金額`. */
  readonly csv: Uint8Array;
  /** The 120-byte records as sent, with a result code at byte 113 of each data record: 0 paid, 1/2/9 returned. */
  readonly echo: Uint8Array;
}

/** The line to the bank. A real connection and the simulator answer alike. */
export interface BankChannel {
  readonly name: string;
  /**
   * Sends a file once.
   * @throws BankError `bankUnreachable` (surely not received), `acknowledgementLost` (perhaps received), or the refusal
   */
  submit(fileName: string, bytes: Uint8Array): Promise<BankReceipt>;
  /** 受付照会: whether the bank has bytes of this digest. The way out of a lost acknowledgement. */
  findReceipt(sha256: string): Promise<BankReceipt | undefined>;
}
