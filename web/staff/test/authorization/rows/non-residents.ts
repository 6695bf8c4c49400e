/** 住登外者・宛名の項目の権限・個人番号の消去: joined by examiners, granted and erased by others, read by auditors where no person is named. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow, Target } from "../row.ts";

const joiners: readonly Role[] = ["examiner"];
const both = (...people: readonly Role[]): Readonly<Record<"ownWard" | "otherSection", readonly Role[]>> => ({
  ownWard: people,
  otherSection: people,
});
const onPerson = ({ addresseeNumber }: Target) => ({ path: { addresseeNumber } });
const day = "2026-11-24";
const reason = "架空の届出による";
const person = {
  name: "架空　余所子",
  kana: "カクウ　ヨソコ",
  birthDate: null,
  sex: 9,
  postalCode: "",
  address: "架空県架空市１番地",
  source: "application",
  barred: false,
  protected: false,
};
const erasures = { ownWard: ["examiner", "approver", "auditor"], otherSection: ["auditor"] } as const;

export const nonResidentRows: readonly MatrixRow[] = [
  {
    operation: "searchNonResidents",
    allow: { ownWard: joiners },
    input: () => ({ body: { kana: "カクウ", birthDate: null } }),
  },
  {
    operation: "registerNonResident",
    allow: { ownWard: joiners },
    input: () => ({ body: { searchId: 999_999, candidate: null, person, reason } }),
  },
  {
    operation: "openNonResident",
    allow: { ownWard: ["examiner", "approver"] },
    input: () => ({ body: { addresseeNumber: "1", purpose: "certification" } }),
  },
  {
    operation: "readNonResident",
    allow: { ownWard: ["examiner", "approver"] },
    input: onPerson,
    opens: true,
  },
  {
    operation: "changeNonResident",
    allow: { ownWard: joiners },
    input: (target) => ({ ...onPerson(target), body: { person, reason } }),
    opens: true,
  },
  {
    operation: "endNonResident",
    allow: { ownWard: joiners },
    input: (target) => ({
      ...onPerson(target),
      body: { endedOn: day, cause: "deleted", residentNumber: null },
    }),
    opens: true,
  },
  {
    operation: "takeOverResident",
    allow: { ownWard: joiners },
    input: (target) => ({ ...onPerson(target), body: { person } }),
    opens: true,
  },
  {
    operation: "addRelatedAddressee",
    allow: { ownWard: joiners },
    input: (target) => ({
      ...onPerson(target),
      body: { kind: "agent", otherNumber: "2", startsOn: day, endsOn: null, basis: "架空の委任状" },
    }),
    opens: true,
  },
  {
    operation: "endRelatedAddressee",
    allow: { ownWard: joiners },
    input: ({ addresseeNumber }) => ({ path: { addresseeNumber, relatedId: 999_999 }, body: { endsOn: day } }),
    opens: true,
  },
  { operation: "listItemRights", allow: both("approver", "rightsApprover", "auditor") },
  {
    operation: "requestItemRight",
    allow: both("approver"),
    input: () => ({ body: { staffId: "dareka", itemCode: "name", startsOn: day, endsOn: day } }),
  },
  { operation: "approveItemRight", allow: both("rightsApprover"), input: () => ({ path: { rightId: 999_999 } }) },
  { operation: "listNumberErasures", allow: erasures },
  {
    operation: "requestNumberErasures",
    allow: { ownWard: ["examiner", "approver"] },
    input: () => ({ body: { addresseeNumbers: ["1"], rule: "order", reason } }),
  },
  {
    operation: "eraseNumbers",
    allow: { ownWard: ["approver"] },
    input: () => ({ body: { requestIds: [999_999] } }),
  },
  { operation: "takeErasureCertificate", allow: erasures, input: () => ({ path: { requestId: 999_999 } }) },
];
