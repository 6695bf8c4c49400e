import { constantFrom, array, assert as check, property, string } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { readQuestion, SEARCH_LIMIT, searchRecipients } from "../../src/inquiry/search.ts";
import { seedResident, seedSmallCity } from "../support/small-city.ts";
import type { SmallCity } from "../support/small-city.ts";

const database = useDatabase();
let city: SmallCity | undefined;
beforeAll(async () => {
  city = await seedSmallCity(database.pool);
});

async function found(typed: string): Promise<readonly number[]> {
  const reader = { pool: database.pool, operator: "tanto", purpose: "試験" };
  return (await searchRecipients(reader, typed)).found.map(({ recipientId }) => recipientId);
}

describe("folding what was typed", () => {
  it("any text is one of four questions, whatever it is", () => {
    check(
      property(string({ unit: "binary" }), (typed) => {
        expect(["number", "kana", "name", "nothing"]).toContain(readQuestion(typed).by);
      }),
    );
  });

  it("width, hiragana and spaces make no difference to a kana", () => {
    const same = [
      ["カ", "か", "ｶ"],
      ["ガ", "が", "ｶﾞ"],
      ["パ", "ぱ", "ﾊﾟ"],
      ["ー", "ー", "ｰ"],
      ["ヴ", "ゔ", "ｳﾞ"],
    ] as const;
    check(
      property(
        array(constantFrom(...same), { minLength: 1, maxLength: 8 }),
        constantFrom("", " ", "　"),
        (parts, gap) => {
          const written = (index: 0 | 1 | 2): string => parts.map((part) => part[index]).join(gap);
          const expected = { by: "kana", value: parts.map((part) => part[0]).join("") };
          for (const index of [0, 1, 2] as const) expect(readQuestion(written(index))).toStrictEqual(expected);
        },
      ),
    );
  });
});

describe("受給者の検索", () => {
  it("finds nobody by nothing, by pattern signs or by a stranger", async () => {
    for (const typed of ["", "　 ", "%", "_", "%花子", "架空_花", "いない人", "999999999999999"]) {
      expect(await found(typed), typed).toStrictEqual([]);
    }
  });

  it("finds by 認定番号, 宛名番号 (own and a child's), kana in any writing, and the beginning of a name", async () => {
    const { hanako = 0, tsuji = 0, yoshida = 0 } = city ?? {};
    expect(await found(String(tsuji).padStart(10, "0"))).toContain(tsuji);
    expect(await found("900000000001102")).toStrictEqual([tsuji]);
    expect(await found("900000000001203")).toStrictEqual([tsuji]);
    expect(await found("９００００００００００１１０２")).toStrictEqual([tsuji]);
    for (const kana of ["かくうはなこ", "カクウ　ハナコ", "ｶｸｳ ﾊﾅｺ", "かくうは"])
      expect(await found(kana), kana).toStrictEqual([hanako]);
    // The register has the variants with their selectors; typed without them the person is found all the same.
    for (const name of ["辻　葛太郎", "辻葛", "辻\u{E0100}"]) expect(await found(name), name).toStrictEqual([tsuji]);
    expect(await found("𠮷田")).toStrictEqual([yoshida]);
  });

  it("shows a protected person with the mark and nobody's address", async () => {
    const reader = { pool: database.pool, operator: "tanto", purpose: "試験" };
    const answer = await searchRecipients(reader, "かくうまもり");
    expect(answer.found).toMatchObject([{ protected: true, birthMonth: "1988-08" }]);
    expect(JSON.stringify(answer)).not.toContain("九丁目");
  });

  it("shows at most 50 and says that there are more", async () => {
    for (let index = 0; index < SEARCH_LIMIT; index += 1) {
      const number = 900000000020000 + index;
      await seedResident(database.pool, {
        number,
        name: "架空大勢　子",
        kana: "オオゼイ　コ",
        birthDate: "1990-01-01",
      });
      const claim = await database.pool.query<{ claim_id: number }>(
        `INSERT INTO allowance.claim (reception_number, kind, received_on, channel, claimant_number, recipient_kind, cause, ward_code, content_digest, recorded_by)
         VALUES ($1, 'certification', '2024-10-01', 'counter', $2, 'individual', 'other', '431010', repeat('b', 64), 'uketsuke') RETURNING claim_id`,
        [String(70_000 + index), number],
      );
      await database.pool.query(
        "INSERT INTO allowance.recipient (addressee_number, kind, ordinal, opened_by_claim, ward_code) VALUES ($1, 'individual', 1, $2, '431010')",
        [number, claim.rows[0]?.claim_id],
      );
    }
    const reader = { pool: database.pool, operator: "tanto", purpose: "試験" };
    expect(await searchRecipients(reader, "オオゼイ")).toMatchObject({ more: false });
    expect((await searchRecipients(reader, "オオゼイ")).found).toHaveLength(SEARCH_LIMIT);
    // The 51st: the owner of the test's database rewrites one of the six others (the product itself could not).
    await database.pool.query(
      `UPDATE allowance.person_history SET kana = 'オオゼイ　ジ' WHERE addressee_number = 900000000001101`,
    );
    const full = await searchRecipients(reader, "オオゼイ");
    expect(full.more).toBe(true);
    expect(full.found).toHaveLength(SEARCH_LIMIT);
  });
});
