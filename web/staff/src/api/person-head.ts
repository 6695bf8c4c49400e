/** 人の見出し: the marks of an open person, who is editing, and beginning and ending to edit (A17, A157). */
import { readPersonHead, releaseEditLock, takeEditLock } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { operation } from "./operation.ts";

export const marksShape = z
  .object({
    protected: z.boolean(),
    attention: z.boolean().meta({ description: "要確認。理由は示さない" }),
    suspended: z.boolean().meta({ description: "差止" }),
    suppressed: z.boolean().meta({ description: "抑止（保留）" }),
    debt: z.boolean(),
    ended: z.boolean(),
  })
  .meta({ id: "Marks", description: "人に付く印。支援措置は、照会の権限のある職員にだけ示す。" });

const params = z.strictObject({
  addresseeNumber: z
    .string()
    .regex(/^[0-9]{1,15}$/, "宛名番号は15桁までの数字です。")
    .transform(Number),
});

const head = operation({
  id: "readPersonHead",
  method: "GET",
  path: "/persons/{addresseeNumber}/head",
  summary: "開いた人の印と、いま編集している職員",
  access: { permission: "case.open", relation: "person" },
  params,
  response: z.object({
    marks: marksShape,
    lock: z.object({ heldBy: z.string(), begunAt: z.string(), renewedAt: z.string(), mine: z.boolean() }).nullable(),
    opening: z.object({ purposeName: z.string(), expiresAt: z.string() }).nullable(),
  }),
  handler: async ({ params: { addresseeNumber } }, desk) => {
    const { marks, lock, opening } = await readPersonHead(desk.reader({ addresseeNumber }, "marks"), addresseeNumber);
    return {
      marks,
      opening: opening === null ? null : { ...opening, expiresAt: opening.expiresAt.toISOString() },
      lock:
        lock === null
          ? null
          : {
              heldBy: lock.heldBy,
              begunAt: lock.begunAt.toISOString(),
              renewedAt: lock.renewedAt.toISOString(),
              mine: lock.heldBy === desk.session().staffId,
            },
    };
  },
});

const take = operation({
  id: "takeEditLock",
  method: "POST",
  path: "/persons/{addresseeNumber}/edit-lock",
  summary: "この人の編集を始める・続ける・引き継ぐ",
  access: { permission: "case.note", relation: "person" },
  command: true,
  params,
  body: z.strictObject({ reason: z.string().trim().max(200, "理由は200文字までです。").default("") }),
  response: z.object({ taken: z.boolean() }),
  handler: async ({ params: { addresseeNumber }, body }, desk) => {
    await desk.command(
      { addresseeNumber },
      async (context, key) => await takeEditLock(context, { addresseeNumber, ...body, key }),
    );
    return { taken: true };
  },
});

const release = operation({
  id: "releaseEditLock",
  method: "POST",
  path: "/persons/{addresseeNumber}/edit-lock/release",
  summary: "この人の編集を終える",
  access: { permission: "case.note", relation: "person" },
  command: true,
  params,
  response: z.object({ released: z.boolean() }),
  handler: async ({ params: { addresseeNumber } }, desk) => {
    await desk.command(
      { addresseeNumber },
      async (context, key) => await releaseEditLock(context, { addresseeNumber, key }),
    );
    return { released: true };
  },
});

export const personHeadOperations = [head, take, release];
