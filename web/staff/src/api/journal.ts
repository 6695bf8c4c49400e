/** システムの記録の照会 (監査): authentication, events, communication, print, changes of settings, errors. */
import { JOURNAL_KINDS, readJournal } from "@hagukumi/platform/access/journal.ts";
import { z } from "zod";

import { operation } from "./operation.ts";

const day = z.iso.date("YYYY-MM-DD の日付で指定してください。");

const row = z
  .object({
    seq: z.int(),
    recordedAt: z.string(),
    kind: z.enum(JOURNAL_KINDS),
    actor: z.string(),
    terminalCode: z.string(),
    action: z.string(),
    outcome: z.enum(["done", "refused", "failed"]),
    objectKind: z.string(),
    objectId: z.string(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: "JournalRow", description: "システムの記録の1行" });

/** 0:00 in Japan of that day, or of the day after it. */
const midnight = (text: string, later = 0): string =>
  new Date(Date.parse(`${text}T00:00:00+09:00`) + later * 86_400_000).toISOString();

const searchJournal = operation({
  id: "searchJournal",
  method: "POST",
  path: "/journal/searches",
  summary: "システムの記録の照会",
  access: { permission: "log.view", relation: "none" },
  body: z.strictObject({
    kind: z.enum(JOURNAL_KINDS).optional(),
    actor: z
      .string()
      .regex(/^[A-Za-z0-9._@-]{1,80}$/, "職員番号は半角の英数字と . _ @ - です。")
      .optional(),
    /** First words of the action */
    action: z
      .string()
      .regex(/^[A-Za-z.]{1,80}$/, "処理は半角の英字と点で指定してください。")
      .optional(),
    /** First and last day */
    from: day.optional(),
    to: day.optional(),
    before: z.int().positive().optional(),
  }),
  response: z.object({ rows: z.array(row), more: z.boolean() }),
  handler: async ({ body: { from, to, ...asked } }, desk) => {
    const { rows, more } = await readJournal(desk.pool, desk.call(), {
      ...(asked.kind === undefined ? {} : { kind: asked.kind }),
      ...(asked.actor === undefined ? {} : { actor: asked.actor }),
      ...(asked.action === undefined ? {} : { action: asked.action }),
      ...(asked.before === undefined ? {} : { before: asked.before }),
      ...(from === undefined ? {} : { from: midnight(from) }),
      ...(to === undefined ? {} : { to: midnight(to, 1) }),
    });
    return { more, rows: rows.map((each) => ({ ...each, recordedAt: each.recordedAt.toISOString() })) };
  },
});

export const journalOperations = [searchJournal];
