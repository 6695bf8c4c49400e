/**
 * 警告の確認 (A159, A161): an error (`stop`) blocks until it is put right; an alert (`look`) wants somebody to say, with a reason, why the
 * case may go on. What is acknowledged is the alert to the letter: where its text changes it is another alert.
 */
import { createHash } from "node:crypto";

import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { checkReason, filingCommand, type FilingHead, headOf } from "./command.ts";
import type { Difference, Proposal } from "./procedure.ts";
import { loadFiling } from "./record.ts";

export type Acknowledgement = { readonly by: string; readonly at: Date; readonly reason: string };

/** An alert of a proposal, and who has acknowledged it. */
export type ProposalAlert = {
  /** SHA-256 of item, child and text: what an acknowledgement is of */
  readonly digest: string;
  readonly item: string;
  readonly child: number | null;
  readonly text: string;
  readonly acknowledged: Acknowledgement | null;
};

const digestOf = ({ item, child, text }: Difference): string =>
  createHash("sha256").update(canonicalJson({ item, child, text })).digest("hex");

/** The alerts of a proposal with their acknowledgements, in the order of the examination. */
export async function alertsOf(
  client: PoolClient,
  filingId: number,
  { differences }: Proposal,
): Promise<readonly ProposalAlert[]> {
  const { rows } = await client.query<Acknowledgement & { readonly digest: string }>(
    `SELECT alert_digest AS digest, acknowledged_by AS by, acknowledged_at AS at, reason
     FROM allowance.alert_acknowledgement WHERE filing_id = $1`,
    [filingId],
  );
  const known = new Map(rows.map(({ digest, ...acknowledged }) => [digest, acknowledged]));
  const alerts = differences
    .filter(({ weight }) => weight === "look")
    .map((alert) => {
      const digest = digestOf(alert);
      const { item, child, text } = alert;
      return { digest, item, child, text, acknowledged: known.get(digest) ?? null };
    });
  return [...new Map(alerts.map((alert) => [alert.digest, alert])).values()];
}

/** @throws Refusal `alertsOpen`, naming them */
export async function checkAlerts(client: PoolClient, filingId: number, proposal: Proposal): Promise<void> {
  const open = (await alertsOf(client, filingId, proposal)).filter(({ acknowledged }) => acknowledged === null);
  if (open.length === 0) return;
  throw refuse(
    "alertsOpen",
    `決裁できません。確認していない警告があります（${open.map(({ text }) => text).join(" ")}）。1つずつ、進めてよい理由を書いて確認してください。何も決めていません。`,
    { items: open.map(({ item }) => item) },
  );
}

export type AcknowledgeAlert = {
  readonly filingId: number;
  /** As `alertsOf` gave it */
  readonly digest: string;
  /** Why the case may go on in spite of it, 1–400 characters */
  readonly reason: string;
  readonly key?: string;
};

/**
 * Acknowledges one alert of the present examination, once, with the name of whoever does it.
 *
 * @throws Refusal `alertUnknown` (no such alert now, or nothing is examined), `alertAcknowledged`, `filingInvalid`, `filingUnknown`
 */
export async function acknowledgeAlert(context: Context, alert: AcknowledgeAlert): Promise<FilingHead> {
  const { filingId, digest, key } = alert;
  const reason = checkReason(alert.reason, "警告の確認");
  return await filingCommand(context, {
    name: "filing.acknowledge",
    key,
    request: { filingId, digest, reason },
    work: async (client) => {
      const record = await loadFiling(client, filingId);
      const proposal = record.state === "examined" ? record.examination?.proposal : undefined;
      const alerts = proposal === undefined ? [] : await alertsOf(client, filingId, proposal);
      const found = alerts.find((each) => each.digest === digest);
      if (found === undefined) {
        throw refuse(
          "alertUnknown",
          "この警告は、いまの審査にはありません。画面を読み直して、いまの警告を確かめてください。何も残していません。",
        );
      }
      if (found.acknowledged !== null) {
        throw refuse(
          "alertAcknowledged",
          `この警告は、${found.acknowledged.by} がもう確認しています。画面を読み直してください。何も変えていません。`,
        );
      }
      await client.query(
        "INSERT INTO allowance.alert_acknowledgement (filing_id, alert_digest, item, reason, acknowledged_by) VALUES ($1, $2, $3, $4, $5)",
        [filingId, digest, found.item, reason, context.operator],
      );
      return headOf(record, record.state, record.revision);
    },
  });
}
