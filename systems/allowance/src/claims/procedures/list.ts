/** The procedures that are claims, or reports that lead to a decision of the same kind. */
import type { AnyProcedure } from "../../filings/procedure.ts";
import { claimProcedure } from "./claim-procedure.ts";
import {
  certificationShape,
  increaseShape,
  institutionClaimShape,
  ofCertification,
  ofIncrease,
  ofInstitutionClaim,
} from "./content.ts";
import { reportProcedures } from "./reports.ts";
import { withdrawal } from "./withdrawal.ts";

const claims: readonly AnyProcedure[] = [
  claimProcedure({
    code: "certificationIndividual",
    name: "児童手当 認定請求書",
    form: "様式第2号",
    rule: "児童手当法施行規則1条の4第1項",
    shape: certificationShape,
    read: ofCertification,
  }),
  claimProcedure({
    code: "certificationInstitution",
    name: "児童手当 認定請求書（施設等受給資格者用）",
    form: "様式第3号",
    rule: "児童手当法施行規則1条の4第3項",
    shape: institutionClaimShape,
    read: ofInstitutionClaim,
  }),
  claimProcedure({
    code: "increase",
    name: "児童手当 額改定認定請求書",
    form: "様式第4号",
    rule: "児童手当法施行規則2条1項",
    shape: increaseShape,
    read: ofIncrease("increase", "individual"),
  }),
  claimProcedure({
    code: "institutionIncrease",
    name: "児童手当 額改定認定請求書（施設等受給者用）",
    form: "様式第5号",
    rule: "児童手当法施行規則2条3項",
    shape: increaseShape,
    read: ofIncrease("increase", "institution"),
  }),
  claimProcedure({
    code: "supportConfirmation",
    name: "監護相当・生計費の負担についての確認書",
    form: null,
    rule: "児童手当法6条2項2号・施行規則1条の3の2",
    shape: increaseShape,
    read: ofIncrease("supportConfirmation", "individual"),
  }),
];

export const claimProcedures: readonly AnyProcedure[] = [...claims, ...reportProcedures, withdrawal];

/** Codes of the claims (請求) proper: what a recipient is certified or increased by. */
export const claimCodes: ReadonlySet<string> = new Set(claims.map(({ code }) => code));
