/** 債権の設定: what the Act leaves to the city and its legal office, dated and entered by two people like every setting. */
import { z } from "zod";

export const RECOVERY_CAUSES = ["city", "recipient", "fraud"] as const;
/** Who erred: the city (市の誤り), the recipient without intent (届出の遅れ・誤り), or by deceit (偽りその他不正の手段, 14条) */
export type RecoveryCause = (typeof RECOVERY_CAUSES)[number];

export const recoveryCauseLabels = {
  city: "市の誤り",
  recipient: "受給者の届出の遅れ・誤り",
  fraud: "偽りその他不正の手段（14条）",
} as const satisfies Readonly<Record<RecoveryCause, string>>;

const years = z.union([z.literal(5), z.literal(10)]);
const days = z.int().min(1).max(180);

/**
 * 時効の年数 is open in law for what is no 不正利得 (23条 covers the levy of 14条 alone): the city writes its legal office's choice and
 * where it stands. The two years of fraud are the Act's and cannot be changed.
 */
export const recoverySettingShape = z.strictObject({
  limitation: z.strictObject({
    city: years,
    recipient: years,
    fraud: z.literal(2),
    /** 起算日: the day of payment, or the day on which the overpayment was found */
    start: z.enum(["paidOn", "foundOn"]),
    /** 法制担当の意見: where the choice is written */
    source: z.string().trim().min(1).max(200),
    /** Months before the day on which a claim is put on the list of warnings */
    warnMonths: z.int().min(1).max(24),
  }),
  /** Whether interest (民法704条, 14条の延滞金) is asked for; never where the city erred */
  interest: z.strictObject({ recipient: z.boolean(), fraud: z.boolean() }),
  /** Days from the notice to its 納期限 */
  dueDays: days,
  /** Days after the 納期限 on which a reminder, and after the reminder's a call, is due */
  reminderAfterDays: days,
  callAfterDays: days,
});

export type RecoverySetting = z.infer<typeof recoverySettingShape>;

const column = z.string().min(1).max(60);

/** 収納データ: a CSV file with a heading; each column by its name. Further columns are not read, so no name of a payer is ever kept. */
export const receiptLayoutShape = z.strictObject({
  delimiter: z.enum([",", "\t", ";"]),
  columns: z.strictObject({ reference: column, claim: column, paidOn: column, amount: column }),
  /** How the day of payment is written */
  dateForm: z.enum(["YYYY-MM-DD", "YYYY/MM/DD", "YYYYMMDD"]),
});

export type ReceiptLayout = z.infer<typeof receiptLayoutShape>;

export const demoRecoverySetting = {
  limitation: {
    city: 5,
    recipient: 5,
    fraud: 2,
    start: "paidOn",
    source: "架空の法制担当の意見（地方自治法236条）",
    warnMonths: 6,
  },
  interest: { recipient: false, fraud: true },
  dueDays: 30,
  reminderAfterDays: 20,
  callAfterDays: 30,
} as const satisfies RecoverySetting;

export const demoReceiptLayout = {
  delimiter: ",",
  columns: { reference: "収納番号", claim: "債権番号", paidOn: "納付日", amount: "納付額" },
  dateForm: "YYYY-MM-DD",
} as const satisfies ReceiptLayout;

/** How a claim may be collected. `interest` and `levy` (滞納処分の例, 14条) differ by who erred. */
export type CollectionRule = {
  readonly basis: string;
  readonly limitationYears: number;
  readonly interest: boolean;
  readonly levy: boolean;
};

/** The rule for a cause under the city's setting. */
export function collectionRule(cause: RecoveryCause, setting: RecoverySetting): CollectionRule {
  if (cause === "fraud") {
    const { fraud: interest } = setting.interest;
    return { basis: "児童手当法14条（23条の時効）", limitationYears: setting.limitation.fraud, interest, levy: true };
  }
  const interest = cause === "recipient" && setting.interest.recipient;
  const basis = interest ? "民法703条・704条" : "民法703条";
  return { basis, limitationYears: setting.limitation[cause], interest, levy: false };
}
