/** 状態 of a mass run, as its events tell it. The table `mass_transition` holds the same moves and refuses any other. */

export const MASS_STATES = [
  "collecting",
  "collectFailed",
  "listed",
  "approved",
  "running",
  "stopped",
  "runFailed",
  "done",
  "cancelled",
] as const;

export type MassState = (typeof MASS_STATES)[number];

export const massStateLabels: Readonly<Record<MassState, string>> = {
  collecting: "作成中",
  collectFailed: "異常終了（一覧）",
  listed: "一覧完成",
  approved: "承認済み",
  running: "実行中",
  stopped: "中断",
  runFailed: "異常終了（実行）",
  done: "完了",
  cancelled: "取消",
};

export const massTransitions: Readonly<Record<MassState, readonly MassState[]>> = {
  collecting: ["listed", "collectFailed", "cancelled"],
  collectFailed: ["collecting", "cancelled"],
  listed: ["approved", "cancelled"],
  approved: ["running", "cancelled"],
  running: ["done", "stopped", "runFailed"],
  stopped: ["running", "cancelled"],
  runFailed: ["running", "cancelled"],
  done: [],
  cancelled: [],
};

/** 結果 of one item. */
export type MassResult = "written" | "changed" | "refused";

export const massResultLabels: Readonly<Record<MassResult, string>> = {
  written: "書いた",
  changed: "一覧のあとで変わった（書かない）",
  refused: "断られた（書かない）",
};

/** What the list says of one item. */
export type MassOutcome = "change" | "noChange" | "cannot";

export const massOutcomeLabels: Readonly<Record<MassOutcome, string>> = {
  change: "変える",
  noChange: "変わらない",
  cannot: "できない",
};
