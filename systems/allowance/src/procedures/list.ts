/** The procedures that are no claims: 届出・申出・職権の記録. */
import { type AnyProcedure, defineProcedure, type Procedure } from "../filings/procedure.ts";
import { accountChange, publicAccountChoice } from "./account-change.ts";
import { annualReview, institutionAnnualReview } from "./annual-review.ts";
import { change } from "./change.ts";
import { childAccount } from "./child-account.ts";
import { death } from "./death.ts";
import { detention } from "./detention.ts";
import { donation, donationChange, donationWithdrawal } from "./donation.ts";
import { feeCollection, feeCollectionChange, feeCollectionWithdrawal } from "./fee-collection.ts";
import { guardian } from "./guardian.ts";
import { institutionChange } from "./institution-change.ts";
import { livingTogetherPriority } from "./living-together-priority.ts";
import { moveOut } from "./move-out.ts";
import { numberChange } from "./number-change.ts";
import { parentDesignation } from "./parent-designation.ts";
import { placement } from "./placement.ts";
import { publicService } from "./public-service.ts";
import { NOTHING } from "./results.ts";
import { separateCare } from "./separate-care.ts";
import { studyAbroad } from "./study-abroad.ts";
import { NOTHING_BACK } from "./take-back.ts";
import { institutionUnpaid, unpaid } from "./unpaid.ts";

/** A report that a person decided not to accept (案の変更: 却下) changes nothing. */
function report<C>(procedure: Procedure<C>): AnyProcedure {
  return defineProcedure({
    ...procedure,
    apply: async (client, context, filing, proposal, deciders) =>
      filing.override?.outcome === "refuse"
        ? NOTHING
        : await procedure.apply(client, context, filing, proposal, deciders),
    undo: async (client, context, filing, applied, deciders) =>
      filing.override?.outcome === "refuse"
        ? NOTHING_BACK
        : await procedure.undo(client, context, filing, applied, deciders),
  });
}

export const otherProcedures: readonly AnyProcedure[] = [
  report(parentDesignation),
  report(annualReview),
  report(institutionAnnualReview),
  report(change),
  report(institutionChange),
  // A refused claim is a decision of its own, with a notice.
  defineProcedure(unpaid),
  defineProcedure(institutionUnpaid),
  report(donation),
  report(donationChange),
  report(donationWithdrawal),
  report(feeCollection),
  report(feeCollectionChange),
  report(feeCollectionWithdrawal),
  report(separateCare),
  report(studyAbroad),
  report(livingTogetherPriority),
  report(guardian),
  report(placement),
  report(publicService),
  report(death),
  report(detention),
  report(moveOut),
  report(accountChange),
  report(publicAccountChoice),
  report(childAccount),
  report(numberChange),
];
