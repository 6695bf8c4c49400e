import { describe, expect, it } from "vitest";

import { narrowed } from "../../app/ui/narrow-rows.ts";

const rows = ["第１号　定時払 令和8年4月", "第２号　再振込 令和8年4月", "第３号　定時払 令和8年6月"];
const found = (wanted: string): readonly string[] => narrowed(rows, (row) => row, wanted);

describe("narrowing a table", () => {
  it("shows nothing where a word is in no row, and everything where there are no words", () => {
    expect(found("追給")).toEqual([]);
    expect(found("定時払 追給")).toEqual([]);
    expect(found(" 　")).toEqual(rows);
  });

  it("wants every word, in any order, full width or half", () => {
    expect(found("4月 定時")).toEqual([rows[0]]);
    expect(found("第2号")).toEqual([rows[1]]);
    expect(found("定時　令和８年")).toEqual([rows[0], rows[2]]);
  });
});
