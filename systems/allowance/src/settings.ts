/** 市の設定: dated values that the city decides by two people, and the only place where they are read. */
import { createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { Refusal, refusing } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { randomUUID } from "node:crypto";
import { z } from "zod";

import { MANDATORY_RULES, REVIEW_RULES } from "./annual-review/rules.ts";
import { ROLE } from "./context.ts";
import { checkedLimitTable, legalLimitTable } from "./income/limit-table.ts";
import type { Context } from "./context.ts";
import { budgetItemsShape } from "./payments/budget-items.ts";
import { resultLayout } from "./payments/result-layouts.ts";
import { PROCEDURE_CODES } from "./filings/procedure-codes.ts";
import {
  demoReceiptLayout,
  demoRecoverySetting,
  receiptLayoutShape,
  recoverySettingShape,
} from "./recovery/settings.ts";
import { seedApprovedParameters } from "./parameters/register-set.ts";

const monthText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);
const dayText = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const cutOffShape = z.strictObject({ monthsBefore: z.int().min(0).max(3), day: z.int().min(1).max(28) });

const processingDays = { standard: z.int().min(1).max(365), warn: z.int().min(1).max(365) } as const;

/** Every setting with its shape. A name that is not here can be neither written nor read. */
export const settingShapes = {
  /** 稼働開始月: first benefit month that this system pays; earlier months were paid by the system before it */
  openingMonth: monthText,
  /** 支払日 (day of the payment month) and what happens when it is no bank business day */
  payDay: z.strictObject({ payDay: z.int().min(1).max(28), rule: z.enum(["previous", "next"]) }),
  /** 閉庁日 beside Saturdays, Sundays, national holidays and 12-29 … 01-03 */
  closedDays: z.array(dayText),
  /** 委託者: who pays, as the bank knows it (全銀 header) */
  client: z.strictObject({
    kind: z.enum(["21", "11"]),
    code: z.string().regex(/^\d{10}$/),
    name: z.string().min(1),
    bank: z.string().regex(/^\d{4}$/),
    bankName: z.string(),
    branch: z.string().regex(/^\d{3}$/),
    branchName: z.string(),
    accountType: z.enum(["1", "2", "9"]),
    account: z.string().regex(/^\d{7}$/),
    /** The test bank 9999/999 is refused unless the city says that it is a demonstration */
    testBank: z.boolean(),
  }),
  /** 締切日: the day of receipt up to which a request counts for a payment month, so many months before it */
  cutOffs: z.strictObject({ account: cutOffShape, donation: cutOffShape, feeCollection: cutOffShape }),
  /** 口座変更の確認期間: changes made so many days before a pay day are listed for who approves the run */
  accountCooling: z.strictObject({ days: z.int().min(0).max(120) }),
  /** 現況: which optional rules make a recipient file, from which month (8 = 8月分) non-filers are held, when they are reminded */
  annualReview: z
    .strictObject({
      rules: z.array(z.enum(REVIEW_RULES)),
      holdFromMonth: z.int().min(1).max(12),
      /** Days after the due day on which whoever has not filed is reminded */
      reminderAfterDays: z.int().min(1).max(90),
      /** Whether the address of a child living apart may be pre-printed where nobody of the family is protected */
      printSeparatedAddress: z.boolean(),
    })
    .refine(({ rules }) => MANDATORY_RULES.every((rule) => rules.includes(rule)), {
      error: "法令により提出が要る区分（施設等・法人後見人など）は外せません",
    }),
  /** 支払の点検: a recipient whose payment changes by more than so many yen is looked at before the approval */
  runReview: z.strictObject({ changeYen: z.int().min(0).max(1_000_000) }),
  /**
   * 標準処理期間 (行政手続法6条): days from the 受付日 by which a filing is to be decided, and from which on it is marked; for a procedure
   * (手続の符号) of its own where `procedures` says so. `draft`: days after which a 仮受付 that nobody registered is on the list of those
   * who decide.
   */
  processingDays: z
    .strictObject({
      ...processingDays,
      draft: z.int().min(1).max(365).default(7),
      procedures: z.partialRecord(z.enum(PROCEDURE_CODES), z.strictObject(processingDays)),
    })
    .refine(
      ({ procedures, ...general }) =>
        [general, ...Object.values(procedures)].every(({ warn, standard }) => warn <= standard),
      {
        error: "知らせ始める日数（warn）は、標準処理期間の日数（standard）より後にできません",
      },
    ),
  /** 通知書: decisions and events from this day on are told by this system; earlier ones were told by the system before it */
  letters: z.strictObject({ from: dayText }),
  /** 所得制限限度額・所得上限限度額の表: what the city's notices and lists show; nothing but the Act's own table is taken */
  incomeLimitTable: checkedLimitTable,
  /** 振込結果の様式: the files in which banks send back what they could not credit */
  resultLayouts: z.array(resultLayout).max(50),
  /** 窓口払: where and at which hours the money is fetched, and for how many days from the pay day on */
  counterPayment: z.strictObject({
    place: z.string().trim().min(1).max(100),
    hours: z.string().trim().min(1).max(60),
    days: z.int().min(1).max(60),
  }),
  /** 予算科目: to which item of the budget a payment is charged (財務会計連携) */
  budgetItems: budgetItemsShape,
  /** 債権: the legal office's choice of limitation, and when is demanded, reminded and called on */
  recovery: recoverySettingShape,
  /** 収納データの項目: which columns of the file of receipts say what */
  receiptLayout: receiptLayoutShape,
  /** 市の名前とコード */
  municipality: z.strictObject({ code: z.string().regex(/^\d{6}$/), name: z.string().min(1), demo: z.boolean() }),
} as const;

export type SettingName = keyof typeof settingShapes;
export type SettingValue<N extends SettingName> = z.infer<(typeof settingShapes)[N]>;

/** The value in force on `day`, or undefined where the city has set none. */
export async function findSetting<N extends SettingName>(
  connection: Queryable,
  name: N,
  day: string,
): Promise<SettingValue<N> | undefined> {
  const { rows } = await connection.query<{ value: unknown }>(
    `SELECT value FROM allowance.setting WHERE name = $1 AND valid_from <= $2 ORDER BY valid_from DESC, revision DESC LIMIT 1`,
    [name, day],
  );
  return rows[0] === undefined ? undefined : (settingShapes[name].parse(rows[0].value) as SettingValue<N>);
}

/**
 * The value in force on `day`: of the rows that have begun, the latest, in its last revision.
 *
 * @throws Refusal `settingMissing` – a missing setting stops the work; there is no default
 */
export async function readSetting<N extends SettingName>(
  connection: Queryable,
  name: N,
  day: string,
): Promise<SettingValue<N>> {
  const value = await findSetting(connection, name, day);
  if (value === undefined) {
    throw new Refusal(
      "settingMissing",
      `${day} に効力のある設定「${name}」がありません。設定を二人で登録してから実行してください。`,
      { name, day },
    );
  }
  return value;
}

/** All values of a setting with the day from which each is in force, oldest first; each in its last revision. */
export async function settingHistory<N extends SettingName>(
  connection: Queryable,
  name: N,
): Promise<readonly { readonly validFrom: string; readonly value: SettingValue<N> }[]> {
  const { rows } = await connection.query<{ validFrom: string; value: unknown }>(
    `SELECT DISTINCT ON (valid_from) valid_from AS "validFrom", value FROM allowance.setting WHERE name = $1 ORDER BY valid_from, revision DESC`,
    [name],
  );
  return rows.map(({ validFrom, value }) => ({
    validFrom,
    value: settingShapes[name].parse(value) as SettingValue<N>,
  }));
}

export type NewSetting<N extends SettingName> = {
  readonly name: N;
  readonly validFrom: string;
  readonly value: SettingValue<N>;
  readonly enteredBy: string;
  readonly approvedBy: string;
};

/**
 * Adds a value from a day on; a value for the same day gets the next revision. The same value again changes nothing.
 *
 * @throws Refusal `settingInvalid` when the value has another shape; `samePerson` comes from the database
 */
export async function addSetting<N extends SettingName>(
  connection: Queryable,
  setting: NewSetting<N>,
): Promise<boolean> {
  const parsed = settingShapes[setting.name].safeParse(setting.value);
  if (!parsed.success) {
    throw new Refusal(
      "settingInvalid",
      `設定「${setting.name}」の値の形が正しくありません: ${z.prettifyError(parsed.error)}`,
      { name: setting.name },
    );
  }
  const { rowCount } = await connection.query(
    `INSERT INTO allowance.setting (name, valid_from, revision, value, entered_by, approved_by)
     SELECT $1::text, $2::date, coalesce(max(revision), 0) + 1, $3::jsonb, $4::text, $5::text FROM allowance.setting WHERE name = $1 AND valid_from = $2
     HAVING NOT EXISTS (SELECT 1 FROM (SELECT value FROM allowance.setting WHERE name = $1 AND valid_from = $2 ORDER BY revision DESC LIMIT 1) x
                        WHERE x.value = $3::jsonb)`,
    [setting.name, setting.validFrom, JSON.stringify(parsed.data), setting.enteredBy, setting.approvedBy],
  );
  return rowCount === 1;
}

const samePerson = {
  code: "samePerson",
  message: "設定は、入力した人と別の人が確認します。何も変えていません。",
} as const;

/**
 * `addSetting` as a command of its own: audited, by two people. The context's operator enters the value.
 *
 * @throws Refusal `samePerson`, `settingInvalid`
 */
export async function changeSetting<N extends SettingName>(
  context: Context,
  setting: Omit<NewSetting<N>, "enteredBy">,
): Promise<boolean> {
  const command = {
    role: ROLE,
    key: `setting/${randomUUID()}`,
    name: "setting.add",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: setting,
  };
  const { response } = await refusing({ setting_two_people: samePerson }, async () =>
    runCommand(context.pool, command, async (client) => ({
      response: await addSetting(client, { ...setting, enteredBy: context.operator }),
      audit: [
        {
          action: "setting.add",
          objectKind: "setting",
          objectId: setting.name,
          detail: { validFrom: setting.validFrom, approvedBy: setting.approvedBy },
        },
      ],
    })),
  );
  return response;
}

/** Settings of the demonstration city: a made-up client at the test bank, pay day 15 or the business day before. */
export const demoSettings = {
  openingMonth: "2026-10",
  payDay: { payDay: 15, rule: "previous" },
  closedDays: [],
  client: {
    kind: "21",
    code: "0000043100",
    name: "クマモトシカイケイカンリシヤ",
    bank: "9999",
    bankName: "テストギンコウ",
    branch: "999",
    branchName: "テストシテン",
    accountType: "1",
    account: "1234567",
    testBank: true,
  },
  cutOffs: {
    account: { monthsBefore: 1, day: 25 },
    donation: { monthsBefore: 1, day: 15 },
    feeCollection: { monthsBefore: 1, day: 15 },
  },
  accountCooling: { days: 30 },
  annualReview: { rules: REVIEW_RULES, holdFromMonth: 8, reminderAfterDays: 20, printSeparatedAddress: false },
  runReview: { changeYen: 20_000 },
  resultLayouts: [],
  counterPayment: { place: "架空市役所 2階 会計課の窓口", hours: "平日 午前9時から午後4時まで", days: 20 },
  budgetItems: [
    { code: "03-02-01-19-01", name: "児童手当（被用者・3歳未満）", bands: ["U3"], classes: ["employee"] },
    { code: "03-02-01-19-02", name: "児童手当（被用者・3歳以上）", classes: ["employee"] },
    { code: "03-02-01-19-03", name: "児童手当（非被用者・施設等、3歳未満）", bands: ["U3"] },
    { code: "03-02-01-19-04", name: "児童手当（非被用者・施設等、3歳以上）" },
  ],
  processingDays: { standard: 30, warn: 20, draft: 7, procedures: {} },
  letters: { from: "2010-04-01" },
  incomeLimitTable: legalLimitTable(),
  recovery: demoRecoverySetting,
  receiptLayout: demoReceiptLayout,
  municipality: { code: "431001", name: "架空熊本市（デモ）", demo: true },
} as const satisfies { readonly [N in SettingName]: SettingValue<N> };

/**
 * Writes the demonstration's settings, in force from 2010-04-01, and has the program's parameters of the law approved.
 * @returns how many settings were new
 */
export async function seedDemoSettings(connection: Queryable, enteredBy: string, approvedBy: string): Promise<number> {
  await seedApprovedParameters(connection, createCalendar(nationalHolidays), { enteredBy, approvedBy });
  let added = 0;
  for (const name of Object.keys(demoSettings) as SettingName[]) {
    if (
      await addSetting(connection, { name, validFrom: "2010-04-01", value: demoSettings[name], enteredBy, approvedBy })
    )
      added += 1;
  }
  return added;
}
