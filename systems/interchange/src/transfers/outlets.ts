/**
 * 提供先・移転先: the closed list of who may be told anything. It is data under two people, not code: a new receiver is a row.
 *
 * Source: 熊本市 特定個人情報保護評価書 II-5 (提供先1–4, 移転先1).
 */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { PAYMENT_ITEMS, paymentItems } from "@hagukumi/allowance/contract.ts";
import { type CivilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { z } from "zod";

import { type ChangeBy, changeBy, type Described, recordChange } from "../changes/history.ts";
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

const dayText = z.string().refine((text) => parseCivilDate(text) !== undefined, "YYYY-MM-DD の日付ではありません");

export const outletShape = z.strictObject({
  outletCode: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/, "符号は英字で始まる英数字です"),
  kind: z.enum(["provision", "transfer"]),
  name: z.string().trim().min(1, "名前がありません").max(100),
  ground: z.string().trim().min(1, "根拠がありません").max(200),
  uses: z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/, "用途の符号は英数字です"), z.string().min(1).max(200)),
  channels: z.array(z.enum(["network", "linkage", "paper", "medium"])).min(1, "方法がありません"),
  items: z.array(z.string()).min(1, "項目がありません"),
  validFrom: dayText,
  validTo: dayText.nullable(),
});

/** Checks an entry. @throws Refusal `outletInvalid` */
export function checkOutlet(outlet: unknown): Outlet {
  const parsed = outletShape.safeParse(outlet);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `「${path.join(".")}」${message}`);
  if (parsed.success) {
    const { items, uses, kind, channels, validFrom, validTo } = parsed.data;
    const unknown = items.filter((item) => !(PAYMENT_ITEMS as readonly string[]).includes(item));
    if (unknown.length > 0) faults.push(`項目にない名前（${unknown.join("、")}）があります`);
    if (Object.keys(uses).length === 0) faults.push("用途がありません");
    // 提供 goes through 情報提供ネットワークシステム alone, 移転 never.
    if (channels.some((channel) => (channel === "network") !== (kind === "provision"))) {
      faults.push("提供は情報提供ネットワークシステムだけ、移転はそのほかの方法だけです");
    }
    if (validTo !== null && validTo < validFrom) faults.push("終わりの日が始まりの日より前です");
    if (faults.length === 0) return parsed.data;
  }
  throw refuse("outletInvalid", `提供先・移転先を記録できません。${faults.join("、")}。何も変えていません。`);
}

export const channelLabels: Readonly<Record<Channel, string>> = {
  network: "情報提供ネットワークシステム",
  linkage: "庁内連携",
  paper: "紙",
  medium: "電子記録媒体",
};

export function describeOutlet(outlet: Outlet): Described {
  return {
    名前: outlet.name,
    区分: outlet.kind === "provision" ? "提供" : "移転",
    根拠: outlet.ground,
    用途: Object.values(outlet.uses).join("、"),
    方法: outlet.channels.map((channel) => channelLabels[channel]).join("、"),
    項目: outlet.items.map((item) => (paymentItems as Readonly<Record<string, string>>)[item] ?? item).join("、"),
    期間: `${outlet.validFrom}〜${outlet.validTo ?? ""}`,
  };
}

const COLUMNS = `outlet_code AS "outletCode", revision, kind, name, ground, uses, channels, items, valid_from AS "validFrom", valid_to AS "validTo"`;

/** The entry as it is now, also one whose period has ended. */
export async function currentOutlet(connection: Queryable, outletCode: string): Promise<ListedOutlet | undefined> {
  const { rows } = await connection.query<ListedOutlet>(
    `SELECT ${COLUMNS} FROM interchange.outlet_now WHERE outlet_code = $1`,
    [outletCode],
  );
  return rows[0];
}

/** Writes a revision of an entry of the list, and the change with its six fields, on the given client. @throws Refusal `samePerson` */
export async function writeOutlet(client: PoolClient, outlet: Outlet, by: ChangeBy): Promise<number> {
  const before = await currentOutlet(client, outlet.outletCode);
  const revision = (before?.revision ?? 0) + 1;
  await client.query(
    `INSERT INTO interchange.outlet (outlet_code, revision, kind, name, ground, uses, channels, items, valid_from, valid_to, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      outlet.outletCode,
      revision,
      outlet.kind,
      outlet.name,
      outlet.ground,
      JSON.stringify(outlet.uses),
      outlet.channels,
      outlet.items,
      outlet.validFrom,
      outlet.validTo,
      by.enteredBy,
      by.approvedBy,
    ],
  );
  await recordChange(client, {
    ...by,
    changedOn: by.today,
    item: `${outlet.kind === "provision" ? "提供先" : "移転先"} ${outlet.outletCode}（${outlet.name}）`,
    before: before === undefined ? undefined : describeOutlet(before),
    after: describeOutlet(outlet),
  });
  return revision;
}

/**
 * Writes a revision of an entry of the list, decided by two people elsewhere (command line, first installation).
 *
 * @param approvedBy the second person; never `context.operator`
 * @throws Refusal `outletInvalid`, `samePerson`
 */
export async function changeOutlet(context: Context, outlet: Outlet, approvedBy: string): Promise<number> {
  const checked = checkOutlet(outlet);
  const command = {
    role: ROLE,
    key: `outlet/${randomUUID()}`,
    name: "interchange.outlet",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { outlet: checked, approvedBy },
  };
  const by = changeBy(context, approvedBy);
  const { response } = await refusing(
    async () =>
      await runCommand(context.pool, command, async (client) => {
        const revision = await writeOutlet(client, checked, by);
        const detail = { revision, approvedBy };
        return {
          response: revision,
          audit: [{ action: "interchange.outlet", objectKind: "outlet", objectId: checked.outletCode, detail }],
        };
      }),
  );
  return response;
}

/** The list on a day. Whoever is not on it is told nothing. */
export async function outletsOn(connection: Queryable, day: CivilDate): Promise<readonly ListedOutlet[]> {
  const { rows } = await connection.query<ListedOutlet>(
    `SELECT ${COLUMNS} FROM interchange.outlet_now WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to >= $1) ORDER BY outlet_code`,
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
