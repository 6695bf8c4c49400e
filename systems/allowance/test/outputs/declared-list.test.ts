/** 一覧の関門: no list leaves without saying what its columns are, and of protected people no column that says a place. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import "../../contract.ts";
import { declareList, declaredLists, WITHHELD } from "../../src/outputs/declared-list.ts";

type Row = { readonly name: string; readonly place: string | null; readonly hidden: boolean };

const column = (name: string, kind: "plain" | "person" | "whereabouts" | "account" | "amount") => ({
  name,
  kind,
  cell: (row: Row) => (kind === "whereabouts" ? row.place : row.name),
});
let codes = 0;
const declare = (...columns: readonly ReturnType<typeof column>[]) =>
  declareList<Row>({ code: `test${(codes += 1)}`, columns, protectedOf: ({ hidden }) => hidden });

describe("一覧の関門", () => {
  it("a list without columns, with a heading twice, under a code that there is, or with a place declared as something else is not registered", () => {
    expect(() => declare()).toThrow(/no columns/);
    expect(() => declare(column("氏名", "person"), column("氏名", "person"))).toThrow(/twice/);
    expect(() =>
      declareList<Row>({ code: "payeeList", columns: [column("氏名", "person")], protectedOf: () => true }),
    ).toThrow(/declared twice/);
    const places =
      "住所 現住所 居所 方書 郵便番号 区 行政区 町名 番地 転入前の市区町村 転出先 金融機関 金融機関コード 銀行名 支店 支店コード 店番 電話番号 携帯電話 メール ファックス 学校 勤務先 施設名 受取場所 出張所 世帯番号 送付先 窓口".split(
        " ",
      );
    for (const place of places) {
      expect(() => declare(column(place, "plain")), place).toThrow(/says where somebody is/);
      expect(() => declare(column(place, "whereabouts")), place).not.toThrow();
    }
    // Words that only look like one.
    for (const name of ["区分", "被用区分", "口座番号", "認定番号"])
      expect(() => declare(column(name, "plain"))).not.toThrow();
  });

  it("of a protected person every column of whereabouts is kept back, and no other; of everybody else nothing", () => {
    const list = declare(column("氏名", "person"), column("支店", "whereabouts"));
    expect(list.cells({ name: "架空　花子", place: "架空支店", hidden: false })).toEqual(["架空　花子", "架空支店"]);
    expect(list.cells({ name: "架空　花子", place: "架空支店", hidden: true })).toEqual(["架空　花子", WITHHELD]);
    // What is empty stays empty: the mark would say that there is something.
    expect(list.cells({ name: "架空　花子", place: "", hidden: true })).toEqual(["架空　花子", ""]);
    expect(list.cells({ name: "架空　花子", place: null, hidden: true })).toEqual(["架空　花子", null]);
  });

  it("the lists of people that this system writes are declared, and nothing that names a person writes past the gate", () => {
    const made = [...declaredLists().keys()].filter((code) => !/^test\d+$/.test(code));
    expect(made.toSorted()).toEqual([
      "collectionList",
      "counterList",
      "homeList",
      "insertList",
      "massEvidence",
      "massList",
      "payeeList",
      "remittanceList",
    ]);
    const source = join(import.meta.dirname, "../../src");
    const writers = readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .filter((file) =>
        /import \{[^}]*\b(?:csvLine|writeCsv|csvCell)\b/.test(readFileSync(join(source, file), "utf8")),
      );
    const declared = writers.filter((file) =>
      /outputs\/declared-list\.ts|\.\/columns\.ts/.test(readFileSync(join(source, file), "utf8")),
    );
    // Figures of no person; lines of a file that was refused, which go back to the office that sent them.
    expect(writers.filter((file) => !declared.includes(file)).toSorted()).toEqual([
      "payments/budget-order.ts",
      "register/refused-rows.ts",
      "statistics/files.ts",
    ]);
    expect(declared).toHaveLength(5);
    // A handler writes the cells of a declared list, or figures: each that can write CSV takes its heading from one.
    const handlers = join(import.meta.dirname, "../../../../web/staff/src/api");
    const writing = readdirSync(handlers).filter((file) =>
      /import \{[^}]*\b(?:csvLine|writeCsv|csvCell)\b/.test(readFileSync(join(handlers, file), "utf8")),
    );
    const gated = /\b(?:counterList|homeList|remittanceList)\.header\b|\bINSERT_COLUMNS\b/;
    expect(writing.filter((file) => !gated.test(readFileSync(join(handlers, file), "utf8")))).toEqual([]);
    expect(writing.toSorted()).toEqual(["counter.ts", "letters.ts", "run-payout.ts", "run-settlement.ts"]);
  });
});
