/** The load of the mixed bench, in a process of its own: clerks who search, open, read, write a note and look at their list. */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export type Clerk = { readonly cookie: string };
export type LoadOrder = {
  readonly url: string;
  readonly clerks: readonly Clerk[];
  /** At the most; a second message to this process ends it earlier */
  readonly seconds: number;
  /** What a clerk waits after each round of requests, milliseconds; absent: nothing */
  readonly pause?: number;
  /** Readings to search for */
  readonly kana: readonly string[];
};
export type LoadReport = {
  /** Milliseconds of each answered request, by what it was */
  readonly times: Readonly<Record<string, readonly number[]>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly seconds: number;
};

type Answer = { readonly status: number; readonly json: Record<string, unknown> };

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const times: Record<string, number[]> = {};
const errors: Record<string, number> = {};
let keys = 0;
const ended = new AbortController();

async function call(
  order: LoadOrder,
  clerk: Clerk,
  name: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const begun = performance.now();
  const text = body === undefined ? undefined : JSON.stringify(body);
  keys += 1;
  const answer = await new Promise<Answer>((done, fail) => {
    const sent = request(
      `${order.url}/api/v1${path}`,
      {
        method,
        agent,
        headers: {
          cookie: clerk.cookie,
          ...(method === "GET"
            ? {}
            : {
                origin: order.url,
                "sec-fetch-site": "same-origin",
                "content-type": "application/json",
                "content-length": Buffer.byteLength(text ?? ""),
                "idempotency-key": `bench-${String(process.pid)}-${String(keys)}`,
              }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const all = Buffer.concat(chunks).toString("utf8");
          done({
            status: response.statusCode ?? 0,
            json: /json/.test(response.headers["content-type"] ?? "")
              ? (JSON.parse(all) as Record<string, unknown>)
              : {},
          });
        });
        response.on("error", fail);
      },
    );
    sent.on("error", fail);
    sent.end(text);
  });
  if (answer.status === 200) (times[name] ??= []).push(performance.now() - begun);
  else
    errors[`${name} ${String(answer.status)} ${String(answer.json["code"])}`] =
      (errors[`${name} ${String(answer.status)} ${String(answer.json["code"])}`] ?? 0) + 1;
  return answer;
}

type Found = { readonly addresseeNumber: number; readonly recipients: readonly { readonly recipientId: number }[] };

/** One round of twelve requests: 7 search/open/read, 2 notes, 2 closings, 1 list. */
async function round(order: LoadOrder, clerk: Clerk, at: number): Promise<void> {
  for (const step of [0, 1]) {
    const kana = order.kana[(at * 2 + step) % order.kana.length] ?? "";
    const { json } = await call(order, clerk, "search", "POST", "/searches", { kana });
    const found = (json["found"] as readonly Found[] | undefined)?.find(({ recipients }) => recipients.length > 0);
    if (found === undefined) continue;
    const recipientId = String(found.recipients[0]?.recipientId);
    const target = { kind: "addressee", number: String(found.addresseeNumber) };
    const opened = await call(order, clerk, "open", "POST", "/openings", {
      target,
      purpose: "enquiry",
      origin: "search",
    });
    await call(order, clerk, "read case", "GET", `/cases/${recipientId}`);
    if (step === 0) await call(order, clerk, "read history", "GET", `/cases/${recipientId}/history`);
    await call(order, clerk, "write note", "POST", `/cases/${recipientId}/entries/note`, {
      content: { body: "電話で問い合わせ。説明済み。", popUp: false },
      validFrom: "2026-12-01",
    });
    // As the page does when it is left: a clerk does not keep hundreds of people open.
    const openingId = String(opened.json["openingId"]);
    await call(order, clerk, "close", "POST", `/openings/${openingId}/close`, {});
  }
  await call(order, clerk, "work list", "GET", "/work-lists/toExamine");
}

async function run(order: LoadOrder): Promise<LoadReport> {
  const begun = performance.now();
  const until = begun + order.seconds * 1000;
  await Promise.all(
    order.clerks.map(async (clerk, index) => {
      for (let at = index * 1000; performance.now() < until && !ended.signal.aborted; at += 1) {
        await round(order, clerk, at);
        if (order.pause !== undefined) await sleep(order.pause * (0.5 + Math.random()));
      }
    }),
  );
  return { times, errors, seconds: (performance.now() - begun) / 1000 };
}

process.once("message", (message) => {
  process.once("message", () => ended.abort());
  void (async () => {
    process.send?.(await run(message as LoadOrder));
    process.disconnect();
  })();
});
