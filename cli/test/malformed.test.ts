/**
 * Wrong input for every command that changes something, given to the real program: status 1 or 2, one JSON object with a
 * stable code and a Japanese message, nothing on standard output, and not one row changed.
 */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeCity } from "@hagukumi/outside-city/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../platform/test/support/cluster.ts";
import { seedCases, threeFamilies } from "../../systems/allowance/test/support/cases.ts";
import { advance, create, resultCsv } from "../../systems/allowance/test/support/runs.ts";
import { tableDigests } from "./support/data-folder.ts";
import { endAll, hagukumi } from "./support/program.ts";
import type { Ended } from "./support/program.ts";

const database = useDatabase();
const root = mkdtempSync(join(tmpdir(), "hagukumi-malformed-"));
const OPERATOR = ["--operator", "shiken.hanako", "--today", "2026-11-24"] as const;

beforeAll(async () => {
  // Run 1 stands at "handed over": 3 lines, 150,000 yen.
  await seedCases(database.pool, threeFamilies);
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
});

afterAll(() => {
  endAll();
  rmSync(root, { recursive: true, force: true });
});

async function run(args: readonly string[]): Promise<Ended> {
  return await hagukumi(args, { HAGUKUMI_DATA: join(root, "data"), DATABASE_URL: database.url });
}

/** What is wrong with the answer to a wrong input. */
function answerProblems(ended: Ended, codes: readonly string[]): readonly string[] {
  const problems: string[] = [];
  if (ended.status !== 1 && ended.status !== 2) problems.push(`status ${ended.status} ${ended.signal ?? ""}`);
  if (ended.stdout !== "") problems.push(`on standard output: ${ended.stdout.slice(0, 200)}`);
  const lines = ended.stderr.trim().split("\n");
  let answer: { readonly code?: unknown; readonly message?: unknown } = {};
  try {
    answer = JSON.parse(lines[0] ?? "") as typeof answer;
  } catch {
    problems.push("no JSON object");
  }
  if (lines.length !== 1) problems.push(`${lines.length} lines instead of one`);
  if (!codes.includes(String(answer.code)))
    problems.push(`code ${String(answer.code)}, expected ${codes.join(" or ")}`);
  if (!/[ぁ-んァ-ヶ一-龠]/.test(String(answer.message))) problems.push("no Japanese");
  if (ended.status === 2 && answer.code !== "usage") problems.push("status 2 is for wrong usage alone");
  return problems.map((problem) => `${problem}: ${ended.stderr.slice(0, 300)}`);
}

type Case = readonly [codes: string, args: readonly string[]];

/** Runs the cases, some at a time, and compares all tables before and after. */
async function problemsOf(cases: readonly Case[]): Promise<readonly string[]> {
  const before = await tableDigests(database.pool);
  const problems: string[] = [];
  const queue = [...cases];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const [codes, args] = one;
      const ended = await run([...args, "--json"]);
      const shown = args.map((word) => word.slice(0, 40)).join(" ");
      problems.push(...answerProblems(ended, codes.split("|")).map((problem) => `${shown}: ${problem}`));
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  expect(await tableDigests(database.pool)).toEqual(before);
  return problems;
}

const create26 = ["payment", "create", "--month", "2026-12"] as const;

const paymentCases: readonly Case[] = [
  ["usage", ["payment", "create", ...OPERATOR]],
  ...["2026-13", "2026-1", "20261201", "", "abc", "0000-00", "２０２６－１２"].map((month): Case => [
    "invalidValue|notPayMonth|usage",
    ["payment", "create", "--month", month, ...OPERATOR],
  ]),
  ["usage", [...create26, "--kind", "everything", ...OPERATOR]],
  ["invalidValue|usage", [...create26, "--pay-on", "2026-02-30", ...OPERATOR]],
  ["invalidValue|usage", [...create26, "--operator", "shiken.hanako", "--today", "2026-02-30"]],
  ...["", "架空 花子", "x'; DROP TABLE allowance.payment_run; --", "a".repeat(65)].map((operator): Case => [
    "operatorInvalid|invalidValue|constraintViolated|usage",
    ["payment", "inspect", "1", "--operator", operator],
  ]),
  ...["", "k".repeat(201)].map((key): Case => [
    "invalidValue|constraintViolated|usage",
    ["hold", "place", "1", "--from", "2026-10", "--cause", "試験", "--key", key, ...OPERATOR],
  ]),
  ...["0", "-1", "1.5", "1e3", "99999999999999999999", "一", ""].map((runNo): Case => [
    "usage",
    ["payment", "inspect", runNo, ...OPERATOR],
  ]),
  ["usage", ["payment", "inspect", ...OPERATOR]],
  ["runMissing", ["payment", "inspect", "9999", ...OPERATOR]],
  ["runMissing", ["payment", "show", "9999"]],
  ["usage", ["payment", "approve", "1", ...OPERATOR]],
  ["wrongState", ["payment", "approve", "1", "--digest", "zz", ...OPERATOR]],
  ["wrongState", ["payment", "freeze", "1", ...OPERATOR]],
  ["wrongState", ["payment", "hand-over", "1", ...OPERATOR]],
  ["wrongState", ["payment", "cancel", "1", "--reason", "試験", ...OPERATOR]],
  ["usage", ["payment", "cancel", "1", ...OPERATOR]],
  ["usage", ["payment", "resolve", "1", "--received", "maybe", "--evidence", "電話", ...OPERATOR]],
  ["wrongState", ["payment", "resolve", "1", "--received", "no", "--evidence", "電話", ...OPERATOR]],
  ["wrongState", ["payment", "close", "1", ...OPERATOR]],
  ...["abc", "", "0", "-1", "1e99", "1.5", "3"].map((line): Case => [
    "usage|resultMismatch|invalidValue",
    ["payment", "confirm-return", "1", "--line", line, "--approved-by", "shonin.taro", ...OPERATOR],
  ]),
  [
    "usage|resultMismatch|invalidValue",
    ["payment", "resolve-result", "1", "--row", "NaN", "--resolution", "x", "--approved-by", "a.b", ...OPERATOR],
  ],
];

const otherCases: readonly Case[] = [
  ...["0", "-5", "abc", "99999999999"].map((id): Case => [
    "usage",
    ["hold", "place", id, "--from", "2026-10", "--cause", "試験", ...OPERATOR],
  ]),
  ["recipientUnknown", ["hold", "place", "9999999999", "--from", "2026-10", "--cause", "試験", ...OPERATOR]],
  ["usage", ["hold", "place", "1", "--from", "2026-13", "--cause", "試験", ...OPERATOR]],
  ["usage", ["hold", "place", "1", "--from", "2026-10", ...OPERATOR]],
  ...["", "   ", "理".repeat(201)].map((cause): Case => [
    "holdInvalid",
    ["hold", "place", "1", "--from", "2026-10", "--cause", cause, ...OPERATOR],
  ]),
  ["holdUnknown", ["hold", "release", "77", "--cause", "試験", ...OPERATOR]],
  ["usage", ["bank", "import", "--snapshot-date", "2026-02-30", ...OPERATOR]],
  ["usage", ["verify", "everything"]],
  ["usage", ["claim", "withdraw", "abc", "--on", "2026-11-24", ...OPERATOR]],
  ["usage", ["claim", "withdraw", "12", "--on", "2026-02-30", ...OPERATOR]],
  ["claimUnknown", ["claim", "withdraw", "12", "--on", "2026-11-24", ...OPERATOR]],
  ["claimUnknown", ["claim", "examine", "12", ...OPERATOR]],
  ["invalidValue|usage", ["claim", "examine", ...OPERATOR]],
  ["usage", ["claim", "list", "--limit", "たくさん"]],
  ["usage", ["claim", "list", "--state", "nonsense"]],
  ["usage", ["claim", "decide", "--recipient", "0", ...OPERATOR]],
  ...["0", "99", "千", "2000001", "1e4"].map((n): Case => ["usage", ["start", "--no-serve", "--population", n]]),
  ...["0", "65536", "http"].map((port): Case => ["usage", ["start", "--port", port]]),
];

describe("wrong options and arguments", () => {
  it("of the payment commands change nothing and are answered with a stable code", async () => {
    expect(await problemsOf(paymentCases)).toEqual([]);
  }, 120_000);

  it("of holds, claims, the bank master, the checks and the start as well", async () => {
    expect(await problemsOf(otherCases)).toEqual([]);
  }, 120_000);

  it("are shown to people in Japanese, without the inside of the program", async () => {
    const ended = await run(["payment", "inspect", "9999", ...OPERATOR]);
    expect([ended.status, ended.stdout]).toEqual([1, ""]);
    expect(ended.stderr).toMatch(/^支払処理 9999 はありません。.*（runMissing）\n$/);
  });
});

describe("result files of the bank", () => {
  const good = resultCsv({ count: 3, amount: 150_000 }, []);
  const row = { customer1: "0000000001", customer2: "0001202612", amount: 30_000, account: "0000001" };
  const text = good.toString("utf8");
  const [heading = ""] = text.split("\r\n");
  const files: Readonly<Record<string, Uint8Array>> = {
    "zero bytes": Buffer.alloc(0),
    truncated: good.subarray(0, good.length - 9),
    "without its last row": Buffer.from(heading),
    "in CP932": Buffer.concat([Buffer.from([0x88, 0xcb, 0x97, 0x8a, 0x93, 0xfa]), good.subarray(9)]),
    "in UTF-16": Buffer.from(`\uFEFF${text}`, "utf16le"),
    "with a BOM and another run's totals": Buffer.from(`\uFEFF${text.replace("150000", "150001")}`),
    "of another run": resultCsv({ count: 26, amount: 1_360_000 }, []),
    "with a row twice": resultCsv({ count: 3, amount: 150_000 }, [row, row]),
    "with a negative amount": resultCsv({ count: 3, amount: 150_000 }, [{ ...row, amount: -30_000 }]),
    "with an amount beyond every number": Buffer.from(text.replace("150000", "9".repeat(40))),
    "with a line of 10 MB": Buffer.from(`${heading}\r\n${"9".repeat(10_000_000)}\r\n#TOTAL,3,150000,0,0`),
    "with an open quote": Buffer.from(`${heading}\r\n"20261210`),
    "of NUL bytes": Buffer.alloc(4096),
  };

  it("that are damaged, foreign or doubled are refused, and nothing of them is taken", async () => {
    const cases = Object.entries(files).map(([name, bytes], index): Case => {
      const path = join(root, `result-${index} ${name}.csv`);
      writeFileSync(path, bytes);
      return ["resultMismatch", ["payment", "results", "1", "--file", path, ...OPERATOR]];
    });
    expect(
      await problemsOf([
        ...cases,
        ["ENOENT", ["payment", "results", "1", "--file", join(root, "missing.csv"), ...OPERATOR]],
        ["EISDIR", ["payment", "results", "1", "--file", root, ...OPERATOR]],
        ["usage", ["payment", "results", "1", ...OPERATOR]],
      ]),
    ).toEqual([]);
  }, 120_000);
});

describe("deliveries and claims as files", () => {
  it("that are missing, empty, cut or no JSON are refused whole", async () => {
    const folder = (name: string, files: Readonly<Record<string, string>>): string => {
      const path = join(root, name);
      mkdirSync(path);
      for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
      return path;
    };
    const city = join(root, "city");
    await writeCity({ population: 100, seed: "teki", asOf: "2026-11-20", directory: city });
    truncateSync(join(city, "residents.csv"), 0);
    const claims = folder("claims", {
      "empty.json": "",
      "text.json": "請求です",
      "list.json": "[]",
      "null.json": "null",
      "other.json": '{"受付番号":"1","__proto__":{"a":1}}',
    });
    const refusedManifest = "feedManifest";
    expect(
      await problemsOf([
        [refusedManifest, ["import", join(root, "nowhere"), ...OPERATOR]],
        [refusedManifest, ["import", folder("empty", {}), ...OPERATOR]],
        [refusedManifest, ["import", folder("no-json", { "manifest.json": "これは JSON ではない" }), ...OPERATOR]],
        [refusedManifest, ["import", folder("zero", { "manifest.json": "" }), ...OPERATOR]],
        [refusedManifest, ["import", folder("object", { "manifest.json": "{}" }), ...OPERATOR]],
        [refusedManifest, ["import", join(claims, "text.json"), ...OPERATOR]],
        ["feedFileBroken", ["import", city, ...OPERATOR]],
        ["usage", ["import", ...OPERATOR]],
        ...["empty", "text", "list", "null", "other"].map((name): Case => [
          "claimInvalid|invalidValue",
          ["claim", "file", join(claims, `${name}.json`), ...OPERATOR],
        ]),
        ["claimInvalid", ["claim", "file", join(root, "missing.json"), ...OPERATOR]],
      ]),
    ).toEqual([]);
  }, 120_000);
});
