/** The S3 API as far as this system speaks it: signed requests, what an error says, when to try again, how a listing reads. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { Link } from "@hagukumi/platform/tls/link.ts";
import { parseXml, type XmlDocument, type XmlElement } from "@rgrove/parse-xml";
import { AwsV4Signer } from "aws4fetch";

import { refuse } from "../refusal.ts";

/** Where the store is and who we are there. */
export type S3Place = {
  /** `https://host:port`, without a slash at the end */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Folder in the bucket, without slashes at its ends; empty: the whole bucket */
  readonly folder: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

export type S3Request = {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Key in the bucket; without one the bucket is asked */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

export type S3Call = (request: S3Request) => Promise<Response>;

/** How often a request is made in all while the store asks for patience (SlowDown, 5xx) or the line breaks. */
const TRIES = 6;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 20_000;

const digest = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");

/** The child with this name. */
export function childOf(parent: XmlElement | XmlDocument, name: string): XmlElement | undefined {
  return parent.children.find(
    (child): child is XmlElement => child.type === "element" && (child as XmlElement).name === name,
  );
}

/** @returns undefined where the text is no XML */
export function readXml(text: string): XmlDocument | undefined {
  try {
    return parseXml(text);
  } catch {
    return undefined;
  }
}

/** The code in an error document; empty where there is none. */
export function errorCodeOf(text: string): string {
  const document = readXml(text);
  const code = document === undefined ? undefined : childOf(document.root ?? document, "Code");
  return /^[A-Za-z0-9.]{1,60}$/.exec(code?.text ?? "")?.[0] ?? "";
}

const unavailable = (what: string): Error =>
  refuse(
    "sourceUnavailable",
    `置き場所（オブジェクトストレージ）がいま使えません（${what}）。途中のものは残していません。しばらくしてからもう一度実行してください。`,
  );

/** The refusal that an answer of the store means. */
export function refusedByStore(status: number, code: string): Error {
  const hint =
    code === "RequestTimeTooSkewed"
      ? "この機械の時計を合わせてください。"
      : "鍵（アクセスキー）と権限を確かめてください。";
  return refuse(
    "sourceRefused",
    `置き場所（オブジェクトストレージ）に断られました（${status} ${code}）。何も変えていません。${hint}`,
    { status },
  );
}

/** How long to wait before the try after the `tried`th, in milliseconds: what the store says, else twice as long each time, spread. */
export function pauseBefore(tried: number, retryAfter: string | null, random: () => number): number {
  if (retryAfter !== null && /^\d{1,4}$/.test(retryAfter)) return Math.min(Number(retryAfter) * 1000, LONGEST_PAUSE_MS);
  return Math.round(Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS) * (0.5 + random() / 2));
}

/**
 * Signed calls (Signature Version 4). Answers below 500 come back as they are; with SlowDown, 5xx and broken lines it tries again.
 *
 * @throws Refusal `sourceUnavailable` after the last try
 */
export function s3Calls(
  link: Pick<Link, "fetch">,
  place: S3Place,
  pause: (ms: number) => Promise<unknown> = sleep,
): S3Call {
  const signingKeys = new Map<string, ArrayBuffer>();
  const once = async ({ method, key, query = {}, headers = {}, body }: S3Request): Promise<Response> => {
    const path = key === undefined ? "" : `/${key.split("/").map(encodeURIComponent).join("/")}`;
    const search = new URLSearchParams(query).toString();
    const signer = new AwsV4Signer({
      method,
      url: `${place.endpoint}/${place.bucket}${path}${search === "" ? "" : `?${search}`}`,
      headers: { ...headers, "x-amz-content-sha256": digest(body ?? new Uint8Array()) },
      accessKeyId: place.accessKeyId,
      secretAccessKey: place.secretAccessKey,
      service: "s3",
      region: place.region,
      cache: signingKeys,
    });
    const signed = await signer.sign();
    const sent = Object.fromEntries(signed.headers);
    return await link.fetch(signed.url.toString(), {
      method,
      headers: body === undefined ? sent : { ...sent, "content-length": String(body.length) },
      ...(body === undefined ? {} : { body }),
    });
  };
  return async (request) => {
    let last = "";
    for (let tried = 0; tried < TRIES; tried += 1) {
      const response = await once(request).catch((error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === "linkInsecure") throw error;
        last = "つながりません";
        return undefined;
      });
      if (response !== undefined && response.status < 500) return response;
      if (response !== undefined) last = `${response.status} ${errorCodeOf(await response.text().catch(() => ""))}`;
      await pause(pauseBefore(tried, response?.headers.get("retry-after") ?? null, Math.random));
    }
    throw unavailable(last.trim());
  };
}

export type ListPage = {
  readonly objects: readonly { readonly key: string; readonly bytes: number; readonly version: string | undefined }[];
  readonly next: string | undefined;
};

/** A page of ListObjectsV2 with `encoding-type=url`; undefined where it can't be read, or says that there is more and not where. */
export function readListPage(text: string): ListPage | undefined {
  const root = readXml(text)?.root;
  if (root?.name !== "ListBucketResult") return undefined;
  const objects: { key: string; bytes: number; version: string | undefined }[] = [];
  for (const child of root.children) {
    if (child.type !== "element" || (child as XmlElement).name !== "Contents") continue;
    const key = childOf(child as XmlElement, "Key")?.text;
    const bytes = Number(childOf(child as XmlElement, "Size")?.text);
    if (key === undefined || !Number.isSafeInteger(bytes) || bytes < 0) return undefined;
    try {
      const version = /^"[\w+/=-]{1,100}"$/.exec(childOf(child as XmlElement, "ETag")?.text ?? "")?.[0];
      objects.push({ key: decodeURIComponent(key.replaceAll("+", " ")), bytes, version });
    } catch {
      return undefined;
    }
  }
  const next = childOf(root, "NextContinuationToken")?.text;
  const more = childOf(root, "IsTruncated")?.text;
  if ((more !== "true" && more !== "false") || (more === "true" && (next ?? "") === "")) return undefined;
  return { objects, next: more === "true" ? next : undefined };
}
