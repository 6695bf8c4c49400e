/**
 * 提供先・移転先: the closed list of who may be told anything. It is data under two people, not code: a new receiver is a row.
 *
 * Source: 熊本市 特定個人情報保護評価書 II-5 (提供先1–4, 移転先1).
 */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { PAYMENT_ITEMS } from "@hagukumi/allowance/contract.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { randomUUID } from "node:crypto";

import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";

export type Channel = "network" | "linkage" | "paper" | "medium";

export type Outlet = {
  readonly outletCode: string;
  readonly kind: "provision" | "transfer";
  readonly name: string;
  /** 法令上の根拠 */
  readonly ground: string;
  /** 用途: code → its words */
  readonly uses: Readonly<Record<string, string>>;
  readonly channels: readonly Channel[];
  readonly items: readonly string[];
  readonly validFrom: string;
  readonly validTo: string | null;
};

export type ListedOutlet = Outlet & { readonly revision: number };

const WELFARE = "生活保護法による保護の決定及び実施、就労自立給付金の支給、返還又は徴収に関する事務";
const RETURNEES = "中国残留邦人等支援法による支援給付又は配偶者支援金に関する事務";

/** The five of the assessment. Numbers of items in the Act's former 別表第2 are kept as they stand there. */
export const standardOutlets: readonly Outlet[] = [
  {
    outletCode: "provision1",
    kind: "provision",
    name: "都道府県知事等（生活保護）",
    ground: "番号法19条8号（別表第2の26の項に当たる主務省令の項）",
    uses: { publicAssistance: WELFARE },
    channels: ["network"],
    items: PAYMENT_ITEMS,
    validFrom: "2016-01-01",
    validTo: null,
  },
  {
    outletCode: "provision2",
    kind: "provision",
    name: "社会福祉協議会",
    ground: "番号法19条8号（別表第2の30の項に当たる主務省令の項）",
    uses: { welfareLoan: "生計困難者に無利子又は低利で資金を融通する事業に関する事務" },
    channels: ["network"],
    items: PAYMENT_ITEMS,
    validFrom: "2016-01-01",
    validTo: null,
  },
  {
    outletCode: "provision3",
    kind: "provision",
    name: "都道府県知事等（中国残留邦人等）",
    ground: "番号法19条8号（別表第2の87の項に当たる主務省令の項）",
    uses: { returnees: RETURNEES },
    channels: ["network"],
    items: PAYMENT_ITEMS,
    validFrom: "2016-01-01",
    validTo: null,
  },
  {
    outletCode: "provision4",
    kind: "provision",
    name: "独立行政法人日本学生支援機構",
    ground: "番号法19条8号（別表第2の106の項に当たる主務省令の項）",
    uses: { scholarship: "学資の貸与及び支給に関する事務" },
    channels: ["network"],
    items: PAYMENT_ITEMS,
    validFrom: "2020-07-27",
    validTo: null,
  },
  {
    outletCode: "transfer1",
    kind: "transfer",
    name: "保護管理援護課",
    ground: "熊本市個人番号の利用及び特定個人情報の提供に関する条例",
    uses: {
      publicAssistance: WELFARE,
      returnees: RETURNEES,
      residentRecord: "住民基本台帳法7条に規定された事務",
    },
    channels: ["linkage", "paper"],
    items: PAYMENT_ITEMS,
    validFrom: "2016-01-01",
    validTo: null,
  },
];

/**
 * Writes a revision of an entry of the list.
 *
 * @param approvedBy the second person; never `context.operator`
 * @throws Refusal `outletInvalid`, `samePerson`
 */
export async function changeOutlet(context: Context, outlet: Outlet, approvedBy: string): Promise<number> {
  const unknown = outlet.items.filter((item) => !(PAYMENT_ITEMS as readonly string[]).includes(item));
  if (unknown.length > 0 || outlet.items.length === 0 || Object.keys(outlet.uses).length === 0) {
    throw refuse(
      "outletInvalid",
      `提供先・移転先を記録できません。項目か用途がないか、項目にない名前（${unknown.join("、")}）があります。何も変えていません。`,
    );
  }
  const command = {
    role: ROLE,
    key: `outlet/${randomUUID()}`,
    name: "interchange.outlet",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { outlet, approvedBy },
  };
  const { response } = await refusing(
    async () =>
      await runCommand(context.pool, command, async (client) => {
        const { rows } = await client.query<{ revision: number }>(
          `INSERT INTO interchange.outlet (outlet_code, revision, kind, name, ground, uses, channels, items, valid_from, valid_to, entered_by, approved_by)
           SELECT $1::text, coalesce(max(revision), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM interchange.outlet WHERE outlet_code = $1::text
           RETURNING revision`,
          [
            outlet.outletCode,
            outlet.kind,
            outlet.name,
            outlet.ground,
            JSON.stringify(outlet.uses),
            outlet.channels,
            outlet.items,
            outlet.validFrom,
            outlet.validTo,
            context.operator,
            approvedBy,
          ],
        );
        const revision = rows[0]?.revision ?? 0;
        const detail = { revision, approvedBy };
        return {
          response: revision,
          audit: [{ action: "interchange.outlet", objectKind: "outlet", objectId: outlet.outletCode, detail }],
        };
      }),
  );
  return response;
}

/** The list on a day. Whoever is not on it is told nothing. */
export async function outletsOn(connection: Queryable, day: CivilDate): Promise<readonly ListedOutlet[]> {
  const { rows } = await connection.query<ListedOutlet>(
    `SELECT outlet_code AS "outletCode", revision, kind, name, ground, uses, channels, items, valid_from AS "validFrom", valid_to AS "validTo"
     FROM interchange.outlet_now WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to >= $1) ORDER BY outlet_code`,
    [day],
  );
  return rows;
}

/** Enters the five of the assessment where the list is empty. @returns how many */
export async function seedOutlets(context: Context, approvedBy: string): Promise<number> {
  const { rows } = await context.pool.query("SELECT FROM interchange.outlet LIMIT 1");
  if (rows.length > 0) return 0;
  for (const outlet of standardOutlets) await changeOutlet(context, outlet, approvedBy);
  return standardOutlets.length;
}
