/** 委託: what is typed in, and what each part may hold. */
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { z } from "zod";

const day = z.string().refine((text) => parseCivilDate(text) !== undefined, "YYYY-MM-DD の日付ではありません");
const words = (most: number): z.ZodString => z.string().trim().min(1, "空です").max(most);
const code = z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/, "符号は英字で始まる英数字です");
const quantity = z.int().min(1).max(1000);

export const workOrderKinds = {
  maintenance: "保守",
  operation: "運用",
  inquiry: "問合せの調べ",
  extraction: "データの抽出",
  repair: "データの修復",
} as const;

export type WorkOrderKind = keyof typeof workOrderKinds;

/** 読めなくする方法 */
export const erasureMethods = {
  overwrite: "上書き消去",
  cryptoErase: "暗号消去（鍵の廃棄）",
  degauss: "消磁",
  destroy: "物理的な破壊",
  shred: "裁断・溶解",
} as const;

export type ErasureMethod = keyof typeof erasureMethods;

const keysOf = <T extends Readonly<Record<string, string>>>(table: T): [keyof T & string, ...(keyof T & string)[]] =>
  Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];

export const consignmentShape = z.strictObject({
  consignmentCode: code,
  name: words(100),
  /** 委託する事務の範囲 */
  scope: words(500),
  contractor: words(100),
  /** 取り扱う人数 */
  handlersFrom: z.int().min(0).max(9999),
  handlersTo: z.int().min(0).max(9999),
  /** Whether a part may be passed on, one approval each */
  subConsignment: z.boolean(),
  /** Whether its accounts may hold rights of the allowance system at all */
  coreAccess: z.boolean(),
  validFrom: day,
  validTo: day.nullable(),
});

export const subConsignmentShape = z.strictObject({
  approvalNumber: words(40),
  consignmentCode: code,
  company: words(100),
  scope: words(500),
  /** How it was seen that the company takes the same measures */
  measures: words(500),
  appliedOn: day,
  validFrom: day,
  validTo: day,
});

export const contractorAccountShape = z.strictObject({
  staffId: z.string().regex(/^[A-Za-z0-9._-]{3,32}$/, "利用者の識別子ではありません"),
  consignmentCode: code,
  subConsignmentNumber: z.string().trim().min(1).max(40).nullable(),
  validFrom: day,
  validTo: day,
});

export const workOrderShape = z.strictObject({
  consignmentCode: code,
  kind: z.enum(keysOf(workOrderKinds)),
  work: words(500),
  validFrom: day,
  validTo: day,
});

export const erasureShape = z.strictObject({
  consignmentCode: code.nullable(),
  handOverId: z.int().min(1).nullable(),
  items: words(500),
  medium: words(100),
  quantity,
  method: z.enum(keysOf(erasureMethods)),
  plannedOn: day,
  witnessWanted: z.boolean(),
});

export type ConsignmentForm = z.output<typeof consignmentShape>;
export type SubConsignmentForm = z.output<typeof subConsignmentShape>;
export type ContractorAccountForm = z.output<typeof contractorAccountShape>;
export type WorkOrderForm = z.output<typeof workOrderShape>;
export type ErasureForm = z.output<typeof erasureShape>;

export const handOverShape = z.strictObject({
  orderNumber: z.string().regex(/^W-\d{4}-\d{4,}$/, "作業指示の番号は W-2026-0001 のように書きます"),
  what: words(300),
  medium: words(100),
  quantity,
  means: words(100),
  place: words(100),
  handedAt: z.iso.datetime({ offset: true, error: "日時ではありません" }),
  dueOn: day,
  receiptNumber: words(40),
  receivedBy: words(100),
});

export const erasureReportShape = z.strictObject({
  erasureId: z.int().min(1),
  doneAt: z.iso.datetime({ offset: true, error: "日時ではありません" }),
  doneBy: words(100),
  witness: z.string().trim().max(100),
  content: words(500),
  reportedOn: day,
});
