/** 確かめる仕事: what members of staff are to look at again, as lists without personal data beyond the first kana. */
import type { CivilDate } from "@hagukumi/law/contract.ts";

import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import type { DueCheck } from "./alerts.ts";
import type { UnreportedChange } from "./change-reports.ts";

type Task = {
  readonly dueOn: CivilDate;
  readonly late: boolean;
  readonly wardCode: string;
  readonly kanaInitial: string;
};

/** A check, with the filing that it rests on: it opens the person. */
export type ListedCheck = Task & {
  readonly kind: DueCheck["kind"];
  readonly recipientId: number | null;
  readonly filingId: number;
  readonly receptionNumber: string;
};

/** A change of the register without a report, with what its omission needs. */
export type ListedChange = Task & Pick<UnreportedChange, "recipientId" | "item" | "historyNo" | "changedOn">;

export const dueCheckLabels: Readonly<Record<DueCheck["kind"], string>> = {
  separateCare: "別居監護の確認",
  studyAbroad: "海外留学の確認",
  parentDesignation: "父母指定者の期限",
  shortStay: "2か月以内の入所・委託の期間の終わり（退所か延長かを確かめる）",
  stayExtended: "入所・委託の延長（2か月を超えた。施設等の請求を待つ）",
};

const list = (objectId: string) => ({ action: "caseTask.list", objectKind: "caseTask", objectId });

/**
 * Checks whose day comes until `until`, or has passed, the oldest first: of the reader's wards and of people whom the reader may see.
 *
 * @throws Refusal `sessionNeeded`, `permissionMissing`
 */
export async function listDueChecks(
  reader: Reader,
  { today, until }: { readonly today: CivilDate; readonly until: CivilDate },
): Promise<readonly ListedCheck[]> {
  return await auditedRead(reader, list("dueCheck"), async (client) => {
    const { rows } = await client.query<ListedCheck>(
      `SELECT kind, due_on AS "dueOn", due_on < $2 AS late, ward_code AS "wardCode", kana_initial AS "kanaInitial", recipient_id AS "recipientId",
              filing_id AS "filingId", reception_number AS "receptionNumber" FROM allowance.due_checks_for_staff($1)`,
      [until, today],
    );
    return rows;
  });
}

/** Changes up to `today` that are neither reported nor left out, the oldest due date first. @throws Refusal as above */
export async function listUnreportedChanges(reader: Reader, today: CivilDate): Promise<readonly ListedChange[]> {
  return await auditedRead(reader, list("unreportedChange"), async (client) => {
    const { rows } = await client.query<ListedChange>(
      `SELECT item, history_no AS "historyNo", due_on AS "dueOn", since_on AS "changedOn", due_on < $1 AS late, ward_code AS "wardCode",
              kana_initial AS "kanaInitial", recipient_id AS "recipientId" FROM allowance.unreported_changes_for_staff($1)`,
      [today],
    );
    return rows;
  });
}
