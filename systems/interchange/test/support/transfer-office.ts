/** 移転 for tests: a recipient of the city, the receivers of the assessment, and an application by one person that another grants. */
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { join } from "node:path";
import { beforeAll } from "vitest";

import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import { certifiedFamily } from "../../../allowance/test/support/families.ts";
import { prepare } from "../../../allowance/test/support/filings.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import {
  applyForDataUse,
  type DataUseForm,
  decideDataUse,
  folderStore,
  type NewTransfer,
  seedOutlets,
} from "../../contract.ts";

/** 宛名番号 of the recipient that transfers are about */
export const RECIPIENT = 73_000;

/** What is asked for under an approval. */
export const ask = (dataUseId: number, changes: Partial<NewTransfer> = {}): NewTransfer => ({
  dataUseId,
  channel: "linkage",
  inquiryRef: "援護照会 第12号 2026-11-20",
  numbers: [RECIPIENT],
  ...changes,
});

/** For a whole test file; `database` as `useDatabase` gives it. */
export function useTransferOffice(database: Pick<TestDatabase, "pool" | "url">) {
  const dir = testFolder();
  const clerk = testContext(database, dir, "iten.ichiro");
  const other = testContext(database, dir, "iten.niro");
  const store = folderStore(join(dir, "store"));
  /** The receiver's: the public part is in the application, the secret opens what is sent */
  const receiver = { key: "", secret: "" };
  const form = (changes: Partial<DataUseForm> = {}): DataUseForm => ({
    outletCode: "transfer1",
    applicant: "保護管理援護課 架空太郎",
    ground: "熊本市個人番号の利用及び特定個人情報の提供に関する条例 別表",
    purpose: "publicAssistance",
    conditions: "照会の都度。受け取った課の外に出さない。",
    validFrom: "2026-04-01",
    validTo: "2027-03-31",
    items: ["state", "monthlyAmount", "lastPaidOn"],
    channels: ["linkage", "paper"],
    receiverKey: receiver.key,
    receivedOn: "2026-04-01",
    ...changes,
  });
  const granted = async (changes: Partial<DataUseForm> = {}): Promise<number> => {
    const asked = await applyForDataUse(clerk, form(changes));
    await decideDataUse(other, { ...asked, granted: true });
    return asked.dataUseId;
  };
  const bytesOf = async (objectKey: string | null): Promise<Buffer> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.read(objectKey ?? "")) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  beforeAll(async () => {
    receiver.secret = await generateX25519Identity();
    receiver.key = await identityToRecipient(receiver.secret);
    await prepare(database.pool);
    await certifiedFamily({ clerk, approver: other }, RECIPIENT, ["2025-05-10"]);
    await seedOutlets(clerk, other.operator);
  });
  return { dir, clerk, other, store, receiver, form, granted, bytesOf };
}
