/**
 * The 中間サーバー behind its terminal, as a stub: it keeps the newest replica of each person (副本), takes inquiries and answers them later, knows each
 * request by its number, and keeps the record of what came (情報提供等記録). Whoever replaces it by the real thing keeps this wire. It does not
 * know the product's code: what it accepts it checks by itself.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { createSecureServer, type TlsEnd } from "@hagukumi/platform/tls/policy.ts";

/**
 * `unavailable`: 503; `lost`: the work is done and the line breaks before the answer; `garbled`: an answer that is no JSON; `otherPerson`, `otherRequest`: the
 * answer of somebody else, or to something else.
 */
export type IntermediaryFault = "unavailable" | "lost" | "garbled" | "otherPerson" | "otherRequest";

export type IntermediaryOptions = {
  readonly port: number;
  /** Certificates on both sides; without it in the clear, for the same machine alone */
  readonly tls?: TlsEnd;
  /** People whose 符号 is not there yet */
  readonly withoutCode?: Iterable<string>;
  /** Folder in which the replicas are kept over its end; without it they are in memory alone */
  readonly dir?: string;
};

export type HeldReplica = {
  readonly requestId: string;
  readonly sequence: number;
  readonly information: string;
  readonly items: Readonly<Record<string, string>>;
  readonly noAutomaticAnswer: boolean;
  readonly receipt: string;
};

type Inquiry = { readonly unifiedNumber: string; readonly information: string; readonly receipt: string };

/** What became of an inquiry of another office. */
export type Provision =
  | { readonly state: "answered"; readonly provisionNo: number; readonly items: Readonly<Record<string, string>> }
  | { readonly state: "held"; readonly provisionNo: number }
  | { readonly state: "none" };

/** One provision as the record keeps it. */
export type ProvisionRecord = {
  readonly provisionNo: number;
  readonly asker: string;
  readonly unifiedNumber: string;
  readonly state: "answered" | "held";
  /** Answered by the machine alone */
  readonly automatic: boolean;
  /** 不開示: not shown in マイナポータル */
  readonly undisclosed: boolean;
};

export type Intermediary = {
  readonly url: string;
  /** The newest replica of each person, by 団体内統合宛名番号 */
  readonly replicas: ReadonlyMap<string, HeldReplica>;
  /** Inquiries by their request */
  readonly inquiries: ReadonlyMap<string, Inquiry>;
  /** Every body that arrived, as it arrived */
  readonly bodies: readonly string[];
  /** 情報提供等記録: request and time */
  readonly record: readonly { readonly requestId: string; readonly at: Date }[];
  /**
   * 情報提供: another office asks about a person. Answered from the replica by itself only where it carries no 自動応答不可フラグ; else it waits
   * until somebody here says so (`release`). Each is in the record, of a flagged person with 不開示 (番号法23条2項), so that the person's own view of the
   * records does not show it.
   */
  readonly provide: (asker: string, unifiedNumber: string) => Provision;
  /** Somebody looked at what waits and lets it go */
  readonly release: (provisionNo: number) => Provision;
  /** 情報提供等記録 of the provisions */
  readonly provisions: readonly ProvisionRecord[];
  /** Lets an inquiry be answered at the next fetch */
  readonly answer: (requestId: string, content: Readonly<Record<string, string>>) => void;
  /** The 符号 of a person has come */
  readonly codeCame: (unifiedNumber: string) => void;
  /** What it holds of a person becomes another, or nothing: as a platform that lost or mixed up something */
  readonly change: (unifiedNumber: string, replica: HeldReplica | undefined) => void;
  readonly befall: (fault: IntermediaryFault, times: number) => void;
  readonly close: () => Promise<void>;
};

const NUMBER = /^[1-9][0-9]{14}$/;
const CODE = /^[A-Za-z0-9]{1,40}$/;
const MOST = 100_000;
/** Replicas of one page */
const PAGE = 500;
/** Between a change and its writing */
const WRITE_AFTER_MS = 200;

function readKept(dir: string | undefined): readonly (readonly [string, HeldReplica])[] {
  if (dir === undefined) return [];
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  try {
    return JSON.parse(readFileSync(join(dir, "replicas.json"), "utf8")) as [string, HeldReplica][];
  } catch {
    return [];
  }
}

type Fields = Readonly<Record<string, unknown>>;
type Said = readonly [status: number, body: object];

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST) return "";
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function fieldsOf(text: string): Fields | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? (read as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether exactly these fields are there. */
const has = (fields: Fields, names: readonly string[]): boolean =>
  Object.keys(fields).length === names.length && names.every((name) => name in fields);

const isItems = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");

const noCode = (requestId: string, number: string): Said => [
  200,
  {
    requestId,
    state: "later",
    code: "noCode",
    message: `指定された団体内統合宛名番号「${number}」は符号が未取得です。`,
  },
];
const invalid = (requestId: string): Said => [
  200,
  { requestId, state: "refused", code: "messageInvalid", message: "電文の形が決まりに合いません。" },
];

/** Starts the stub on the loopback; port 0 takes a free one. */
export async function startIntermediary(options: IntermediaryOptions): Promise<Intermediary> {
  const { dir } = options;
  const replicas = new Map<string, HeldReplica>(readKept(dir));
  let writing: NodeJS.Timeout | undefined;
  const keep = (): void => {
    clearTimeout(writing);
    writing = undefined;
    if (dir === undefined) return;
    const path = join(dir, "replicas.json");
    writeFileSync(`${path}.new`, JSON.stringify([...replicas]), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  const changed = (): void => {
    if (dir !== undefined) writing ??= setTimeout(keep, WRITE_AFTER_MS);
  };
  const inquiries = new Map<string, Inquiry>();
  const answers = new Map<string, Readonly<Record<string, string>>>();
  const first = new Map<string, { readonly body: string; readonly said: Said }>();
  const bodies: string[] = [];
  const record: { requestId: string; at: Date }[] = [];
  const withoutCode = new Set(options.withoutCode ?? []);
  const due = new Map<IntermediaryFault, number>();
  const strikes = (fault: IntermediaryFault): boolean => {
    const left = due.get(fault) ?? 0;
    due.set(fault, Math.max(0, left - 1));
    return left > 0;
  };
  let last = replicas.size;
  const receiptFor = (): string => {
    last += 1;
    return `R${String(last).padStart(11, "0")}X`;
  };
  const register = (requestId: string, fields: Fields): Said => {
    const { unifiedNumber, sequence, information, items, noAutomaticAnswer } = fields;
    if (
      !has(fields, ["unifiedNumber", "sequence", "information", "items", "noAutomaticAnswer"]) ||
      typeof unifiedNumber !== "string" ||
      !NUMBER.test(unifiedNumber) ||
      typeof sequence !== "number" ||
      typeof information !== "string" ||
      !CODE.test(information) ||
      !isItems(items) ||
      typeof noAutomaticAnswer !== "boolean"
    )
      return invalid(requestId);
    if (withoutCode.has(unifiedNumber)) return noCode(requestId, unifiedNumber);
    const receipt = receiptFor();
    const held = replicas.get(unifiedNumber);
    if (held === undefined || held.sequence < sequence)
      replicas.set(unifiedNumber, { requestId, sequence, information, items, noAutomaticAnswer, receipt });
    changed();
    record.push({ requestId, at: new Date() });
    return [200, { requestId, state: "registered", receipt }];
  };

  const inquire = (requestId: string, fields: Fields): Said => {
    const { unifiedNumber, office, procedure, information, provider, undisclosed } = fields;
    if (
      !has(fields, ["unifiedNumber", "office", "procedure", "information", "provider", "undisclosed"]) ||
      typeof unifiedNumber !== "string" ||
      !NUMBER.test(unifiedNumber) ||
      ![office, procedure, information, provider].every((each) => typeof each === "string" && CODE.test(each)) ||
      typeof undisclosed !== "boolean" ||
      typeof information !== "string"
    )
      return invalid(requestId);
    if (withoutCode.has(unifiedNumber)) return noCode(requestId, unifiedNumber);
    const receipt = receiptFor();
    inquiries.set(requestId, { unifiedNumber, information, receipt });
    record.push({ requestId, at: new Date() });
    return [200, { requestId, state: "accepted", receipt }];
  };

  const fetched = (requestId: string): Said => {
    const inquiry = inquiries.get(requestId);
    if (inquiry === undefined)
      return [200, { requestId, state: "refused", code: "unknownRequest", message: "その依頼はありません。" }];
    const content = answers.get(requestId);
    if (content === undefined) return [200, { requestId, state: "accepted", receipt: inquiry.receipt }];
    const unifiedNumber = strikes("otherPerson") ? "999999999999999" : inquiry.unifiedNumber;
    return [200, { requestId, state: "answered", unifiedNumber, content }];
  };

  const provisions: ProvisionRecord[] = [];
  const provide = (asker: string, unifiedNumber: string): Provision => {
    const held = replicas.get(unifiedNumber);
    if (held === undefined) return { state: "none" };
    const provisionNo = provisions.length;
    const flagged = held.noAutomaticAnswer;
    const state = flagged ? "held" : "answered";
    provisions.push({ provisionNo, asker, unifiedNumber, state, automatic: !flagged, undisclosed: flagged });
    return flagged ? { state: "held", provisionNo } : { state: "answered", provisionNo, items: held.items };
  };
  const release = (provisionNo: number): Provision => {
    const waiting = provisions[provisionNo];
    const held = replicas.get(waiting?.unifiedNumber ?? "");
    if (waiting?.state !== "held" || held === undefined) return { state: "none" };
    provisions[provisionNo] = { ...waiting, state: "answered" };
    return { state: "answered", provisionNo, items: held.items };
  };

  const holdings = (after: string): Said => {
    const numbers = [...replicas.keys()].filter((number) => number > after).toSorted();
    const page = numbers.slice(0, PAGE);
    return [
      200,
      {
        replicas: page.flatMap((unifiedNumber) => {
          const found = replicas.get(unifiedNumber);
          if (found === undefined) return [];
          const { information, items, noAutomaticAnswer } = found;
          return [{ unifiedNumber, information, items, noAutomaticAnswer }];
        }),
        next: numbers.length > PAGE ? (page.at(-1) ?? null) : null,
      },
    ];
  };

  const decide = (method: string, what: string, requestId: string, body: string): Said => {
    if (method === "GET" && what === "inquiries") return fetched(requestId);
    const fields = fieldsOf(body);
    if (method !== "PUT" || fields === undefined || (what !== "replicas" && what !== "inquiries")) return [404, {}];
    const before = first.get(requestId);
    if (before !== undefined)
      return before.body === body
        ? before.said
        : [
            200,
            {
              requestId,
              state: "refused",
              code: "requestReused",
              message: "「レコード識別番号」が既に存在しています。",
            },
          ];
    const said = what === "replicas" ? register(requestId, fields) : inquire(requestId, fields);
    // What may be asked again has no first answer.
    if ((said[1] as Fields)["state"] !== "later") first.set(requestId, { body, said });
    return said;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    if (body !== "") bodies.push(body);
    if (strikes("unavailable")) {
      response.writeHead(503).end();
      return;
    }
    const url = new URL(request.url ?? "", "http://stub.invalid");
    const [, version, what = "", id = ""] = url.pathname.split("/");
    const list = request.method === "GET" && what === "replicas" && id === "";
    const [status, said] =
      version !== "v1"
        ? ([404, {}] as const)
        : list
          ? holdings(url.searchParams.get("after") ?? "")
          : decide(request.method ?? "", what, decodeURIComponent(id), body);
    if (strikes("lost")) {
      request.socket.destroy();
      return;
    }
    const text = JSON.stringify(strikes("otherRequest") ? { ...said, requestId: "allowance/other/1" } : said);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(strikes("garbled") ? text.slice(0, text.length >> 1) : text);
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => void handle(request, response);
  const server = options.tls === undefined ? createServer(listener) : createSecureServer(options.tls, {}, listener);
  await new Promise<void>((done) => server.listen(options.port, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? "http" : "https"}://localhost:${port}`,
    replicas,
    inquiries,
    bodies,
    record,
    provisions,
    provide,
    release,
    answer: (requestId, content) => void answers.set(requestId, content),
    codeCame: (unifiedNumber) => void withoutCode.delete(unifiedNumber),
    change: (unifiedNumber, replica) => {
      if (replica === undefined) replicas.delete(unifiedNumber);
      else replicas.set(unifiedNumber, replica);
      changed();
    },
    befall: (fault, times) => void due.set(fault, (due.get(fault) ?? 0) + times),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
      if (writing !== undefined) keep();
    },
  };
}
