import type { ClaimCauseKind } from "./types.ts";

/** 請求事由: every cause that a claim may name. */
export const CLAIM_CAUSE_KINDS = [
  "birth",
  "moveIn",
  "moveInFromAbroad",
  "recipientDeath",
  "leftPublicService",
  "leftInstitution",
  "enteredInstitution",
  "livingTogetherPriority",
  "guardianAppointed",
  "parentDesignation",
  "incomeBelowUpperLimit",
  "taxCorrection",
  "disaster",
  "becameUniversityAge",
  "graduated",
  "other",
] as const satisfies readonly ClaimCauseKind[];
