/** 対象者: searching, opening, reading, noting. A ward's clerk stays in the ward; who is protected is there for the few alone. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow, Target } from "../row.ts";

const open: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver", "protectionOfficer"];
const few: readonly Role[] = ["protectionOfficer"];
const reading = { ownWard: open, protected: few };
const onCase = ({ recipientId }: Target) => ({ path: { recipientId } });
const onNote = (target: Target) => ({ path: { ...onCase(target).path, kind: "note" } });
const onPerson = ({ addresseeNumber }: Target) => ({ path: { addresseeNumber } });
const entryRef = { entryId: 1, revision: 1 };
const reason = "架空の理由を書いておく";

export const caseRows: readonly MatrixRow[] = [
  { operation: "listPurposes", allow: { ownWard: open } },
  {
    operation: "searchPeople",
    allow: { ownWard: open },
    input: () => ({ body: { kana: "カクウ" } }),
  },
  {
    operation: "openCase",
    allow: reading,
    input: ({ addresseeNumber }) => ({
      body: {
        target: { kind: "addressee", number: String(addresseeNumber) },
        purpose: "certification",
        origin: "search",
      },
    }),
  },
  { operation: "endApplicant", allow: "signedIn" },
  { operation: "recordHardCopy", allow: "signedIn" },
  { operation: "closeCase", allow: "signedIn", input: () => ({ path: { openingId: 999_999 } }) },
  { operation: "readCase", allow: reading, input: onCase, opens: true },
  { operation: "readDueChecks", allow: { ownWard: open } },
  { operation: "readUnreportedChanges", allow: { ownWard: open } },
  // A change that the register does not show: what is refused after the authorization.
  {
    operation: "omitChangeReport",
    allow: { ownWard: ["clerk", "wardClerk", "examiner"] },
    input: (target) => ({ ...onCase(target), body: { item: "name", historyNo: 999 } }),
    opens: true,
  },
  { operation: "readCaseHistory", allow: reading, input: onCase, opens: true },
  { operation: "readCaseEntries", allow: reading, input: onCase, opens: true },
  { operation: "readCaseFilings", allow: reading, input: onCase, opens: true },
  { operation: "readHousehold", allow: reading, input: onCase, opens: true },
  {
    operation: "readCaseOn",
    allow: reading,
    input: (target) => ({ ...onCase(target), query: { validOn: "2026-11-01", knownOn: "2026-11-24" } }),
    opens: true,
  },
  {
    operation: "placeHold",
    allow: { ownWard: ["clerk", "wardClerk", "examiner"] },
    input: (target) => ({ ...onCase(target), body: { kind: "hold", fromMonth: "2027-02", cause: reason } }),
    opens: true,
  },
  // The account of somebody else: what is refused after the authorization says nothing about whose it is.
  {
    operation: "recordAccountCheck",
    allow: { ownWard: ["clerk", "wardClerk", "examiner"] },
    input: (target) => ({
      ...onCase(target),
      body: { accountId: 999_999, kind: "holder", method: "passbook", result: "match", checkedOn: "2026-11-20" },
    }),
    opens: true,
  },
  {
    operation: "acknowledgeNote",
    allow: { ownWard: open },
    input: (target) => ({ ...onCase(target), body: entryRef }),
    opens: true,
  },
  {
    operation: "releaseHold",
    allow: {},
    input: ({ recipientId }) => ({ path: { recipientId, holdId: 999_999 }, body: { cause: reason } }),
    opens: true,
  },
  {
    operation: "readPerson",
    allow: reading,
    input: ({ addresseeNumber }) => ({ path: { addresseeNumber } }),
    opens: true,
  },
  { operation: "readPersonHead", allow: reading, input: onPerson, opens: true },
  {
    operation: "takeEditLock",
    allow: reading,
    // Each takes over from the one before.
    input: (target) => ({ ...onPerson(target), body: { reason } }),
    opens: true,
  },
  { operation: "releaseEditLock", allow: reading, input: onPerson, opens: true },
  {
    operation: "addCaseEntry",
    allow: reading,
    input: (target) => ({
      ...onNote(target),
      body: { content: { body: "架空の覚え", popUp: false }, validFrom: "2026-11-01" },
    }),
    opens: true,
  },
  // The note of entry 1 is of the person in the own ward; of the protected person there is none, so it is not found.
  {
    operation: "reviseCaseEntry",
    allow: { ownWard: open },
    input: (target) => ({ ...onNote(target), body: { ...entryRef, reason } }),
    opens: true,
  },
  {
    operation: "withdrawCaseEntry",
    allow: { ownWard: open },
    input: (target) => ({ ...onNote(target), body: { ...entryRef, reason } }),
    opens: true,
  },
  {
    operation: "confirmCaseEntry",
    allow: { ownWard: ["approver"] },
    input: (target) => ({ ...onNote(target), body: entryRef }),
    opens: true,
  },
];
