/** What was lost and sent on in other cities, replayed on 移転. Each test is named after its incident. */
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { ask, useTransferOffice } from "../support/transfer-office.ts";
import {
  applyForDataUse,
  closeTransfer,
  type DataUseForm,
  listTransfers,
  makeTransfer,
  openCopy,
  outletsOn,
  recordReceipt,
} from "../../contract.ts";

const database = useDatabase();
const { clerk, store, receiver, form, granted, bytesOf } = useTransferOffice(database);

describe("what was lost and sent on in other cities", () => {
  it("[I-40] 尼崎市 2022: no list leaves on a stick; what leaves is sealed to one receiver, so that what is lost opens for nobody, and stays on the list until its erasure is recorded", async () => {
    // A medium is on no receiver's list, so it can't even be asked for.
    await expect(applyForDataUse(clerk, form({ channels: ["medium"] }))).rejects.toMatchObject({
      code: "outletMissing",
    });
    const use = await granted();
    await expect(makeTransfer(clerk, ask(use, { channel: "medium" }), store)).rejects.toMatchObject({
      code: "transferRefused",
    });
    // No account is among what may be told to anybody, whatever the application says.
    await expect(applyForDataUse(clerk, form({ items: ["account"] }))).rejects.toMatchObject({
      code: "dataUseInvalid",
    });
    const made = await makeTransfer(clerk, ask(use, { dueDays: 1 }), store);
    const lost = await bytesOf(made.objectKey);
    expect(lost.includes("000000000073000")).toBe(false);
    await expect(openCopy(lost, await generateX25519Identity())).rejects.toThrow();
    const open = async (): Promise<unknown> =>
      (await listTransfers(database.pool, "2027-02-01")).find(({ transferId }) => transferId === made.transferId)
        ?.closed;
    expect(await open()).toBeNull();
    await recordReceipt(clerk, {
      transferId: made.transferId,
      sha256: made.sha256,
      receivedAt: new Date("2026-11-24T10:00:00+09:00"),
      receivedBy: "架空花子",
    });
    await closeTransfer(clerk, {
      transferId: made.transferId,
      how: "erased",
      medium: "サーバーのファイル",
      quantity: 1,
      method: "上書き消去",
      doneAt: new Date("2027-01-31T09:00:00+09:00"),
      doneBy: "架空花子",
    });
    expect(await open()).toBe("erased");
    const { rows } = await database.pool.query(
      "SELECT how, medium, method, done_by FROM interchange.transfer_closure WHERE transfer_id = $1",
      [made.transferId],
    );
    expect(rows).toEqual([{ how: "erased", medium: "サーバーのファイル", method: "上書き消去", done_by: "架空花子" }]);
  });

  it("[I-54] 群馬県 2021: no program here can send mail, and a copy made for one receiver is of no use to the others", async () => {
    for (const { channels, items } of await outletsOn(database.pool, clerk.today)) {
      expect(channels.filter((channel) => !["network", "linkage", "paper"].includes(channel))).toEqual([]);
      expect(items.filter((item) => /account|name|address/i.test(item))).toEqual([]);
    }
    await expect(
      applyForDataUse(clerk, form({ channels: ["mail"] as unknown as DataUseForm["channels"] })),
    ).rejects.toMatchObject({ code: "dataUseInvalid" });
    // Each receiver's copy is made for it alone: another town's key opens nothing of it.
    const town = await generateX25519Identity();
    const theirs = await makeTransfer(
      clerk,
      ask(await granted({ receiverKey: await identityToRecipient(town) })),
      store,
    );
    const ours = await makeTransfer(clerk, ask(await granted()), store);
    expect(await openCopy(await bytesOf(theirs.objectKey), town)).toContain("000000000073000");
    await expect(openCopy(await bytesOf(theirs.objectKey), receiver.secret)).rejects.toThrow();
    await expect(openCopy(await bytesOf(ours.objectKey), town)).rejects.toThrow();
    // Nothing that is installed or written can speak to a mail server.
    const manifests = execFileSync("git", ["ls-files", "*package.json", "package-lock.json"], { encoding: "utf8" });
    const installed = manifests
      .trim()
      .split("\n")
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    expect(/nodemailer|sendmail|smtp|mailgun|postmark|sendgrid/i.test(installed)).toBe(false);
  });
});
