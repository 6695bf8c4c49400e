import { Refusal } from "@hagukumi/platform/database/problem.ts";

/** Why a city cannot be written. A closed set: callers switch on it. */
export type CityErrorCode =
  | "cityPopulation"
  | "citySeed"
  | "cityAsOf"
  | "cityFolderForeign"
  | "cityFolderTaken"
  | "cityFolderUnwritable"
  | "cityFault";

/** The message says in Japanese what was tried, what is wrong and what to do. */
export class CityError extends Refusal<CityErrorCode> {
  constructor(code: CityErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, {}, options);
    this.name = "CityError";
  }
}
