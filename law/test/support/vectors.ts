import { readFileSync } from "node:fs";
import type { Case, Income } from "../../plain/case.ts";
import type { Bearer, CostPart, EmployeeClass } from "../../contract.ts";
import type { Vector } from "./answer.ts";

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
}

/** The published examples: they lie beside the law, because a change of its numbers has to answer them anew. */
export const examples = ["amounts", "starts", "ends", "payments", "incomes"] as const;

/** Families that are tests alone: public incidents, and lives, households and edges worked out by hand. */
export const handMade = [
  "incidents",
  "incidents-more",
  "households",
  "ages-at-the-edge",
  "limits",
  "deadlines",
  "lives",
  "pay-days",
] as const;

export const caseVectors = [...examples, ...handMade] as const;

export function vectorsOf(name: (typeof caseVectors)[number]): readonly Vector[] {
  if (handMade.some((each) => each === name)) return read(name) as readonly Vector[];
  return JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), "utf8")) as readonly Vector[];
}

/** One row of the age tables: days and months as text. */
export interface AgeVector {
  readonly birth: string;
  readonly attainsThree?: string;
  readonly lastUnderThree?: string;
  readonly firstThree?: string;
  readonly yearEnd12?: string;
  readonly yearEnd15?: string;
  readonly yearEnd18?: string;
  readonly yearEnd22?: string;
}

export const ageVectors = (): readonly AgeVector[] => read("ages") as readonly AgeVector[];

/** Age, column, the class that ends with that school year and the one that follows. */
export const yearEnds = [
  [12, "yearEnd12", "EL", "JH"],
  [15, "yearEnd15", "JH", "HS"],
  [18, "yearEnd18", "HS", "UN"],
  [22, "yearEnd22", "UN", "OUT"],
] as const;

/** One family of the OpenFisca-Japan tests; yen, income after deductions. */
export interface OpenfiscaVector {
  readonly id: string;
  readonly regime: "until-2024-09" | "from-2024-10";
  readonly asOf: string;
  readonly parents: readonly { readonly birthDate: string; readonly income: number }[];
  readonly children: readonly { readonly birthDate: string; readonly supportedByClaimant?: boolean }[];
  readonly dependants?: number;
  readonly expectedMonthlyTotal: number;
  readonly lawMonthlyTotal: number;
  readonly notes: string;
}

export const openfiscaVectors = (): readonly OpenfiscaVector[] => read("openfisca") as readonly OpenfiscaVector[];

/** The family as a case line: the higher earner claims; 80,000 is added back, for the fixtures give the judged income. */
export function openfiscaCase(vector: OpenfiscaVector): Case {
  const month = vector.asOf.slice(0, 7);
  const judged = Math.max(...vector.parents.map((each) => each.income));
  const income: Income = { year: 2022, other: judged + 80_000, dependants: vector.dependants ?? 0 };
  return {
    case: vector.id,
    from: month,
    until: month,
    mode: "amountOnly",
    recipient: { kind: "individual", ...(vector.regime === "until-2024-09" ? { incomes: [income] } : {}) },
    children: vector.children.map((each, index) => ({
      id: String(index + 1),
      birthDate: each.birthDate,
      serial: index + 1,
      ...(each.supportedByClaimant === true ? { supported: [{ from: "2023-04-01", to: null }] } : {}),
    })),
  };
}

/** One sum to share: yen in, yen by bearer out. */
export interface ShareVector {
  readonly id: string;
  readonly why: string;
  readonly question: {
    readonly benefitMonth: string;
    readonly fiscalYear: number | "permanent";
    readonly part: CostPart;
    readonly employeeClass: EmployeeClass;
  };
  readonly amount: number;
  readonly expect: Partial<Readonly<Record<Bearer, number>>>;
}

/** An incident: the vectors that restate its amount, or why it has none and the test that shows its behaviour. */
export type IncidentEntry =
  | { readonly id: string; readonly vectors: readonly string[] }
  | { readonly id: string; readonly reason: string; readonly test: string };

export const incidentList = (): readonly IncidentEntry[] => read("incident-list") as readonly IncidentEntry[];

export const shareVectors = (): readonly ShareVector[] => read("shares") as readonly ShareVector[];

/** 応援手当: `payable` is what the ledger answers, `asked` the months it is asked for. */
export interface BenefitVector {
  readonly id: string;
  readonly why: string;
  readonly birthDate: string;
  readonly payable: boolean;
  readonly asked: readonly string[];
  readonly expect: number;
}

export const benefitVectors = (): readonly BenefitVector[] => read("support-benefit") as readonly BenefitVector[];
