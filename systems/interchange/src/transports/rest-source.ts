/**
 * REST pull: an office's deliveries by HTTP, as the standard has it. A token for each provider and scope by client credentials
 * (client_secret_jwt, HS256), bearer in the header only, about 30 s of patience. What was fetched is put into the store with
 * an announcement, and goes the way of a file from there: one ledger of numbers for both transports.
 */
import { createHash, createHmac, randomUUID } from "node:crypto";

import { neededPersons } from "@hagukumi/allowance/contract.ts";
import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { type Link, type LinkRequest, openLink } from "@hagukumi/platform/tls/link.ts";
import { z } from "zod";

import { type Agreement, getAgreement } from "../agreements/agreements.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { ROLE } from "../context.ts";
import { announcementShape, FORMAT } from "../deliveries/announcement.ts";
import { FETCHED } from "../deliveries/receive.ts";
import { refuse, refusing } from "../refusal.ts";
import type { ObjectStore } from "./object-store.ts";

/** An office's provider and how this system is known there. */
export type RestSource = {
  /** Base address without a slash at the end */
  readonly url: string;
  /** Client ID and secret of this system; at least 32 characters each in the field */
  readonly clientId: string;
  readonly clientSecret: string;
  /** How it is reached: with this side's certificate. Without one only the same machine is */
  readonly link?: Pick<Link, "fetch">;
};

const onThisMachine = openLink();

const PATIENCE = 30_000;

const tokenShape = z.object({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive(),
});

const pageShape = z.strictObject({
  announcement: announcementShape.omit({ format: true, file: true, bytes: true, sha256: true }),
  rows: z.array(z.record(z.string(), z.string())),
});

const personShape = z.record(z.string(), z.string());

/** 業務システムID:リソース名:操作名 */
export const scopeOf = ({ systemId, resource }: Pick<Agreement, "systemId" | "resource">): string =>
  `${systemId}:${resource}:read`;

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** client_secret_jwt (RFC 7523): proves the secret without sending it. */
function assertionOf({ clientId, clientSecret, url }: RestSource): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: `${url}/oauth/token`,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
  };
  const signed = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url(claims)}`;
  return `${signed}.${createHmac("sha256", clientSecret).update(signed).digest("base64url")}`;
}

async function call(name: string, source: RestSource, path: string, init: LinkRequest): Promise<Response> {
  try {
    return await (source.link ?? onThisMachine).fetch(`${source.url}${path}`, { ...init, patience: PATIENCE });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const why =
      error instanceof Error && error.name === "TimeoutError" ? "30秒待っても答えがありません" : "つながりません";
    throw refuse(
      "sourceUnavailable",
      `「${name}」の連携元に${why}。何も受け取っていません。連携元が動いているかを確かめ、しばらくしてからもう一度実行してください。`,
      {},
    );
  }
}

/** The office's own words of a refusal, as codes only: its texts may hold what is not ours. */
async function refusedBy(name: string, response: Response): Promise<Error> {
  const said: unknown = await response.json().catch(() => undefined);
  const listed = z.array(z.object({ code: z.string().max(20) })).safeParse(said);
  const single = z.object({ error: z.string().max(40) }).safeParse(said);
  const codes = listed.success
    ? listed.data.map(({ code }) => code).join("・")
    : single.success
      ? single.data.error
      : "";
  if (response.status >= 500) {
    return refuse(
      "sourceUnavailable",
      `「${name}」の連携元がいま使えません（${response.status}）。何も受け取っていません。しばらくしてからもう一度実行してください。`,
    );
  }
  return refuse(
    "sourceRefused",
    `「${name}」の連携元に断られました（${response.status} ${codes}）。接続の登録（クライアントID・スコープ）を連携元と確かめてください。何も受け取っていません。`,
    { status: response.status },
  );
}

async function tokenFor(source: RestSource, agreement: Agreement): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    scope: scopeOf(agreement),
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertionOf(source),
  });
  const response = await call(agreement.name, source, "/oauth/token", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  if (!response.ok) throw await refusedBy(agreement.name, response);
  const parsed = tokenShape.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data.access_token;
  throw refuse(
    "sourceRefused",
    `「${agreement.name}」の連携元のトークンが読めません。連携元に確かめてください。何も受け取っていません。`,
  );
}

/** The body, checked against the digest that the office sent with it (RFC 9530). */
async function checkedJson(agreement: Agreement, response: Response): Promise<unknown> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const said = /sha-256=:([^:]+):/.exec(response.headers.get("content-digest") ?? "")?.[1];
  if (said === createHash("sha256").update(bytes).digest("base64")) {
    try {
      return JSON.parse(bytes.toString("utf8"));
    } catch {
      // said below, as every other answer that can't be used
    }
  }
  throw refuse(
    "deliveryBroken",
    `「${agreement.name}」の連携元の答えが壊れています（ハッシュ Content-Digest が合わないか、JSON ではありません）。何も受け取っていません。もう一度実行してください。`,
  );
}

/** Items beside, or without, those agreed on. */
function itemFault(agreement: Agreement, row: Readonly<Record<string, string>>): string | undefined {
  const names = agreement.layout.columns.map(({ name }) => name);
  const extra = Object.keys(row).find((name) => !names.includes(name));
  if (extra !== undefined) return `余分な項目「${extra.slice(0, 40)}」`;
  const missing = names.find((name) => !Object.hasOwn(row, name));
  return missing === undefined ? undefined : `足りない項目「${missing}」`;
}

const itemNotAgreed = (agreement: Agreement, fault: string): Error =>
  refuse(
    "itemNotAgreed",
    `「${agreement.name}」の連携元の答えに、合意にない形があります（${fault}）。一行も受け取っていません。合意と版を連携元と確かめてください。`,
  );

export type Pulled = { readonly pulled: number; readonly lastSequence: number };

/**
 * Fetches the deliveries of an interface that come after those received, into the store. `receiveDeliveries` finds them there.
 *
 * @throws Refusal `agreementMissing`, `sourceUnavailable`, `sourceRefused`, `itemNotAgreed`, `deliveryBroken`; what was fetched stays
 */
export async function pullDeliveries(
  context: Context,
  store: ObjectStore,
  source: RestSource,
  { interfaceCode, version }: { readonly interfaceCode: string; readonly version: string },
): Promise<Pulled> {
  const agreement = await getAgreement(context.pool, context.today, interfaceCode, version);
  const { rows } = await context.pool.query<{ last: number }>(
    `SELECT coalesce(max(sequence), 0) AS last FROM (
       SELECT sequence FROM interchange.applied WHERE interface_code = $1
       UNION ALL SELECT sequence FROM interchange.delivery_state WHERE interface_code = $1 AND state = 'waiting' AND kind <> 'reconciliation') x`,
    [interfaceCode],
  );
  let last = rows[0]?.last ?? 0;
  let pulled = 0;
  const token = await tokenFor(source, agreement);
  for (;;) {
    if (context.signal?.aborted) return { pulled, lastSequence: last };
    const { systemId, resource } = agreement;
    const response = await call(agreement.name, source, `/${systemId}/${resource}/deliveries?after=${last}`, {
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    });
    if (response.status === 204) return { pulled, lastSequence: last };
    if (!response.ok) throw await refusedBy(agreement.name, response);
    const page = pageShape.safeParse(await checkedJson(agreement, response));
    if (!page.success) throw itemNotAgreed(agreement, page.error.issues[0]?.path.join(".") ?? "");
    const { announcement, rows: found } = page.data;
    const fault = found.map((row) => itemFault(agreement, row)).find((each) => each !== undefined);
    if (fault !== undefined) throw itemNotAgreed(agreement, fault);
    if (
      announcement.sequence !== last + 1 ||
      announcement.interface !== interfaceCode ||
      announcement.version !== version
    ) {
      throw refuse(
        "deliveryBroken",
        `「${agreement.name}」の連携元の答えの連番・連携・版が、頼んだものと違います。何も受け取っていません。連携元に確かめてください。`,
      );
    }
    const names = agreement.layout.columns.map(({ name }) => name);
    const text = Buffer.from(
      [names, ...found.map((row) => names.map((name) => row[name] ?? ""))]
        .map((cells) => csvLine(cells, false))
        .join(""),
    );
    const name = `${interfaceCode}-${String(announcement.sequence).padStart(8, "0")}-${announcement.attempt}`;
    const sha256 = createHash("sha256").update(text).digest("hex");
    await store.put(`${FETCHED}/${name}.csv`, text);
    // The office's own count is kept: where rows were lost on the way, the check of numbers finds it.
    const control = { format: FORMAT, ...announcement, file: `${name}.csv`, bytes: text.length, sha256 };
    await store.put(`${FETCHED}/${name}.json`, `${JSON.stringify(control, null, 2)}\n`);
    last = announcement.sequence;
    pulled += 1;
  }
}

/**
 * Asks an office about one person, at once. Who is not on the list of the allowance's people is not asked about: the office never
 * sees the question (D181).
 *
 * @param number 宛名番号
 * @returns the agreed items, or undefined where the office knows nobody
 * @throws Refusal `personNotAgreed`, `itemNotAgreed`, and those of `pullDeliveries`
 */
export async function inquirePerson(
  context: Context,
  source: RestSource,
  {
    interfaceCode,
    version,
    number,
  }: { readonly interfaceCode: string; readonly version: string; readonly number: number },
): Promise<Readonly<Record<string, string>> | undefined> {
  const agreement = await getAgreement(context.pool, context.today, interfaceCode, version);
  const allowed = agreement.people === "everyone" || (await neededPersons(context.pool, context.today)).has(number);
  if (!allowed) {
    throw refuse(
      "personNotAgreed",
      `「${agreement.name}」には照会していません。この宛名番号の人は、児童手当の対象者の一覧にありません。請求・届出を受け付けてから照会してください。`,
    );
  }
  const command = {
    role: ROLE,
    key: `interchange.inquire/${randomUUID()}`,
    name: "interchange.inquire",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { interfaceCode, version },
  };
  // Written down before the question leaves: no answer without a record of who asked.
  await refusing(() =>
    runCommand(context.pool, command, async () => {
      const audit = [
        {
          action: "interchange.inquire",
          objectKind: "addressee",
          objectId: String(number),
          detail: { interface: interfaceCode },
        },
      ];
      return await Promise.resolve({ response: null, audit });
    }),
  );
  const token = await tokenFor(source, agreement);
  const { systemId, resource } = agreement;
  const address = `/${systemId}/${resource}/persons/${String(number).padStart(15, "0")}`;
  const response = await call(agreement.name, source, address, { headers: { authorization: `Bearer ${token}` } });
  if (response.status === 404) return undefined;
  if (!response.ok) throw await refusedBy(agreement.name, response);
  const person = personShape.safeParse(await checkedJson(agreement, response));
  const fault = person.success ? itemFault(agreement, person.data) : "形";
  if (!person.success || fault !== undefined) throw itemNotAgreed(agreement, fault ?? "");
  return person.data;
}
