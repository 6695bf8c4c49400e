/** The way from the allowance system to the 中間サーバー: 庁内連携 and 団体内統合宛名システム joined, for the 運転 and for one command. */
import { type Context, REPLICA_LAYOUT, replicaCheckDue } from "@hagukumi/allowance/contract.ts";
import {
  checkReplicas,
  type CheckedReplicas,
  type ReplicaDoor,
  sendReplicas,
  type SentReplicas,
} from "@hagukumi/interchange/contract.ts";
import { processIdentity } from "@hagukumi/platform/tls/identity-files.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import {
  type AddresseeContext,
  compareReplicas,
  httpIntermediary,
  type Relayed,
  relayRequests,
  relayStates,
  runRelay,
} from "@hagukumi/unified-addressee/contract.ts";

const SYSTEM = "allowance";

/** The door of the 団体内統合宛名システム as 庁内連携 wants it. */
export const replicaDoor = (context: AddresseeContext): ReplicaDoor => ({
  submit: async (key, requests) => await relayRequests(context, { key, systemCode: SYSTEM, requests }),
  states: async (requestIds) => await relayStates(context, SYSTEM, requestIds),
});

async function withServer<T>(
  address: string,
  work: (server: ReturnType<typeof httpIntermediary>) => Promise<T>,
): Promise<T> {
  const link = openLink(processIdentity());
  try {
    return await work(httpIntermediary(link, address));
  } finally {
    link.close();
  }
}

export type RelayRound = Omit<SentReplicas, "submitted"> & { readonly relayed: Relayed };

/** 副本 and inquiries: made, handed over, and what became of them taken back. */
export async function relayRound(context: Context, addressee: AddresseeContext, address: string): Promise<RelayRound> {
  return await withServer(address, async (server) => {
    const door = replicaDoor(addressee);
    const sent = await sendReplicas(context, door);
    const relayed = await runRelay(addressee, server);
    const { submitted: _, ...taken } = await sendReplicas(context, door);
    return { ...taken, made: sent.made, relayed };
  });
}

const count = (value: number): string => value.toLocaleString("ja-JP");

/** One turn of the 運転; empty where nothing moved. */
export async function relayOnce(context: Context, addressee: AddresseeContext, address: string): Promise<string> {
  const { made, registered, refused, waiting, relayed } = await relayRound(context, addressee, address);
  if (made + registered + refused + relayed.answered + relayed.refused === 0) return "";
  return `副本: 作った ${count(made)}件、登録を確かめた ${count(registered)}件、断られた ${count(refused)}件、確かめられていない ${count(waiting)}件。照会の回答 ${count(relayed.answered)}件。`;
}

/** Every replica that the 中間サーバー holds, beside what was registered. */
export async function reconcileReplicas(
  context: Context,
  addressee: AddresseeContext,
  address: string,
  reason: "yearly" | "layout" | "asked",
): Promise<CheckedReplicas> {
  return await withServer(
    address,
    async (server) =>
      await checkReplicas(
        context,
        {
          compare: async (information) => await compareReplicas(addressee, server, { systemCode: SYSTEM, information }),
        },
        { information: REPLICA_LAYOUT, reason },
      ),
  );
}

const REASONS = { yearly: "一年に一度", layout: "様式が変わった", asked: "頼まれた" };

/** The whole comparison where it is due or was asked for. */
export async function reconcileWhenDue(
  context: Context,
  addressee: AddresseeContext,
  address: string,
): Promise<string> {
  const reason = await replicaCheckDue(context);
  if (reason === undefined) return "今日はすることがありません。";
  const { held, matched, missing, extra, different } = await reconcileReplicas(context, addressee, address, reason);
  return `全件照合（${REASONS[reason]}）: 相手にある ${count(held)}件、同じ ${count(matched)}件、相手にない ${count(missing)}件、相手にだけある ${count(extra)}件、中身が違う ${count(different)}件。`;
}
