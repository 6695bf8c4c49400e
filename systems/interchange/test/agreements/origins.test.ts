/** From whom and by which way interfaces come, as data; and systems of the city's own (独自施策システム等) by the same methods. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { addChannel, addSource, originTotals, setInterfaceOrigin } from "@hagukumi/allowance/contract.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import { resident } from "../../../allowance/test/support/feeds.ts";
import { bring, prepare } from "../../../allowance/test/support/filings.ts";
import {
  type AgreementForm,
  applyDeliveries,
  changeAgreement,
  folderStore,
  FORMAT,
  receiveDeliveries,
  scopeOf,
  standardAgreements,
} from "../../contract.ts";

const database = useDatabase();
const dir = testFolder();
const context = testContext(database, dir, "renkei.batch");
const store = folderStore(join(dir, "store"));
const PERSON = 81_001;
let last = 0;

/** The agreement for periods of the 国民年金, for another interface, of another system. */
function periodsOf(interfaceCode: string, source: string, systemId: string): AgreementForm {
  const found = standardAgreements("2026-04-01").find((each) => each.interfaceCode === "pension");
  if (found === undefined) throw new Error("no agreement for the pension");
  const resource = interfaceCode.toLowerCase();
  return { ...found, interfaceCode, name: `${source}の資格`, source, systemId, resource, people: "everyone" };
}

/** An office's delivery of one period of one person, the way every office lays it. */
async function deliver(interfaceCode: string, asOf: string, sequence = 1): Promise<void> {
  const { layout } = periodsOf(interfaceCode, "x", "001");
  const names = layout.columns.map(({ name }) => name);
  last += 1;
  const cell = (name: string): string => {
    if (name === "宛名番号") return String(PERSON).padStart(15, "0");
    if (name === "履歴番号") return String(last);
    if (name.endsWith("フラグ")) return "0";
    return name.includes("取得年月日") ? "2026-04-01" : name.includes("区分") || name.includes("種別") ? "1" : "";
  };
  const bytes = Buffer.from(`${names.join(",")}\r\n${names.map(cell).join(",")}\r\n`);
  const file = `${interfaceCode}_${sequence}.csv`;
  await store.put(`in/${file}`, bytes);
  const control = {
    format: FORMAT,
    municipality: "431001",
    interface: interfaceCode,
    version: "1.0",
    kind: sequence === 1 ? "full" : "difference",
    sequence,
    attempt: 1,
    asOf,
    sentAt: `${asOf}T09:00:00+09:00`,
    file,
    rows: 1,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
  await store.put(`in/${interfaceCode}_${sequence}.json`, JSON.stringify(control));
}

async function round(): Promise<{ readonly applied: number; readonly rejectedRows: number; readonly refused: number }> {
  const { refused } = await receiveDeliveries(context, store);
  const { applied, rejectedRows, refused: later } = await applyDeliveries(context, store);
  return { applied, rejectedRows, refused: refused + later };
}

const originsOf = async (interfaceCode: string) =>
  (await originTotals(database.pool))
    .filter((total) => total.interfaceCode === interfaceCode)
    .map(({ source, channel, rows }) => [source, channel, rows]);

beforeAll(async () => {
  await prepare(database.pool);
  await bring(context, { residents: [resident(PERSON, "1990-04-05")] });
});

describe("from whom and by which way", () => {
  it("[D94] [D95] [D97] [D100] [D101] every row says it: 日本年金機構 and another city by 情報提供ネットワークシステム, the council's shared e-application by the e-application channel", async () => {
    const ways = [
      ["pensionService", "日本年金機構", "administrativeOrgan", "network"],
      ["otherCity", "他の市区町村", "otherMunicipality", "network"],
      ["sharedApplication", "県の電子自治体共同運営協議会", "applicationCouncil", "eApplication"],
    ] as const;
    for (const [code, name, source, channel] of ways) {
      await changeAgreement(context, periodsOf(code, name, "N01"), "settei.niro");
      const origin = { code, source, channel, validFrom: "2026-04-01" };
      await expect(setInterfaceOrigin(context, origin, context.operator)).rejects.toMatchObject({ code: "samePerson" });
      await expect(setInterfaceOrigin(context, { ...origin, channel: "email" }, "settei.niro")).rejects.toMatchObject({
        code: "originUnknown",
      });
      await expect(
        setInterfaceOrigin(context, { ...origin, source: "dataBroker" }, "settei.niro"),
      ).rejects.toMatchObject({ code: "originUnknown" });
      await setInterfaceOrigin(context, origin, "settei.niro");
      await deliver(code, "2026-11-20");
      expect(await round()).toEqual({ applied: 1, rejectedRows: 0, refused: 0 });
      expect(await originsOf(code)).toEqual([[source, channel, 1]]);
    }
    const names = (await originTotals(database.pool)).flatMap(({ interfaceCode, sourceName, channelName }) =>
      interfaceCode === null ? [] : [[sourceName, channelName]],
    );
    expect(names).toEqual(
      expect.arrayContaining([
        ["行政機関・独立行政法人等", "情報提供ネットワークシステム"],
        ["地方公共団体・地方独立行政法人", "情報提供ネットワークシステム"],
        ["その他", "電子申請機能・申請管理システム"],
      ]),
    );
  });

  it("[D297] a channel that did not exist is a row under two people from its first day on; before that day the interface comes as it came", async () => {
    await changeAgreement(context, periodsOf("cityApp", "市の手続アプリ", "K02"), "settei.niro");
    const channel = { code: "cityApp", name: "市の手続アプリ", validFrom: "2026-11-01" };
    await expect(addChannel(context, channel, context.operator)).rejects.toMatchObject({ code: "samePerson" });
    const origin = { code: "cityApp", source: "person", channel: "cityApp", validFrom: "2026-11-15" };
    await expect(setInterfaceOrigin(context, origin, "settei.niro")).rejects.toMatchObject({ code: "originUnknown" });
    await addChannel(context, channel, "settei.niro");
    await expect(addChannel(context, channel, "settei.niro")).rejects.toMatchObject({ code: "originUnknown" });
    await addSource(
      context,
      { code: "appOperator", name: "アプリの運営者", examples: "架空社", validFrom: "2026-11-01" },
      "settei.niro",
    );
    await setInterfaceOrigin(context, origin, "settei.niro");
    await deliver("cityApp", "2026-11-14", 1);
    await deliver("cityApp", "2026-11-15", 2);
    expect(await round()).toEqual({ applied: 2, rejectedRows: 0, refused: 0 });
    expect(await originsOf("cityApp")).toEqual([
      ["cityOffice", "interchange", 1],
      ["person", "cityApp", 1],
    ]);
  });
});

describe("独自施策システム等", () => {
  it("[A167] has an ID of its own in the agreement and in what it may be asked by REST, and sends by the same files, checks and order as the standardised systems", async () => {
    const own = periodsOf("ownBenefit", "市独自の子育て給付", "K01");
    for (const systemId of ["", "K1", "独01", "k01"])
      await expect(changeAgreement(context, { ...own, systemId }, "settei.niro")).rejects.toMatchObject({
        code: "agreementInvalid",
      });
    // Without an agreement nothing comes in, whoever says that it sends.
    await deliver("strangersBenefit", "2026-11-20");
    expect(await round()).toMatchObject({ applied: 0, refused: 1 });
    await changeAgreement(context, own, "settei.niro");
    expect(scopeOf(own)).toBe("K01:ownbenefit:read");
    await deliver("ownBenefit", "2026-11-20", 1);
    expect(await round()).toEqual({ applied: 1, rejectedRows: 0, refused: 0 });
    // The third waits for the second, as of every system.
    await deliver("ownBenefit", "2026-11-22", 3);
    expect(await round()).toMatchObject({ applied: 0, refused: 0 });
    await deliver("ownBenefit", "2026-11-21", 2);
    expect(await round()).toEqual({ applied: 2, rejectedRows: 0, refused: 0 });
    expect(await originsOf("ownBenefit")).toEqual([["cityOffice", "interchange", 3]]);
  });
});
