/** 暗号化した容れ物: what is refused, what its list tells, what its password stands. */
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import type { ZipWriterConstructorOptions } from "@zip.js/zip.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Refusal } from "../../src/database/problem.ts";
import {
  checkContainer,
  newContainerPassword,
  openContainer,
  PASSWORD_ALPHABET,
  sealContainer,
} from "../../src/files/container.ts";
import { containerList, openByHand, opens } from "../support/container.ts";

const TEXT = "架空　花子,0000123,15000円\r\n".repeat(400);
const CONTENT = Buffer.from(TEXT);

async function zip(options: ZipWriterConstructorOptions, names: readonly string[] = ["content.csv"]): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), options);
  for (const name of names) await writer.add(name, new Uint8ArrayReader(CONTENT));
  return Buffer.from(await writer.close());
}

async function refusalOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return "";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.message).toMatch(/。何も取り出していません。.*ください。$/);
    return error.code;
  }
}

describe("a container that is handed in", () => {
  it("is refused where its encryption is weak or none, before a byte of it is opened", async () => {
    const password = "ABCD-2345";
    const weak: readonly [string, ZipWriterConstructorOptions][] = [
      ["ZipCrypto", { password, zipCrypto: true }],
      ["AES-128", { password, encryptionStrength: 1 }],
      ["AES-192", { password, encryptionStrength: 2 }],
      ["plain", {}],
    ];
    for (const [name, options] of weak) {
      const bytes = await zip(options);
      expect([name, await refusalOf(async () => await openContainer(bytes, password))]).toEqual([
        name,
        "containerWeak",
      ]);
    }
    // A list that claims AES over a file that is not: the file's own head counts too.
    const claimed = Buffer.from(await zip({ password, encryptionStrength: 3 }));
    claimed.writeUInt16LE(8, 8);
    expect(await refusalOf(() => checkContainer(claimed))).toBe("containerWeak");
    const ae1 = Buffer.from(await zip({ password, encryptionStrength: 3 }));
    // The AES field of the list: its mark (0x9901), its length 7, then the version.
    ae1.writeUInt16LE(1, ae1.lastIndexOf(Buffer.from("01990700", "hex")) + 4);
    expect(await refusalOf(() => checkContainer(ae1))).toBe("containerWeak");
  });

  it("with two files, cut off, or of any other bytes is refused and breaks nothing", async () => {
    const two = await zip({ password: "ABCD-2345", encryptionStrength: 3 }, ["content.csv", "架空花子.csv"]);
    expect(await refusalOf(async () => await openContainer(two, "ABCD-2345"))).toBe("containerInvalid");
    const { bytes } = await sealContainer(CONTENT, "csv");
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length)),
        ),
        async (any) => {
          expect(["containerInvalid", "containerWeak"]).toContain(
            await refusalOf(async () => await openContainer(any, "x")),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("opens with its own password alone, and not once a byte of it was changed", async () => {
    const { bytes, password } = await sealContainer(CONTENT, "csv");
    expect(await refusalOf(async () => await openContainer(bytes, newContainerPassword()))).toBe("containerPassword");
    const changed = Buffer.from(bytes);
    const middle = Math.floor(bytes.length / 3);
    changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
    expect(await refusalOf(async () => await openContainer(changed, password))).toBe("containerPassword");
    expect((await openContainer(bytes, password)).equals(CONTENT)).toBe(true);
  });
});

describe("a container of ours", () => {
  it("[THR87] is AES-256 (method 99, AE-2) and never ZipCrypto, read by another reader; its list tells of nobody; 100,000 passwords of the policy: none twice, each sign alike often, none of those tried opens it", async () => {
    const { bytes, password } = await sealContainer(CONTENT, "csv");
    expect(containerList(bytes)).toEqual({
      names: ["content.csv"],
      method: 99,
      version: 2,
      strength: 3,
      encrypted: true,
      checksum: 0,
      comment: "",
    });
    expect(openByHand(bytes, password).toString()).toBe(TEXT);
    for (const part of ["架空", "花子", "0000123", password]) expect(bytes.includes(part)).toBe(false);
    expect(await refusalOf(async () => await openContainer(await zip({ password, zipCrypto: true }), password))).toBe(
      "containerWeak",
    );
    // The same content twice: another password, another salt, nothing alike to compare.
    const again = await sealContainer(CONTENT, "csv");
    expect(again.bytes.equals(bytes)).toBe(false);

    const guesses = Array.from({ length: 100_000 }, newContainerPassword);
    expect(new Set([...guesses, password]).size).toBe(100_001);
    const shape = new RegExp(`^[${PASSWORD_ALPHABET}]{4}(?:-[${PASSWORD_ALPHABET}]{4}){5}$`);
    expect(guesses.filter((guess) => !shape.test(guess))).toEqual([]);
    // 32 signs, 24 places: 2^120 passwords, if each sign is as likely as any other in each place.
    expect(new Set(PASSWORD_ALPHABET).size).toBe(32);
    for (let place = 0; place < 29; place += 1) {
      if (place % 5 === 4) continue;
      const counts = new Map<string, number>();
      for (const guess of guesses) counts.set(guess.charAt(place), (counts.get(guess.charAt(place)) ?? 0) + 1);
      // Chi-square, 31 degrees of freedom: 90 is passed by chance about once in ten million draws.
      const expected = guesses.length / 32;
      const chi = PASSWORD_ALPHABET.split("").reduce(
        (sum, sign) => sum + ((counts.get(sign) ?? 0) - expected) ** 2 / expected,
        0,
      );
      expect(chi).toBeLessThan(90);
    }
    // A guess at the file itself costs 1,000 rounds: 300 of them, and those that are one sign away.
    const near = PASSWORD_ALPHABET.split("")
      .map((sign) => `${sign}${password.slice(1)}`)
      .filter((each) => each !== password);
    expect([...guesses.slice(0, 300), ...near].filter((guess) => opens(bytes, guess))).toEqual([]);
    expect(opens(bytes, password)).toBe(true);
  });
});
