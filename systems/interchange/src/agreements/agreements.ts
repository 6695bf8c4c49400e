/** 連携の合意: who may send what about whom, from when to when. Decided by two people; the last revision of a version holds. */
import { randomUUID } from "node:crypto";

import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Context } from "@hagukumi/allowance/contract.ts";
import { type ChangeBy, changeBy, type Described, recordChange } from "../changes/history.ts";
import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";
import { layoutFaults, layoutShape, type Layout } from "./layout.ts";

const dayText = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/);

export const agreementShape = z.strictObject({
  interfaceCode: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/),
  version: z.string().regex(/^[0-9]{1,3}(\.[0-9]{1,3})?$/),
  name: z.string().min(1).max(100),
  /** 連携元の業務 */
  source: z.string().min(1).max(100),
  /** 業務システムID or 独自施策システム等ID, 3 characters */
  systemId: z.string().regex(/^[A-Z0-9]{3}$/),
  /** Resource name of the REST interface */
  resource: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/),
  /** 根拠 */
  ground: z.string().min(1).max(200),
  people: z.enum(["everyone", "listed"]),
  /** The system that the rows are for */
  consumer: z.enum(["allowance", "unifiedAddressee"]),
  layout: layoutShape,
  /** Days without news after which the copy is old, 0–400 */
  staleDays: z.int().min(0).max(400),
  validFrom: dayText,
  validTo: dayText.nullable(),
});

export type AgreementForm = z.input<typeof agreementShape>;

export type Agreement = Omit<z.output<typeof agreementShape>, "validFrom" | "validTo"> & {
  readonly revision: number;
  readonly validFrom: CivilDate;
  readonly validTo: CivilDate | null;
  readonly enteredBy: string;
  readonly approvedBy: string;
};

/** Checks a form. @throws Refusal `agreementInvalid` */
export function checkAgreement(form: unknown): z.output<typeof agreementShape> {
  const parsed = agreementShape.safeParse(form);
  const faults = parsed.success
    ? layoutFaults(parsed.data.layout)
    : parsed.error.issues.map(({ path, message }) => `「${path.join(".")}」${message}`);
  if (parsed.success && faults.length === 0) return parsed.data;
  throw refuse("agreementInvalid", `連携の合意を記録できません。${faults.join("")}何も変えていません。`);
}

const PEOPLE = { everyone: "その業務の全員", listed: "児童手当の対象者だけ" } as const;

/** An agreement in words, as the history of changes keeps it. */
export function describeAgreement(agreed: z.output<typeof agreementShape>): Described {
  return {
    名前: agreed.name,
    連携元: agreed.source,
    業務システムID: agreed.systemId,
    根拠: agreed.ground,
    受け取る人: PEOPLE[agreed.people],
    渡す先: agreed.consumer,
    項目: agreed.layout.columns.map(({ name, to }) => (to === undefined ? `${name}（残さない）` : name)).join("、"),
    期間: `${agreed.validFrom}〜${agreed.validTo ?? ""}`,
    古いとみなす日数: String(agreed.staleDays),
  };
}

/** The agreement of this interface and version as it is now. */
export async function currentAgreement(
  connection: Queryable,
  { interfaceCode, version }: { readonly interfaceCode: string; readonly version: string },
): Promise<{ readonly revision: number; readonly agreed: z.output<typeof agreementShape> } | undefined> {
  const { rows } = await connection.query<Record<string, unknown> & { revision: number }>(
    `SELECT revision, interface_code AS "interfaceCode", version, name, source, system_id AS "systemId", resource, ground, people, consumer, layout,
       stale_days AS "staleDays", valid_from AS "validFrom", valid_to AS "validTo"
     FROM interchange.agreement_now WHERE interface_code = $1 AND version = $2`,
    [interfaceCode, version],
  );
  const [found] = rows;
  if (found === undefined) return undefined;
  const { revision, ...agreed } = found;
  return { revision, agreed: agreementShape.parse(agreed) };
}

/**
 * Writes a revision of an agreement, and the change with its six fields, on the given client.
 *
 * @throws Refusal `samePerson`
 */
export async function writeAgreement(
  client: PoolClient,
  agreed: z.output<typeof agreementShape>,
  by: ChangeBy,
): Promise<number> {
  const before = await currentAgreement(client, agreed);
  const last = before?.revision ?? 0;
  await client.query(
    `INSERT INTO interchange.agreement (interface_code, version, revision, name, source, system_id, resource, ground, people, consumer, layout,
       stale_days, valid_from, valid_to, entered_by, approved_by)
     VALUES ($1, $2, $16, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      agreed.interfaceCode,
      agreed.version,
      agreed.name,
      agreed.source,
      agreed.systemId,
      agreed.resource,
      agreed.ground,
      agreed.people,
      agreed.consumer,
      JSON.stringify(agreed.layout),
      agreed.staleDays,
      agreed.validFrom,
      agreed.validTo,
      by.enteredBy,
      by.approvedBy,
      last + 1,
    ],
  );
  await recordChange(client, {
    ...by,
    changedOn: by.today,
    item: `連携の合意 ${agreed.interfaceCode} ${agreed.version}（${agreed.name}）`,
    before: before === undefined ? undefined : describeAgreement(before.agreed),
    after: describeAgreement(agreed),
    minor: ["古いとみなす日数"],
  });
  return last + 1;
}

/**
 * Writes a revision of an agreement, decided by two people elsewhere (command line, first installation).
 *
 * @param approvedBy the second person; never `context.operator`
 * @throws Refusal `agreementInvalid`, `samePerson`
 */
export async function changeAgreement(
  context: Context,
  form: AgreementForm,
  approvedBy: string,
): Promise<{ readonly revision: number }> {
  const agreed = checkAgreement(form);
  const command = {
    role: ROLE,
    key: `agreement/${randomUUID()}`,
    name: "interchange.agree",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { agreed, approvedBy },
  };
  const by = changeBy(context, approvedBy);
  const { response } = await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const revision = await writeAgreement(client, agreed, by);
      const objectId = `${agreed.interfaceCode}/${agreed.version}`;
      const detail = { revision, approvedBy };
      return {
        response: { revision },
        audit: [{ action: "interchange.agree", objectKind: "agreement", objectId, detail }],
      };
    }),
  );
  return response;
}

const AGREEMENTS = `
  SELECT interface_code AS "interfaceCode", version, revision, name, source, system_id AS "systemId", resource, ground, people, consumer, layout,
         stale_days AS "staleDays", valid_from AS "validFrom", valid_to AS "validTo", entered_by AS "enteredBy", approved_by AS "approvedBy"
  FROM interchange.agreement_now WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to >= $1)
  ORDER BY interface_code, version`;

/** Agreements that hold on a day, by interface and version. */
export async function agreementsOn(connection: Queryable, day: CivilDate): Promise<readonly Agreement[]> {
  const { rows } = await connection.query<Omit<Agreement, "layout"> & { layout: unknown }>(AGREEMENTS, [day]);
  return rows.map((row) => ({ ...row, layout: layoutShape.parse(row.layout) satisfies Layout }));
}

/** @throws Refusal `agreementMissing`: nothing is received that was not agreed on */
export async function getAgreement(
  connection: Queryable,
  day: CivilDate,
  interfaceCode: string,
  version: string,
): Promise<Agreement> {
  const found = (await agreementsOn(connection, day)).find(
    (each) => each.interfaceCode === interfaceCode && each.version === version,
  );
  if (found !== undefined) return found;
  throw refuse(
    "agreementMissing",
    `連携「${interfaceCode}」の版 ${version} を受け取る合意が、${day} にはありません。合意を二人で記録するか、連携元に版を確かめてください。`,
    { interfaceCode, version },
  );
}
