/** 予算科目: to which item of the budget a child-month is charged, by its class (被用者・非被用者) and age band. Data of the city. */
import { z } from "zod";

const BANDS = ["U3", "EL", "JH", "HS"] as const;
const CLASSES = ["employee", "nonEmployee", "none"] as const;

/** The items in order: the first one that fits takes the amount. No bands, no classes: any. */
export const budgetItemsShape = z
  .array(
    z.strictObject({
      /** 款・項・目・節・細節 as the city's accounting system writes them */
      code: z.string().regex(/^[0-9A-Za-z-]{1,30}$/),
      name: z.string().trim().min(1).max(60),
      bands: z.array(z.enum(BANDS)).min(1).optional(),
      classes: z.array(z.enum(CLASSES)).min(1).optional(),
    }),
  )
  .min(1)
  .max(100)
  .refine((items) => new Set(items.map(({ code }) => code)).size === items.length, {
    error: "同じ科目コードが2回あります。",
  });

export type BudgetItem = z.output<typeof budgetItemsShape>[number];

/** What is charged: yen of a band and class. `employeeClass` null for homes. */
export type Charge = {
  readonly band: (typeof BANDS)[number];
  readonly employeeClass: string | null;
  readonly childMonths: number;
  readonly amount: number;
};

export type ChargedItem = {
  readonly code: string;
  readonly name: string;
  readonly childMonths: number;
  readonly amount: number;
};

/** The item that takes the charge, or undefined. Pure. */
export function itemOf(items: readonly BudgetItem[], { band, employeeClass }: Charge): BudgetItem | undefined {
  const of = CLASSES.find((each) => each === employeeClass) ?? "none";
  return items.find(
    ({ bands, classes }) => (bands?.includes(band) ?? true) && (classes === undefined || classes.includes(of)),
  );
}

/** Sums the charges item by item, in the order of the items; `uncharged` where an amount has none. Pure. */
export function chargeItems(
  items: readonly BudgetItem[],
  charges: readonly Charge[],
): { readonly charged: readonly ChargedItem[]; readonly uncharged: readonly Charge[] } {
  const sums = new Map<string, { childMonths: number; amount: number }>();
  const uncharged: Charge[] = [];
  for (const charge of charges) {
    const item = itemOf(items, charge);
    if (item === undefined) {
      uncharged.push(charge);
      continue;
    }
    const sum = sums.get(item.code) ?? { childMonths: 0, amount: 0 };
    sum.childMonths += charge.childMonths;
    sum.amount += charge.amount;
    sums.set(item.code, sum);
  }
  const charged = items.flatMap(({ code, name }) => {
    const sum = sums.get(code);
    return sum === undefined ? [] : [{ code, name, ...sum }];
  });
  return { charged, uncharged };
}
