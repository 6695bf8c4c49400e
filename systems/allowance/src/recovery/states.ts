/** 債権の状態: the same moves as `allowance.recovery_transition`, which a test compares with these. Pure. */

export const RECOVERY_STATES = ["found", "assessed", "billed", "reminded", "called", "cleared", "writtenOff"] as const;
export type RecoveryState = (typeof RECOVERY_STATES)[number];

export const recoveryStateLabels = {
  found: "発生（原因を確かめていない）",
  assessed: "原因確認済",
  billed: "納入通知済",
  reminded: "督促済",
  called: "催告済",
  cleared: "完納",
  writtenOff: "不納欠損",
} as const satisfies Readonly<Record<RecoveryState, string>>;

export const RECOVERY_EVENTS = [
  "found",
  "causeDecided",
  "planned",
  "reminded",
  "called",
  "unsent",
  "received",
  "suspended",
  "resumed",
  "cleared",
  "reopened",
  "wroteOff",
  "refunded",
] as const;
export type RecoveryEventKind = (typeof RECOVERY_EVENTS)[number];

export const recoveryEventLabels = {
  found: "過払が分かった",
  causeDecided: "原因を決めた",
  planned: "徴収の計画を決めて、通知した",
  reminded: "督促した",
  called: "催告した",
  unsent: "発送前の督促・催告を取りやめた",
  received: "収納した",
  suspended: "時効が停止した（審査請求など）",
  resumed: "時効の停止が終わった",
  cleared: "完納した",
  reopened: "差引の取消しで、残りが戻った",
  wroteOff: "不納欠損にした",
  refunded: "過納を還付した",
} as const satisfies Readonly<Record<RecoveryEventKind, string>>;

const OPEN = ["found", "assessed", "billed", "reminded", "called"] as const satisfies readonly RecoveryState[];

/** Whether something may still be collected. */
export const isOpen = (state: RecoveryState): boolean => state !== "cleared" && state !== "writtenOff";

const moves: Readonly<Record<RecoveryEventKind, readonly (readonly [RecoveryState | "", RecoveryState])[]>> = {
  found: [["", "found"]],
  causeDecided: [
    ["found", "assessed"],
    ["assessed", "assessed"],
    ["billed", "billed"],
    ["reminded", "reminded"],
    ["called", "called"],
  ],
  planned: [
    ["assessed", "billed"],
    ["billed", "billed"],
    ["reminded", "billed"],
    ["called", "billed"],
  ],
  reminded: [["billed", "reminded"]],
  called: [
    ["reminded", "called"],
    ["called", "called"],
  ],
  // Back to where the claim stood before the reminder or call that was not sent; a further call leaves the first one standing.
  unsent: [
    ["reminded", "billed"],
    ["called", "reminded"],
    ["called", "called"],
  ],
  received: [...OPEN, "cleared" as const, "writtenOff" as const].map((state) => [state, state] as const),
  suspended: OPEN.map((state) => [state, state] as const),
  resumed: OPEN.map((state) => [state, state] as const),
  cleared: OPEN.map((state) => [state, "cleared"] as const),
  reopened: [
    ["cleared", "found"],
    ["cleared", "assessed"],
    ["cleared", "billed"],
  ],
  wroteOff: OPEN.filter((state) => state !== "found").map((state) => [state, "writtenOff"] as const),
  refunded: [
    ["cleared", "cleared"],
    ["writtenOff", "writtenOff"],
  ],
};

/** Every move as `kind, from, to`. */
export const recoveryMoves = RECOVERY_EVENTS.flatMap((kind) =>
  moves[kind].map(([from, to]) => [kind, from, to] as const),
);

/** The states that an event may lead to from `from`; empty where it can't happen. */
export function nextStates(kind: RecoveryEventKind, from: RecoveryState | ""): readonly RecoveryState[] {
  return moves[kind].filter(([before]) => before === from).map(([, after]) => after);
}
