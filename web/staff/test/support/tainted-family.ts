/**
 * A family under 支援措置 in which everything that says, or lets guess, where somebody is carries a mark of its own. The marks stand
 * nowhere else in the test city: a mark in an answer, a file or a log is a leak.
 */
import { addEntry, confirmEntry, type EntryContent, type EntryKind } from "@hagukumi/allowance/contract.ts";
import type { Pool } from "pg";

import { contextOf, seedCases } from "../../../../systems/allowance/test/support/cases.ts";

/** Addresses: of the recipient, the child, the spouse; now, before, and for letters (THR45). */
export const ADDRESS_MARKS = {
  現住所: "鶸沢町八丁目",
  前の住所: "鵤原町六丁目",
  児童の住所: "鶲ヶ丘五丁目",
  配偶者の住所: "鷭台四丁目",
  送付先の住所: "鵯谷町三丁目",
  児童の送付先の住所: "鴟尾町二丁目",
} as const;

/** What else tells where they are: twenty kinds of derived values (THR46). */
export const DERIVED_MARKS = {
  区: "431097",
  方書: "鶫荘七〇七",
  送付先の方書: "鶉コーポ三〇三",
  郵便番号: "8697713",
  送付先の郵便番号: "8697714",
  前の住所の郵便番号: "8697715",
  転入元の市区町村: "鸛市",
  転出先の市区町村: "鶚町",
  世帯番号: "7397397397",
  自宅の電話: "0967717713",
  携帯の電話: "07077177714",
  勤務先の電話: "0967717715",
  ファックス: "0967717716",
  電子メール: "kakure-hitaki@kakuu.example",
  学校: "鶺鴒高等専門学校",
  書類の受取場所: "鷦鷯出張所",
  照会先の市区町村: "鶤鶏村",
  勤務先: "鵺野製作所",
  送付先の宛名: "鵝鳥方",
  同居人: "架空　鶩太",
  支店: "鵲支店",
  支店コード: "737",
} as const;

/** A note for the counter that tells nothing of where anybody is: it is shown. */
export const COUNTER_NOTE = "対応は必ず二人で行う。";

/** Names of the family, for what must hold no name at all (logs). */
export const NAMES = ["旧夫", "旧妻", "新妻", "匿子", "匿姉", "新夫", "隣人", "隣子"] as const;

export type TaintedFamily = {
  /** 加害者: was the recipient until October 2026, certified for the child */
  readonly father: number;
  readonly fatherRecipient: number;
  /** 被害者: the recipient since November 2026 */
  readonly mother: number;
  readonly motherRecipient: number;
  readonly child: number;
  readonly sibling: number;
  readonly spouse: number;
  /** Who lives with the father and asks for him: his mother, and the woman he lives with now */
  readonly others: readonly [number, number];
};

const FIRST = 900_000_000_770_000;

type Row = {
  readonly no?: number;
  readonly name: string;
  readonly birth: string;
  readonly address: string;
  readonly post?: string;
  readonly hidden?: boolean;
  readonly household?: number;
  readonly relation?: string;
};

async function row(pool: Pool, number: number, of: Row): Promise<void> {
  const hidden = of.hidden ?? true;
  await pool.query("INSERT INTO allowance.addressee VALUES ($1, 'person') ON CONFLICT DO NOTHING", [number]);
  await pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
       resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address,
       previous_municipality, next_municipality, protected, deleted, row_digest, batch_id, recorded_at)
     VALUES ($1, $2, 1, $3, false, '01', $4, 1, 1, $5, 'カクウ　シルシ', 2, $6, false, $7, $8, $9, $10, $11, $12, $13, false, repeat('c', 64), 1, '2026-01-01')`,
    [
      number,
      of.no ?? 1,
      of.no === undefined ? "2020-01-01" : `202${of.no}-06-01`,
      of.household ?? (hidden ? Number(DERIVED_MARKS.世帯番号) : 7_380_001),
      of.name,
      of.birth,
      of.relation ?? "02",
      hidden ? DERIVED_MARKS.区 : "431010",
      of.post ?? (hidden ? DERIVED_MARKS.郵便番号 : "8608601"),
      of.address,
      hidden ? DERIVED_MARKS.転入元の市区町村 : null,
      hidden ? DERIVED_MARKS.転出先の市区町村 : null,
      hidden,
    ],
  );
}

/**
 * Seeds the family: the register, the cases, the case file of the mother with every kind of entry that tells something.
 *
 * @param index 0 for the family that most tests have; further ones (up to 299) have the same marks, in households of their own
 */
export async function seedTaintedFamily(pool: Pool, index = 0): Promise<TaintedFamily> {
  const N = FIRST + index * 100;
  // A household of its own begins with the mark, so that the mark is found in it.
  const hiddenHousehold = index === 0 ? {} : { household: Number(`${DERIVED_MARKS.世帯番号}${String(100 + index)}`) };
  const fatherHousehold = { hidden: false, household: 7_390_000 + index };
  const [father, mother, child, sibling, spouse] = [N + 1, N + 2, N + 11, N + 12, N + 3];
  const births = { child: "2019-07-07", sibling: "2006-08-08" };
  await pool.query(
    `INSERT INTO allowance.branch SELECT '0182', $1, '2010-04-01', '肥後', 'ﾋｺﾞ', $2, 'ｶｸｼ', min(snapshot_id) FROM allowance.bank_snapshot ON CONFLICT DO NOTHING`,
    [DERIVED_MARKS.支店コード, DERIVED_MARKS.支店],
  );
  const account = {
    bank: "0182",
    branch: DERIVED_MARKS.支店コード,
    number: String(7_370_001 + index),
    holder: "ｶｸｳ ﾊﾊ",
  };
  const [fatherRecipient = 0, motherRecipient = 0] = await seedCases(pool, [
    { recipient: father, children: [{ id: child, birthDate: births.child }], endedFrom: "2026-11" },
    { recipient: mother, children: [{ id: child, birthDate: births.child }], firstMonth: "2026-11", account },
  ]);
  for (const number of [father, mother]) {
    await pool.query(
      `INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial)
       SELECT claim_id, $2, 'child', '20', 1 FROM allowance.claim WHERE claimant_number = $1`,
      [number, child],
    );
  }
  const A = ADDRESS_MARKS;
  const now = `架空市${A.現住所}１番　${DERIVED_MARKS.方書}`;
  await row(pool, father, {
    name: "架空　旧夫",
    birth: "1985-01-01",
    address: "中央区架空町二丁目",
    ...fatherHousehold,
  });
  const before = { address: `架空市${A.前の住所}`, post: DERIVED_MARKS.前の住所の郵便番号 };
  const others = [N + 4, N + 5] as const;
  for (const [number, name, birth] of [
    [others[0], "架空　旧母", "1958-01-01"],
    [others[1], "架空　次妻", "1988-01-01"],
  ] as const) {
    await row(pool, number, { name, birth, address: "中央区架空町二丁目", ...fatherHousehold });
  }
  await row(pool, mother, { no: 1, name: "架空　旧妻", birth: "1987-01-01", ...before, ...hiddenHousehold });
  await row(pool, mother, { no: 2, name: "架空　新妻", birth: "1987-01-01", address: now, ...hiddenHousehold });
  const ofChild = { birth: births.child, relation: "20", address: `架空市${A.児童の住所}`, ...hiddenHousehold };
  await row(pool, child, { name: "架空　匿子", ...ofChild });
  await row(pool, sibling, { name: "架空　匿姉", ...ofChild, birth: births.sibling });
  await row(pool, spouse, {
    name: "架空　新夫",
    birth: "1986-01-01",
    address: `架空市${A.配偶者の住所}`,
    relation: "01",
    ...hiddenHousehold,
  });

  // Nothing to do with them: whose letters go out.
  const [neighbour, neighbourChild] = [N + 21, N + 22];
  await seedCases(pool, [
    { recipient: neighbour, children: [{ id: neighbourChild, birthDate: births.child }], firstMonth: "2026-11" },
  ]);
  await pool.query(
    `INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial)
     SELECT claim_id, $2, 'child', '20', 1 FROM allowance.claim WHERE claimant_number = $1`,
    [neighbour, neighbourChild],
  );
  const next = { address: "架空市南区架空町２番２号", hidden: false, household: 7_480_000 + index };
  await row(pool, neighbour, { name: "架空　隣人", birth: "1987-01-01", ...next });
  await row(pool, neighbourChild, { name: "架空　隣子", birth: births.child, relation: "20", ...next });

  const clerk = contextOf(pool, "nyuryoku.ichiro");
  const second = contextOf(pool, "kakunin.niro");
  const enter = async <K extends EntryKind>(
    of: number,
    kind: K,
    content: Partial<EntryContent<K>>,
    confirm = false,
  ): Promise<void> => {
    const typed = content as Parameters<typeof addEntry<K>>[2]["content"];
    const entry = await addEntry(clerk, kind, { addresseeNumber: of, content: typed, validFrom: "2026-10-01" });
    if (confirm) await confirmEntry(second, kind, entry);
  };
  const D = DERIVED_MARKS;
  await enter(mother, "contact", { kind: "homePhone", value: D.自宅の電話 });
  await enter(mother, "contact", { kind: "mobilePhone", value: D.携帯の電話 });
  await enter(mother, "contact", { kind: "workPhone", value: D.勤務先の電話 });
  await enter(mother, "contact", { kind: "fax", value: D.ファックス });
  await enter(mother, "contact", { kind: "email", value: D.電子メール });
  const mailing = {
    postalCode: D.送付先の郵便番号,
    building: D.送付先の方書,
    recipientName: D.送付先の宛名,
    cause: "temporary",
  };
  await enter(mother, "mailingAddress", { ...mailing, address: `架空市${A.送付先の住所}` }, true);
  await enter(child, "mailingAddress", { ...mailing, address: `架空市${A.児童の送付先の住所}` }, true);
  await enter(mother, "relatedPerson", { relatedNumber: spouse, role: "spouse" }, true);
  await enter(mother, "relatedPerson", { relatedNumber: null, role: "cohabitant", name: D.同居人 }, true);
  await enter(
    mother,
    "countedSibling",
    {
      siblingNumber: sibling,
      relation: "20",
      statementReceivedOn: "2026-10-01",
      careFrom: "2026-04-01",
      costFrom: "2026-04-01",
      situation: "student",
      school: D.学校,
      graduationMonth: "2028-03",
    },
    true,
  );
  await enter(mother, "document", {
    kind: "other",
    title: "受取",
    medium: "paper",
    state: "stored",
    receivedOn: "2026-10-02",
    storagePlace: D.書類の受取場所,
  });
  await enter(
    mother,
    "formerInquiry",
    {
      municipalityCode: "439999",
      municipalityName: D.照会先の市区町村,
      method: "letter",
      askedOn: "2026-10-02",
      dueOn: "2026-11-02",
    },
    true,
  );
  // Free text, as people write it: a note of the case, and one that pops up for whoever is at the counter.
  const told = `${A.現住所}の${D.方書}に移った。郵便は${D.郵便番号}、連絡は${D.携帯の電話}。子は${D.学校}、勤めは${D.勤務先}。`;
  await enter(mother, "note", { body: told, popUp: false });
  await enter(mother, "note", { body: `来たら${D.自宅の電話}へ連絡し、${D.書類の受取場所}を使う。`, popUp: true });
  await enter(mother, "note", { body: COUNTER_NOTE, popUp: true });
  await enter(mother, "materialRequest", {
    officeKind: "employer",
    officeName: D.勤務先,
    legalBasis: "article28",
    items: "在職の証明",
    requestedOn: "2026-10-02",
    dueOn: "2026-11-02",
  });
  return { father, fatherRecipient, mother, motherRecipient, child, sibling, spouse, others };
}

/** Text as it is compared: width, spaces and hyphens say nothing. */
const plain = (text: string): string => text.normalize("NFKC").replaceAll(/[\s\-‐－ー]/g, "");

const all = Object.entries({ ...ADDRESS_MARKS, ...DERIVED_MARKS }).map(([what, mark]) => {
  const sought = plain(mark);
  // Short figures could be a part of a digest or of another number: those of a code stand alone, or are a cell of a list.
  const found = /^\d{3,6}$/.test(sought)
    ? new RegExp(sought.length === 3 ? `[",]${sought}[",]` : `(?<![0-9A-Za-z])${sought}(?![0-9A-Za-z])`)
    : undefined;
  return { what, test: (text: string) => found?.test(text) ?? text.includes(sought) };
});

/** Digests and made-up keys: any figures can stand inside of them by chance, and they say nothing of anybody. */
const MADE_UP =
  /(?<![0-9A-Za-z])(?:(?=[0-9a-f]*[a-f])(?:[0-9a-f]{64}|[0-9a-f]{32})|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9A-Za-z])/g;

/** Names of the marks in a text. */
export function marksIn(whole: string): readonly string[] {
  const text = whole.replaceAll(MADE_UP, "#");
  const sought = plain(text);
  // Short figures are looked for in the text as it stands: without its spaces two numbers would be one.
  return all.filter(({ test }) => test(sought) || test(text)).map(({ what }) => what);
}
