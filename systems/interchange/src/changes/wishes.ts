/** What may be asked for by one person and granted by another, kind by kind: its shape, and what a granted one does. */
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { checkAgreement, currentAgreement, describeAgreement, writeAgreement } from "../agreements/agreements.ts";
import {
  describeConsignment,
  listConsignments,
  writeConsignment,
  writeContractorAccount,
  writeErasure,
  writeSubConsignment,
  writeWorkOrder,
} from "../consignments/register.ts";
import {
  consignmentShape,
  contractorAccountShape,
  erasureMethods,
  erasureShape,
  subConsignmentShape,
  workOrderKinds,
  workOrderShape,
} from "../consignments/shapes.ts";
import { refuse } from "../refusal.ts";
import { checkOutlet, currentOutlet, describeOutlet, writeOutlet } from "../transfers/outlets.ts";
import { removeDataUses, writeDataUseTerm } from "../transfers/retention.ts";
import type { ChangeBy, Described } from "./history.ts";

const assessmentShape = z.strictObject({
  assessedOn: z.string().refine((text) => parseCivilDate(text) !== undefined, "日付ではありません"),
  result: z.string().trim().min(1, "結果がありません").max(2000),
  /** The newest change that the assessment holds, 0 without one */
  throughChange: z.int().min(0),
});

type Kind = {
  readonly name: string;
  readonly check: (content: unknown) => unknown;
  readonly carryOut: (client: PoolClient, content: unknown, by: ChangeBy) => Promise<unknown>;
  /** In words, for whoever is to grant it */
  readonly describe: (content: unknown) => Described;
  /** The same of what stands now; absent: such a thing replaces nothing */
  readonly current?: (connection: Queryable, content: unknown) => Promise<Described | undefined>;
};

function kind<S extends z.ZodType>(
  name: string,
  shape: S,
  describe: (content: z.output<S>) => Described,
  work: (client: PoolClient, content: z.output<S>, by: ChangeBy) => Promise<unknown>,
): Omit<Kind, "check"> & { readonly check: (content: unknown) => z.output<S> } {
  const check = (content: unknown): z.output<S> => {
    const parsed = shape.safeParse(content);
    if (parsed.success) return parsed.data;
    const faults = parsed.error.issues.map(({ path, message }) => `「${path.join(".")}」${message}`);
    throw refuse("proposalInvalid", `${name}を申請できません。${faults.join("、")}。何も変えていません。`);
  };
  return {
    name,
    check,
    describe: (content) => describe(check(content)),
    carryOut: async (client, content, by) => await work(client, check(content), by),
  };
}

const period = ({ validFrom, validTo }: { readonly validFrom: string; readonly validTo: string | null }): string =>
  `${validFrom}〜${validTo ?? ""}`;

const consignment = kind("委託", consignmentShape, describeConsignment, writeConsignment);

const KINDS = {
  agreement: {
    name: "連携の合意",
    check: checkAgreement,
    describe: (content) => {
      const agreed = checkAgreement(content);
      return { 連携: `${agreed.interfaceCode} ${agreed.version}`, ...describeAgreement(agreed) };
    },
    current: async (connection, content) => {
      const now = await currentAgreement(connection, checkAgreement(content));
      return now === undefined ? undefined : describeAgreement(now.agreed);
    },
    carryOut: async (client, content, by) => await writeAgreement(client, checkAgreement(content), by),
  },
  outlet: {
    name: "提供先・移転先",
    check: checkOutlet,
    describe: (content) => {
      const outlet = checkOutlet(content);
      return { 符号: outlet.outletCode, ...describeOutlet(outlet) };
    },
    current: async (connection, content) => {
      const now = await currentOutlet(connection, checkOutlet(content).outletCode);
      return now === undefined ? undefined : describeOutlet(now);
    },
    carryOut: async (client, content, by) => await writeOutlet(client, checkOutlet(content), by),
  },
  assessment: kind(
    "評価の記録",
    assessmentShape,
    ({ assessedOn, result, throughChange }) => ({
      実施した日: assessedOn,
      結果: result,
      含めた変更: `${String(throughChange)}番まで`,
    }),
    async (client, content, by) => {
      await client.query(
        `INSERT INTO interchange.assessment (assessed_on, result, through_change, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5)`,
        [content.assessedOn, content.result, content.throughChange, by.enteredBy, by.approvedBy],
      );
    },
  ),
  consignment: {
    ...consignment,
    current: async (connection, content) => {
      const { consignmentCode } = consignment.check(content);
      const now = (await listConsignments(connection)).find((each) => each.consignmentCode === consignmentCode);
      return now === undefined ? undefined : describeConsignment(now);
    },
  },
  subConsignment: kind(
    "再委託の承認",
    subConsignmentShape,
    (form) => ({
      承認番号: form.approvalNumber,
      委託: form.consignmentCode,
      再委託先: form.company,
      範囲: form.scope,
      措置: form.measures,
      書面の申請: form.appliedOn,
      期間: period(form),
    }),
    writeSubConsignment,
  ),
  contractorAccount: kind(
    "受託者の利用者",
    contractorAccountShape,
    (form) => ({
      利用者: form.staffId,
      委託: form.consignmentCode,
      再委託の承認: form.subConsignmentNumber ?? "（委託先の利用者）",
      期間: period(form),
    }),
    writeContractorAccount,
  ),
  workOrder: kind(
    "作業指示",
    workOrderShape,
    (form) => ({ 委託: form.consignmentCode, 種類: workOrderKinds[form.kind], 作業: form.work, 期間: period(form) }),
    writeWorkOrder,
  ),
  erasure: kind(
    "消去・廃棄",
    erasureShape,
    (form) => ({
      委託: form.consignmentCode ?? "（市の機器）",
      引渡し: form.handOverId === null ? "－" : String(form.handOverId),
      項目: form.items,
      媒体: `${form.medium} ${String(form.quantity)}個`,
      方法: erasureMethods[form.method],
      処理予定日: form.plannedOn,
      立会い: form.witnessWanted ? "求める" : "求めない",
    }),
    writeErasure,
  ),
  dataUseTerm: kind(
    "承認願の保存期間",
    z.strictObject({ years: z.int().min(1).max(100), validFrom: assessmentShape.shape.assessedOn }),
    ({ years, validFrom }) => ({ 年数: `${String(years)}年`, いつから: validFrom }),
    writeDataUseTerm,
  ),
  dataUseRemoval: kind(
    "保存期間を過ぎた承認願の消去",
    z.strictObject({ dataUseIds: z.array(z.int().min(1)).min(1).max(5000) }),
    ({ dataUseIds }) => ({ 件数: `${String(dataUseIds.length)}件`, 承認願: dataUseIds.join("、") }),
    removeDataUses,
  ),
} as const satisfies Readonly<Record<string, Kind>>;

export type WishKind = keyof typeof KINDS;

export const wishKinds = Object.keys(KINDS) as readonly WishKind[];

/** The kinds in words. */
export const wishLabels: Readonly<Record<WishKind, string>> = Object.fromEntries(
  Object.entries(KINDS).map(([code, { name }]) => [code, name]),
) as Record<WishKind, string>;

export function isWishKind(text: string): text is WishKind {
  return Object.hasOwn(KINDS, text);
}

/** @returns the content as it is kept. @throws Refusal `proposalInvalid`, or that of the kind */
export function checkWish(wanted: WishKind, content: unknown): unknown {
  return KINDS[wanted].check(content);
}

/** One line of what is asked for: what stands now, and what would. */
export type DescribedLine = { readonly name: string; readonly before: string | null; readonly after: string };

/** What is asked for in words; only the lines that differ, where something stands already. */
export async function describeWish(
  connection: Queryable,
  wanted: WishKind,
  content: unknown,
): Promise<readonly DescribedLine[]> {
  const kindOf: Kind = KINDS[wanted];
  const now = await kindOf.current?.(connection, content);
  return Object.entries(kindOf.describe(content))
    .map(([name, after]) => ({ name, before: now?.[name] ?? null, after }))
    .filter(({ before, after }) => before !== after);
}

/** Does what was granted, on the client of the approval. */
export async function carryOut(
  client: PoolClient,
  wanted: WishKind,
  content: unknown,
  by: ChangeBy & { readonly proposalId: number },
): Promise<void> {
  await KINDS[wanted].carryOut(client, content, by);
}
