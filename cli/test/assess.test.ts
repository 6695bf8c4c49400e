import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const HAGUKUMI = fileURLToPath(new URL("../bin/hagukumi", import.meta.url));

interface Ran {
  readonly status: number | null;
  readonly lines: readonly Record<string, unknown>[];
  readonly errors: string;
}

/** Runs the real process with `input` on its standard input. */
async function run(input: string | Buffer | readonly Buffer[], ...flags: readonly string[]): Promise<Ran> {
  const child = spawn(HAGUKUMI, ["assess", ...flags]);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const closed = once(child, "close") as Promise<[number | null]>;
  for (const piece of Array.isArray(input) ? (input as readonly Buffer[]) : [input as string | Buffer]) {
    if (!child.stdin.write(piece)) await once(child.stdin, "drain");
  }
  child.stdin.end();
  const [status] = await closed;
  const text = Buffer.concat(out).toString("utf8");
  const lines =
    text === ""
      ? []
      : text
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status, lines, errors: Buffer.concat(err).toString("utf8") };
}

const family = (name: string): string =>
  JSON.stringify({
    case: name,
    from: "2025-08",
    until: "2025-09",
    mode: "amountOnly",
    recipient: { kind: "individual" },
    children: [{ id: "A", birthDate: "2023-06-10" }],
  });

const code = (line: Record<string, unknown> | undefined): unknown =>
  (line?.["error"] as Record<string, unknown> | undefined)?.["code"];

const hasReasons = (ran: Ran): boolean => JSON.stringify(ran.lines).includes("because");

describe("hagukumi assess", () => {
  it("a line that is no JSON answers with case null, the rest go on, and the status is 1", async () => {
    const { status, lines, errors } = await run(`{"case":\n${family("架空の甲")}\n\n[]\n${family("乙")}`);
    expect(status).toBe(1);
    expect(errors).toBe("");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatchObject({ case: null, error: { code: "notJson", path: "" } });
    // 15,000 (under three) for each of two months
    expect(lines[1]).toMatchObject({ case: "架空の甲", payments: [{ paymentMonth: "2025-10", amount: 30_000 }] });
    expect(lines[2]).toMatchObject({ case: null, error: { code: "wrongType" } });
    expect(lines[3]).toMatchObject({ case: "乙" });
  });

  it("an error echoes the case and says where and what", async () => {
    const { lines } = await run(family("丙").replace("2023-06-10", "2023-02-30"));
    expect(lines[0]).toMatchObject({ case: "丙", error: { code: "impossibleDate", path: "children[0].birthDate" } });
    expect(JSON.stringify(lines[0])).toContain("暦にない日付");
  });

  it("a value nested a million deep, and a key called __proto__, are errors like others", async () => {
    const deep = `{"case":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`;
    const { status, lines } = await run(`${deep}\n{"case":"丁","__proto__":{"from":"2025-08"}}\n${family("乙")}\n`);
    expect(status).toBe(1);
    expect(lines.map(code)).toEqual(["wrongType", "unknownKey", undefined]);
  });

  it("bytes that are no UTF-8 cost one line only", async () => {
    const bad = Buffer.concat([
      Buffer.from(`${family("甲")}\n{"case":"`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`"}\n${family("乙")}\n`),
    ]);
    const { status, lines } = await run(bad);
    expect([status, code(lines[1])]).toEqual([1, "notJson"]);
    expect(lines.map((line) => line["case"])).toEqual(["甲", null, "乙"]);
  });

  it("a line over ten megabytes is refused without being kept, in its place", async () => {
    const piece = Buffer.alloc(1024 * 1024, "x");
    const huge = Array.from({ length: 64 }, () => piece);
    const { status, lines } = await run([
      Buffer.from(`${family("甲")}\n"`),
      ...huge,
      Buffer.from(`"\n${family("乙")}\n`),
    ]);
    expect(status).toBe(1);
    expect(lines.map((line) => [line["case"], code(line)])).toEqual([
      ["甲", undefined],
      [null, "tooLong"],
      ["乙", undefined],
    ]);
  });

  it("nothing in, nothing out, status 0", async () => {
    expect(await run("")).toMatchObject({ status: 0, lines: [] });
    expect(await run("\n  \r\n\n")).toMatchObject({ status: 0, lines: [] });
  });

  it("a byte order mark and Windows line ends are no error", async () => {
    const { status, lines } = await run(`\uFEFF${family("甲")}\r\n${family("乙")}\r\n`);
    expect([status, lines.length]).toEqual([0, 2]);
  });

  it("30,000 lines over several threads come back in order", async () => {
    const many = Array.from({ length: 30_000 }, (_, index) => family(String(index)));
    const { status, lines } = await run(`${many.join("\n")}\n`);
    expect(status).toBe(0);
    expect(lines.map((line) => line["case"])).toEqual(many.map((_, index) => String(index)));
  });

  it("--explain gives reasons for every child, and only then", async () => {
    expect(hasReasons(await run(family("甲")))).toBe(false);
    const explained = await run(family("甲"), "--explain");
    expect(hasReasons(explained)).toBe(true);
    expect(JSON.stringify(explained.lines)).toContain("児童手当法6条1項1号");
    expect(JSON.stringify(explained.lines)).toContain("2023年6月10日生まれ");
  });

  it("a reader that stops early ends the command quietly", async () => {
    const child = spawn("sh", ["-c", `"${HAGUKUMI}" assess | head -1`]);
    const err: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => undefined);
    const closed = once(child, "close");
    child.stdin.end(Array.from({ length: 60_000 }, (_, index) => `${family(String(index))}\n`).join(""));
    await closed;
    expect(Buffer.concat(err).toString("utf8")).toBe("");
  });

  it("help speaks Japanese and English", async () => {
    const child = spawn(HAGUKUMI, ["assess", "--help"]);
    const out: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    await once(child, "close");
    expect(Buffer.concat(out).toString("utf8")).toMatch(/標準入力[\s\S]*standard input/);
  });
});
