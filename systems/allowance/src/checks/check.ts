/**
 * 検査 (データ要件の「エラー・アラート」): what an examination looks for beside the answer of the law. Each has a stable code; its
 * sentence is written where it is found, with the numbers of the case. The list is published as `docs/検査一覧.md`.
 */

/** When it is found, and what whoever works on the filing does then. Japanese. */
type Check = readonly [when: string, does: string];

/** Checks by code. */
type Checks = Readonly<Record<string, Check>>;

/** The checks of one kind of filing. */
export type CheckGroup = {
  /** 手続 */
  readonly where: string;
  /** Where they are found, from `systems/allowance/src` */
  readonly files: readonly string[];
  /** 停止: it can't be approved as it is (a refusal can) */
  readonly stop?: Checks;
  /** 注意: a person must judge */
  readonly look?: Checks;
  /** 参考: good to know */
  readonly note?: Checks;
};
