/** Sections (部署) of the city, and the mark that says what the database is for. */
import type { PoolClient } from "pg";

import type { Queryable } from "../database/pool.ts";
import { refuse } from "./problem.ts";
import { insertRequest } from "./rights.ts";
import type { RightRequest } from "./rights.ts";

export type SectionKind =
  | "headquarters"
  | "ward"
  | "branch"
  | "informationPolicy"
  | "transferOffice"
  | "accounting"
  | "audit"
  | "contractor"
  | "other";

export type NewSection = {
  readonly code: string;
  readonly name: string;
  readonly kind: SectionKind;
  /** 6-digit code of the ward, for a section of one ward */
  readonly wardCode?: string;
  /** 使用部署: may handle 特定個人情報 of the allowance */
  readonly inCharge: boolean;
};

/** The sections that the published assessment names, with the five wards; a city replaces them by its own list. */
export const standardSections: readonly NewSection[] = [
  { code: "kodomo", name: "こども支援課", kind: "headquarters", inCharge: true },
  { code: "chuo", name: "中央区 保健こども課", kind: "ward", wardCode: "431010", inCharge: true },
  { code: "higashi", name: "東区 保健こども課", kind: "ward", wardCode: "431028", inCharge: true },
  { code: "nishi", name: "西区 保健こども課", kind: "ward", wardCode: "431036", inCharge: true },
  { code: "minami", name: "南区 保健こども課", kind: "ward", wardCode: "431044", inCharge: true },
  { code: "kita", name: "北区 保健こども課", kind: "ward", wardCode: "431052", inCharge: true },
  { code: "joho", name: "情報政策課", kind: "informationPolicy", inCharge: false },
  { code: "hogo", name: "保護管理援護課", kind: "transferOffice", inCharge: false },
  { code: "kaikei", name: "会計課", kind: "accounting", inCharge: false },
  { code: "kansa", name: "監査事務局", kind: "audit", inCharge: false },
];

/** Adds the sections that are not there yet; one that is there stays as it is. @returns how many were added */
export async function addSections(
  client: Queryable,
  sections: readonly NewSection[],
  startsOn: string,
): Promise<number> {
  let added = 0;
  for (const { code, name, kind, wardCode = null, inCharge } of sections) {
    const { rowCount } = await client.query(
      `INSERT INTO identity.section (section_code, kind, ward_code, in_charge, starts_on) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (section_code) DO NOTHING`,
      [code, kind, wardCode, inCharge, startsOn],
    );
    if (rowCount !== 1) continue;
    added += 1;
    await client.query("INSERT INTO identity.section_name (section_code, starts_on, name) VALUES ($1, $2, $3)", [
      code,
      startsOn,
      name,
    ]);
  }
  return added;
}

/**
 * Marks what the database is for. The mark is made once and never changed.
 *
 * @throws Refusal `productionSettings` where another mark is there
 */
export async function markInstallation(client: Queryable, kind: "production" | "demo", city: string): Promise<void> {
  await client.query(
    "INSERT INTO identity.installation (kind, city_name) VALUES ($1, $2) ON CONFLICT (only_row) DO NOTHING",
    [kind, city],
  );
  const { rows } = await client.query<{ kind: string }>("SELECT kind FROM identity.installation");
  if (rows[0]?.kind === kind) return;
  refuse(
    "productionSettings",
    kind === "demo"
      ? "このデータベースは本番用として設置されています。デモの職員は作れません。何も変えていません。"
      : "このデータベースはデモ用として作られています。本番用には、新しいデータフォルダで設置してください。何も変えていません。",
  );
}

/**
 * Gives a right without application: the very first people of an installation, or the demo's. The database refuses it
 * as soon as one right was applied for in the proper way.
 */
export async function bootstrapRight(client: PoolClient, request: RightRequest, by: string): Promise<number> {
  const { rightId } = await insertRequest(client, request, by, "bootstrap");
  await client.query(
    "INSERT INTO identity.right_approval (right_id, approved, reason, approved_by) VALUES ($1, true, $2, $3)",
    [rightId, request.reason, by],
  );
  await client.query("INSERT INTO identity.right_issue (right_id, issued_by) VALUES ($1, $2)", [rightId, by]);
  return rightId;
}
