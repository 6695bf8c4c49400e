/** MJ縮退マップの表. The letter names a table in `mj.tsv.gz`; the order is the order in which they are asked. */
export const MJ_TABLES = {
  J: "JIS包摂規準・UCS統合規則",
  H: "法務省告示582号別表第四 一",
  I: "法務省告示582号別表第四 二",
  K: "戸籍統一文字情報 親字・正字",
  Z: "民一2842号通達別表 誤字俗字正字一覧表（俗字）",
  B: "民一2842号通達別表 誤字俗字正字一覧表（別字）",
  M: "民一2842号通達別表 誤字俗字正字一覧表",
  T: "民二5202号通知別表 正字俗字等対照表",
  R: "辞書類等による関連字",
  Y: "読み・字形による類推",
} as const;

export type MjTable = keyof typeof MJ_TABLES;

/** Whether `letter` names a table. */
export function isMjTable(letter: string): letter is MjTable {
  return Object.hasOwn(MJ_TABLES, letter);
}
