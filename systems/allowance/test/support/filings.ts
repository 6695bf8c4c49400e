/** Filings for tests: a family in the register, forms with believable defaults, the way from the counter to the decision. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";

import type { Pool } from "pg";

import type { Context } from "../../src/context.ts";
import { type Approved, approveFiling } from "../../src/filings/approve.ts";
import { type Examined, examineFiling } from "../../src/filings/examine.ts";
import type { FilingForm } from "../../src/filings/form.ts";
import { receiveDocuments } from "../../src/filings/documents.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { loadFiling } from "../../src/filings/record.ts";
import { procedureOf } from "../../src/filings/registry.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { seedDemoSettings } from "../../src/settings.ts";
import { type Delivery, writeDelivery } from "./feeds.ts";

/** The bank's branch of the forms below and the city's settings. */
export async function prepare(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO allowance.bank_snapshot (source, snapshot_date, sha256, loaded_by) VALUES ('test', '2010-04-01', repeat('a', 64), 'test.loader') ON CONFLICT DO NOTHING;
    INSERT INTO allowance.branch SELECT '0182', '101', '2010-04-01', '肥後', 'ﾋｺﾞ', '本店営業部', 'ﾎﾝﾃﾝ', snapshot_id FROM allowance.bank_snapshot ON CONFLICT DO NOTHING;`);
  const client = await pool.connect();
  try {
    await seedDemoSettings(client, "settei.ichiro", "settei.niro");
  } finally {
    client.release();
  }
}

/** Takes a delivery in; every row must be accepted. */
export async function bring(context: Context, delivery: Delivery): Promise<void> {
  const result = await importFeeds(
    context,
    await writeDelivery(join(context.reportsDir, "..", `delivery-${randomUUID()}`), delivery),
  );
  const refused = result.files.filter((file) => file.refused > 0);
  if (refused.length > 0) throw new Error(`rows were refused: ${JSON.stringify(refused)}`);
}

/** An account of each claimant alone, in the name that `resident` gives everybody. */
const accountOf = (claimant: number) => ({
  bank: "0182",
  branch: "101",
  accountType: "1",
  accountNumber: String(claimant).slice(-7).padStart(7, "0"),
  holder: "カクウ　タロウ",
});

type Content = Readonly<Record<string, unknown>>;

/** A form at the counter with the claimant's 個人番号カード. */
export function form(
  procedure: FilingForm["procedure"],
  receivedOn: string,
  content: Content,
  more: Partial<FilingForm> = {},
): FilingForm {
  return {
    procedure,
    receivedOn,
    channel: "counter",
    wardCode: "431010",
    identity: { kind: 1, documents: ["個人番号カード"] },
    content: { ...content },
    ...more,
  };
}

/** 認定請求書 for a birth. */
export function birthClaim(
  claimant: number,
  child: number,
  bornOn: string,
  receivedOn: string,
  more: Content = {},
): FilingForm {
  return form("certificationIndividual", receivedOn, {
    claimant,
    cause: "birth",
    causeOn: bornOn,
    employeeClass: "employee",
    account: accountOf(claimant),
    children: [{ number: child, role: "child", relation: "子" }],
    ...more,
  });
}

/** Submits with all papers received and examines. */
export async function examined(clerk: Context, filed: FilingForm): Promise<Examined> {
  const head = await submitFiling(clerk, { form: filed });
  const record = await loadFiling(clerk.pool, head.filingId);
  const codes = procedureOf(record.procedure).documents(record.content);
  if (codes.length > 0 && record.channel !== "exOfficio") {
    await receiveDocuments(clerk, { filingId: head.filingId, received: codes.map(({ code }) => ({ code })) });
  }
  return await examineFiling(clerk, { filingId: head.filingId });
}

/** From the form to the decision, by two people. */
export async function decided(clerk: Context, approver: Context, filed: FilingForm): Promise<Approved> {
  const { filingId, digest } = await examined(clerk, filed);
  return await approveFiling(approver, { filingId, digest });
}
