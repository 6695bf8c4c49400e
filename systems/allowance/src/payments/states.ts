/** States of a payment run (支払処理の状態). The database's `run_transition` is the same table; a test compares them. */

export type RunState =
  | "created"
  | "inspected"
  | "approved"
  | "frozen"
  | "handingOver"
  | "unknown"
  | "handedOver"
  | "settled"
  | "closed"
  | "cancelled"
  | "voided";

/** Japanese name of each state. */
export const stateLabels = {
  created: "作成",
  inspected: "確認済",
  approved: "承認済",
  frozen: "ファイル確定",
  handingOver: "送付中（結果待ち）",
  unknown: "送付の結果不明",
  handedOver: "送付済（受領）",
  settled: "結果反映済",
  closed: "締め済",
  cancelled: "取消",
  voided: "未着を確認し取消",
} as const satisfies Readonly<Record<RunState, string>>;

/** What may happen next, state by state. */
export const transitions = {
  created: ["inspected", "cancelled"],
  inspected: ["approved", "cancelled"],
  approved: ["frozen", "cancelled"],
  frozen: ["handingOver", "cancelled"],
  handingOver: ["handedOver", "unknown"],
  unknown: ["handedOver", "voided"],
  handedOver: ["settled"],
  settled: ["closed"],
  closed: [],
  cancelled: [],
  voided: [],
} as const satisfies Readonly<Record<RunState, readonly RunState[]>>;

/** A run in one of these states no longer stands in the way of the next one (M8). */
export const endStates: ReadonlySet<RunState> = new Set(["closed", "cancelled", "voided"]);

/**
 * Kinds of run. Each has its own extraction; all take their months under one key. regular: everything free to the end of the period.
 * occasional: arrears and what ended rights left. final: only what ended rights left. released: months of earlier periods that were
 * held. makeUp: months of earlier periods that no run has paid and no hold explains. retransfer: what the bank returned. unpaid: what
 * was granted to the children of a recipient who died, or to a child who left a home (12条), to their own accounts.
 */
export const runKindLabels = {
  regular: "定時",
  occasional: "随時",
  final: "最終払",
  released: "差止解除",
  makeUp: "追給",
  retransfer: "再振込",
  unpaid: "未支払（児童へ）",
} as const;
export type RunKind = keyof typeof runKindLabels;
