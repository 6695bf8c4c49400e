import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import iconv from "iconv-lite";
import { afterAll, describe, expect, it } from "vitest";

import { canaryForms, scanPaths } from "../../src/canary/scan.ts";
import { drawDigits } from "../support/vault.ts";

const folders: string[] = [];
afterAll(async () => {
  for (const dir of folders) await rm(dir, { recursive: true, force: true });
});

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "hagukumi-canary-"));
  folders.push(dir);
  return dir;
}

describe("the canary scan", () => {
  it("finds a planted number in every form and place, also across the pieces in which a file is read", async () => {
    const dir = await folder();
    const planted = Array.from({ length: 200 }, drawDigits);
    const [digits = ""] = planted;
    const wide = digits.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    // The encodings come from another library than the scan's own.
    const forms: readonly (readonly [string, Buffer])[] = [
      ["utf8", Buffer.from(`番号=${digits};`)],
      ["utf16le", iconv.encode(`x${digits}`, "utf16-le")],
      ["utf16be", iconv.encode(`x${digits}`, "utf16-be")],
      ["wide-sjis", iconv.encode(`番号${wide}`, "cp932")],
      ["wide-utf8", iconv.encode(wide, "utf8")],
      ["wide-utf16le", iconv.encode(wide, "utf16-le")],
      ["hyphen", Buffer.from(digits.replaceAll(/(\d{4})(?=\d)/g, "$1-"))],
      ["space", Buffer.from(digits.replaceAll(/(\d{4})(?=\d)/g, "$1 "))],
      ["hex", Buffer.from(Buffer.from(digits).toString("hex"))],
      ["utf16-hex", Buffer.from(iconv.encode(digits, "utf16-le").toString("hex"))],
      ["percent", Buffer.from(digits.replaceAll(/\d/g, (digit) => `%3${digit}`))],
      ["number-le", Buffer.from(new BigUint64Array([BigInt(digits)]).buffer)],
      ...["", "a", "ab"].map((before, shift): readonly [string, Buffer] => [
        `base64-${shift}`,
        Buffer.from(Buffer.from(`${before}${digits}cd`).toString("base64")),
      ]),
    ];
    for (const [form, bytes] of forms) await writeFile(join(dir, `${form}.bin`), bytes);
    const piece = 4 * 1024 * 1024;
    await writeFile(join(dir, "across.bin"), Buffer.concat([Buffer.alloc(piece - 5, "."), Buffer.from(digits)]));
    const { hits, files } = await scanPaths(planted, [dir]);
    expect(files).toBe(forms.length + 1);
    for (const [form] of forms)
      expect(
        hits.filter(({ file }) => file.endsWith(`/${form}.bin`)).map((hit) => hit.form),
        form,
      ).toContain(form);
    expect(hits.filter(({ file }) => file.endsWith("across.bin"))).toMatchObject([{ offset: piece - 5, form: "utf8" }]);
    expect(JSON.stringify(hits)).not.toContain(digits);
  });

  it("says nothing about bytes without a planted number, whatever other numbers stand there", async () => {
    const dir = await folder();
    await writeFile(join(dir, "other.txt"), Array.from({ length: 2_000 }, drawDigits).join("\n"));
    expect(await scanPaths(Array.from({ length: 500 }, drawDigits), [dir, join(dir, "missing")])).toMatchObject({
      files: 1,
      hits: [],
    });
  });

  it("looks for each number in more than a dozen forms", () => {
    expect(canaryForms(drawDigits()).map(([form]) => form)).toHaveLength(17);
  });

  it("finds a name, an address and an account in UTF-8, UTF-16, Shift_JIS, the other width, base64, hex, an address line and JSON; figures only where they stand alone", async () => {
    const dir = await folder();
    const name = "架空　鵺麒";
    const planted = [
      { what: "name", text: name },
      { what: "address", text: "架空市鶸沢町８丁目12番" },
      { what: "account", text: "7370013", alone: true },
      { what: "holder", text: "ｶｸｳ ﾇｴｷﾘﾝ" },
    ];
    const forms: readonly (readonly [string, string, Buffer])[] = [
      ["name", "utf8", Buffer.from(`x${name}様`)],
      ["name", "utf8-no-space", Buffer.from("架空鵺麒")],
      ["name", "utf8-half-space", Buffer.from("架空 鵺麒")],
      ["name", "utf16le", iconv.encode(`氏名${name}`, "utf16-le")],
      ["name", "utf16be", iconv.encode(`氏名${name}`, "utf16-be")],
      ["name", "sjis", iconv.encode(`氏名${name}`, "cp932")],
      ["name", "json", Buffer.from(String.raw`{"n":"\u67b6\u7a7a\u3000\u9d7a\u9e92"}`)],
      ["name", "percent", Buffer.from(`GET /people?q=${encodeURIComponent(name)}`)],
      ["name", "base64-1", Buffer.from(Buffer.from(`a${name}b`).toString("base64"))],
      ["name", "utf16-hex", Buffer.from(iconv.encode(name, "utf16-le").toString("hex"))],
      ["address", "utf8-nfkc", Buffer.from("架空市鶸沢町8丁目12番")],
      ["address", "sjis-wide", iconv.encode("架空市鶸沢町８丁目１２番", "cp932")],
      ["account", "utf8", Buffer.from(`"account": 7370013,`)],
      ["account", "utf8-wide", Buffer.from("口座７３７００１３です")],
      ["account", "utf16le", iconv.encode(" 7370013 ", "utf16-le")],
      ["holder", "sjis", iconv.encode("ｶｸｳ ﾇｴｷﾘﾝ", "cp932")],
      ["holder", "utf8-nfkc", Buffer.from("名義 カクウ ヌエキリン")],
    ];
    for (const [what, form, bytes] of forms) await writeFile(join(dir, `${what}.${form}`), bytes);
    // Inside of a longer number the figures are another number.
    await writeFile(join(dir, "chance.txt"), "17370013 73700130 a7370013 架空　鵺 架空市鶸沢町");
    const { hits } = await scanPaths(planted, [dir]);
    for (const [what, form] of forms)
      expect(
        hits.filter(({ file }) => file.endsWith(`/${what}.${form}`)).map((hit) => `${hit.what}.${hit.form}`),
        `${what}.${form}`,
      ).toContain(`${what}.${form}`);
    expect(hits.filter(({ file }) => file.endsWith("chance.txt"))).toEqual([]);
    expect(JSON.stringify(hits)).not.toContain("鵺");
  });
});
