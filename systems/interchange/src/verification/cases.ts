/**
 * What is tried of an agreement: a made-up line goes the real way (`agreedRows` of what comes, `writeCopy` and `sealCopy` of what leaves), and what
 * must be refused is tried too. What came out is read by plain string work, not by the code that made it.
 */
import { FEEDS, type PaymentFacts, paymentItems, REPLICA_ITEMS } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { generateX25519Identity, identityToRecipient } from "age-encryption";

import type { Agreement } from "../agreements/agreements.ts";
import { agreedRows, type Allowed } from "../deliveries/rows.ts";
import { markOf, openCopy, sealCopy, writeCopy } from "../transfers/copy.ts";
import { checkOutlet, type Outlet } from "../transfers/outlets.ts";

/** One thing that was tried. */
export type ContractCase = {
  readonly name: string;
  readonly passed: boolean;
  /** What came instead; empty where it passed */
  readonly found: string;
};

const AGREED_PERSON = 999_999_999_999_901;
const STRANGER = 999_999_999_999_902;

function caseOf(name: string, found: string): ContractCase {
  return { name, passed: found === "", found: found.slice(0, 300) };
}

const sameText = (wanted: string, found: string): string => (wanted === found ? "" : `「${found}」`);

/** The code of the refusal; "" where nothing was refused. */
async function refusalOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "";
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

type Read = Awaited<ReturnType<typeof readLines>>;

async function readLines(layout: Agreement["layout"], lines: readonly (readonly string[])[], allowed: Allowed) {
  const bytes = Buffer.from(lines.map((cells) => `${cells.join(",")}\r\n`).join(""));
  async function* source(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  }
  const rows = [];
  for await (const batch of agreedRows(source(), { layout }, allowed)) rows.push(...batch);
  return rows;
}

/** What of a mapped row is not what the agreement says; "" where all of it is. */
function mappingFault({ file, columns, constants }: Agreement["layout"], cells: readonly string[], rows: Read): string {
  const [row] = rows;
  if (rows.length !== 1 || row === undefined || !("fields" in row)) return "行が通らない";
  const { fields } = row;
  if (file === null) return sameText(cells.join(), fields.join());
  const { header } = FEEDS[file];
  const wanted = header.map((target) => {
    const from = columns.flatMap(({ to }, at) =>
      to === target || (Array.isArray(to) && to.includes(target)) ? [at] : [],
    );
    return from.length === 0 ? (constants[target] ?? "") : from.map((at) => cells[at] ?? "").join("");
  });
  const wrong = header.filter((_, at) => wanted[at] !== fields[at]);
  return wrong.length === 0 ? "" : `項目 ${wrong.join("、")}`;
}

/** What is tried of an agreement on what comes in. */
export async function casesOfAgreement({ layout }: Pick<Agreement, "layout">): Promise<readonly ContractCase[]> {
  const header = layout.columns.map(({ name }) => name);
  // Figures that are codes of nothing and the same in either width: what the mapping does to a cell is not what is tried here.
  const cellsFor = (person: number): readonly string[] =>
    header.map((name, at) => (layout.persons.includes(name) ? String(person) : `架空${String(at)}`));
  const agreed = new Set([AGREED_PERSON]);
  const own = cellsFor(AGREED_PERSON);
  const refusedAs = async (lines: readonly (readonly string[])[]): Promise<string> => {
    const code = await refusalOf(async () => await readLines(layout, lines, agreed));
    return code === "csvHeader" ? "" : `断らない（${code}）`;
  };
  const swapped = header.length > 1 ? [header[1] ?? "", header[0] ?? "", ...header.slice(2)] : [`${header[0] ?? ""}2`];
  const [stranger] = await readLines(layout, [header, cellsFor(STRANGER)], agreed);
  const kept = stranger !== undefined && "refused" in stranger && !("fields" in stranger);
  return [
    caseOf(
      "合意した項目が、台帳の決めた項目にだけ入る",
      mappingFault(layout, own, await readLines(layout, [header, own], agreed)),
    ),
    caseOf(
      "項目が一つ多い配信は、1行も読まずに断る",
      await refusedAs([
        [...header, "余分"],
        [...own, "x"],
      ]),
    ),
    caseOf("項目が一つ足りない配信は、1行も読まずに断る", await refusedAs([header.slice(0, -1), own.slice(0, -1)])),
    caseOf("項目の順が違う配信は、1行も読まずに断る", await refusedAs([swapped, own])),
    caseOf("合意していない人の行は、値を残さずに断る", kept ? "" : "通った"),
  ];
}

/** What is tried of a receiver. */
export async function casesOfOutlet(outlet: Outlet): Promise<readonly ContractCase[]> {
  const forbidden = ["name", "address", "accountNumber", "income"];
  const addable = await Promise.all(
    forbidden.map(async (item) => {
      const wish = { ...outlet, items: [...outlet.items, item] };
      return (await refusalOf(async () => await Promise.resolve(checkOutlet(wish)))) === "outletInvalid" ? [] : [item];
    }),
  );
  const shared = [caseOf("名前・住所・口座・所得は、項目に加えられない", addable.flat().join())];
  if (outlet.kind === "provision") {
    const beyond = REPLICA_ITEMS.filter((item) => !outlet.items.includes(item));
    const ways = outlet.channels.filter((channel) => channel !== "network");
    return [
      ...shared,
      caseOf("副本の項目は、この相手に渡してよい項目だけである", beyond.join()),
      caseOf("情報提供ネットワークのほかの方法では渡せない", ways.join()),
    ];
  }
  const tokens = Object.fromEntries(Object.keys(paymentItems).map((item) => [item, `値${item}`]));
  const facts = [AGREED_PERSON, STRANGER].map((addresseeNumber) => ({ addresseeNumber, ...tokens }) as PaymentFacts);
  const watermark = "0123456789abcdef0123456789abcdef";
  const text = writeCopy(facts, outlet.items, { watermark, number: "T00000000" });
  const [head = "", ...lines] = text.split("\r\n").slice(0, -1);
  const agreed = Object.entries(paymentItems).filter(([item]) => outlet.items.includes(item));
  const outside = Object.keys(paymentItems).filter(
    (item) => !outlet.items.includes(item) && text.includes(`値${item}`),
  );
  const valued = lines.map((line) => line.split(",").slice(1, -2).join());
  const marks = lines.map((line) => line.slice(-16));
  const secret = await generateX25519Identity();
  const sealed = await sealCopy(text, await identityToRecipient(secret));
  const byOther = await openCopy(sealed, await generateX25519Identity()).then(
    () => "別の鍵で開いた",
    () => "",
  );
  return [
    ...shared,
    caseOf(
      "見出しは、合意した項目だけが順に並ぶ",
      sameText(["宛名番号", ...agreed.map(([, name]) => name), "移転番号", "写しの印"].join(), head),
    ),
    caseOf(
      "値は、その項目の所に入る",
      valued.map((line) => sameText(agreed.map(([item]) => `値${item}`).join(), line)).join(""),
    ),
    caseOf("合意にない項目の値は、どこにも出ない", outside.join()),
    caseOf(
      "行ごとの印は、写しと人を指し、同じものがない",
      sameText(facts.map(({ addresseeNumber }) => markOf(watermark, addresseeNumber)).join(), marks.join()) ||
        (new Set(marks).size === marks.length ? "" : "同じ印"),
    ),
    caseOf("写しは、相手の鍵で開き、もとの中身である", sameText(text, await openCopy(sealed, secret))),
    caseOf(
      "写しは、ほかの鍵では開かず、宛名番号も読めない",
      byOther || (sealed.includes(String(AGREED_PERSON)) ? "読めた" : ""),
    ),
  ];
}
