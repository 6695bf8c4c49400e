/** The decisions of a pass as output: in order of effective month, refusals behind the others. */
import { JH } from "../articles/article6-amounts.ts";
import { isInReform2024Window } from "../articles/transitions.ts";
import { bandCode } from "../dates/age.ts";
import { compareMonths, toMonth } from "../dates/civil.ts";
import type { MonthIndex } from "../dates/packed.ts";
import { defined } from "../defined.ts";
import { FIRST_R6 } from "../parameters/regimes.ts";
import type { PreparedClaim } from "./claim-parts.ts";
import type { Run } from "./run.ts";
import type { Decision } from "./types.ts";

/** Yen of a month that the pass has been through; 0 before it, null where the income that decides it is not known. */
function totalIn(run: Run, month: MonthIndex): number | null {
  const total = run.totals.get(month);
  return total === undefined ? 0 : total;
}

/** 却下: claims that gave nothing, dated with the first month they could have given, behind the other decisions of it. */
export function orderedDecisions(run: Run, until: MonthIndex): readonly Decision[] {
  const refused = run.claims.filter(
    (it) => it.claim.kind !== "supportConfirmation" && !run.granted.has(it) && !isMetByReform(run, it),
  );
  const refusals = refused.map((it): Decision => ({
    kind: "refuse",
    effective: toMonth(it.nominalStart),
    cause: it.given.cause.kind,
    receivedOn: it.given.receivedOn,
    exOfficio: false,
    monthlyTotal: totalIn(run, it.nominalStart),
  }));
  const decisions = run.decided.map((it): Decision => ({
    kind: it.kind,
    effective: toMonth(it.month),
    cause: it.cause,
    receivedOn: it.receivedOn,
    exOfficio: it.receivedOn === null,
    // Several events of one month make one amount (法9条): each decision states the amount of the month after all of them.
    monthlyTotal: it.kind === "extinguish" ? 0 : totalIn(run, it.month),
  }));
  const last = toMonth(until);
  return [...decisions, ...refusals]
    .filter((decision) => decision.effective <= last)
    .sort((left, right) => compareMonths(left.effective, right.effective));
}

/** A claim for what 附則13条4項 gave without one, sent in since its promulgation, is a document: neither granted nor refused. */
const isMetByReform = (run: Run, it: PreparedClaim): boolean =>
  isInReform2024Window(it.claim) &&
  run.decided.some((decision) => decision.cause === "reform" && decision.kind === "increase") &&
  it.parts.length > 0 &&
  it.parts.every((part) => bandCode(defined(run.family.children[part.child]), FIRST_R6) > JH);
