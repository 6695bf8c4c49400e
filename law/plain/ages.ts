import { monthNumber } from "./days.ts";

/** Age classes by school year (学年). */
export type Age = "U3" | "EL" | "JH" | "HS" | "UN" | "OUT";

/**
 * The March in which the school year ends in which a person turns `age`: those born up to 1 April (早生まれ) turn it in
 * the school year that ends in March of the same calendar year, all others a year later.
 */
export function schoolYearEnd(birth: string, age: number): number {
  const early = birth.slice(5) <= "04-01";
  return (Number(birth.slice(0, 4)) + age + (early ? 0 : 1)) * 12 + 2;
}

/** The class in one month; the month of the third birthday is still under three (月の初日 included). */
export function ageIn(birth: string, month: number): Age {
  if (month <= monthNumber(birth) + 36) return "U3";
  if (month <= schoolYearEnd(birth, 12)) return "EL";
  if (month <= schoolYearEnd(birth, 15)) return "JH";
  if (month <= schoolYearEnd(birth, 18)) return "HS";
  if (month <= schoolYearEnd(birth, 22)) return "UN";
  return "OUT";
}

export type Regime = "R1" | "R2" | "R3" | "R4" | "R5" | "R6";

const at = (text: string): number => monthNumber(text);

/** The law in force for a benefit month (月分); months before 2010-04 have none. */
export function regimeIn(month: number): Regime {
  if (month < at("2010-04")) throw new Error("no law before 2010-04");
  if (month <= at("2011-09")) return "R1";
  if (month <= at("2012-03")) return "R2";
  if (month <= at("2012-05")) return "R3";
  if (month <= at("2022-05")) return "R4";
  if (month <= at("2024-09")) return "R5";
  return "R6";
}

/** Whether money can be due for a person of this class under this law. */
export function payableAge(age: Age, regime: Regime): boolean {
  if (age === "U3" || age === "EL" || age === "JH") return true;
  return age === "HS" && regime === "R6";
}
