/**
 * 連携ファイルの適合検査, for the folder of the first load and for what leaves: written from docs/連携ファイル仕様.md by whoever sends or receives, and from
 * nothing of the product. Every fault is named; nothing that a file holds makes it fail otherwise.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { parsePlain } from "./plain-csv.ts";

/** Whether a cell may stand in a column. */
type Kind = (cell: string) => boolean;

const pattern =
  (form: RegExp): Kind =>
  (cell) =>
    form.test(cell);
const optional =
  (kind: Kind): Kind =>
  (cell) =>
    cell === "" || kind(cell);
const oneOf = (words: string): Kind => {
  const allowed = new Set(words.split(" "));
  return (cell) => allowed.has(cell);
};
const text =
  (most: number): Kind =>
  (cell) =>
    cell !== "" && Array.from(cell).length <= most;
const number15 = pattern(/^[0-9]{15}$/);
const day: Kind = (cell) => {
  const at = new Date(`${cell}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(cell) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(cell);
};
const month = pattern(/^\d{4}-(?:0[1-9]|1[0-2])$/);
const year = pattern(/^(?:19|20)\d{2}$/);
const flag = oneOf("0 1");
const history = pattern(/^[1-9][0-9]{0,4}$/);
const whole = pattern(/^-?[0-9]{1,12}$/);
const ward = pattern(/^[0-9]{6}$/);
const municipality = pattern(/^[0-9]{5,6}$/);
const postal = pattern(/^[0-9]{7}$/);
const kana = pattern(/^[ァ-ヶー・　]{1,100}$/u);

type Layout = {
  readonly columns: Readonly<Record<string, Kind>>;
  /** Together unlike any other row's */
  readonly key: readonly string[];
  /** Not every folder has it */
  readonly optional?: true;
};

const BIRTH_AND_MOVES =
  "birth moveIn moveInFromAbroad recipientDeath leftPublicService leftInstitution enteredInstitution livingTogetherPriority guardianAppointed parentDesignation incomeBelowUpperLimit taxCorrection disaster becameUniversityAge graduated other";

/** Name of the file → its columns in their order. */
export const feedLayouts: Readonly<Record<string, Layout>> = {
  "residents.csv": {
    columns: {
      宛名番号: number15,
      履歴番号: history,
      最新フラグ: flag,
      削除フラグ: flag,
      世帯番号: number15,
      住民種別: oneOf("1 2"),
      住民状態: oneOf("1 2 3 9"),
      異動年月日: day,
      異動年月日不詳フラグ: flag,
      異動届出年月日: optional(day),
      異動事由コード: oneOf("10 11 12 20 21 22 30 31"),
      氏名: text(100),
      氏名フリガナ: kana,
      性別コード: oneOf("1 2"),
      生年月日: day,
      生年月日不詳フラグ: flag,
      続柄コード: pattern(/^(?:[0-9]{2}){1,4}$/),
      市区町村コード: ward,
      郵便番号: optional(postal),
      住所: text(200),
      転出予定年月日: optional(day),
      前住所市区町村コード: optional(municipality),
      転出先市区町村コード: optional(municipality),
      支援措置区分: oneOf("0 1 2"),
      支援措置開始年月日: optional(day),
      支援措置終了年月日: optional(day),
    },
    key: ["宛名番号", "履歴番号"],
  },
  "organizations.csv": {
    columns: {
      宛名番号: number15,
      名称: text(100),
      名称フリガナ: kana,
      区分: oneOf("institution corporateGuardian"),
      市区町村コード: ward,
      郵便番号: optional(postal),
      住所: text(200),
      設置者区分: oneOf("private public"),
    },
    key: ["宛名番号"],
  },
  "claims.csv": {
    columns: {
      受付番号: pattern(/^[0-9]{1,10}$/),
      請求種別: oneOf("certification increase supportConfirmation"),
      受付年月日: day,
      受付経路: oneOf("counter post online"),
      請求者宛名番号: number15,
      受給者区分: oneOf("individual corporateGuardian institution"),
      請求事由: oneOf(BIRTH_AND_MOVES),
      事由発生年月日: optional(day),
      障害終了年月日: optional(day),
      被用区分: optional(oneOf("employee nonEmployee")),
      所管区: ward,
      金融機関コード: optional(pattern(/^[0-9]{4}$/)),
      支店コード: optional(pattern(/^[0-9]{3}$/)),
      預金種目: optional(oneOf("1 2 4")),
      口座番号: optional(pattern(/^[0-9]{1,7}$/)),
      口座名義カナ: optional(text(48)),
    },
    key: ["受付番号"],
  },
  "claim_children.csv": {
    columns: {
      受付番号: pattern(/^[0-9]{1,10}$/),
      児童宛名番号: number15,
      区分: oneOf("child counted"),
      続柄: text(20),
      児童連番: pattern(/^[1-9][0-9]?$/),
      監護開始年月日: optional(day),
      監護終了年月日: optional(day),
      負担開始年月日: optional(day),
      負担終了年月日: optional(day),
      卒業予定年月: optional(month),
      同居別居区分: optional(oneOf("together apart")),
      生計関係: optional(oneOf("common maintained")),
    },
    key: ["受付番号", "児童宛名番号"],
  },
  "status_periods.csv": {
    columns: {
      区分: oneOf("publicServant detained abroad institution careEnd supportEnd"),
      宛名番号: number15,
      相手宛名番号: optional(number15),
      開始年月日: day,
      終了年月日: optional(day),
      短期: flag,
      留学: flag,
      国内居住開始年月日: optional(day),
    },
    key: ["区分", "宛名番号", "開始年月日"],
  },
  "incomes.csv": {
    columns: {
      宛名番号: number15,
      所得年: year,
      履歴番号: history,
      給与所得: whole,
      公的年金等雑所得: whole,
      その他所得: whole,
      控除額計: whole,
      扶養親族等の数: whole,
      うち老人: whole,
      更正通知年月日: optional(day),
    },
    key: ["宛名番号", "所得年", "履歴番号"],
  },
  "tax_items.csv": {
    columns: {
      宛名番号: number15,
      所得年: year,
      履歴番号: history,
      項目: pattern(/^[a-z][A-Za-z0-9]{1,39}$/),
      金額: whole,
    },
    key: ["宛名番号", "所得年", "履歴番号", "項目"],
    optional: true,
  },
  "linked_periods.csv": {
    columns: {
      区分: oneOf("healthInsurance pension welfare childRearingAllowance residenceStatus"),
      宛名番号: number15,
      履歴番号: history,
      開始年月日: day,
      終了年月日: optional(day),
      資格区分: optional(text(40)),
      取得事由: optional(text(10)),
      喪失事由: optional(text(10)),
      相手宛名番号: optional(number15),
      削除フラグ: optional(flag),
    },
    key: ["区分", "宛名番号", "履歴番号"],
    optional: true,
  },
  "endorsements.csv": {
    columns: {
      宛名番号: number15,
      履歴番号: history,
      異動届出年月日: day,
      異動事由コード: oneOf("10 11 12 20 21 22 30 31"),
    },
    key: ["宛名番号", "履歴番号"],
    optional: true,
  },
};

/** The items that may leave, in the order in which they stand (docs/連携ファイル仕様.md「出ていくもの」). */
export const leavingItems: Readonly<Record<string, Kind>> = {
  認定番号: optional(pattern(/^[0-9]{10}$/)),
  支給の状態: oneOf("受給中 消滅 なし"),
  支給開始年月: optional(month),
  支給終了年月: optional(month),
  月額: optional(pattern(/^[0-9]{1,7}$/)),
  支給対象児童数: optional(pattern(/^[0-9]{1,2}$/)),
  最終支払年月日: optional(day),
  最終支払額: optional(pattern(/^[0-9]{1,8}$/)),
  差止の有無: optional(flag),
  不開示の印: optional(flag),
};

export type CheckedFile = { readonly name: string; readonly rows: number; readonly faults: readonly string[] };

function rowFaults(columns: Readonly<Record<string, Kind>>, rows: readonly (readonly string[])[]): string[] {
  const names = Object.keys(columns);
  return rows.flatMap((row, index) => {
    const at = `line ${index + 2}`;
    if (row.length !== names.length) return [`${at}: ${row.length} cells instead of ${names.length}`];
    return names.flatMap((name, place) =>
      columns[name]?.(row[place] ?? "") === true ? [] : [`${at}: ${name} may not be what it is`],
    );
  });
}

function keyFaults({ columns, key }: Layout, rows: readonly (readonly string[])[]): string[] {
  const places = key.map((name) => Object.keys(columns).indexOf(name));
  const seen = new Set<string>();
  return rows.flatMap((row, index) => {
    const own = places.map((place) => row[place]).join("/");
    if (seen.has(own)) return [`line ${index + 2}: ${key.join("+")} stands twice`];
    seen.add(own);
    return [];
  });
}

type Listed = { readonly name: string; readonly rows: number; readonly bytes: number; readonly sha256: string };

async function checkListed(
  folder: string,
  listed: Listed,
): Promise<CheckedFile & { readonly cells: readonly (readonly string[])[] }> {
  const { name } = listed;
  const none = (fault: string) => ({ name, rows: 0, faults: [fault], cells: [] });
  const layout = feedLayouts[name];
  if (layout === undefined) return none("no such layout");
  const bytes = await readFile(join(folder, name)).catch(() => undefined);
  if (bytes === undefined) return none("the file is missing");
  const faults: string[] = [];
  if (bytes.length !== listed.bytes) faults.push(`${bytes.length} bytes instead of ${listed.bytes}`);
  if (createHash("sha256").update(bytes).digest("hex") !== listed.sha256) faults.push("another hash");
  let records: string[][];
  try {
    records = parsePlain(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return { ...none(String(error)), faults: [...faults, String(error)] };
  }
  const [header = [], ...rows] = records;
  if (header.join() !== Object.keys(layout.columns).join())
    return { name, rows: rows.length, faults: [...faults, "another header"], cells: [] };
  if (rows.length !== listed.rows) faults.push(`${rows.length} rows instead of ${listed.rows}`);
  return {
    name,
    rows: rows.length,
    faults: [...faults, ...rowFaults(layout.columns, rows), ...keyFaults(layout, rows)],
    cells: rows,
  };
}

/** Checks a folder of the first load (`manifest.json` and its files). */
export async function checkFeed(folder: string): Promise<readonly CheckedFile[]> {
  const manifest = "manifest.json";
  let listed: readonly Listed[];
  try {
    const read = JSON.parse(await readFile(join(folder, manifest), "utf8")) as { format?: string; files?: Listed[] };
    if (read.format !== "hagukumi-feed/1" || !Array.isArray(read.files))
      return [{ name: manifest, rows: 0, faults: ["unknown format"] }];
    listed = read.files;
  } catch {
    return [{ name: manifest, rows: 0, faults: ["the manifest is no JSON"] }];
  }
  const missing = Object.entries(feedLayouts)
    .filter(([name, layout]) => layout.optional !== true && !listed.some((each) => each.name === name))
    .map(([name]) => ({ name, rows: 0, faults: ["not in the manifest"] }));
  const checked = await Promise.all(listed.map(async (each) => await checkListed(folder, each)));
  const claims = new Set(checked.find(({ name }) => name === "claims.csv")?.cells.map(([number]) => number));
  return [
    ...checked.map(({ cells, ...file }) =>
      file.name === "claim_children.csv"
        ? {
            ...file,
            faults: [
              ...file.faults,
              ...cells.flatMap(([number], index) => (claims.has(number) ? [] : [`line ${index + 2}: no such claim`])),
            ],
          }
        : file,
    ),
    ...missing,
  ];
}

/** Checks the opened copy of a transfer: agreed items in their order, one line a person, each with number and mark of the copy. */
export function checkCopy(copy: string): CheckedFile {
  return checkMarked("copy", copy, pattern(/^T[0-9]{8}$/));
}

/** Checks the opened file of an extraction (データの抽出): every item in its order, and the number of the application. */
export function checkExtraction(file: string): CheckedFile {
  const checked = checkMarked("extraction", file, pattern(/^E[0-9]{8}$/));
  const first = file.split("\r\n", 1)[0] ?? "";
  const wanted = ["宛名番号", ...Object.keys(leavingItems), "移転番号", "写しの印"].join();
  return first === wanted ? checked : { ...checked, faults: ["another header", ...checked.faults] };
}

function checkMarked(name: string, copy: string, number: Kind): CheckedFile {
  let records: string[][];
  try {
    records = parsePlain(copy);
  } catch (error) {
    return { name, rows: 0, faults: [String(error)] };
  }
  const [header = [], ...rows] = records;
  const items = header.slice(1, -2);
  const order = Object.keys(leavingItems);
  const faults: string[] = [];
  if (header[0] !== "宛名番号" || header.at(-2) !== "移転番号" || header.at(-1) !== "写しの印")
    faults.push("another header");
  const unknown = items.filter((item) => !order.includes(item));
  if (unknown.length > 0) faults.push(`items that may not leave: ${unknown.join()}`);
  const places = items.map((item) => order.indexOf(item));
  if (places.some((place, at) => at > 0 && place <= (places[at - 1] ?? -1))) faults.push("items out of their order");
  if (faults.length > 0) return { name, rows: rows.length, faults };
  const columns: Record<string, Kind> = { 宛名番号: number15 };
  for (const item of items) columns[item] = leavingItems[item] ?? (() => false);
  columns["移転番号"] = number;
  columns["写しの印"] = pattern(/^[0-9a-f]{16}$/);
  const marks = new Set(rows.map((row) => row.at(-1)));
  return {
    name,
    rows: rows.length,
    faults: [
      ...rowFaults(columns, rows),
      ...keyFaults({ columns, key: ["宛名番号"] }, rows),
      ...(marks.size === rows.length ? [] : ["a mark stands twice"]),
    ],
  };
}

const sequence = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 1;

/** Checks a request to send again (`out/resend-*.json`). */
export function checkResendRequest(json: string): readonly string[] {
  let read: Readonly<Record<string, unknown>>;
  try {
    read = JSON.parse(json) as Readonly<Record<string, unknown>>;
  } catch {
    return ["no JSON"];
  }
  const { format, requestId, interface: name, from, to } = read;
  return [
    ...(Object.keys(read).length === 5 ? [] : ["other fields"]),
    ...(format === "hagukumi-resend/1" ? [] : ["unknown format"]),
    ...(sequence(requestId) ? [] : ["requestId"]),
    ...(typeof name === "string" && /^[a-zA-Z][a-zA-Z0-9]{0,39}$/.test(name) ? [] : ["interface"]),
    ...(sequence(from) && sequence(to) && from <= to ? [] : ["from and to"]),
  ];
}

/** The items of a 副本, each with what it may be (docs/連携ファイル仕様.md「副本の電文」). */
export const replicaItems: Readonly<Record<string, Kind>> = {
  recipientNumber: optional(pattern(/^[0-9]{10}$/)),
  state: oneOf("受給中 消滅 なし"),
  firstMonth: optional(month),
  lastMonth: optional(month),
  monthlyAmount: optional(pattern(/^[0-9]{1,7}$/)),
  children: optional(pattern(/^[0-9]{1,2}$/)),
  lastPaidOn: optional(day),
  lastPaidAmount: optional(pattern(/^[0-9]{1,8}$/)),
  held: optional(flag),
};

const REPLICA_FIELDS = ["unifiedNumber", "sequence", "information", "items", "noAutomaticAnswer"];

/** Checks a message that registers a 副本 with the 中間サーバー (the body of `PUT /v1/replicas/{request}`). */
export function checkReplicaMessage(json: string): readonly string[] {
  let read: Readonly<Record<string, unknown>>;
  try {
    read = JSON.parse(json) as Readonly<Record<string, unknown>>;
  } catch {
    return ["no JSON"];
  }
  const { unifiedNumber, sequence: number, information, items, noAutomaticAnswer } = read;
  const held = typeof items === "object" && items !== null ? (items as Readonly<Record<string, unknown>>) : {};
  const names = Object.keys(replicaItems);
  return [
    ...(Object.keys(read).toSorted().join() === REPLICA_FIELDS.toSorted().join() ? [] : ["other fields"]),
    ...(typeof unifiedNumber === "string" && /^[1-9][0-9]{14}$/.test(unifiedNumber) ? [] : ["unifiedNumber"]),
    ...(sequence(number) ? [] : ["sequence"]),
    ...(information === "childAllowancePayment1" ? [] : ["information"]),
    ...(typeof noAutomaticAnswer === "boolean" ? [] : ["noAutomaticAnswer"]),
    ...names.flatMap((name) => {
      const value = held[name];
      return typeof value === "string" && replicaItems[name]?.(value) === true ? [] : [`items.${name}`];
    }),
    ...Object.keys(held).flatMap((name) => (names.includes(name) ? [] : [`items.${name} may not leave`])),
  ];
}
