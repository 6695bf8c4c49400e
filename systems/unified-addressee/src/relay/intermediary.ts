/**
 * 中間サーバー as this system sees it (システム3②③): what is handed over and asked, addressed by 団体内統合宛名番号 alone. Behind it stands the
 * 中間サーバー接続端末 of an installation, or a stub; the exact messages (DBM, SKI) are that adapter's business.
 *
 * The wire: JSON over TLS with certificates on both sides. `PUT /v1/replicas/{request}`, `PUT /v1/inquiries/{request}`, `GET /v1/inquiries/{request}`,
 * `GET /v1/replicas?after={number}` (what is held, in the order of the numbers);
 * a request that is repeated gets its first answer, so nothing is registered or asked twice.
 */
import type { Link } from "@hagukumi/platform/tls/link.ts";
import { z } from "zod";

/** What is registered: the whole of what is known of one person (副本), in place of what was there. */
export type ReplicaMessage = {
  readonly unifiedNumber: string;
  /** Of two about one person the higher counts, in whatever order they arrive */
  readonly sequence: number;
  /** 特定個人情報 and version of its layout, in this product's words */
  readonly information: string;
  readonly items: Readonly<Record<string, string>>;
  /** 自動応答不可フラグ, and 不開示 */
  readonly noAutomaticAnswer: boolean;
};

/** 情報照会 by codes of 事務, 事務手続 and 特定個人情報. */
export type InquiryMessage = {
  readonly unifiedNumber: string;
  readonly office: string;
  readonly procedure: string;
  readonly information: string;
  /** 情報提供者の機関コード or 団体コード */
  readonly provider: string;
  readonly undisclosed: boolean;
};

/** What became of one message. `later`: not now, for the reason given; it may be asked again. */
export type IntermediaryAnswer =
  | { readonly state: "accepted"; readonly receipt: string }
  | { readonly state: "registered"; readonly receipt: string }
  | { readonly state: "answered"; readonly unifiedNumber: string; readonly content: Readonly<Record<string, string>> }
  | { readonly state: "later"; readonly code: string; readonly message: string }
  | { readonly state: "refused"; readonly code: string; readonly message: string };

/** A replica as it is held. */
export type HeldReplicaMessage = Pick<ReplicaMessage, "unifiedNumber" | "information" | "items" | "noAutomaticAnswer">;

/** A page of what is held, and the number to go on after; null at the end. */
export type Holdings = { readonly replicas: readonly HeldReplicaMessage[]; readonly next: string | null };

/** Answers for one request; the request of the answer is compared by who asks. */
export type IntermediaryReply = { readonly requestId: string } & IntermediaryAnswer;

export type IntermediaryServer = {
  readonly register: (requestId: string, message: ReplicaMessage) => Promise<IntermediaryReply>;
  readonly inquire: (requestId: string, message: InquiryMessage) => Promise<IntermediaryReply>;
  /** What became of an inquiry that was accepted */
  readonly fetch: (requestId: string) => Promise<IntermediaryReply>;
  /** What is held of this municipality, after a number; undefined where it can't be read */
  readonly holdings: (after: string) => Promise<Holdings | undefined>;
};

const codeText = z.string().regex(/^[a-z][A-Za-z]{2,39}$/);
const messageText = z.string().min(1).max(400);
const receiptText = z.string().regex(/^[A-Za-z0-9-]{1,40}$/);
const requestText = z.string().max(120);
const replyShape = z.discriminatedUnion("state", [
  z.strictObject({ requestId: requestText, state: z.literal("accepted"), receipt: receiptText }),
  z.strictObject({ requestId: requestText, state: z.literal("registered"), receipt: receiptText }),
  z.strictObject({
    requestId: requestText,
    state: z.literal("answered"),
    unifiedNumber: z.string().regex(/^[1-9][0-9]{14}$/),
    content: z.record(z.string().max(80), z.string().max(400)),
  }),
  z.strictObject({ requestId: requestText, state: z.literal("later"), code: codeText, message: messageText }),
  z.strictObject({ requestId: requestText, state: z.literal("refused"), code: codeText, message: messageText }),
]);

const numberText = z.string().regex(/^[1-9][0-9]{14}$/);
const holdingsShape = z.strictObject({
  replicas: z
    .array(
      z.strictObject({
        unifiedNumber: numberText,
        information: z.string().regex(/^[A-Za-z0-9]{1,40}$/),
        items: z.record(z.string().max(80), z.string().max(400)),
        noAutomaticAnswer: z.boolean(),
      }),
    )
    .max(1_000),
  next: numberText.nullable(),
});

/** Longest answer that is read. */
const MOST_BYTES = 1_000_000;

const unreachable = (requestId: string, why: string): IntermediaryReply => ({
  requestId,
  state: "later",
  code: "unreachable",
  message: `中間サーバー（接続端末）につながりません（${why}）。`,
});

/** The server at `base` (`https://host:port`), over a link with this side's certificate. Whatever is wrong with the line or the answer is `later`. */
export function httpIntermediary(link: Pick<Link, "fetch">, base: string): IntermediaryServer {
  const call = async (method: "GET" | "PUT", what: string, id: string, body?: object): Promise<IntermediaryReply> => {
    const at = `${base.replace(/\/+$/, "")}/v1/${what}/${encodeURIComponent(id)}`;
    let text: string;
    try {
      const headers = { "content-type": "application/json" };
      const response = await link.fetch(at, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
      if (response.status >= 500) return unreachable(id, String(response.status));
    } catch (error) {
      // A wrong setting is said aloud, not waited for.
      if (error instanceof Error && "code" in error && error.code === "linkInsecure") throw error;
      return unreachable(id, "応答なし");
    }
    const read = text.length > MOST_BYTES ? undefined : replyShape.safeParse(parsed(text));
    if (read?.success !== true)
      return { requestId: id, state: "later", code: "answerUnreadable", message: "中間サーバーの応答が読めません。" };
    return read.data;
  };
  return {
    register: async (id, replica) => await call("PUT", "replicas", id, replica),
    inquire: async (id, inquiry) => await call("PUT", "inquiries", id, inquiry),
    fetch: async (id) => await call("GET", "inquiries", id),
    holdings: async (after) => {
      const at = `${base.replace(/\/+$/, "")}/v1/replicas?after=${encodeURIComponent(after)}`;
      try {
        const response = await link.fetch(at, { method: "GET", headers: {} });
        const text = await response.text();
        if (response.status !== 200 || text.length > MOST_BYTES) return undefined;
        return holdingsShape.safeParse(parsed(text)).data;
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "linkInsecure") throw error;
        return undefined;
      }
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
