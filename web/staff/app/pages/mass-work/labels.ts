/** Words of mass work on screens. */
import type { OperationAnswer } from "../../api/call.ts";
import type { BadgeKind } from "../../ui/Badge.tsx";
import { warekiMonth } from "../../ui/format.ts";

export type MassRunView = OperationAnswer<"readMassRun">;
export type MassRun = MassRunView["run"];
export type MassItem = OperationAnswer<"readMassItems">["items"][number];

export const stateLabels: Readonly<Record<MassRun["state"], string>> = {
  collecting: "一覧を作成中",
  collectFailed: "異常終了（一覧）",
  listed: "一覧完成・承認待ち",
  approved: "承認済み・実行待ち",
  running: "実行中",
  stopped: "中断",
  runFailed: "異常終了（実行）",
  done: "完了",
  cancelled: "取消",
};

export const stateKinds: Readonly<Record<MassRun["state"], BadgeKind>> = {
  collecting: "key",
  collectFailed: "danger",
  listed: "key",
  approved: "key",
  running: "key",
  stopped: "warning",
  runFailed: "danger",
  done: "good",
  cancelled: "plain",
};

export const outcomeLabels = { change: "変える", noChange: "変わらない", cannot: "できない" } as const;
export const resultLabels = {
  pending: "まだ書いていない",
  written: "書いた",
  changed: "変わったので書かない",
  refused: "断られた",
} as const;

export const outcomeKinds: Readonly<Record<keyof typeof outcomeLabels, BadgeKind>> = {
  change: "key",
  noChange: "plain",
  cannot: "warning",
};

/** 対象の期間: `2026-11` is a month, `2026` a fiscal year. */
export const periodText = (period: string): string => (period.length === 4 ? `${period}年度` : warekiMonth(period));
