/** 副本の送信: what the 中間サーバー was given and confirmed, what is not yet, and why; sending again; the whole comparison. */
import { askReplicaCheck, listReplicaChecks, renewReplica, replicaOverviewOn } from "@hagukumi/allowance/contract.ts";
import { nudgePart } from "@hagukumi/platform/supervision/states.ts";
import { type RelayState, relayStates } from "@hagukumi/unified-addressee/contract.ts";
import { z } from "zod";

import { certificationNumber } from "./inputs.ts";
import { operation } from "./operation.ts";
import { requireShown, shownOf } from "./shown-recipients.ts";

/** Rows of the list at most; the counts are whole. */
const LIMIT = 200;
const MOST = 100_000;
/** The name of this system at the 団体内統合宛名システム. */
const SYSTEM = "allowance";

const reason = z.string().trim().min(1, "理由を書いてください。").max(400);
const reads = { permission: ["claim.examine", "claim.approve"], relation: "none" } as const;

/** What to do about what is in the way; codes of the relay. */
const TO_DO: Readonly<Record<string, string>> = {
  numberMissing: "個人番号を入力してください。入力されると、自動で送ります。",
  crossedLink: "「個人番号の確認リスト」の食い違いを直してください。直るまで送りません。",
  unreachable: "接続端末と回線を確かめてください。自動で送り直します。",
  noCode: "符号が届くまで待ちます。自動で送り直します。",
  answerUnreadable: "接続端末の担当に知らせてください。自動で送り直します。",
  answerMismatch: "接続端末の担当に知らせてください。応答は使っていません。",
};

const readReplicas = operation({
  id: "readReplicas",
  method: "GET",
  path: "/replicas",
  summary: "副本の送信の状態",
  access: reads,
  response: z.object({
    people: z.int(),
    registered: z.int(),
    unmatchedCount: z.int(),
    /** Unmatched of other wards, or of people under protection whom this member of staff may not see */
    others: z.int(),
    unmatched: z.array(
      z.object({
        recipientId: z.int(),
        reason: z.enum(["notRegistered", "refused", "changed", "differs"]),
        version: z.int().nullable(),
        madeAt: z.string().nullable(),
        /** What is so, in words */
        what: z.string(),
        toDo: z.string(),
        attempts: z.int(),
      }),
    ),
    checks: z.array(
      z
        .object({
          checkId: z.int(),
          checkedOn: z.string(),
          reason: z.enum(["yearly", "layout", "asked"]),
          held: z.int(),
          matched: z.int(),
          missing: z.int(),
          extra: z.int(),
          different: z.int(),
          underWay: z.int(),
        })
        .meta({ id: "ReplicaCheck", description: "副本の全件照合の結果（件数だけ）" }),
    ),
  }),
  handler: async (_input, desk) => {
    const found = await desk.readAsSystem(async (client, now) => {
      const overview = await replicaOverviewOn(client, desk.options.today(), MOST);
      const { shown, others } = await shownOf(client, now, overview.unmatched);
      const checks = await listReplicaChecks(client);
      const response = { ...overview, unmatched: shown.slice(0, LIMIT), others, checks };
      return { response, log: [{ action: "list", rows: response.unmatched.length, caseRef: "replicas" }] };
    });
    const ids = found.unmatched.flatMap(({ replicaId }) => (replicaId === null ? [] : [requestOf(replicaId)]));
    const relayed = new Map<string, RelayState>(
      (ids.length === 0 ? [] : await relayStates({ pool: desk.pool }, SYSTEM, ids)).map((each) => [
        each.requestId,
        each,
      ]),
    );
    return {
      people: found.people,
      registered: found.registered,
      unmatchedCount: found.unmatchedCount,
      others: found.others,
      unmatched: found.unmatched.map(({ recipientId, replicaId, reason: why, version, madeAt, message }) => {
        const relay = replicaId === null ? undefined : relayed.get(requestOf(replicaId));
        return {
          recipientId,
          reason: why,
          version,
          madeAt: madeAt?.toISOString() ?? null,
          attempts: relay?.attempts ?? 0,
          ...wordsOf(why, message, relay),
        };
      }),
      checks: found.checks.map(({ checkedAt: _at, layout: _layout, ...check }) => check),
    };
  },
});

const requestOf = (replicaId: number): string => `${SYSTEM}/replica/${String(replicaId)}`;

function wordsOf(
  why: "notRegistered" | "refused" | "changed" | "differs",
  message: string,
  relay: RelayState | undefined,
): { readonly what: string; readonly toDo: string } {
  if (why === "changed")
    return {
      what: "決定や支払で中身が変わりました。新しい版はまだ送っていません。",
      toDo: "次の中継で自動で送ります。",
    };
  if (why === "differs")
    return {
      what: "全件照合で、中間サーバーにないか、中身が違っていました。",
      toDo: "わけを確かめて「もう一度送る」を押してください。",
    };
  if (why === "refused")
    return {
      what: message === "" ? "中間サーバーに断られました。" : message,
      toDo: "わけを直してから「もう一度送る」を押してください。",
    };
  if (relay === undefined || relay.code === null)
    return { what: "送って、登録の確かめを待っています。", toDo: "次の中継で結果を受け取ります。" };
  return { what: relay.message, toDo: TO_DO[relay.code] ?? "自動で送り直します。" };
}

const resendReplica = operation({
  id: "resendReplica",
  method: "POST",
  path: "/replicas/{recipientId}/resends",
  summary: "副本をもう一度送る",
  access: { permission: "claim.examine", relation: "none" },
  command: true,
  params: z.strictObject({ recipientId: certificationNumber }),
  body: z.strictObject({ reason }),
  response: z.object({ message: z.string() }),
  handler: async ({ params, body }, desk) => {
    await requireShown(desk, params.recipientId);
    const about = { caseRef: String(params.recipientId) };
    const { version } = await desk.command(
      about,
      async (context, key) => await renewReplica(context, { ...params, ...body, key }),
    );
    await nudgePart(desk.pool, "relay", desk.session().staffId);
    return { message: `第${String(version)}版として、もう一度送ります。` };
  },
});

const askForCheck = operation({
  id: "askReplicaCheck",
  method: "POST",
  path: "/replica-checks",
  summary: "副本の全件照合を頼む",
  access: { permission: "claim.examine", relation: "none" },
  command: true,
  body: z.strictObject({ reason }),
  response: z.object({ message: z.string() }),
  handler: async ({ body }, desk) => {
    await desk.command({}, async (context, key) => {
      await askReplicaCheck(context, { ...body, key });
    });
    await nudgePart(desk.pool, "replicaCheck", desk.session().staffId);
    return { message: "全件照合を頼みました。終わると、この画面に結果が出ます。" };
  },
});

export const replicaOperations = [readReplicas, resendReplica, askForCheck];
