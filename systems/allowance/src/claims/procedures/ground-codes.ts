/** Codes of the ground of the 15-day rule and of what excludes a counted person; the code tables of the same names print them. */

/** やむを得ない理由 (コード表 unavoidableReason). */
export const UNAVOIDABLE_REASONS = [
  "birth",
  "recipientDeath",
  "leftPublicService",
  "leftInstitution",
  "enteredInstitution",
  "livingTogetherPriority",
  "guardianAppointed",
  "parentDesignation",
  "income",
  "universityAge",
  "claimRefused",
  "disaster",
  "illness",
  "violence",
  "other",
] as const;

export type UnavoidableReason = (typeof UNAVOIDABLE_REASONS)[number];

export const unavoidableReasonLabels: Readonly<Record<UnavoidableReason, string>> = {
  birth: "出生",
  recipientDeath: "前の受給者の死亡",
  leftPublicService: "公務員でなくなった",
  leftInstitution: "施設などからの退所",
  enteredInstitution: "施設などへの入所・委託",
  livingTogetherPriority: "離婚協議中の同居",
  guardianAppointed: "未成年後見人の選任",
  parentDesignation: "父母指定",
  income: "所得の通知・更正を知った",
  universityAge: "大学生年代になった・卒業した",
  claimRefused: "ほかの人の請求の却下",
  disaster: "災害",
  illness: "病気・けが",
  violence: "暴力からの避難",
  other: "その他",
};

/** 請求の事由 → やむを得ない理由, by the practice of the municipalities. */
export const CAUSE_REASONS: Readonly<Record<string, UnavoidableReason>> = {
  birth: "birth",
  recipientDeath: "recipientDeath",
  leftPublicService: "leftPublicService",
  leftInstitution: "leftInstitution",
  enteredInstitution: "enteredInstitution",
  livingTogetherPriority: "livingTogetherPriority",
  guardianAppointed: "guardianAppointed",
  parentDesignation: "parentDesignation",
  incomeBelowUpperLimit: "income",
  taxCorrection: "income",
  becameUniversityAge: "universityAge",
  graduated: "universityAge",
  disaster: "disaster",
};

/** 算定対象から除かれる事情 (施行規則1条の3の2; コード表 siblingExclusion). */
export const SIBLING_EXCLUSIONS = ["extendedPlacement", "selfReliance", "siblingHousehold"] as const;

export const siblingExclusionLabels: Readonly<Record<(typeof SIBLING_EXCLUSIONS)[number], string>> = {
  extendedPlacement: "措置の延長を受けている（延長者）",
  selfReliance: "児童自立生活援助を利用している",
  siblingHousehold: "兄姉だけの世帯で施設などに入っている",
};
