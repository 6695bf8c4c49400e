/** ハードコピー (共通機能標準仕様 10.2): what a person prints or copies of a page with the means of the browser leaves a row like any other print. */
import { z } from "zod";

import { operation } from "./operation.ts";

const recordHardCopy = operation({
  id: "recordHardCopy",
  method: "POST",
  path: "/hard-copies",
  summary: "画面のハードコピー",
  access: { permission: "signedIn", relation: "none" },
  response: z.object({ recorded: z.int() }),
  handler: async (_input, desk) =>
    await desk.read(async (client) => {
      // Whoever is open to the session may be on the paper: the server knows who that is, the page need not say.
      const { rows } = await client.query<{ number: number }>(
        "SELECT unnest(access.open_numbers()) AS number ORDER BY 1",
      );
      const persons = rows.map(({ number }) => ({ action: "hardCopy", addresseeNumber: number, rows: 1 }) as const);
      const log = persons.length === 0 ? [{ action: "hardCopy", rows: 0 } as const] : persons;
      return { response: { recorded: log.length }, log };
    }),
});

export const hardCopyOperations = [recordHardCopy];
