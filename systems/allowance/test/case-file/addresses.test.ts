import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { type LotForm, printAddress, splitAddress } from "../../src/case-file/address-parts.ts";
import { structureAddresses } from "../../src/case-file/structure-addresses.ts";
import { contextOf } from "../support/cases.ts";
import { seedResident } from "../support/small-city.ts";

describe("an address and its parts", () => {
  it.each<[string, LotForm, string, string, string, string, string]>([
    ["架空市中央区架空町1丁目2番3号", "numberAndHouse", "架空町1丁目", "2", "3", "", ""],
    [
      "架空市東区見本町9丁目40番30号　見本ハイツ1203号室",
      "numberAndHouse",
      "見本町9丁目",
      "40",
      "30",
      "",
      "見本ハイツ1203号室",
    ],
    ["架空市西区試験台１丁目２番３-４号", "numberAndBranchHouse", "試験台１丁目", "２", "３", "４", ""],
    ["架空市南区例示が丘123番地の4", "lotBranch", "例示が丘", "123", "", "4", ""],
    ["架空市南区例示が丘123番地4　架空荘", "lotHyphen", "例示が丘", "123", "", "4", "架空荘"],
    ["架空市北区空想野5番地", "lot", "空想野", "5", "", "", ""],
    ["架空市北区空想野1-2-3", "hyphen3", "空想野", "1", "2", "3", ""],
  ])("[D178] %s", (line, lotForm, town, block, house, branch, building) => {
    expect(splitAddress(line)).toMatchObject({ lotForm, town, block, house, branch, building });
    expect(printAddress(splitAddress(line))).toBe(line);
  });

  it.each(["", "国外", "架空市", "1丁目2番3号", "架空市中央区架空町九丁目九番九号", "架空市中央区架空町1丁目2番3号　"])(
    "a line without a known form stays whole: %s",
    (line) => {
      expect(splitAddress(line)).toMatchObject({ lotForm: "verbatim", building: line });
    },
  );

  it("[D178] whatever comes, printing the parts gives the line back", () => {
    const piece = fc.constantFrom(
      "架空市",
      "中央区",
      "町",
      "丁目",
      "番",
      "番地",
      "番地の",
      "号",
      "-",
      "　",
      " ",
      "1",
      "２",
      "30",
      "見本",
      "区",
      "の",
    );
    const line = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
      fc
        .tuple(fc.nat(99), fc.nat(99), fc.nat(99), piece)
        .map(([a, b, c, end]) => `架空市東区見本町${a}丁目${b}番${c}号${end}`),
    );
    fc.assert(
      fc.property(line, (text) => {
        expect(printAddress(splitAddress(text))).toBe(text);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("structuring the register", () => {
  const database = useDatabase();

  beforeAll(async () => {
    for (const number of [900000000002001, 900000000002002])
      await seedResident(database.pool, {
        number,
        name: "架空　一郎",
        kana: "カクウ　イチロウ",
        birthDate: "1989-01-08",
      });
    await database.pool.query(
      `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
         resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected, deleted, row_digest, batch_id)
       SELECT addressee_number, 2, 1, '2026-05-01', false, '30', household_number, 1, 1, name, kana, 1, birth_date, false, '02', '431028', '0002002',
              '架空市東区見本町9丁目40番30号　見本ハイツ1203号室', false, false, repeat('d', 64), 1
       FROM allowance.person_history WHERE addressee_number = 900000000002001`,
    );
  });

  it("[D178] gives every history its parts once; the code of a town never changes; the view shows them", async () => {
    const context = contextOf(database.pool, "batch.address");
    // 2 residents × 1 history (a line in kanji numerals, whole) + 1 history after a move
    expect(await structureAddresses(context)).toEqual({ structured: 3, verbatim: 2 });
    expect(await structureAddresses(context)).toEqual({ structured: 0, verbatim: 0 });
    const { rows } = await database.pool.query(
      `SELECT 宛名履歴番号, 住所区コード, 住所自治体漢字, 住所町丁目コード, 住所町丁目漢字, 住所番, 住所号, 住所枝, 住所地番編集コード, 住所郵便番号, 住所方書,
              事業最新フラグ, 生年月日元号区分
       FROM annex1."宛名管理" WHERE 福祉台帳番号 = 900000000002001 ORDER BY 宛名履歴番号`,
    );
    expect(rows).toEqual([
      {
        宛名履歴番号: 1,
        住所区コード: "431010",
        住所自治体漢字: "",
        住所町丁目コード: null,
        住所町丁目漢字: null,
        住所番: null,
        住所号: null,
        住所枝: null,
        住所地番編集コード: "9",
        住所郵便番号: "8608601",
        住所方書: "中央区架空町九丁目九番九号",
        事業最新フラグ: "0",
        生年月日元号区分: "4",
      },
      {
        宛名履歴番号: 2,
        住所区コード: "431028",
        住所自治体漢字: "架空市東区",
        住所町丁目コード: 1,
        住所町丁目漢字: "見本町9丁目",
        住所番: "40",
        住所号: "30",
        住所枝: null,
        住所地番編集コード: "1",
        住所郵便番号: "0002002",
        住所方書: "見本ハイツ1203号室",
        事業最新フラグ: "1",
        生年月日元号区分: "4",
      },
    ]);
  });
});
