/** 移転: what can't leave, and what the record says of what did. */
import { generateX25519Identity } from "age-encryption";
import { describe, expect, it } from "vitest";

import { civilDate } from "@hagukumi/law/contract.ts";
import { changedRecipients } from "@hagukumi/allowance/contract.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { ask, RECIPIENT, useTransferOffice } from "../support/transfer-office.ts";
import {
  answerWish,
  applyForDataUse,
  changeOutlet,
  closeTransfer,
  type DataUseForm,
  dataUseRetention,
  decideDataUse,
  endDataUse,
  listDataUses,
  listTransfers,
  makeTransfer,
  openCopy,
  outletsOn,
  placeCopies,
  propose,
  recordReceipt,
  seedOutlets,
  standardOutlets,
  traceLine,
} from "../../contract.ts";

const database = useDatabase();
const { clerk, other, store, receiver, form, granted, bytesOf } = useTransferOffice(database);

describe("the list of receivers", () => {
  it("[D124] has the five of the assessment and nobody else; nothing leaves to whom it does not name", async () => {
    expect((await outletsOn(database.pool, clerk.today)).map(({ outletCode }) => outletCode)).toEqual([
      "provision1",
      "provision2",
      "provision3",
      "provision4",
      "transfer1",
    ]);
    await expect(applyForDataUse(clerk, form({ outletCode: "police" }))).rejects.toMatchObject({
      code: "outletMissing",
    });
    expect(await seedOutlets(clerk, other.operator)).toBe(0);
  });

  it("[D132] the four provisions go through 情報提供ネットワークシステム only: no application opens another channel", async () => {
    for (const { outletCode, kind, channels } of standardOutlets) {
      if (kind !== "provision") continue;
      expect(channels).toEqual(["network"]);
      await expect(applyForDataUse(clerk, form({ outletCode }))).rejects.toMatchObject({ code: "outletMissing" });
    }
  });

  it("[D298] a new receiver is a row under two people, not a change of the program", async () => {
    const outlet = {
      outletCode: "transfer2",
      kind: "transfer",
      name: "架空課",
      ground: "架空条例 1条",
      uses: { imaginary: "架空の事務" },
      channels: ["medium"],
      items: ["state"],
      validFrom: "2026-11-01",
      validTo: null,
    } as const;
    await expect(changeOutlet(clerk, outlet, clerk.operator)).rejects.toMatchObject({ code: "samePerson" });
    await expect(changeOutlet(clerk, { ...outlet, items: ["address"] }, other.operator)).rejects.toMatchObject({
      code: "outletInvalid",
    });
    await changeOutlet(clerk, outlet, other.operator);
    expect((await outletsOn(database.pool, clerk.today)).map(({ outletCode }) => outletCode)).toContain("transfer2");
    await changeOutlet(clerk, { ...outlet, validTo: "2026-11-01" }, other.operator);
    expect((await outletsOn(database.pool, civilDate("2026-11-02"))).map(({ outletCode }) => outletCode)).not.toContain(
      "transfer2",
    );
  });
});

describe("データ使用承認願", () => {
  it("[D244] without one of its five parts it is not taken in, and says which", async () => {
    const parts = {
      使用根拠: { ground: " " },
      使用目的: { purpose: "" },
      使用条件: { conditions: "　" },
      使用期間: { validTo: "2027-02-30" },
      使用データ: { items: [] },
    } as const;
    for (const change of Object.values(parts)) {
      await expect(applyForDataUse(clerk, form({ ...change } as Partial<DataUseForm>))).rejects.toMatchObject({
        code: "dataUseInvalid",
        message: expect.stringContaining(`「${Object.keys(change)[0] ?? ""}`) as unknown,
      });
    }
    await expect(applyForDataUse(clerk, form({ validTo: "2028-03-31" }))).rejects.toMatchObject({
      code: "dataUseInvalid",
    });
    await expect(applyForDataUse(clerk, form({ receiverKey: "password" }))).rejects.toMatchObject({
      code: "dataUseInvalid",
    });
    expect(await listDataUses(database.pool)).toEqual([]);
  });

  it("[D245] what the ordinance does not know – use, item, channel – can't even be asked for", async () => {
    for (const change of [{ purpose: "scholarship" }, { channels: ["medium"] }] as const) {
      await expect(applyForDataUse(clerk, form({ ...change } as Partial<DataUseForm>))).rejects.toMatchObject({
        code: "outletMissing",
      });
    }
    await expect(applyForDataUse(clerk, form({ items: ["address"] }))).rejects.toMatchObject({
      code: "dataUseInvalid",
    });
  });

  it("[D243] nothing goes out without the approval of another person, by the program or by SQL", async () => {
    const asked = await applyForDataUse(clerk, form());
    await expect(makeTransfer(clerk, ask(asked.dataUseId), store)).rejects.toMatchObject({ code: "transferRefused" });
    await expect(decideDataUse(clerk, { ...asked, granted: true })).rejects.toMatchObject({ code: "samePerson" });
    await expect(decideDataUse(other, { ...asked, digest: "0".repeat(64), granted: true })).rejects.toMatchObject({
      code: "contentChanged",
    });
    await expect(decideDataUse(other, { dataUseId: 999, digest: asked.digest, granted: true })).rejects.toMatchObject({
      code: "dataUseUnknown",
    });
    await decideDataUse(other, { ...asked, granted: false, reason: "条例の対象にならない" });
    await expect(makeTransfer(clerk, ask(asked.dataUseId), store)).rejects.toMatchObject({ code: "transferRefused" });
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL ROLE hagukumi_interchange");
      await expect(
        client.query(
          `INSERT INTO interchange.transfer (data_use_id, outlet_code, outlet_revision, channel, inquiry_ref, items, as_of, rows, container, sha256, watermark, due_on, made_by, made_on)
           VALUES ($1, 'transfer1', 1, 'linkage', 'x', '{state}', '2026-11-24', 1, '\\x00', repeat('0', 64), repeat('0', 32), '2026-12-01', 'iten.ichiro', '2026-11-24')`,
          [asked.dataUseId],
        ),
      ).rejects.toMatchObject({ constraint: "transfer_approval" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    expect(await listTransfers(database.pool, clerk.today)).toEqual([]);
  });

  it("[D246] an approval ends with its period, or earlier when it is ended", async () => {
    const past = await granted({ validFrom: "2025-04-01", validTo: "2026-03-31" });
    await expect(makeTransfer(clerk, ask(past), store)).rejects.toMatchObject({
      code: "transferRefused",
      message: expect.stringContaining("使用期間") as unknown,
    });
    const ended = await granted();
    await endDataUse(other, ended, "事務が終わった");
    await expect(makeTransfer(clerk, ask(ended), store)).rejects.toMatchObject({ code: "transferRefused" });
  });
});

describe("移転", () => {
  it("[D134] [D135] [D136] [D137] the ordinance is kept with each, and the three uses of 保護管理援護課 are the only ones", async () => {
    const [, , , , transfer] = await outletsOn(database.pool, civilDate("2026-10-01"));
    expect(Object.keys(transfer?.uses ?? {}).toSorted()).toEqual(["publicAssistance", "residentRecord", "returnees"]);
    for (const purpose of ["publicAssistance", "returnees", "residentRecord"]) {
      const { transferId } = await makeTransfer(clerk, ask(await granted({ purpose })), store);
      const [made] = await listTransfers(database.pool, clerk.today, "transfer1");
      expect(made).toMatchObject({ transferId, purpose, ground: expect.stringContaining("条例") as unknown });
    }
  });

  it("carries the approved items about the asked people and nothing else: no name, no address, no account; a protected person's line is marked 不開示", async () => {
    await database.pool.query("SELECT allowance.mark_protection(ARRAY[73000]::bigint[], true)");
    const use = await granted({ items: ["state", "firstMonth", "monthlyAmount", "children", "undisclosed"] });
    await expect(makeTransfer(clerk, ask(use, { items: ["held"] }), store)).rejects.toMatchObject({
      code: "transferRefused",
      message: expect.stringContaining("使用データ") as unknown,
    });
    await expect(makeTransfer(clerk, ask(use, { channel: "medium" }), store)).rejects.toMatchObject({
      message: expect.stringContaining("方法") as unknown,
    });
    for (const wrong of [{ numbers: [] }, { numbers: [0.5] }, { inquiryRef: " " }, { dueDays: 91 }]) {
      await expect(makeTransfer(clerk, ask(use, wrong), store)).rejects.toMatchObject({ code: "transferInvalid" });
    }
    const made = await makeTransfer(clerk, ask(use, { numbers: [RECIPIENT, 1] }), store);
    const text = await openCopy(await bytesOf(made.objectKey), receiver.secret);
    const [head, nobody, recipient] = text.split("\r\n");
    expect(head).toBe("宛名番号,支給の状態,支給開始年月,月額,支給対象児童数,不開示の印,移転番号,写しの印");
    expect(nobody).toMatch(/^000000000000001,なし,,,,0,T\d{8},[0-9a-f]{16}$/);
    // Born 2025-05-10, under 3: 15,000 yen a month, claimed in May 2026, so from June
    expect(recipient).toMatch(/^000000000073000,受給中,2026-06,15000,[01]?,1,T\d{8},[0-9a-f]{16}$/);
    const { rows } = await database.pool.query<{ name: string; address: string }>(
      "SELECT name, address FROM allowance.person_current WHERE addressee_number = 73000",
    );
    expect(text).not.toContain(rows[0]?.name ?? "?");
    expect(text).not.toContain(rows[0]?.address ?? "?");
  });

  it("[D252] what is handed over is encrypted to the receiver: the key of another opens nothing, nor does what the city keeps", async () => {
    const made = await makeTransfer(clerk, ask(await granted()), store);
    const bytes = await bytesOf(made.objectKey);
    expect(bytes.toString("latin1")).toMatch(/^age-encryption\.org\/v1\n/);
    expect(bytes.includes("000000000073000")).toBe(false);
    await expect(openCopy(bytes, await generateX25519Identity())).rejects.toThrow();
    const { rows } = await database.pool.query<{ container: Buffer }>(
      "SELECT container FROM interchange.transfer WHERE transfer_id = $1",
      [made.transferId],
    );
    expect(rows[0]?.container.equals(bytes)).toBe(true);
    expect(await openCopy(bytes, receiver.secret)).toContain("000000000073000");
  });

  it("[D138] 庁内連携 and paper, both recorded; the paper's text goes to the printer and is kept nowhere", async () => {
    const use = await granted();
    const linked = await makeTransfer(clerk, ask(use), store);
    const paper = await makeTransfer(clerk, ask(use, { channel: "paper" }), store);
    expect(linked).toMatchObject({ printed: null });
    expect(paper).toMatchObject({ objectKey: null, printed: expect.stringContaining("000000000073000") as unknown });
    expect((await listTransfers(database.pool, clerk.today)).slice(0, 2)).toMatchObject([
      { channel: "paper", transferId: paper.transferId },
      { channel: "linkage", transferId: linked.transferId },
    ]);
  });

  it("[D110] [D139] [D140] [D248] each inquiry has its record – who, what, when, on what ground – with the clocks and hashes of both sides; a copy that changed on the way is no receipt", async () => {
    const use = await granted();
    const made = await makeTransfer(clerk, ask(use, { inquiryRef: "援護照会 第99号" }), store);
    const receipt = { transferId: made.transferId, receivedAt: new Date("2026-11-24T10:00:00+09:00") };
    await expect(
      recordReceipt(clerk, { ...receipt, sha256: "0".repeat(64), receivedBy: "架空花子" }),
    ).rejects.toMatchObject({ code: "transferAltered" });
    await recordReceipt(clerk, { ...receipt, sha256: made.sha256, receivedBy: "架空花子" });
    expect((await listTransfers(database.pool, clerk.today))[0]).toMatchObject({
      inquiryRef: "援護照会 第99号",
      outletName: "保護管理援護課",
      items: ["state", "monthlyAmount", "lastPaidOn"],
      people: 1,
      madeBy: "iten.ichiro",
      sentAt: expect.any(Date) as unknown,
      receivedAt: receipt.receivedAt,
      sha256: made.sha256,
      sameHash: true,
      closed: null,
    });
    const { rows } = await database.pool.query(
      "SELECT FROM audit.event WHERE action = 'provision.read' AND detail ->> 'inquiry' = '援護照会 第99号'",
    );
    expect(rows).toHaveLength(1);
  });

  it("[THR88] a copy whose term has passed blocks every new one to that receiver, until its return or erasure is reported in full", async () => {
    const use = await granted();
    const made = await makeTransfer(clerk, ask(use, { dueDays: 1 }), store);
    const later = { ...clerk, today: civilDate("2027-01-10") };
    await expect(makeTransfer(later, ask(use), store)).rejects.toMatchObject({
      code: "transferRefused",
      message: expect.stringContaining("期限を過ぎた写し") as unknown,
    });
    const closure = {
      how: "erased",
      medium: "サーバーのファイル",
      quantity: 1,
      method: "上書き消去",
      doneAt: new Date("2027-01-11T09:00:00+09:00"),
      doneBy: "架空花子",
    } as const;
    for (const { transferId, dueOn, sha256, receivedAt } of await listTransfers(database.pool, "2027-01-10")) {
      if (dueOn >= "2027-01-10") continue;
      if (receivedAt === null) {
        await expect(closeTransfer(clerk, { ...closure, transferId })).rejects.toMatchObject({
          code: "transferUnknown",
        });
        await recordReceipt(clerk, { transferId, sha256, receivedAt: new Date(), receivedBy: "架空花子" });
      }
      await expect(closeTransfer(clerk, { ...closure, transferId, method: " " })).rejects.toThrow();
      await closeTransfer(clerk, { ...closure, transferId });
    }
    const again = await makeTransfer(later, ask(use), store);
    expect(again.transferId).toBeGreaterThan(made.transferId);
  });

  it("[A166] to 住民記録 go the start and end months of those whose right changed, from where the last delivery ended", async () => {
    const use = await granted({ purpose: "residentRecord", items: ["state", "firstMonth", "lastMonth"] });
    // Decided on 2026-05-26
    expect(await changedRecipients(database.pool, civilDate("2026-05-27"), civilDate("2027-03-31"))).toEqual([]);
    expect(await changedRecipients(database.pool, civilDate("2026-04-01"), civilDate("2026-05-25"))).toEqual([]);
    const numbers = await changedRecipients(database.pool, civilDate("2026-05-26"), civilDate("2026-05-26"));
    expect(numbers).toEqual([RECIPIENT]);
    const made = await makeTransfer(clerk, ask(use, { numbers, inquiryRef: "住民記録への定例の連携" }), store);
    expect(await openCopy(await bytesOf(made.objectKey), receiver.secret)).toMatch(
      /\r\n000000000073000,受給中,2026-06,,T/,
    );
  });

  it("a leaked line names the copy it came from, also when the number of the copy was cut off", async () => {
    const use = await granted();
    const first = await makeTransfer(clerk, ask(use), store);
    const second = await makeTransfer(clerk, ask(use), store);
    const line = (await openCopy(await bytesOf(second.objectKey), receiver.secret)).split("\r\n")[1] ?? "";
    const copy = { kind: "transfer", transferId: second.transferId };
    expect(await traceLine(database.pool, line)).toEqual(copy);
    expect(await traceLine(database.pool, line.slice(-16))).toEqual(copy);
    expect(await traceLine(database.pool, "000000000073000,受給中,T00000001,0000000000000000")).toBeUndefined();
    expect(first.transferId).not.toBe(second.transferId);
  });

  it("a crash after the record and before the file leaves the very copy to be laid down, once", async () => {
    const use = await granted();
    const broken = { ...store, put: async () => await Promise.reject(new Error("架空の停電")) };
    await expect(makeTransfer(clerk, ask(use), broken)).rejects.toThrow("架空の停電");
    expect(await placeCopies(clerk, store)).toBe(1);
    expect(await placeCopies(clerk, store)).toBe(0);
    const [latest] = await listTransfers(database.pool, clerk.today);
    const bytes = await bytesOf(`out/transfer1/T${String(latest?.transferId).padStart(8, "0")}.age`);
    expect(await openCopy(bytes, receiver.secret)).toContain("000000000073000");
  });

  it("a request to one of the four provisions with a purpose that is not its own is refused, like one by another way", async () => {
    const uses = {
      provision1: "publicAssistance",
      provision2: "welfareLoan",
      provision3: "returnees",
      provision4: "scholarship",
    };
    for (const [outletCode, own] of Object.entries(uses)) {
      const listed = standardOutlets.find((each) => each.outletCode === outletCode);
      expect(Object.keys(listed?.uses ?? {})).toEqual([own]);
      for (const purpose of Object.values(uses)) {
        await expect(applyForDataUse(clerk, form({ outletCode, purpose }))).rejects.toMatchObject({
          code: "outletMissing",
        });
      }
    }
  });

  it("what leaves on a medium or by linkage is a container for one key: read as bytes, it shows that key's stanza and nothing of its content", async () => {
    const made = await makeTransfer(clerk, ask(await granted()), store);
    const bytes = await bytesOf(made.objectKey);
    // age v1: version, one stanza for the X25519 recipient, MAC of the header, then ChaCha20-Poly1305; no passphrase stanza, no file names.
    const header = bytes
      .subarray(0, bytes.indexOf("\n---") + 1)
      .toString("latin1")
      .trimEnd()
      .split("\n");
    expect(header[0]).toBe("age-encryption.org/v1");
    expect(header.filter((line) => line.startsWith("-> "))).toHaveLength(1);
    expect(header[1]).toMatch(/^-> X25519 \S{43}$/);
    const text = await openCopy(bytes, receiver.secret);
    for (const word of ["宛名番号", "受給中", "000000000073000", "73000", "移転番号"]) {
      if (word !== "73000") expect(text).toContain(word);
      for (const encoding of ["utf8", "utf16le"] as const)
        expect(bytes.includes(Buffer.from(word, encoding))).toBe(false);
    }
    expect(made.objectKey).toMatch(/^out\/transfer1\/T\d{8}\.age$/);
  });

  it("[D249] applications are kept five years after their last day and then removed, as listed and by two people; one whose copy is still out stays, and the counts stay", async () => {
    const grant = async (kind: "dataUseRemoval" | "dataUseTerm", content: unknown, on: string) => {
      const day = civilDate(on);
      const asked = await propose(
        { ...clerk, today: day },
        { kind, content, reason: "保存期間", timing: "before", key: `${kind}${on}` },
      );
      await answerWish({ ...other, today: day }, { ...asked, granted: true, key: `answer${kind}${on}` });
    };
    const { rows: before } = await database.pool.query<{ id: number }>(
      "SELECT data_use_id AS id FROM interchange.data_use ORDER BY 1",
    );
    // Kept: 2027-03-31 + 5 years = 2032-03-31; on that very day nothing of that period is past its term, on the next it is.
    const ended = await granted({ purpose: "returnees" });
    const early = await dataUseRetention(database.pool, "2030-01-01");
    expect(early).toMatchObject({ years: 5, past: [], removals: [] });
    expect((await dataUseRetention(database.pool, "2032-03-31")).past).not.toContain(ended);
    const { past } = await dataUseRetention(database.pool, "2032-04-01");
    expect(past).toContain(ended);
    // Copies of the tests above that were never reported back keep theirs.
    const { rows: out } = await database.pool.query<{ id: number }>(
      "SELECT DISTINCT data_use_id AS id FROM interchange.transfer t WHERE NOT EXISTS (SELECT FROM interchange.transfer_closure c WHERE c.transfer_id = t.transfer_id)",
    );
    expect(out.length).toBeGreaterThan(0);
    for (const { id } of out) expect(past).not.toContain(id);
    await expect(grant("dataUseRemoval", { dataUseIds: [...past] }, "2031-01-01")).rejects.toMatchObject({
      code: "contentChanged",
    });
    await expect(grant("dataUseRemoval", { dataUseIds: [...past, 999_999] }, "2032-04-02")).rejects.toMatchObject({
      code: "contentChanged",
    });
    await grant("dataUseRemoval", { dataUseIds: [...past] }, "2032-04-01");
    const left = (await listDataUses(database.pool)).map(({ dataUseId }) => dataUseId);
    expect(left.filter((id) => past.includes(id))).toEqual([]);
    expect(left).toHaveLength(before.length + 1 - past.length);
    expect((await dataUseRetention(database.pool, "2032-04-01")).removals).toMatchObject([
      { uses: past.length, years: 5, enteredBy: clerk.operator, approvedBy: other.operator },
    ]);
    // The term is a parameter with a date: ten years from 2033 on.
    await grant("dataUseTerm", { years: 10, validFrom: "2033-01-01" }, "2032-12-01");
    expect((await dataUseRetention(database.pool, "2032-12-31")).years).toBe(5);
    expect((await dataUseRetention(database.pool, "2033-01-01")).years).toBe(10);
  });
});
