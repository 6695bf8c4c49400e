import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { csvCell, writeCsv } from "../../src/csv/write.ts";
import { sha256File } from "../../src/files/atomic.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hagukumi-csv-"));
});
afterEach(async () => await rm(dir, { recursive: true }));

function* failing(): Generator<string[]> {
  yield ["1", "2"];
  throw new Error("the source broke");
}

describe("csvCell", () => {
  it.each(["=1+1", "+81", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "＠x", '=HYPERLINK("x")'])(
    "does not let %j act as a formula in a file for people",
    (text) => {
      expect(csvCell(text, true).replace(/^"/, "")).toMatch(/^'/);
    },
  );

  it("changes nothing in a file for machines", () => {
    expect(csvCell("=1+1")).toBe("=1+1");
  });

  it("quotes only what needs it", () => {
    expect([
      csvCell('a"b'),
      csvCell("a,b"),
      csvCell("a\nb"),
      csvCell("架空 花子"),
      csvCell(null),
      csvCell(-500, true),
    ]).toEqual(['"a""b"', '"a,b"', '"a\nb"', "架空 花子", "", "-500"]);
  });
});

describe("writeCsv", () => {
  it("leaves no file and no trace when a row is wrong or the source fails", async () => {
    const path = join(dir, "x.csv");
    await expect(writeCsv(path, ["a", "b"], [["1", "2"], ["3"]])).rejects.toThrow(TypeError);
    await expect(writeCsv(path, ["a", "b"], failing())).rejects.toThrow("the source broke");
    expect(await readdir(dir)).toEqual([]);
  });

  it("writes CRLF lines and returns what a manifest needs", async () => {
    const path = join(dir, "x.csv");
    const written = await writeCsv(
      path,
      ["番号", "氏名"],
      [
        [1, "架空 花子"],
        [2, null],
      ],
    );
    expect(await readFile(path, "utf8")).toBe("番号,氏名\r\n1,架空 花子\r\n2,\r\n");
    expect(written).toEqual({ rows: 2, ...(await sha256File(path)) });
  });

  it("begins with a BOM for people", async () => {
    const path = join(dir, "x.csv");
    await writeCsv(path, ["a"], [["=1"]], { forPeople: true });
    expect(await readFile(path, "utf8")).toBe("\uFEFFa\r\n'=1\r\n");
  });
});
