import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { sha256File, writeFileAtomic, writeStreamAtomic } from "../../src/files/atomic.ts";

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hagukumi-atomic-"));
  path = join(dir, "振込.dat");
});
afterEach(async () => await rm(dir, { recursive: true }));

async function* failing(): AsyncGenerator<string> {
  yield await Promise.resolve("half of it");
  throw new Error("the source broke");
}

describe("writeFileAtomic", () => {
  it("keeps the old file, and nothing else, when the source fails", async () => {
    await writeFile(path, "old");
    await expect(writeStreamAtomic(path, failing())).rejects.toThrow("the source broke");
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(dir)).toEqual(["振込.dat"]);
  });

  it("refuses to replace a file when told so, also when two write at once: one of them is whole", async () => {
    const results = await Promise.allSettled(
      ["one", "two", "three"].map(async (text) => await writeFileAtomic(path, text, { exclusive: true })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "fileExists" });
    }
    expect(["one", "two", "three"]).toContain(await readFile(path, "utf8"));
    expect(await readdir(dir)).toEqual(["振込.dat"]);
  });

  it("fails plainly where the folder is missing", async () => {
    await expect(writeFileAtomic(join(dir, "none", "x"), "x")).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("never shows a reader a part of the file", async () => {
    const old = "o".repeat(1 << 20);
    const renewed = "n".repeat(1 << 20);
    await writeFileAtomic(path, old);
    const seen = new Set<string>();
    const write = async (): Promise<void> => {
      for (let i = 0; i < 20; i += 1) await writeFileAtomic(path, i % 2 === 0 ? renewed : old);
    };
    const read = async (): Promise<void> => {
      for (let i = 0; i < 200; i += 1) seen.add(await readFile(path, "utf8"));
    };
    await Promise.all([write(), read()]);
    expect(seen.size).toBe(2);
    for (const content of seen) expect(content === old || content === renewed).toBe(true);
  });

  it("writes, replaces and reports size and digest; only the owner may read", async () => {
    const bytes = Buffer.from([0, 1, 2, 255]);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await writeFileAtomic(path, "old");
    expect(await writeFileAtomic(path, bytes)).toEqual({ bytes: 4, sha256 });
    expect(await sha256File(path)).toEqual({ bytes: 4, sha256 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
