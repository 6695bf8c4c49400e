/** All checks (検査), by kind of filing, and the codes that an examination may use. */
import type { Weight } from "../filings/procedure.ts";
import * as cases from "./case-checks.ts";
import type { CheckGroup } from "./check.ts";
import * as claims from "./claim-checks.ts";
import * as money from "./money-checks.ts";

type Groups =
  | (typeof claims)[keyof typeof claims]
  | (typeof cases)[keyof typeof cases]
  | (typeof money)[keyof typeof money];

type CodesOf<G, W extends Weight> = G extends { readonly [K in W]: infer C } ? keyof C & string : never;

/** Codes that may be found with this weight. A code that the list lacks does not compile. */
export type CheckCode<W extends Weight> =
  | Exclude<CodesOf<Groups, W>, "document.*">
  | (W extends "stop" ? `document.${string}` : never);

/** By name: the order of a module's names is not the same in every runtime. */
const groupsOf = (module: Readonly<Record<string, CheckGroup>>): CheckGroup[] =>
  Object.entries(module)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, group]) => group);

/** Every check of the system, in the order of the document. `document.*`: one for each paper of a procedure. */
export const checkGroups: readonly CheckGroup[] = [
  // A set: what is named first comes first, and no group can be forgotten.
  ...new Set<CheckGroup>([
    claims.everyFiling,
    claims.claim,
    claims.designation,
    ...groupsOf(claims),
    cases.recipientNamed,
    ...groupsOf(cases),
    ...groupsOf(money),
  ]),
];
