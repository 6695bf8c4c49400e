/**
 * 通知書の材料: who is told what by a procedure. One row, one addressee. Facts about another person's whereabouts (address, ward,
 * account, telephone) have no place in it: a key that could carry them is refused by the type.
 */
import type { PoolClient } from "pg";

import type { Deciders } from "../filings/procedure.ts";

export type NoticeKind =
  | "designationReceived" // 父母指定者指定届の受理
  | "otherParentEnded" // 同居優先による、もう一方の親への消滅・減額の通知
  | "informMunicipality" // 他の市区町村への連絡
  | "informEmployer" // 所属庁への連絡・案内
  | "claimInvited" // 請求の案内（15日の期限つき）
  | "decidedExOfficio" // 職権の決定の通知
  | "unpaidGranted" // 未支払児童手当支給決定通知書
  | "unpaidRefused" // 未支払児童手当請求却下通知書
  | "donationRegistered" // 寄附の申出の受理
  | "specialCollectionNotice" // 特別徴収の事前の通知
  | "moveOutGuide" // 転出の案内
  | "employeeClassChanged" // 被用区分の変更
  | "supportConfirmationInvited" // 監護相当・生計費の負担についての確認書の案内（18歳年度末）
  | "decisionCancelled"; // 処分取消通知書: 取消した決定と、決め直した決定

/** What a notice may say: dates, months, amounts, names of causes – never where somebody is. */
export type NoticeFacts = Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>> & {
  readonly address?: never;
  readonly postalCode?: never;
  readonly ward?: never;
  readonly phone?: never;
  readonly account?: never;
};

export type NewNotice = {
  readonly kind: NoticeKind;
  /** 宛名番号 of who is told, or the name of an office outside */
  readonly to: number | string;
  readonly facts: NoticeFacts;
};

export async function writeNotices(
  client: PoolClient,
  filingId: number,
  deciders: Deciders,
  notices: readonly NewNotice[],
): Promise<void> {
  for (const { kind, to, facts } of notices) {
    await client.query(
      `INSERT INTO allowance.case_notice (filing_id, kind, addressee_number, outside_party, facts, issued_on, entered_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        filingId,
        kind,
        typeof to === "number" ? to : null,
        typeof to === "string" ? to : null,
        JSON.stringify(facts),
        deciders.decidedOn,
        deciders.approvedBy,
      ],
    );
  }
}
