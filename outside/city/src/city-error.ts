/** Why a city cannot be written. A closed set: callers switch on it. */
export type CityErrorCode =
  | "BAD_POPULATION"
  | "BAD_SEED"
  | "BAD_AS_OF"
  | "DIR_NOT_A_CITY"
  | "DIR_HOLDS_ANOTHER_CITY"
  | "NOT_WRITABLE";

/** The message says in Japanese what was tried, what is wrong and what to do. */
export class CityError extends Error {
  readonly code: CityErrorCode;
  constructor(code: CityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CityError";
    this.code = code;
  }
}
