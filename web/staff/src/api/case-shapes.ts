/** What the case page is made of. Amounts in yen, months `YYYY-MM`, days `YYYY-MM-DD`, 宛名番号 as numbers. */
import { z } from "zod";

export const personShape = z
  .object({
    addresseeNumber: z.int(),
    name: z.string(),
    kana: z.string(),
    birthDate: z.string().nullable(),
    protected: z.boolean(),
  })
  .meta({ id: "Person", description: "宛名。住所は含まない。" });

export const accountShape = z
  .object({
    bank: z.string(),
    bankName: z.string(),
    branch: z.string(),
    branchName: z.string(),
    accountTypeName: z.string(),
    maskedNumber: z.string(),
    holder: z.string(),
    source: z.enum(["claim", "change", "publicAccount"]),
    since: z.string(),
    afterPayOn: z.string().nullable().meta({ description: "締切日の後の変更: この支払日より後の支払から使う" }),
    until: z.string().nullable().meta({ description: "次の口座が登録された時刻" }),
    accountId: z.int(),
    checks: z.array(
      z.object({
        kindName: z.string(),
        methodName: z.string(),
        result: z.enum(["match", "mismatch", "exception", "unknown"]),
        resultName: z.string(),
        checkedOn: z.string(),
        note: z.string(),
        recordedBy: z.string(),
        recordedAt: z.string(),
      }),
    ),
  })
  .meta({ id: "Account", description: "口座。番号は下3桁だけ。" });

export const decisionShape = z
  .object({
    seq: z.int(),
    kind: z.string(),
    kindName: z.string(),
    effectiveMonth: z.string(),
    cause: z.string(),
    causeName: z.string(),
    exOfficio: z.boolean(),
    monthlyTotal: z.int().nullable(),
    decidedOn: z.string(),
    examinedBy: z.string(),
    approvedBy: z.string(),
    receptionNumber: z.string().nullable(),
  })
  .meta({ id: "Decision", description: "決定。effectiveMonth は新しい状態になる最初の月分。" });

export const holdShape = z
  .object({
    holdId: z.int(),
    kind: z.enum(["hold", "pending"]),
    kindName: z.string(),
    fromMonth: z.string(),
    cause: z.string(),
    released: z.boolean(),
  })
  .meta({ id: "Hold", description: "差止・保留" });

const moneyState = z.enum([
  "unpaid",
  "held",
  "reserved",
  "scheduled",
  "paid",
  "returned",
  "reinstated",
  "deducted",
  "lapsed",
  "restricted",
]);

export const monthShape = z
  .object({
    month: z.string(),
    due: z.int(),
    receivable: z.int(),
    recovered: z.int(),
    lawTotal: z.int().nullable(),
    currentTotal: z.int().nullable(),
    problem: z.string(),
    ruleVersion: z.string(),
    decisionSeq: z.int().nullable(),
    beforeOpening: z.boolean(),
    paymentMonth: z.string(),
    parts: z.array(
      z.object({
        childNumber: z.int(),
        amount: z.int(),
        state: moneyState,
        stateName: z.string(),
        runNo: z.int().nullable(),
        payOn: z.string().nullable(),
      }),
    ),
    children: z.array(
      z.object({
        childNumber: z.int(),
        band: z.string(),
        bandName: z.string(),
        position: z.int().nullable(),
        amount: z.int().nullable(),
        because: z.array(z.object({ article: z.string(), text: z.string() })),
      }),
    ),
  })
  .meta({ id: "CaseMonth", description: "1か月分。children は法による額と理由、parts は台帳の額とお金の状態。" });

export const caseShape = z
  .object({
    recipientId: z.int(),
    today: z.string().meta({ description: "処理日" }),
    kind: z.enum(["individual", "corporateGuardian", "institution"]),
    wardCode: z.string(),
    wardName: z.string(),
    person: personShape,
    children: z.array(personShape),
    firstMonth: z.string().nullable(),
    endedFrom: z.string().nullable(),
    accounts: z.array(accountShape),
    accountsHidden: z.boolean().meta({ description: "口座の照会の権限がないため、口座を返していない" }),
    decisions: z.array(decisionShape),
    holds: z.array(holdShape),
    months: z.array(monthShape).meta({ description: "新しい月から" }),
    receivable: z.int(),
    opening: z
      .object({ openingId: z.int(), purposeName: z.string(), purposeText: z.string(), expiresAt: z.string() })
      .nullable(),
  })
  .meta({ id: "Case", description: "受給者の1枚" });

export const eventShape = z
  .object({
    eventId: z.int(),
    recordedAt: z.string(),
    actor: z.string(),
    action: z.string(),
    actionName: z.string(),
    objectKind: z.string(),
    objectId: z.string(),
    purpose: z.string(),
  })
  .meta({ id: "CaseEvent", description: "経過の1件" });
