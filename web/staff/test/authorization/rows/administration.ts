/** 権限管理とアクセスログ: application, approval and issue are three rights; none of them opens a case. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow } from "../row.ts";

const anywhere = (...roles: readonly Role[]) => ({ ownWard: roles, otherSection: roles });
const NOBODY = "dare.mo.inai";
const reason = "架空の理由を書いておく";
const onNobody = () => ({ path: { staffId: NOBODY }, body: { reason } });
const onNoRight = () => ({ path: { rightId: 999_999 }, body: { reason } });

export const administrationRows: readonly MatrixRow[] = [
  { operation: "listStaff", allow: anywhere("approver", "rightsApprover", "itOfficer") },
  { operation: "listRights", allow: anywhere("approver", "rightsApprover", "itOfficer") },
  { operation: "listSessions", allow: anywhere("approver", "itOfficer") },
  { operation: "listTerminals", allow: anywhere("itOfficer") },
  {
    operation: "requestRight",
    // 業務担当課 applies: its heads do.
    allow: anywhere("approver"),
    input: () => ({ body: { staffId: NOBODY, sectionCode: "nai", role: "clerk", reason } }),
  },
  {
    operation: "decideRight",
    allow: anywhere("rightsApprover"),
    input: () => ({ path: { rightId: 999_999 }, body: { approved: true, reason } }),
  },
  { operation: "issueRight", allow: anywhere("itOfficer"), input: () => ({ path: { rightId: 999_999 } }) },
  { operation: "requestRightRevocation", allow: anywhere("approver"), input: onNoRight },
  { operation: "revokeRight", allow: anywhere("itOfficer"), input: onNoRight },
  { operation: "stopStaff", allow: anywhere("itOfficer"), input: onNobody },
  { operation: "resumeStaff", allow: anywhere("itOfficer"), input: onNobody },
  { operation: "revokeStaffCards", allow: anywhere("itOfficer"), input: onNobody },
  { operation: "issueEnrolmentCode", allow: anywhere("itOfficer"), input: () => ({ path: { staffId: NOBODY } }) },
  // Of a person outside one's own section: 情報政策課 alone.
  { operation: "endOtherSession", allow: anywhere("itOfficer"), input: onNobody },
  {
    operation: "registerTerminal",
    allow: anywhere("itOfficer"),
    input: () => ({ body: { terminalCode: "T-1", name: "架空の端末", sectionCode: "nai" } }),
  },
  {
    operation: "revokeTerminal",
    allow: anywhere("itOfficer"),
    input: () => ({ path: { terminalCode: "T-nai" }, body: { reason } }),
  },
  { operation: "readAccounts", allow: anywhere("approver", "rightsApprover", "itOfficer", "auditor") },
  { operation: "readSignOn", allow: anywhere("rightsApprover", "itOfficer") },
  {
    operation: "proposeSignOn",
    allow: anywhere("itOfficer"),
    input: () => ({
      body: {
        enabled: true,
        providerName: "架空の認証基盤",
        issuer: "https://idp.example.lg.jp",
        clientId: "hagukumi",
        algorithm: "RS256",
        requiredMethods: [],
        maxAgeMinutes: 60,
        reason,
      },
    }),
  },
  {
    operation: "answerSignOnSetting",
    allow: anywhere("rightsApprover"),
    input: () => ({ path: { settingId: 999_999 }, body: { digest: "0".repeat(64), approved: true, reason } }),
  },
  {
    operation: "linkSubject",
    allow: anywhere("itOfficer"),
    input: () => ({ body: { staffId: NOBODY, subject: "sub-1", reason } }),
  },
  {
    operation: "endSubjectLink",
    allow: anywhere("itOfficer"),
    input: () => ({ path: { linkId: 999_999 }, body: { reason } }),
  },
  { operation: "searchAccessLog", allow: anywhere("auditor"), input: () => ({ body: {} }) },
  {
    operation: "readWorkFlow",
    allow: { ownWard: ["clerk", "wardClerk", "examiner", "approver", "protectionOfficer"] },
  },
];
