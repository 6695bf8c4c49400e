/** What a form starts with: everything that the register knows already, so that only the paper's own content is typed. */
import type { OperationAnswer } from "../../api/call.ts";
import type { JsonObject, Schema } from "./schema.ts";

type Household = OperationAnswer<"readPerson">;
type Resident = Household["person"];

/** 処理事由 of each procedure. */
const PURPOSES: Readonly<Record<string, string>> = {
  certificationIndividual: "certification",
  certificationInstitution: "certification",
  increase: "amountChange",
  decrease: "amountChange",
  institutionIncrease: "amountChange",
  institutionDecrease: "amountChange",
  supportConfirmation: "amountChange",
  annualReview: "annualReview",
  institutionAnnualReview: "annualReview",
  extinction: "extinction",
  institutionExtinction: "extinction",
  unpaid: "unpaid",
  institutionUnpaid: "unpaid",
  donation: "deduction",
  donationChange: "deduction",
  donationWithdrawal: "deduction",
  feeCollection: "deduction",
  feeCollectionChange: "deduction",
  feeCollectionWithdrawal: "deduction",
  accountChange: "account",
  publicAccountChoice: "account",
  childAccount: "account",
  parentDesignation: "certification",
};

/** The 処理事由 under which a procedure's work is done. */
export function purposeOf(procedure: string): string {
  return PURPOSES[procedure] ?? "changeReport";
}

/** The school year of 18 ends on the first 31 March on or after the 18th birthday's eve; before it the person is a child. */
function isChild(birthDate: string | null, today: string): boolean {
  if (birthDate === null) return false;
  const [year = 0, month = 0, day = 0] = birthDate.split("-").map(Number);
  // Born on 2 April or later: the school year begins in the year after.
  const first = month > 4 || (month === 4 && day >= 2) ? year + 1 : year;
  return today <= `${String(first + 18)}-03-31`;
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

function childOf({ addresseeNumber, relationCode }: Resident): JsonObject {
  return {
    number: addresseeNumber,
    role: "child",
    relation: relationCode,
    living: "together",
    livelihood: "common",
    studyAbroad: false,
  };
}

/** The content that a procedure's form starts with for this person. */
export function startContent(procedure: string, schema: Schema, { person, household, today }: Household): JsonObject {
  const has = (key: string): boolean => schema.properties?.[key] !== undefined;
  const children = household
    .filter(({ birthDate }) => isChild(birthDate, today))
    .toSorted((a, b) => ((a.birthDate ?? "") < (b.birthDate ?? "") ? -1 : 1));
  const youngest = children.at(-1);
  // A child born within the last three months is what most people come for.
  const newborn =
    youngest?.birthDate !== null && youngest !== undefined && daysBetween(youngest.birthDate, today) <= 92
      ? youngest
      : undefined;
  const [recipientId] = person.recipientIds;
  const named = procedure === "increase" ? (newborn === undefined ? [] : [newborn]) : children;
  return {
    ...(has("claimant") ? { claimant: person.addresseeNumber } : {}),
    ...(has("recipient") ? { recipient: person.addresseeNumber } : {}),
    ...(has("recipientId") && recipientId !== undefined ? { recipientId } : {}),
    ...(has("recipientKind") ? { recipientKind: "individual" } : {}),
    ...(has("cause") && newborn !== undefined ? { cause: "birth" } : {}),
    ...(has("causeOn") && newborn?.birthDate !== undefined && newborn.birthDate !== null
      ? { causeOn: newborn.birthDate }
      : {}),
    ...(has("capacity") ? { capacity: "parent" } : {}),
    ...(has("spouse") ? { spouse: null } : {}),
    ...(has("children") && ["certificationIndividual", "increase"].includes(procedure)
      ? { children: named.map(childOf) }
      : {}),
  };
}
