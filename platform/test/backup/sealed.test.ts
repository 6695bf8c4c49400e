import { randomBytes } from "node:crypto";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { newBackupKey, openSealed, SealedWriter } from "../../src/backup/sealed.ts";

const key = newBackupKey();

async function seal(plain: Buffer): Promise<Buffer> {
  const out: Buffer[] = [];
  const writer = new SealedWriter("copy", "main", key.publicKey, async (bytes) => {
    out.push(bytes);
    await Promise.resolve();
  });
  await writer.write(plain);
  await writer.end();
  return Buffer.concat(out);
}

async function open(
  bytes: Buffer,
  privateKey = key.privateKey,
  expected = { copyId: "copy", part: "main" as const },
): Promise<Buffer> {
  const source = (async function* one() {
    yield await Promise.resolve(bytes);
  })();
  const out: Buffer[] = [];
  for await (const plain of openSealed(source, expected, privateKey)) out.push(plain);
  return Buffer.concat(out);
}

describe("the sealed stream of a copy", () => {
  it("is opened by the right key alone, for the copy and part that it is", async () => {
    const plain = randomBytes(2_500_000);
    const sealed = await seal(plain);
    expect((await open(sealed)).equals(plain)).toBe(true);
    expect((await open(await seal(Buffer.alloc(0)))).length).toBe(0);
    await expect(open(sealed, newBackupKey().privateKey)).rejects.toMatchObject({ code: "backupKey" });
    await expect(open(sealed, key.privateKey, { copyId: "other", part: "main" })).rejects.toMatchObject({
      code: "backupKey",
    });
  });

  it("any byte changed, any length cut off and any chunk moved is refused, and nothing comes of it but the chunks before", async () => {
    const plain = randomBytes(1_100_000);
    const sealed = await seal(plain);
    const refusal = expect.objectContaining({ code: expect.stringMatching(/^backup(?:Damaged|Key)$/) });
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ by;
        await expect(open(changed)).rejects.toEqual(refusal);
        await expect(open(sealed.subarray(0, at))).rejects.toEqual(refusal);
      }),
      { numRuns: 25 },
    );
    await expect(open(Buffer.concat([sealed, Buffer.alloc(40)]))).rejects.toEqual(refusal);
  });
});
