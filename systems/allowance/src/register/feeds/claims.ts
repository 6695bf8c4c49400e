/** claims.csv 受付簿 → claim. The same rules hold for a claim filed by hand (`claims/file-claim.ts`). */
import { CLAIM_CAUSE_KINDS } from "@hagukumi/law/contract.ts";
import { toZenginKana } from "@hagukumi/platform/bank/kana.ts";

import { type Feed, stageColumns } from "../feed.ts";
import type { RowReader } from "../row-reader.ts";

/** An account as a claim keeps it: `accountNumber` padded to 7 digits, `holder` in half-width kana of the banks. */
export type ClaimAccount = {
  readonly bank: string;
  readonly branch: string;
  readonly accountType: "1" | "2" | "4";
  readonly accountNumber: string;
  readonly holder: string;
};

const ACCOUNT_CELLS = [11, 12, 13, 14, 15] as const;

/** Reads the five account cells. All empty → null (口座変更なし); 認定請求 must have one. */
function readAccount(row: RowReader, certification: boolean): string | null {
  const filled = ACCOUNT_CELLS.filter((index) => row.raw(index) !== "");
  if (filled.length === 0) {
    if (certification) row.refuse(11, "accountRequired");
    return null;
  }
  if (filled.length < ACCOUNT_CELLS.length) {
    row.refuse(ACCOUNT_CELLS.find((index) => row.raw(index) === "") ?? 11, "accountIncomplete");
    return null;
  }
  const bank = row.code(11, 4, 4) ?? "";
  const branch = row.code(12, 3, 3) ?? "";
  const accountType = row.oneOf(13, ["1", "2", "4"], true) ?? "1";
  const accountNumber = (row.code(14, 1, 7) ?? "").padStart(7, "0");
  if (accountNumber === "0000000") row.refuse(14, "numberInvalid");
  // ヲ is sent as ｵ: many receiving banks refuse ｦ in a name.
  const kana = toZenginKana(row.raw(15), { kind: "21", wo: "o" });
  if (!kana.ok) {
    row.refuse(15, "holderInvalid");
    return null;
  }
  const account: ClaimAccount = { bank, branch, accountType, accountNumber, holder: kana.value.shown };
  return JSON.stringify(account);
}

export const claimsFeed: Feed = {
  file: "claims.csv",
  header: [
    "受付番号",
    "請求種別",
    "受付年月日",
    "受付経路",
    "請求者宛名番号",
    "受給者区分",
    "請求事由",
    "事由発生年月日",
    "障害終了年月日",
    "被用区分",
    "所管区",
    "金融機関コード",
    "支店コード",
    "預金種目",
    "口座番号",
    "口座名義カナ",
  ],
  columns: stageColumns(
    ["reception_number", "text"],
    ["kind", "text"],
    ["received_on", "date"],
    ["channel", "text"],
    ["claimant_number", "bigint"],
    ["recipient_kind", "text"],
    ["cause", "text"],
    ["cause_on", "date"],
    ["obstacle_ended_on", "date"],
    ["employee_class", "text"],
    ["ward_code", "text"],
    ["account", "jsonb"],
  ),
  key: ["reception_number"],
  keyLabel: "受付番号",
  references: [{ column: "claimant_number", label: "請求者宛名番号" }],
  parse: (row) => {
    const kind = row.oneOf(1, ["certification", "increase", "supportConfirmation"], true);
    const cause = row.oneOf(6, CLAIM_CAUSE_KINDS, true);
    const causeOn = row.date(7);
    const obstacleEndedOn = row.date(8);
    // The base date of the 15-day rule: only 「その他」 has none (児童手当法8条3項).
    if (causeOn === null && cause !== null && cause !== "other") row.refuse(7, "required");
    row.period(causeOn, obstacleEndedOn, 8);
    return [
      row.code(0, 1, 10),
      kind,
      row.date(2, true),
      row.oneOf(3, ["counter", "post", "online"], true),
      row.number15(4),
      row.oneOf(5, ["individual", "corporateGuardian", "institution"], true),
      cause,
      causeOn,
      obstacleEndedOn,
      row.oneOf(9, ["employee", "nonEmployee"], false),
      row.code(10, 6, 6),
      readAccount(row, kind === "certification"),
    ];
  },
};
