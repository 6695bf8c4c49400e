import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { addressesFile, documentDigest } from "../../src/api/client-files.ts";
import { openApiDocument } from "../../src/api/open-api.ts";
import { operations } from "../../src/api/operations.ts";

const CLIENT = join(import.meta.dirname, "../../app/api");
const read = (name: string): string => readFileSync(join(CLIENT, name), "utf8");

/** Without what the formatter adds. */
const plain = (text: string): string => text.replaceAll(/\s+/g, "").replaceAll(",]", "]");

describe("the OpenAPI document and what is made of it", () => {
  it("the types of the browser application are those of this API (else: npm run api:types)", () => {
    expect(read("schema.d.ts").split("\n")[0]).toBe(
      `// OpenAPI SHA-256: ${documentDigest(openApiDocument(operations))}`,
    );
    expect(plain(read("addresses.ts"))).toBe(plain(addressesFile(operations)));
  });

  it("each operation has its own id, a Japanese summary, its access, and the same way to say what went wrong", () => {
    const { paths } = openApiDocument(operations) as {
      paths: Record<
        string,
        Record<
          string,
          {
            operationId: string;
            summary: string;
            responses: Record<string, object>;
            "x-hagukumi-access": { permission: unknown };
          }
        >
      >;
    };
    const all = Object.values(paths).flatMap((path) => Object.values(path));
    expect(all.length).toBe(operations.length);
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
    for (const each of all) {
      expect(each.summary).toMatch(/[ぁ-んァ-ヶ一-龠]/);
      expect(each["x-hagukumi-access"].permission).toBeTruthy();
      expect(JSON.stringify(each.responses["default"])).toContain("#/components/schemas/Problem");
    }
  });

  it("no address has a place for a name, a kana, a birth date, an account or an address of a person", () => {
    const fields = operations.flatMap(({ path }) => [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""));
    expect(fields.filter((field) => /name$|kana|birth|account|phone|address$/i.test(field))).toEqual(["name"]);
    // The one `name` is that of a file of a payment run, compared with what lies in the folder.
    expect(operations.filter(({ path }) => path.includes("{name}")).map(({ id }) => id)).toEqual(["takePayeeList"]);
  });
});
