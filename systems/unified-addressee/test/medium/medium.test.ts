import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { confirmEntry } from "../../src/entries/confirm.ts";
import { concatKdf, decryptWith, encryptTo } from "../../src/medium/jwe.ts";
import { createMedium, recreateMedium } from "../../src/medium/medium.ts";
import { linksOf, useAddressee } from "../support/addressee.ts";

const made = useAddressee();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
const key = (): string => crypto.randomUUID();
const receiver = generateKeyPairSync("x25519");
let dir = "";

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hagukumi-medium-"));
});
afterAll(async () => await rm(dir, { recursive: true, force: true }));

describe("the medium for offline exchange with the 中間サーバー", () => {
  it("[D39] is encrypted and logged, holds the confirmed numbers once, and is made again only with a reason", async () => {
    const { as, enter, database } = made.it;
    const create = async (): ReturnType<typeof createMedium> =>
      await createMedium(as(), { key: key(), receiver: receiver.publicKey, dir });
    const people = [await enter(), await enter(), await enter()];
    await expect(create()).rejects.toThrowError(refusedWith("mediumUnknown")); // nothing is confirmed yet
    for (const { entryId, number } of people.slice(0, 2))
      await confirmEntry(as("clerk.two"), { key: key(), entryId, number });
    const medium = await create();
    expect(medium).toMatchObject({ copyNo: 1, rows: 2 });
    const sealed = await readFile(medium.path, "utf8");
    expect(createHash("sha256").update(sealed).digest("hex")).toBe(medium.sha256);
    const links = await linksOf(made.it);
    const numbers = people.slice(0, 2).map(({ addresseeNumber }) => String(links.get(addresseeNumber)));
    const content = decryptWith(receiver.privateKey, sealed)?.toString("utf8") ?? "";
    expect(
      content
        .trimEnd()
        .split("\r\n")
        .slice(1)
        .map((line) => line.split(",")[1]),
    ).toEqual(numbers.toSorted());
    for (const text of numbers) expect(sealed).not.toContain(text);
    expect(decryptWith(generateKeyPairSync("x25519").privateKey, sealed)).toBeUndefined();
    await expect(create()).rejects.toThrowError(refusedWith("mediumUnknown")); // all were handed over

    const again = { mediumId: medium.mediumId, receiver: receiver.publicKey, dir };
    await expect(recreateMedium(as(), { ...again, key: key(), reason: "壊れた" })).rejects.toThrowError(
      refusedWith("invalidValue"),
    );
    await expect(
      recreateMedium(as(), {
        ...again,
        key: key(),
        reason: "受け取り側で読めなかったため",
        receiver: generateKeyPairSync("x25519").publicKey,
      }),
    ).rejects.toThrowError(refusedWith("mediumUnknown"));
    const second = await recreateMedium(as("clerk.two"), {
      ...again,
      key: key(),
      reason: "受け取り側で読めなかったため",
    });
    expect(decryptWith(receiver.privateKey, await readFile(second.path, "utf8"))?.toString("utf8")).toBe(content);
    const { rows } = await database.pool.query(
      "SELECT copy_no, reason, made_by, sha256 FROM unified.medium_copy ORDER BY copy_no",
    );
    expect(rows).toEqual([
      { copy_no: 1, reason: "", made_by: "clerk.one", sha256: medium.sha256 },
      { copy_no: 2, reason: "受け取り側で読めなかったため", made_by: "clerk.two", sha256: second.sha256 },
    ]);
    expect((await readdir(dir)).toSorted()).toEqual(
      [medium.path, second.path].map((path) => path.slice(dir.length + 1)).toSorted(),
    );
  });
});

describe("JSON Web Encryption", () => {
  it("derives keys as RFC 7518 appendix C says", () => {
    // RFC 7518 C: Z, "A128GCM", Alice, Bob → VqqN6vgjbSBcIijNcacQGg
    const z = Buffer.from([
      158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218, 128, 106, 72,
      246, 218, 167, 121, 140, 254, 144, 196,
    ]);
    expect(concatKdf(z, "A128GCM", 128, Buffer.from("Alice"), Buffer.from("Bob")).toString("base64url")).toBe(
      "VqqN6vgjbSBcIijNcacQGg",
    );
  });

  it("refuses another kind of key and does not open what was changed", () => {
    expect(() => encryptTo(generateKeyPairSync("ed25519").publicKey, Buffer.from("x"))).toThrow(TypeError);
    const sealed = encryptTo(receiver.publicKey, Buffer.from("架空の中身"));
    expect(decryptWith(receiver.privateKey, sealed)?.toString()).toBe("架空の中身");
    const parts = sealed.split(".");
    for (const place of [0, 2, 3, 4]) {
      const part = parts[place] ?? "";
      const changed = parts.with(place, `${part.startsWith("A") ? "B" : "A"}${part.slice(1)}`).join(".");
      expect(decryptWith(receiver.privateKey, changed), String(place)).toBeUndefined();
    }
    expect(decryptWith(receiver.privateKey, "x.y")).toBeUndefined();
  });
});
