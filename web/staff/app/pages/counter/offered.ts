/** Which procedures the counter offers first: those of the kind of recipient (個人・施設等) that stands there. */
import type { Found } from "../search/PersonSearch.tsx";

type Claimant = Pick<Found, "kind" | "recipients">;
type Offered = { readonly code: string };

/** The forms that only an institution or a foster home files. */
const INSTITUTION: ReadonlySet<string> = new Set([
  "certificationInstitution",
  "institutionIncrease",
  "institutionDecrease",
  "institutionAnnualReview",
  "institutionChange",
  "institutionExtinction",
  "institutionUnpaid",
]);
/** Their counterparts, which an institution never files. */
const INDIVIDUAL: ReadonlySet<string> = new Set([
  "certificationIndividual",
  "increase",
  "decrease",
  "annualReview",
  "change",
  "extinction",
  "unpaid",
  "parentDesignation",
]);

/** Whether institution's forms come first: by the certification that stands, or without one by who it is. */
function asInstitution({ kind, recipients }: Claimant): boolean {
  const standing = recipients.filter(({ ended }) => !ended);
  return standing.length > 0 ? standing.every((each) => each.kind === "institution") : kind === "organization";
}

/** 手続 that is chosen to begin with: 額改定 where a certification stands, else 認定請求. */
export function firstProcedure(claimant: Claimant): string {
  const institution = asInstitution(claimant);
  if (claimant.recipients.some(({ ended }) => !ended)) return institution ? "institutionIncrease" : "increase";
  return institution ? "certificationInstitution" : "certificationIndividual";
}

/** All of them; those of the other kind at the end, since one person can be both (a parent who is a foster parent). */
export function inOrder<T extends Offered>(claimant: Claimant, procedures: readonly T[]): readonly T[] {
  const last = asInstitution(claimant) ? INDIVIDUAL : INSTITUTION;
  return procedures.toSorted((a, b) => Number(last.has(a.code)) - Number(last.has(b.code)));
}
