import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../src/main.ts", import.meta.url));

interface Outcome {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs `hagukumi zengin …` as a process of its own. */
function zengin(args: readonly string[], input: string | Buffer): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, "zengin", ...args], { input });
  return { status, stdout, stderr: stderr.toString() };
}

function jsonLines(outcome: Outcome): unknown[] {
  return outcome.stdout
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

/** The file of vectors T19–T26 as transfer.json. */
const TRANSFER = {
  kind: "21",
  client: {
    code: "0000043100",
    name: "クマモトシカイケイカンリシヤ",
    date: "1210",
    bank: "9999",
    bankName: "テストギンコウ",
    branch: "999",
    branchName: "テストシテン",
    accountType: "1",
    account: "1234567",
  },
  items: [
    {
      bank: "0182",
      bankName: "ヒゴ",
      branch: "101",
      branchName: "ホンテン",
      accountType: "1",
      account: "123",
      holder: "クマモト　タロウ",
      amount: 30_000,
      newCode: "1",
      customer1: "1",
      customer2: "202612",
      transferCode: "7",
    },
    {
      bank: "9900",
      bankName: "ユウチヨ",
      branch: "058",
      branchName: "ゼロゴハチ",
      accountType: "1",
      account: "1234567",
      holder: "ジョーンズ　ガッキュウ",
      amount: 1_234_567_890,
      newCode: "0",
      customer1: "2",
      customer2: "202612",
      transferCode: "7",
    },
    {
      bank: "9999",
      bankName: "テストギンコウ",
      branch: "001",
      branchName: "テスト",
      accountType: "4",
      account: "9999999",
      holder: "パク　チョルス",
      amount: 1,
      newCode: "0",
      customer1: "3",
      customer2: "202612",
      transferCode: "7",
    },
  ],
};
const JSON_TEXT = JSON.stringify(TRANSFER);

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("zengin encode and decode on a violation: nothing on standard output, one problem, exit status 1", () => {
  const good = zengin(["encode", "--allow-test-banks"], JSON_TEXT).stdout;
  const wrongTrailer = Buffer.from(good);
  wrongTrailer.write("0", 4 * 120 + 18, "latin1");
  const zero = { ...TRANSFER, items: [{ ...TRANSFER.items[0], amount: 0 }] };

  it.each<[string, readonly string[], string | Buffer, object]>([
    ["test banks in production", ["encode"], JSON_TEXT, { code: "test-bank", record: 1, field: "client.bank" }],
    [
      "amount 0",
      ["encode", "--allow-test-banks"],
      JSON.stringify(zero),
      { code: "amount-zero", record: 2, field: "amount" },
    ],
    ["no JSON", ["encode"], "{", { code: "not-json", record: null, field: null }],
    ["nothing to write", ["encode"], "", { code: "not-json", record: null, field: null }],
    ["test banks read in production", ["decode"], good, { code: "test-bank", record: 1, field: "client.bank" }],
    [
      "T31",
      ["decode", "--allow-test-banks"],
      wrongTrailer,
      { code: "trailer-amount", record: 5, field: "trailer.amount" },
    ],
    ["T32", ["decode"], Buffer.concat([Buffer.from("efbbbf", "hex"), good]), { code: "bom", record: 1, field: null }],
    ["nothing to read", ["decode"], "", { code: "length", record: 1, field: null }],
  ])("%s", (_name, args, input, problem) => {
    const outcome = zengin(args, input);
    expect(outcome.status).toBe(1);
    expect(outcome.stdout.length).toBe(0);
    const lines = outcome.stderr.trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    const found = JSON.parse(lines[0] ?? "") as { message: string };
    expect(found).toEqual({ ...problem, message: expect.any(String) as string });
    expect(found.message).toMatch(/[ぁ-ん]/u);
  });

  it("an option or a line end that does not exist", () => {
    expect(zengin(["encode", "--newline", "lf"], JSON_TEXT)).toMatchObject({ status: 2, stdout: Buffer.alloc(0) });
    expect(zengin(["decode", "--force"], good)).toMatchObject({ status: 2, stdout: Buffer.alloc(0) });
  });
});

describe("zengin encode and decode", () => {
  it("T25 and T26 byte for byte", () => {
    const plain = zengin(["encode", "--allow-test-banks"], JSON_TEXT);
    expect(plain).toMatchObject({ status: 0, stderr: "" });
    expect(sha256(plain.stdout)).toBe("d7778310ca955f72b7c122d77fae9445c86e221f4680ec8c9a878f809fa104f0");
    const crlf = zengin(["encode", "--newline", "crlf", "--allow-test-banks"], JSON_TEXT);
    expect(sha256(crlf.stdout)).toBe("36bd420a76e29817f92d3523239c77abdcd9aa781c69060907ff875b83312cd6");
  });

  it("decode gives transfer.json with its trailer, and encode takes that back", () => {
    const file = zengin(["encode", "--allow-test-banks"], JSON_TEXT).stdout;
    const decoded = zengin(["decode", "--allow-test-banks"], file);
    expect(decoded).toMatchObject({ status: 0, stderr: "" });
    const value = JSON.parse(decoded.stdout.toString()) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(["kind", "client", "items", "trailer"]);
    expect(value["trailer"]).toEqual({ count: 3, amount: 1_234_597_891 });
    expect(zengin(["encode", "--allow-test-banks"], decoded.stdout).stdout.equals(file)).toBe(true);
  });

  it("a name that was cut is written, and said on standard error", () => {
    const long = { ...TRANSFER, items: [{ ...TRANSFER.items[0], holder: "ア".repeat(31) }] };
    const outcome = zengin(["encode", "--allow-test-banks"], JSON.stringify(long));
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toHaveLength(4 * 120);
    expect(JSON.parse(outcome.stderr)).toMatchObject({ warning: { code: "truncated", record: 2, field: "holder" } });
  });

  it("20,000 lines pass through a pipe whole", () => {
    const items = Array.from({ length: 20_000 }, (_, index) => ({
      ...TRANSFER.items[0],
      customer1: String(index + 1),
    }));
    const input = JSON.stringify({ ...TRANSFER, items });
    const file = execFileSync(process.execPath, [PROGRAM, "zengin", "encode", "--allow-test-banks"], {
      input,
      maxBuffer: 2 ** 26,
    });
    expect(file.length).toBe(20_003 * 120);
  });
});

describe("zengin kana and yucho answer every line", () => {
  it("a line with an error beside lines without", () => {
    const outcome = zengin(["kana"], "ヤマダ　タロウ\n山田\r\nヲガワ\nｷｬｼｰ");
    expect(outcome.status).toBe(0);
    expect(jsonLines(outcome)).toEqual([
      { input: "ヤマダ　タロウ", hex: "d4cfc0de20c0dbb3", shown: "ﾔﾏﾀﾞ ﾀﾛｳ", warnings: [] },
      {
        input: "山田",
        error: { code: "character", message: expect.any(String) as string, character: "山", position: 1 },
      },
      {
        input: "ヲガワ",
        error: { code: "character", message: expect.any(String) as string, character: "ヲ", position: 1 },
      },
      { input: "ｷｬｼｰ", hex: "b7d4bc2d", shown: "ｷﾔｼ-", warnings: [] },
    ]);
  });

  it("kind, wo and field", () => {
    expect(jsonLines(zengin(["kana", "--kind", "11"], "ジョーンズ\n"))).toMatchObject([
      { error: { code: "character" } },
    ]);
    expect(jsonLines(zengin(["kana", "--wo", "o"], "ヲガワ\n"))).toMatchObject([{ hex: "b5b6dedc" }]);
    expect(jsonLines(zengin(["kana", "--wo", "keep"], "ヲガワ\n"))).toMatchObject([{ hex: "a6b6dedc" }]);
    expect(jsonLines(zengin(["kana", "--field", "edi"], "「ジドウテアテ」10/12\n"))).toMatchObject([
      { hex: "a2bcdec4deb3c3b1c3a331302f3132" },
    ]);
    expect(zengin(["kana", "--kind", "91"], "ア\n").status).toBe(2);
  });

  it("no line in, no line out", () => {
    expect(zengin(["kana"], "")).toMatchObject({ status: 0, stdout: Buffer.alloc(0), stderr: "" });
  });

  it("T38, T42, T44 and T45 as lines", () => {
    const outcome = zengin(["yucho"], "10530 12345671\n00530 123456\n１０５３０　１２３４５６７１\n17180 12345672\n\n");
    expect(outcome.status).toBe(0);
    expect(jsonLines(outcome)).toMatchObject([
      { branch: "058", accountType: "1", account: "1234567" },
      { branch: "059", accountType: "2", account: "0123456" },
      { branch: "058", accountType: "1", account: "1234567" },
      { error: { code: "yucho-number" } },
      { error: { code: "yucho-symbol" } },
    ]);
  });
});
