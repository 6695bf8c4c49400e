/** 連携ファイルの適合検査 by a parser that was written from the document: what the product writes and what it is given, every layout there is. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { paymentItems, REPLICA_ITEMS } from "@hagukumi/allowance/contract.ts";
import { writeCity } from "@hagukumi/outside-city/contract.ts";
import {
  checkCopy,
  checkExtraction,
  checkFeed,
  checkResendRequest,
  feedLayouts,
  layouts,
  leavingItems,
  replicaItems,
} from "@hagukumi/outside-sources/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testFolder } from "../../../allowance/test/support/context.ts";
import {
  applyForExtraction,
  decideExtraction,
  folderStore,
  makeTransfer,
  openCopy,
  requestResend,
  seedAgreements,
  standardAgreements,
  takeExtraction,
} from "../../contract.ts";
import { ask, RECIPIENT, useTransferOffice } from "../support/transfer-office.ts";

const database = useDatabase();
const office = useTransferOffice(database);
const dir = testFolder();
const city = join(dir, "city");
const DOCUMENT = readFileSync(join(import.meta.dirname, "../../../../docs/連携ファイル仕様.md"), "utf8");

beforeAll(async () => {
  await writeCity({ population: 400, seed: "shiyo", asOf: "2026-11-20", directory: city });
});

/** Changes a file of the folder and says the truth of it in the manifest, so that the layout alone is wrong. */
function spoil(name: string, change: (text: string) => string): () => void {
  const manifest = join(city, "manifest.json");
  const before = { file: readFileSync(join(city, name)), manifest: readFileSync(manifest) };
  const text = change(before.file.toString("utf8"));
  const said = JSON.parse(before.manifest.toString("utf8")) as {
    files: { name: string; rows: number; bytes: number; sha256: string }[];
  };
  const bytes = Buffer.from(text);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const rows = text.trimEnd().split("\n").length - 1;
  writeFileSync(join(city, name), bytes);
  writeFileSync(
    manifest,
    JSON.stringify({
      ...said,
      files: said.files.map((each) => (each.name === name ? { name, rows, bytes: bytes.length, sha256 } : each)),
    }),
  );
  return () => {
    writeFileSync(join(city, name), before.file);
    writeFileSync(manifest, before.manifest);
  };
}
const faultsOf = async (name: string): Promise<string> =>
  (await checkFeed(city)).find((file) => file.name === name)?.faults.join(" / ") ?? "";

describe("the book of layouts", () => {
  it("has every layout: each agreed interface in each of its versions, each file of the first load, each item that may leave; the document names all of them", () => {
    const agreed = standardAgreements("2026-04-01")
      .map(({ interfaceCode, version }) => `${interfaceCode} ${version}`)
      .toSorted();
    const known = Object.entries(layouts)
      .flatMap(([name, versions]) => Object.keys(versions).map((version) => `${name} ${version}`))
      .toSorted();
    expect(known).toEqual(agreed);
    expect(Object.keys(leavingItems)).toEqual(Object.values(paymentItems));
    expect(Object.keys(replicaItems)).toEqual([...REPLICA_ITEMS]);
    for (const item of Object.keys(replicaItems)) expect(DOCUMENT, item).toContain(`\`${item}\``);
    for (const [file, { columns }] of Object.entries(feedLayouts)) {
      expect(DOCUMENT, file).toContain(`## ${file}`);
      for (const column of Object.keys(columns)) expect(DOCUMENT, `${file} ${column}`).toContain(column);
    }
    for (const item of [...Object.keys(leavingItems), "移転番号", "写しの印"]) expect(DOCUMENT, item).toContain(item);
    for (const name of Object.keys(layouts)) expect(DOCUMENT, name).toContain(`\`${name}\``);
  });

  it("a whole first load passes it without a fault; every way in which a file can be wrong is named", async () => {
    const checked = await checkFeed(city);
    expect(checked.flatMap(({ name, faults }) => faults.map((fault) => `${name} ${fault}`))).toEqual([]);
    expect(checked.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(800);
    const wrong: readonly (readonly [string, (text: string) => string, RegExp])[] = [
      ["residents.csv", (text) => text.replace("宛名番号,履歴番号", "履歴番号,宛名番号"), /another header/],
      ["residents.csv", (text) => text.replace(/\n(\d{15}),/u, "\n12345,"), /line 2: 宛名番号/],
      ["incomes.csv", (text) => text.replace(/(\n\d{15}),(\d{4}),/u, "$1,1850,"), /所得年/],
      ["claims.csv", (text) => text.replaceAll(",counter,", ",telephone,"), /受付経路/],
      ["claim_children.csv", (text) => text.replace(/\n\d+,/u, "\n9999999999,"), /line 2: no such claim/],
      ["status_periods.csv", (text) => text + (text.trimEnd().split("\n").at(-1) ?? "") + "\r\n", /stands twice/],
      ["organizations.csv", (text) => text.replace(",institution,", ",club,"), /区分/],
      ["residents.csv", (text) => text.replace(/,\d{4}-\d{2}-\d{2},/u, ",2026-02-30,"), /年月日/],
    ];
    for (const [name, change, words] of wrong) {
      const mend = spoil(name, change);
      expect(await faultsOf(name), `${name} ${words.source}`).toMatch(words);
      mend();
    }
    writeFileSync(join(city, "status_periods.csv"), "", { flag: "a" });
    expect(await faultsOf("status_periods.csv")).toBe("");
    writeFileSync(join(city, "status_periods.csv"), " ", { flag: "a" });
    expect(await faultsOf("status_periods.csv")).toMatch(/bytes instead of.*another hash/);
  });

  it("what leaves passes it: the copy of a transfer as its receiver opens it, the file of an extraction and the request to send again; another item, order or mark is named", async () => {
    const { clerk, other, store, receiver, granted, bytesOf } = office;
    const { objectKey } = await makeTransfer(clerk, ask(await granted()), store);
    const copy = await openCopy(await bytesOf(objectKey), receiver.secret);
    expect(checkCopy(copy)).toMatchObject({ faults: [] });
    expect(checkCopy(copy).rows).toBeGreaterThan(0);
    expect(checkCopy(copy.replace("支給の状態", "住所")).faults).toEqual(["items that may not leave: 住所"]);
    expect(checkCopy(copy.replace(/[0-9a-f]{16}\r\n$/u, "\r\n")).faults.join()).toContain("写しの印");
    const wish = {
      route: "takeExtraction",
      applicant: "架空課",
      ground: "架空規則 第1条",
      purpose: "payment",
      conditions: "市の中",
      validFrom: clerk.today,
      validTo: clerk.today,
      data: "架空の一人",
      rowCap: 10,
    } as const;
    const { extractionId, digest } = await applyForExtraction(clerk, wish);
    await decideExtraction(other, { extractionId, digest });
    const { text: extracted } = await takeExtraction(clerk, {
      extractionId,
      route: wish.route,
      numbers: [RECIPIENT],
    });
    expect(checkExtraction(extracted)).toEqual({ name: "extraction", rows: 1, faults: [] });
    // The number of a transfer is none of an application, and an item less is another layout.
    expect(checkExtraction(copy).faults).toContain("another header");
    expect(checkCopy(extracted).faults.join()).toContain("移転番号");
    const resends = folderStore(join(dir, "store"));
    const asked = { interfaceCode: "residents", from: 3, to: 4, reason: "欠番" };
    await seedAgreements(clerk, other.operator);
    const { objectKey: request } = await requestResend(clerk, resends, asked);
    const text = readFileSync(join(dir, "store", request), "utf8");
    expect(checkResendRequest(text)).toEqual([]);
    expect(checkResendRequest(text.replace("3", "9"))).toEqual(["from and to"]);
    expect(checkResendRequest("{")).toEqual(["no JSON"]);
  });
});
