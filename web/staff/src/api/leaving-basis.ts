/** よりどころ of a file: the run that somebody approved. Asked for before anything is read for the file. */
import { approverOf, type ListedObject } from "@hagukumi/allowance/contract.ts";
import { type ApprovedObject, approvedObject } from "@hagukumi/interchange/contract.ts";
import type { PoolClient } from "pg";

/** @throws Refusal `leavingRefused` where nobody has approved it yet */
export async function requireApproved(client: PoolClient, kind: ListedObject, no: number): Promise<ApprovedObject> {
  return approvedObject(kind, no, await approverOf(client, kind, no));
}
