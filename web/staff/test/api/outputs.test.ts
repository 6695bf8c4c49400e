/** What leaves the server: no 個人番号 in anything, no account for those who may not see accounts. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePayeeList } from "@hagukumi/allowance/contract.ts";
import { roleCodes, roles } from "@hagukumi/platform/identity/permissions.ts";
import { isIndividualNumber } from "@hagukumi/platform/text/check-digits.ts";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { create } from "../../../../systems/allowance/test/support/runs.ts";
import { operations } from "../../src/api/operations.ts";
import { makeActors } from "../authorization/drive.ts";
import type { Actors } from "../authorization/drive.ts";
import { matrix } from "../authorization/rows/all.ts";
import { keysBeyond } from "../support/answer-keys.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
let desk: ServedDesk | undefined;
let actors: Actors | undefined;

const OPEN = { method: "POST", path: "/openings" } as const;

function here(): { readonly desk: ServedDesk; readonly actors: Actors } {
  if (desk === undefined || actors === undefined) throw new Error("not served");
  return { desk, actors };
}

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  actors = await makeActors(database.pool);
});
afterAll(async () => await desk?.end());

/** Twelve digits with the check digit of a 個人番号 (番号法施行規則5条), wherever they stand and however wide they are. */
function individualNumbers(text: string): string[] {
  const plain = text.normalize("NFKC");
  return [...plain.matchAll(/(?<!\d)\d{12}(?!\d)/g)].map(([digits]) => digits).filter(isIndividualNumber);
}

/** Digests and random identifiers: by chance twelve digits stand in one of some hundred, and mean nothing. */
const withoutDigests = (text: string): string =>
  text.replaceAll(/\b[0-9a-f]{64}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "…");

describe("what leaves the server", () => {
  it("the scan finds a number when there is one", () => {
    expect(individualNumbers(`番号 ${["12345678901", "8"].join("")} です`)).toHaveLength(1);
    expect(individualNumbers(`番号 ${["12345678901", "7"].join("")} です`)).toEqual([]);
  });

  it("[THR29] no answer of any operation to any role, no page and no file holds a number of twelve digits with a valid check digit", async () => {
    const { desk: served, actors: people } = here();
    const { runNo } = await create(database.pool);
    const target = { recipientId: served.hanako, addresseeNumber: 900000000001101, filingId: 9_999_999, runNo };
    const texts: string[] = [];
    for (const role of roleCodes) {
      const actor = people.of(role, "ownWard");
      const opened = await call(served.server, actor, OPEN, {
        body: {
          target: { kind: "addressee", number: String(target.addresseeNumber) },
          purpose: "certification",
          origin: "search",
        },
      });
      texts.push(opened.text);
      for (const operation of operations) {
        // Commands would change the city under the scan; what they answer is a part of what is read here.
        if (operation.command) continue;
        const row = matrix.find((each) => each.operation === operation.id);
        if (row === undefined || ["endApplicant", "endSession", "extendSession"].includes(operation.id)) continue;
        texts.push((await call(served.server, actor, operation, row.input?.(target) ?? {})).text);
      }
    }
    texts.push(await (await fetch(served.server.url)).text());
    const outDir = join(served.dataDir, "scan");
    await writePayeeList(contextOf(database.pool, "ichiran.jiro"), { runNo, outDir });
    const files = readdirSync(outDir);
    for (const file of files) {
      const bytes = readFileSync(join(outDir, file));
      texts.push(file.endsWith(".pdf") ? pdfText(bytes) : bytes.toString("utf8"));
    }
    expect(new Set(files.map((file) => file.split(".").at(-1)))).toEqual(new Set(["csv", "pdf"]));
    // The scan read something: the recipient's name is in it.
    expect(texts.join("").length).toBeGreaterThan(50_000);
    expect(texts.map(withoutDigests).flatMap(individualNumbers)).toEqual([]);
  });

  it("[THR21] every role, every operation that changes nothing: no key beyond the schema, and no account for a role without the right to see accounts", async () => {
    const { desk: served, actors: people } = here();
    const target = { recipientId: served.hanako, addresseeNumber: 900000000001101, filingId: 9_999_999, runNo: 1 };
    const faults: string[] = [];
    let seen = 0;
    let accounts = 0;
    for (const role of roleCodes) {
      const actor = people.of(role, "ownWard");
      await call(served.server, actor, OPEN, {
        body: {
          target: { kind: "addressee", number: String(target.addresseeNumber) },
          purpose: "certification",
          origin: "search",
        },
      });
      const permitted: readonly string[] = roles[role].permissions;
      for (const operation of operations) {
        const row = matrix.find((each) => each.operation === operation.id);
        if (operation.command || operation.response === "file" || row === undefined) continue;
        // They close what the walk has open.
        if (["endApplicant", "endSession"].includes(operation.id)) continue;
        const answer = await call(served.server, actor, operation, row.input?.(target) ?? {});
        if (answer.status !== 200) continue;
        seen += 1;
        faults.push(...keysBeyond(answer.json, operation.response).map((key) => `${role} ${operation.id}: ${key}`));
        if (!/"(?:maskedNumber|accountNumber)":"/.test(answer.text)) continue;
        accounts += 1;
        if (!permitted.includes("account.view")) faults.push(`${role} ${operation.id}: an account`);
      }
    }
    expect(faults).toEqual([]);
    // What was looked at: dozens of answers, and accounts for those who may see them.
    expect(seen).toBeGreaterThan(50);
    expect(accounts).toBeGreaterThan(3);
  });
});
