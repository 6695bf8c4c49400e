/**
 * 突合: the items of the tax data, folded by the table of this product, against the sums that the tax system sent. Where both sides don't
 * come to the same figures, one of them has a wrong item or a wrong formula (I-39).
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { foldTaxItems, type FoldedIncome, type TaxItem } from "./tax-item-map.ts";

export type IncomeMismatch = {
  readonly number: number;
  readonly year: number;
  readonly historyNo: number;
  /** What differs: name of the figure, what was sent, what the items come to */
  readonly differences: readonly {
    readonly figure: keyof FoldedIncome;
    readonly sent: number;
    readonly folded: number;
  }[];
  readonly unknown: readonly string[];
};

type Row = {
  readonly number: number;
  readonly year: number;
  readonly historyNo: number;
  readonly items: readonly TaxItem[];
  readonly sent: FoldedIncome;
};

const FIGURES: readonly (keyof FoldedIncome)[] = [
  "employment",
  "pension",
  "other",
  "deductions",
  "dependants",
  "elderlyDependants",
];

/** Incomes whose items are there too and come to other figures. */
export async function reconcileIncomes(connection: Queryable): Promise<readonly IncomeMismatch[]> {
  const { rows } = await connection.query<Row>(
    `SELECT i.addressee_number AS number, i.income_year AS year, i.history_no AS "historyNo", t.items,
            jsonb_build_object('employment', i.employment, 'pension', i.pension, 'other', i.other, 'deductions', i.deductions,
              'dependants', i.dependants, 'elderlyDependants', i.elderly_dependants) AS sent
     FROM (SELECT DISTINCT ON (addressee_number, income_year, history_no) * FROM allowance.income_history
           ORDER BY addressee_number, income_year, history_no, revision DESC) i
     JOIN LATERAL (SELECT jsonb_agg(jsonb_build_object('code', x.item_code, 'amount', x.amount)) AS items
       FROM (SELECT DISTINCT ON (item_code) item_code, amount FROM allowance.tax_item t
             WHERE (t.addressee_number, t.income_year, t.history_no) = (i.addressee_number, i.income_year, i.history_no) ORDER BY item_code, revision DESC) x) t
       ON t.items IS NOT NULL ORDER BY 1, 2, 3`,
  );
  return rows.flatMap(({ number, year, historyNo, items, sent }) => {
    const { income, unknown } = foldTaxItems(items, year);
    const differences = FIGURES.filter((figure) => income[figure] !== sent[figure]).map((figure) => ({
      figure,
      sent: sent[figure],
      folded: income[figure],
    }));
    return differences.length === 0 && unknown.length === 0 ? [] : [{ number, year, historyNo, differences, unknown }];
  });
}
