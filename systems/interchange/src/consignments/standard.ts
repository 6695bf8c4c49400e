/**
 * The six consignments of the assessment, to start from; a city puts in its own contractors with two people.
 *
 * Source: 熊本市 特定個人情報保護評価書 II-4 (委託事項1–6).
 */
import type { ConsignmentForm } from "./shapes.ts";

const common = { subConsignment: true, validTo: null } as const;

/** @param validFrom first day, YYYY-MM-DD */
export function standardConsignments(validFrom: string): readonly ConsignmentForm[] {
  const row = (
    consignmentCode: string,
    name: string,
    scope: string,
    contractor: string,
    more: Pick<ConsignmentForm, "coreAccess">,
  ): ConsignmentForm => ({
    ...common,
    consignmentCode,
    name,
    scope,
    contractor,
    handlersFrom: 10,
    handlersTo: 49,
    validFrom,
    ...more,
  });
  return [
    row(
      "consignment1",
      "児童手当システムの保守",
      "アプリケーションの保守、ジョブの予定、問合せの調べ、作業指示によるデータの抽出",
      "架空システム株式会社",
      { coreAccess: true },
    ),
    row(
      "consignment2",
      "システムの運用",
      "ジョブの予定、問合せ、作業指示によるデータの抽出、遠隔地に保管する媒体の作成、監視と通報",
      "架空運用株式会社",
      { coreAccess: true },
    ),
    row(
      "consignment3",
      "庁内連携・団体内統合宛名・申請管理の保守",
      "保守、指示によるデータの修復、法令の改正への対応",
      "架空連携株式会社",
      { coreAccess: true },
    ),
    row("consignment4", "電子申請のデータセンター", "電子申請の受付のデータセンターの運用", "架空データ株式会社", {
      coreAccess: false,
    }),
    row("consignment5", "電子申請のソフトウェア", "電子申請のソフトウェアの提供と保守", "架空申請株式会社", {
      coreAccess: false,
    }),
    {
      ...row(
        "consignment6",
        "現況届の書類の確認",
        "現況届の記載と添付書類の形の確認（決定はしない。結果は市が確かめる）",
        "架空事務株式会社",
        { coreAccess: true },
      ),
      subConsignment: false,
    },
  ];
}
