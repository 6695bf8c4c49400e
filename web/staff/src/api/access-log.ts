/** アクセスログの照会 (監査): from a person to all who looked, from a member of staff to all that was looked at. */
import { readAccessLog } from "@hagukumi/platform/access/read-log.ts";
import { z } from "zod";

import { staffIdentifier } from "./inputs.ts";
import { operation } from "./operation.ts";
import { operationNames } from "./operation-names.ts";

const row = z
  .object({
    seq: z.int(),
    processedAt: z.string(),
    staffId: z.string(),
    staffName: z.string(),
    sectionName: z.string(),
    terminalCode: z.string(),
    purposeName: z.string(),
    purposeText: z.string(),
    addresseeNumber: z.int().nullable(),
    operation: z.string(),
    /** The operation in words */
    operationName: z.string(),
    action: z.string(),
    refusalCode: z.string().nullable(),
    columnsClass: z.string(),
    rowCount: z.int(),
    caseRef: z.string(),
    requestId: z.string(),
    /** 操作の種類 (操作ログ); null in rows from before it was kept, like the three below */
    deed: z.string().nullable(),
    screen: z.string().nullable(),
    file: z.string().nullable(),
    individualNumber: z.boolean().nullable(),
  })
  .meta({ id: "AccessLogRow", description: "アクセスログの1行。人は宛名番号だけで示す。" });

const searchAccessLog = operation({
  id: "searchAccessLog",
  // A POST: a 宛名番号 that is looked for stands in no address.
  method: "POST",
  path: "/access-log/searches",
  summary: "アクセスログの照会",
  access: { permission: "log.view", relation: "none" },
  body: z.strictObject({
    addresseeNumber: z
      .string()
      .regex(/^\d{1,15}$/, "宛名番号は15桁までの数字です。")
      .optional(),
    staffId: staffIdentifier.optional(),
    /** Rows older than this one */
    before: z.int().positive().optional(),
  }),
  response: z.object({ rows: z.array(row), more: z.boolean() }),
  handler: async ({ body }, desk) => {
    const { addresseeNumber, staffId, before } = body;
    const { rows, more } = await readAccessLog(desk.pool, desk.call(), {
      ...(addresseeNumber === undefined ? {} : { addresseeNumber: Number(addresseeNumber) }),
      ...(staffId === undefined ? {} : { staffId }),
      ...(before === undefined ? {} : { before }),
    });
    return {
      more,
      rows: rows.map((line) => ({
        ...line,
        processedAt: line.processedAt.toISOString(),
        operationName: operationNames().get(line.operation) ?? line.operation,
      })),
    };
  },
});

export const accessLogOperations = [searchAccessLog];
