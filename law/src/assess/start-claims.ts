/** The claims of a month: a certification opens an entitlement, everything else adds to one. */
import { standsForOctober2024 } from "../articles/transitions.ts";
import type { MonthIndex } from "../dates/packed.ts";
import { lastMonthOf } from "../dates/spans.ts";
import { FIRST_R6 } from "../parameters/regimes.ts";
import type { ClaimPart, PreparedClaim } from "./claim-parts.ts";
import { include } from "./entitlement.ts";
import { decide, evaluate, isOver, type Run, type Waiting } from "./run.ts";

/** The claims that start with this month, in order of receipt, each with all its parts of the month. */
export function startClaims(run: Run, month: MonthIndex, isWanted: (claim: PreparedClaim) => boolean): void {
  const waiting = run.waiting;
  for (;;) {
    const next = run.waiting.find((it) => it.start === month && isWanted(it.claim))?.claim;
    if (next === undefined) break;
    const parts = run.waiting.filter((it) => it.claim === next && it.start === month).map((it) => it.part);
    run.waiting = run.waiting.filter((it) => it.claim !== next || it.start !== month);
    if (run.state.certification === undefined) startFresh(run, month, next, parts);
    else addTo(run, month, next, parts);
  }
  if (run.state.certification === undefined) dropReformSupport(run, waiting);
}

/**
 * 附則13条4項・6項 count a person from October 2024 only with somebody who is entitled to October 2024. With anybody else a 確認書
 * of that time counts from the month that the Act itself gives.
 */
function dropReformSupport(run: Run, waiting: readonly Waiting[]): void {
  for (const { claim, part } of waiting) {
    const isOwn = run.state.asSupported[part.child]?.by === claim;
    if (part.asSupported && part.isTransitional && isOwn) run.state.asSupported[part.child] = undefined;
  }
}

/** Nobody is certified: a certification starts the entitlement; a 確認書 waits for one; an increase has nothing to increase. */
function startFresh(run: Run, month: MonthIndex, claim: PreparedClaim, parts: readonly ClaimPart[]): void {
  const { state, family } = run;
  if (claim.claim.kind === "increase") return;
  const waitingSupport = [...state.asSupported];
  for (const part of parts) include(state, family, part, month, claim, run.claims);
  const recipient = parts[0]?.recipient;
  if (recipient === undefined) return;
  state.certification = { by: claim, until: lastMonthOf(recipient), endCause: recipient.cause };
  run.total = isOver(run, month, claim) || state.certification.until < month ? 0 : evaluate(run, month);
  if (run.total > 0) {
    run.granted.add(claim);
    decide(run, month, "certify", claim.given.cause.kind, claim.given.receivedOn);
    return;
  }
  state.certification = undefined;
  state.asChild.fill(undefined);
  waitingSupport.forEach((inclusion, index) => {
    state.asSupported[index] = inclusion;
  });
  if (month < FIRST_R6 && standsForOctober2024(claim.claim)) {
    run.waiting = [...run.waiting, ...parts.map((part) => ({ claim, part, start: FIRST_R6 }))];
  }
}

/** Somebody is certified: whatever kind of claim it is, it can only add children or persons. */
function addTo(run: Run, month: MonthIndex, claim: PreparedClaim, parts: readonly ClaimPart[]): void {
  const { state, family } = run;
  const before = run.total;
  for (const part of parts) {
    // 附則13条6項 is for new claimants: what an existing recipient adds by a certification follows the ordinary rule.
    if (claim.claim.kind === "certification" && part.isTransitional && !run.granted.has(claim)) continue;
    include(state, family, part, month, claim, run.claims);
  }
  run.total = evaluate(run, month);
  if (run.total > before) {
    run.granted.add(claim);
    decide(run, month, "increase", claim.given.cause.kind, claim.given.receivedOn);
  }
}
