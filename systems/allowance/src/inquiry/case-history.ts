/** 経過: what happened to one case, by whom and when, newest first. Reads of it are in the access log, not here. */
import { auditedRead, type Reader } from "./audited-read.ts";

/** Most events in one answer. */
export const HISTORY_SHOWN = 100;

export type CaseEvent = {
  readonly eventId: number;
  readonly recordedAt: Date;
  /** 職員の識別子 */
  readonly actor: string;
  readonly action: string;
  /** Japanese name of the action; the code where the table does not know it */
  readonly actionName: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly purpose: string;
};

const actions: Readonly<Record<string, string>> = {
  "account.change": "振込先口座の変更",
  "account.check": "口座の確認の記録",
  "claim.file": "請求の受付",
  "claim.withdraw": "請求の取下げ",
  "claim.examine": "審査",
  "claim.approve": "決裁",
  "decision.reexamine": "職権の再審査",
  "decision.exOfficio": "職権の決定",
  "hold.place": "差止・保留",
  "hold.release": "差止・保留の解除",
  "hold.placeChild": "児童一人の分の差止",
  "hold.releaseChild": "児童一人の分の差止の解除",
  "recovery.propose": "債権の案",
  "recovery.answer": "債権の案の決裁",
  "recovery.receipt": "返納の収納",
  "limitation.event": "時効に関わる出来事",
  "filing.draft": "仮受付（入力）",
  "filing.takeOver": "仮受付の引継ぎ",
  "filing.submit": "受付",
  "filing.amend": "補正",
  "filing.returned": "書類の返戻",
  "filing.held": "書類の保留",
  "filing.documents": "書類の受領・省略",
  "filing.examine": "審査",
  "filing.override": "案の変更",
  "filing.sendBack": "差戻し",
  "filing.acknowledge": "警告の確認",
  "filing.approve": "決裁",
  "filing.withdraw": "取下げ",
  "filing.correct": "取消しと再決定の準備",
  "entry.add": "台帳の記載の追加",
  "entry.revise": "台帳の記載の変更",
  "entry.withdraw": "台帳の記載の取消し",
  "entry.confirm": "台帳の記載の確認",
};

/** The Japanese name of an action of the audit trail. */
export function actionName(action: string): string {
  return Object.hasOwn(actions, action) ? (actions[action] ?? action) : action;
}

/**
 * The history of one recipient's case, under the desk's rights.
 *
 * @throws Refusal `purposeNeeded`; also what the staff read throws
 */
export async function readCaseHistory(reader: Reader, recipientId: number): Promise<readonly CaseEvent[]> {
  const entry = { action: "inquiry.caseHistory", objectKind: "recipient", objectId: String(recipientId) };
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<Omit<CaseEvent, "actionName">>(
      `SELECT event_id AS "eventId", recorded_at AS "recordedAt", actor, action, object_kind AS "objectKind", object_id AS "objectId", purpose
       FROM allowance.case_history($1, $2)`,
      [recipientId, HISTORY_SHOWN],
    );
    return rows.map((row) => ({ ...row, actionName: actionName(row.action) }));
  });
}
