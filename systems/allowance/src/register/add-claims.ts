/** Moves staged claims and their children into the 受付簿: the one way in, for the feed and for a claim filed by hand. */
import type { PoolClient } from "pg";

import { claimChildrenFeed } from "./feeds/claim-children.ts";
import { claimsFeed } from "./feeds/claims.ts";
import { type RefusedRow, refuseUnknownPersons, refuseWhere, stageName } from "./stage.ts";

const CLAIM_COLUMNS = claimsFeed.columns.map(({ name }) => name).join(", ");
const CHILD_COLUMNS = claimChildrenFeed.columns.map(({ name }) => name).filter((name) => name !== "reception_number");

/** What became of the staged rows. */
export type Added = { readonly added: number; readonly refused: readonly RefusedRow[] };

/**
 * Adds staged claims. Equal content under a known 受付番号 adds nothing; other content is refused
 * (`receptionNumberReused`), because what was received can't change afterwards.
 */
export async function addClaims(client: PoolClient, recordedBy: string, batchId: number | null): Promise<Added> {
  const refused = [
    ...(await refuseUnknownPersons(client, claimsFeed)),
    ...(await refuseWhere(client, claimsFeed, {
      column: "claimant_number",
      label: "受給者区分",
      code: "claimantKind",
      condition: `EXISTS (SELECT FROM allowance.addressee a WHERE a.addressee_number = s.claimant_number
                    AND (a.kind = 'person') <> (s.recipient_kind = 'individual'))`,
    })),
    ...(await refuseWhere(client, claimsFeed, {
      column: "reception_number",
      label: "受付番号",
      code: "receptionNumberReused",
      // A number of a filing is never that of a claim in the feed: the filing's claim is stored by its approval.
      condition: `EXISTS (SELECT FROM allowance.claim c WHERE c.reception_number = s.reception_number AND c.content_digest <> s.row_digest)
                  OR EXISTS (SELECT FROM allowance.filing f WHERE f.reception_number = s.reception_number)`,
    })),
    // A branch that no snapshot of the master ever had is a typing error. Whether it is open on the pay day is asked then.
    ...(await refuseWhere(client, claimsFeed, {
      column: "account",
      label: "支店コード",
      code: "branchUnknown",
      condition: `s.account IS NOT NULL AND EXISTS (SELECT FROM allowance.branch)
                  AND NOT EXISTS (SELECT FROM allowance.branch b WHERE b.bank = s.account->>'bank' AND b.branch = s.account->>'branch')`,
    })),
  ];
  const result = await client.query(
    `INSERT INTO allowance.claim (${CLAIM_COLUMNS}, content_digest, recorded_by, batch_id)
     SELECT ${CLAIM_COLUMNS}, s.row_digest, $1, $2 FROM ${stageName(claimsFeed)} s
     WHERE NOT EXISTS (SELECT FROM allowance.claim c WHERE c.reception_number = s.reception_number)
     ORDER BY s.received_on, s.reception_number`,
    [recordedBy, batchId],
  );
  return { added: result.rowCount ?? 0, refused };
}

/** Adds staged children of claims. A decided claim takes no more children; a child of a claim never changes. */
export async function addClaimChildren(client: PoolClient): Promise<Added> {
  const feed = claimChildrenFeed;
  const known = `FROM allowance.claim c JOIN allowance.claim_child k ON k.claim_id = c.claim_id
                 WHERE c.reception_number = s.reception_number AND k.child_number = s.child_number`;
  const left = CHILD_COLUMNS.map((name) => `s.${name}`).join(", ");
  const right = CHILD_COLUMNS.map((name) => `k.${name}`).join(", ");
  const refused = [
    ...(await refuseUnknownPersons(client, feed)),
    ...(await refuseWhere(client, feed, {
      column: "reception_number",
      label: "受付番号",
      code: "claimUnknown",
      condition: `NOT EXISTS (SELECT FROM allowance.claim c WHERE c.reception_number = s.reception_number)`,
    })),
    ...(await refuseWhere(client, feed, {
      column: "child_number",
      label: "児童宛名番号",
      code: "claimChildDiffers",
      condition: `EXISTS (SELECT ${known} AND (${left}) IS DISTINCT FROM (${right}))`,
    })),
    ...(await refuseWhere(client, feed, {
      column: "reception_number",
      label: "受付番号",
      code: "claimAlreadyDecided",
      condition: `NOT EXISTS (SELECT ${known}) AND EXISTS (
                    SELECT FROM allowance.claim c JOIN allowance.approval a ON a.claim_id = c.claim_id
                    WHERE c.reception_number = s.reception_number)`,
    })),
  ];
  const result = await client.query(
    `INSERT INTO allowance.claim_child (claim_id, ${CHILD_COLUMNS.join(", ")})
     SELECT c.claim_id, ${left} FROM ${stageName(feed)} s
     JOIN allowance.claim c ON c.reception_number = s.reception_number
     WHERE NOT EXISTS (SELECT FROM allowance.claim_child k WHERE k.claim_id = c.claim_id AND k.child_number = s.child_number)`,
  );
  return { added: result.rowCount ?? 0, refused };
}
