/**
 * 副本の全件照合: what the 中間サーバー holds, page by page, beside what was registered under each 団体内統合宛名番号. Only the business system's own 宛名番号
 * goes back to who asked.
 */
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";

import { type AddresseeContext, command, ROLE, stopIfCancelled } from "../context.ts";
import { fifteenDigits } from "../numbers.ts";
import { refuse } from "../refusal.ts";
import type { HeldReplicaMessage, IntermediaryServer } from "./intermediary.ts";

export type ReplicaDifferenceFound = {
  readonly kind: "missing" | "extra" | "different";
  /** Null: of nobody who is linked in this system */
  readonly addresseeNumber: number | null;
};

export type ComparedWithServer = {
  readonly held: number;
  readonly matched: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** A newer one is on its way, so that nothing can be said */
  readonly underWay: number;
  readonly differences: readonly ReplicaDifferenceFound[];
};

type Registered = {
  readonly unifiedNumber: number;
  readonly addresseeNumber: number;
  readonly content: { readonly information: string; readonly items: Readonly<Record<string, string>> };
  readonly noAutomaticAnswer: boolean;
  readonly underWay: boolean;
};

const REGISTERED = `
  SELECT DISTINCT ON (c.unified_number) c.unified_number AS "unifiedNumber", r.addressee_number AS "addresseeNumber", r.content, r.no_auto_answer AS "noAutomaticAnswer",
    EXISTS (SELECT FROM unified.relay_request n LEFT JOIN unified.relay_outcome x USING (request_id) WHERE n.kind = 'replica' AND n.system_code = r.system_code
      AND n.addressee_number = r.addressee_number AND n.relay_no > r.relay_no AND x.request_id IS NULL) AS "underWay"
  FROM unified.relay_request r JOIN unified.relay_outcome o USING (request_id) JOIN unified.relay_receipt c USING (request_id)
  WHERE r.kind = 'replica' AND r.system_code = $1 AND o.state = 'registered' ORDER BY c.unified_number, r.relay_no DESC`;

const same = (own: Registered, there: HeldReplicaMessage): boolean =>
  canonicalJson({ ...own.content, mark: own.noAutomaticAnswer }) ===
  canonicalJson({ information: there.information, items: there.items, mark: there.noAutomaticAnswer });

async function heldThere(
  context: AddresseeContext,
  server: IntermediaryServer,
): Promise<ReadonlyMap<string, HeldReplicaMessage>> {
  const held = new Map<string, HeldReplicaMessage>();
  for (let after = ""; ;) {
    stopIfCancelled(context, "副本の全件照合");
    const page = await server.holdings(after);
    if (page === undefined)
      throw refuse(
        "requestInvalid",
        "中間サーバー（接続端末）から副本の一覧を読めません。接続端末の状態を確かめて、もう一度行ってください。照合は記録していません。",
      );
    for (const replica of page.replicas) held.set(replica.unifiedNumber, replica);
    if (page.next === null || page.next <= after) return held;
    after = page.next;
  }
}

/**
 * Compares everything of a system.
 *
 * @param information 特定個人情報 and version of its layout; what is held in another layout is different
 * @throws Refusal `requestInvalid` (the other side can't be read), `cancelled`
 */
export async function compareReplicas(
  context: AddresseeContext,
  server: IntermediaryServer,
  { systemCode, information }: { readonly systemCode: string; readonly information: string },
): Promise<ComparedWithServer> {
  const there = await heldThere(context, server);
  const { own, links } = await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<Registered>(REGISTERED, [systemCode]);
    const known = await client.query<{ unified: number; addressee: number }>(
      "SELECT unified_number AS unified, min(addressee_number) AS addressee FROM unified.link WHERE ended_at IS NULL GROUP BY unified_number",
    );
    return { own: rows, links: new Map(known.rows.map((row) => [fifteenDigits(row.unified), row.addressee])) };
  });
  const differences: ReplicaDifferenceFound[] = [];
  const count = { held: there.size, matched: 0, missing: 0, extra: 0, different: 0, underWay: 0 };
  const rest = new Set(there.keys());
  for (const registered of own) {
    const number = fifteenDigits(registered.unifiedNumber);
    const found = there.get(number);
    rest.delete(number);
    const { addresseeNumber } = registered;
    if (registered.underWay) count.underWay += 1;
    else if (found !== undefined && same(registered, found) && found.information === information) count.matched += 1;
    else {
      const kind = found === undefined ? "missing" : "different";
      count[kind] += 1;
      differences.push({ kind, addresseeNumber });
    }
  }
  for (const number of rest) {
    count.extra += 1;
    differences.push({ kind: "extra", addresseeNumber: links.get(number) ?? null });
  }
  await command(
    context,
    "relay.compare",
    `relay/${crypto.randomUUID()}`,
    { systemCode, information },
    async () =>
      await Promise.resolve({
        response: {},
        audit: [{ action: "relay.compare", objectKind: "relay", objectId: systemCode, detail: count }],
      }),
  );
  return { ...count, differences };
}
