/** 一括処理: 起案 makes, 決裁 approves, whoever may run it starts and stops it; lines and files tell of people, so the contractor sees none. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow } from "../row.ts";

const view: readonly Role[] = ["examiner", "approver", "contractor"];
const cases: readonly Role[] = ["examiner", "approver"];
/** The rights over decisions hold only in the section in charge; 一括処理の実行 opens no case and holds anywhere. */
const viewed = { ownWard: view, otherSection: ["contractor"] } as const;
const onlyHere = (roles: readonly Role[]) => ({ ownWard: roles, otherSection: [] });
// No run has this number: whoever may do it is told so, and nothing is changed.
const onRun = () => ({ path: { massRunNo: 900_000 } });
const because = () => ({ ...onRun(), body: { reason: "架空の理由" } });

export const massRows: readonly MatrixRow[] = [
  { operation: "readMassWork", allow: viewed },
  { operation: "readMassRun", allow: viewed, input: onRun },
  { operation: "readMassItems", allow: onlyHere(cases), input: () => ({ ...onRun(), body: {} }) },
  {
    operation: "takeMassEvidence",
    allow: onlyHere(cases),
    input: () => ({ path: { massRunNo: 900_000, file: "SHA256SUMS" } }),
  },
  {
    operation: "takeMassList",
    allow: onlyHere(cases),
    input: () => ({ path: { massRunNo: 900_000, format: "csv" } }),
  },
  { operation: "readMilestoneForecast", allow: viewed },
  { operation: "listMassBookings", allow: viewed },
  // No such kind of work: whoever may book is told so, and nothing is booked.
  {
    operation: "bookMassRun",
    allow: onlyHere(["examiner"]),
    input: () => ({ body: { jobCode: "nashi", parameters: {}, timing: { kind: "daily", at: "09:00" } } }),
  },
  { operation: "endMassBooking", allow: onlyHere(["examiner"]), input: () => ({ path: { bookingId: 900_000 } }) },
  {
    operation: "createMassRun",
    allow: onlyHere(["examiner"]),
    input: () => ({ body: { jobCode: "ageMilestones", parameters: { month: "2026-13" } } }),
  },
  {
    operation: "approveMassRun",
    allow: onlyHere(["approver"]),
    input: () => ({ ...onRun(), body: { digest: "0".repeat(64) } }),
  },
  { operation: "undoMassRun", allow: onlyHere(["examiner"]), input: onRun },
  { operation: "startMassRun", allow: viewed, input: onRun },
  { operation: "resumeMassRun", allow: viewed, input: onRun },
  { operation: "stopMassRun", allow: viewed, input: because },
  { operation: "cancelMassRun", allow: onlyHere(cases), input: because },
];
