/** 検索: people by reading, name, birth date, numbers, telephone, account. At most 20, and never how many there are. */
import { searchPeople, wardName } from "@hagukumi/allowance/contract.ts";
import { hkdfSync } from "node:crypto";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { marksShape } from "./person-head.ts";
import { operation } from "./operation.ts";

const words = z.string().max(200);

const found = z
  .object({
    addresseeNumber: z.int(),
    kind: z.enum(["person", "organization"]),
    name: z.string(),
    kana: z.string(),
    birthYear: z.int().nullable(),
    wardName: z.string().nullable(),
    recipients: z.array(
      z.object({
        recipientId: z.int(),
        kind: z.enum(["individual", "corporateGuardian", "institution"]),
        ended: z.boolean(),
      }),
    ),
    marks: marksShape,
  })
  .meta({ id: "FoundPerson", description: "検索で見つかった人。選ぶために要るものだけ。" });

/** Secret of the HMAC under which the log keeps what was searched for; another one than that of the passwords. */
function searchSecret(desk: Desk): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", desk.options.identity.pepper, "", "search log", 32));
}

const search = operation({
  id: "searchPeople",
  // A POST, so that what is searched for stands in no address and no log of addresses.
  method: "POST",
  path: "/searches",
  summary: "人を探す",
  access: { permission: "case.search", relation: "none" },
  body: z.strictObject({
    addresseeNumber: words.optional(),
    recipientNumber: words.optional(),
    receptionNumber: words.optional(),
    phone: words.optional(),
    kana: words.optional(),
    name: words.optional(),
    birthDate: words.optional(),
    address: words.optional(),
    account: z.strictObject({ bank: words, branch: words, number: words }).optional(),
  }),
  response: z.object({ found: z.array(found), more: z.boolean() }),
  handler: async ({ body }, desk) => {
    const { account, ...texts } = body;
    const keys = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined && text !== ""));
    const call = { pool: desk.pool, call: desk.call(), searchSecret: searchSecret(desk) };
    const answer = await searchPeople(call, { ...keys, ...(account === undefined ? {} : { account }) });
    return {
      more: answer.more,
      found: answer.found.map((each) => ({
        ...each,
        wardName: each.wardCode === null ? null : wardName(each.wardCode),
        recipients: [...each.recipients],
      })),
    };
  },
});

export const searchOperations = [search];
