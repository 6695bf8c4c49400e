import { describe, expect, it } from "vitest";
import { addSnapshot, type BankHistory, EMPTY_HISTORY, recordMerger, statusOn } from "../../src/bank/bank-history.ts";
import {
  type BankSnapshot,
  branchCodes,
  buildSnapshot,
  dateOfVersion,
  diffSnapshots,
  installedSnapshot,
} from "../../src/bank/bank-master.ts";
import { checkOnDay } from "../../src/bank/checks-on-day.ts";
import { convertYucho } from "../../src/bank/yucho.ts";
import { valueOf } from "./support/fixtures.ts";

interface Names {
  readonly [code: string]: readonly [name: string, kana: string];
}

/** A snapshot of the invented bank 9990 with the given branches. */
function invented(day: string, branches: Names, bank: readonly [string, string] = ["架空", "カクウ"]): BankSnapshot {
  const entries = Object.entries(branches).map(([code, [name, kana]]) => [code, { code, name, kana }]);
  const source = { "9990": { code: "9990", name: bank[0], kana: bank[1], branches: Object.fromEntries(entries) } };
  return buildSnapshot(source, day).snapshot;
}

function historyOf(...snapshots: readonly BankSnapshot[]): BankHistory {
  return snapshots.reduce((history: BankHistory, snapshot) => {
    const next = addSnapshot(history, snapshot);
    if (next === null) throw new Error(`snapshot ${snapshot.snapshotDate} was refused`);
    return next;
  }, EMPTY_HISTORY);
}

const SEPTEMBER = invented("2026-09-01", {
  "001": ["本店", "ホンテン"],
  "002": ["東", "ヒガシ"],
  "003": ["西", "ニシ"],
});
const OCTOBER = invented("2026-10-01", {
  "001": ["本店", "ホンテン"],
  "002": ["東町", "ヒガシマチ"],
  "004": ["南", "ミナミ"],
});

describe("a snapshot", () => {
  it("leaves out and lists rows that cannot be used", () => {
    const source = {
      "9990": {
        code: "9990",
        name: "架空",
        kana: "カクウ",
        branches: {
          "1": { code: "1", name: "桁不足", kana: "ケタ" },
          "002": { code: "002", name: "長い", kana: "アイウエオカキクケコサシスセソタ" },
          "003": { code: "003", name: "無し", kana: "" },
          "004": null,
          "005": { code: "005", name: "良い", kana: "ヨイ" },
        },
      },
      "999": { code: "999", name: "桁不足", kana: "ケタ", branches: {} },
      "9991": "no object",
    };
    const { snapshot, rejected } = buildSnapshot(source, "2026-09-01");
    expect(rejected.map((each) => `${each.bank}/${each.branch ?? ""}`).sort()).toEqual([
      "999/",
      "9990/002",
      "9990/003",
      "9990/004",
      "9990/1",
      "9991/",
    ]);
    expect([...snapshot.banks.keys()]).toEqual(["9990"]);
    expect([...branchCodes(snapshot, "9990")]).toEqual(["005"]);
    expect([...branchCodes(snapshot, "0000")]).toEqual([]);
  });

  it("a version without a date is none", () => {
    expect(dateOfVersion("1.0.0")).toBeNull();
    expect(dateOfVersion("1.0.0-p20260824")).toBe("2026-08-24");
  });

  it("the installed one is whole, sorted by code and ready for the file", () => {
    const { snapshot, rejected } = installedSnapshot();
    expect(rejected).toEqual([]);
    const codes = [...snapshot.banks.keys()];
    expect(codes).toEqual(codes.toSorted());
    expect(codes[0]).toBe("0001");
    const branches = [...snapshot.banks.values()].flatMap((bank) => [...bank.branches.values()]);
    expect([codes.length, branches.length]).toEqual([1146, 28_944]);
    expect(branches.every((branch) => /^[ｱ-ﾝﾞﾟA-Z0-9-]{1,15}$/u.test(branch.kana))).toBe(true);
    expect(snapshot.banks.get("0182")?.branches.get("101")).toMatchObject({ name: "本店営業部", kana: "ﾎﾝﾃﾝ" });
    // Branch 000 exists, against the rule of thumb that it does not.
    expect(snapshot.banks.get("0185")?.branches.has("000")).toBe(true);
  });

  it("the names of the branches of 9900 are their numbers read out", () => {
    const kana = ["ｾﾞﾛ", "ｲﾁ", "ﾆ", "ｻﾝ", "ﾖﾝ", "ｺﾞ", "ﾛｸ", "ﾅﾅ", "ﾊﾁ", "ｷﾕｳ"];
    const branches = [...(installedSnapshot().snapshot.banks.get("9900")?.branches.values() ?? [])];
    expect(branches).toHaveLength(94);
    for (const branch of branches) {
      expect(branch.kana).toBe(Array.from(branch.code, (digit) => kana[Number(digit)]).join(""));
    }
  });
});

describe("two snapshots", () => {
  it("the same twice: no difference", () => {
    expect(diffSnapshots(SEPTEMBER, SEPTEMBER)).toEqual([]);
  });

  it("added, changed and closed branches and banks in the order of their codes", () => {
    expect(diffSnapshots(SEPTEMBER, OCTOBER).map((each) => `${each.change} ${each.bank}-${each.branch ?? ""}`)).toEqual(
      ["changed 9990-002", "closed 9990-003", "added 9990-004"],
    );
    const none: BankSnapshot = { snapshotDate: "2026-11-01", banks: new Map() };
    expect(diffSnapshots(SEPTEMBER, none).map((each) => `${each.change} ${each.bank}-${each.branch ?? ""}`)).toEqual([
      "closed 9990-",
      "closed 9990-001",
      "closed 9990-002",
      "closed 9990-003",
    ]);
    expect(diffSnapshots(none, SEPTEMBER).every((each) => each.change === "added" && each.before === null)).toBe(true);
  });
});

describe("banks and branches by day", () => {
  const history = historyOf(SEPTEMBER, OCTOBER);
  const check = (bank: string, branch: string, day: string): string | undefined =>
    checkOnDay({ bank, branch }, history, day)?.code;

  it("an older snapshot or the same again is refused", () => {
    expect(addSnapshot(history, SEPTEMBER)).toBeNull();
    expect(addSnapshot(history, OCTOBER)).toBeNull();
  });

  it("a merger without a known branch, without a known successor or into itself is refused", () => {
    const lastDay = "2027-03-31";
    const merge = (branch: string, successor: string): BankHistory | null =>
      recordMerger(history, { bank: "9990", branch, lastDay, successor: { bank: "9990", branch: successor } });
    expect(merge("777", "001")).toBeNull();
    expect(merge("001", "777")).toBeNull();
    expect(merge("001", "001")).toBeNull();
  });

  it("a branch that is gone ends the day before, a new one begins on the day, a new name starts a new row", () => {
    expect(statusOn(history, "9990", "003", "2026-09-30").status).toBe("open");
    expect(statusOn(history, "9990", "003", "2026-10-01").status).toBe("closed");
    expect(statusOn(history, "9990", "004", "2026-09-30").status).toBe("notYet");
    expect(statusOn(history, "9990", "004", "2026-10-01").status).toBe("open");
    expect(statusOn(history, "9990", "002", "2026-09-30")).toMatchObject({
      row: { name: "東", validTo: "2026-09-30" },
    });
    expect(statusOn(history, "9990", "002", "2026-10-01")).toMatchObject({
      row: { name: "東町", validFrom: "2026-10-01" },
    });
    expect(statusOn(history, "9990", "001", "2015-01-01").status).toBe("open");
    expect(statusOn(history, "9990", "777", "2026-10-01").status).toBe("unknown");
  });

  it("an announced merger outlives lists that still carry the branch", () => {
    const announced = recordMerger(history, {
      bank: "9990",
      branch: "004",
      lastDay: "2026-11-15",
      successor: { bank: "9990", branch: "001" },
    });
    if (announced === null) throw new Error("the merger was refused");
    const lists = ["2026-11-01", "2026-12-01"].map((day) =>
      invented(day, { "001": ["本店", "ホンテン"], "002": ["東町", "ヒガシマチ"], "004": ["南", "ミナミ"] }),
    );
    const later = lists.reduce((known: BankHistory, list) => addSnapshot(known, list) ?? known, announced);
    expect(later.knownTo).toBe("2026-12-01");
    expect(statusOn(later, "9990", "004", "2026-11-15").status).toBe("open");
    expect(statusOn(later, "9990", "004", "2026-11-16").status).toBe("closed");
    expect(checkOnDay({ bank: "9990", branch: "004" }, later, "2026-11-16", 2)).toMatchObject({
      code: "branch-closed",
      family: "店舗統廃合",
      record: 2,
      message: expect.stringContaining("9990の支店001") as string,
    });
  });

  it("a line is checked against the day of the transfer", () => {
    expect(check("0001", "001", "2026-10-09")).toBe("unknown-bank");
    expect(check("9990", "777", "2026-10-09")).toBe("unknown-branch");
    expect(check("9990", "003", "2026-10-09")).toBe("branch-closed");
    expect(check("9990", "004", "2026-09-30")).toBe("unknown-branch");
    expect(check("9990", "003", "2026-09-30")).toBeUndefined();
    expect(check("9990", "001", "2026-10-09")).toBeUndefined();
  });

  it("an account out of a ゆうちょ 記号番号 stands on a branch of the master", () => {
    const { snapshot } = installedSnapshot();
    const account = valueOf(convertYucho("10530", "12345671", branchCodes(snapshot, "9900")));
    expect(checkOnDay({ bank: "9900", branch: account.branch }, historyOf(snapshot), "2026-12-10")).toBeNull();
  });
});
