/** 検査: an error blocks until it is put right, an alert wants to be acknowledged with a reason, by name. */
import { examineFiling, receiveDocuments, submitFiling } from "@hagukumi/allowance/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { form, prepare } from "../../../../systems/allowance/test/support/filings.ts";
import { operations } from "../../src/api/operations.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, Sent, ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
const HANAKO = 900_000_000_001_101;
let desk: ServedDesk | undefined;
const actors = new Map<string, Actor>();

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  await prepare(database.pool);
  actors.set("examiner", await makeActor(database.pool, "a.shinsa", "examiner"));
  actors.set("approver", await makeActor(database.pool, "a.kessai", "approver"));
});
afterAll(async () => await desk?.end());

async function ask(who: string, id: string, sent: Sent): Promise<Answer> {
  const operation = operations.find((each) => each.id === id);
  if (desk === undefined || operation === undefined) throw new Error(`no ${id}`);
  return await call(desk.server, actors.get(who), operation, sent);
}

/** 口座変更届 of 架空 花子, with all papers and examined; both may see it. */
async function examined(account: object, more: object = {}): Promise<number> {
  const clerk = contextOf(database.pool, "uketsuke.hanako");
  const content = { claimant: HANAKO, recipientId: desk?.hanako ?? 0, account, ...more };
  const { filingId } = await submitFiling(clerk, { form: form("accountChange", "2026-11-20", content) });
  const papers = "exception" in more ? ["passbook", "exceptionReason"] : ["passbook"];
  await receiveDocuments(clerk, { filingId, received: papers.map((code) => ({ code })) });
  await examineFiling(clerk, { filingId });
  for (const who of ["examiner", "approver"]) {
    const target = { kind: "addressee", number: String(HANAKO) };
    await ask(who, "openCase", { body: { target, purpose: "account", origin: "list" } });
    await ask(who, "openCase", { body: { target, purpose: "certification", origin: "list" } });
  }
  return filingId;
}

type Alert = { readonly digest: string; readonly item: string; readonly text: string; readonly acknowledged: unknown };

async function panel(
  filingId: number,
): Promise<{ alerts: readonly Alert[]; digest: string; stops: readonly string[] }> {
  const { json } = await ask("approver", "readFiling", { path: { filingId } });
  const { digest } = json["examination"] as { digest: string };
  return { alerts: json["alerts"] as Alert[], digest, stops: json["stops"] as string[] };
}

const bank = (holder: string) => ({
  bank: "0182",
  branch: "101",
  accountType: "1",
  accountNumber: "7300001",
  holder,
});

describe("errors and alerts", () => {
  it("an error blocks the approval, says why and what to do, and cannot be acknowledged away", async () => {
    const filingId = await examined(bank("ベツ　ジン"));
    const { alerts, digest, stops } = await panel(filingId);
    expect(alerts).toEqual([]);
    expect(stops.join()).toContain("口座名義が受給者のカナ氏名と一致しません。受給者本人の口座を届け出てもらうか");
    const refused = await ask("approver", "approveFiling", { path: { filingId }, body: { digest } });
    expect(refused.code).toBe("filingStopped");
    const away = { digest: "0".repeat(64), reason: "架空: 進めてよい" };
    expect((await ask("approver", "acknowledgeAlert", { path: { filingId }, body: away })).code).toBe("alertUnknown");
    const { rows } = await database.pool.query("SELECT FROM allowance.alert_acknowledgement");
    expect(rows).toHaveLength(0);
  });

  it("[A159] [A161] an alert tells reason and remedy and stops the approval until it is acknowledged with a reason; who, when and why stay, unchangeable", async () => {
    const filingId = await examined(bank("ベツ　ジン"), { exception: "成年後見人の口座" });
    const { alerts, digest } = await panel(filingId);
    expect(alerts.map(({ item, acknowledged }) => [item, acknowledged])).toContainEqual(["account.holder", null]);
    const approval = { path: { filingId }, body: { digest } };
    const refused = await ask("approver", "approveFiling", approval);
    expect(refused.code).toBe("alertsOpen");
    expect(String(refused.json["detail"])).toContain("口座名義が受給者と違います。例外の理由: 成年後見人の口座");
    expect(String(refused.json["detail"])).toContain("進めてよい理由を書いて確認してください");
    for (const [index, alert] of alerts.entries()) {
      const acknowledge = async (reason: string): Promise<Answer> =>
        await ask("approver", "acknowledgeAlert", { path: { filingId }, body: { digest: alert.digest, reason } });
      expect((await acknowledge("  ")).status).toBe(400);
      expect((await acknowledge(`架空の理由 ${String(index)}: 登記事項証明書で確かめた`)).status).toBe(200);
      expect((await acknowledge("もう一度")).code).toBe("alertAcknowledged");
    }
    expect((await panel(filingId)).alerts[0]?.acknowledged).toMatchObject({
      by: "a.kessai",
      reason: "架空の理由 0: 登記事項証明書で確かめた",
    });
    const { rows } = await database.pool.query(
      `SELECT e.actor, e.action FROM audit.event e JOIN allowance.filing f ON f.reception_number = e.object_id
       WHERE f.filing_id = $1 AND e.action = 'filing.acknowledge'`,
      [filingId],
    );
    expect(rows).toEqual(alerts.map(() => ({ actor: "a.kessai", action: "filing.acknowledge" })));
    const client = await database.pool.connect();
    await client.query("SET ROLE hagukumi_allowance");
    for (const sql of [
      "UPDATE allowance.alert_acknowledgement SET reason = 'x'",
      "DELETE FROM allowance.alert_acknowledgement",
    ]) {
      await expect(client.query(sql)).rejects.toMatchObject({ code: "42501" });
    }
    client.release(true);
    const approved = await ask("approver", "approveFiling", approval);
    expect(approved).toMatchObject({ status: 200 });
  });

  it("the reason of a departure comes from the code table: 却下事由 for a refusal, 案の変更理由 for all else", async () => {
    const filingId = await examined(bank("カクウ　ハナコ"));
    const override = async (outcome: string, reasonCode: string): Promise<Answer> =>
      await ask("examiner", "overrideProposal", {
        path: { filingId },
        body: { outcome, reasonCode, reason: "架空の理由" },
      });
    expect((await override("refuse", "madeUp")).code).toBe("codeUnknown");
    expect((await override("refuse", "causeDate")).code).toBe("codeUnknown");
    expect((await override("grant", "documentsMissing")).code).toBe("codeUnknown");
    const { json } = await ask("examiner", "listOverrideReasons", {});
    expect(json["refusalCause"]).toContainEqual({ identifier: "documentsMissing", label: "書類がそろわない" });
    expect((await override("refuse", "documentsMissing")).status).toBe(200);
  });
});
