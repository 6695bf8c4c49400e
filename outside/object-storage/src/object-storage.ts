/**
 * The city's object storage, simulated: the S3 API as far as it is used (ListObjectsV2, GetObject with ranges and conditions, HeadObject, PutObject,
 * multipart upload, DeleteObject), Signature Version 4 checked on every request, versions kept, path style. In memory.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { createSecureServer, type TlsEnd } from "@hagukumi/platform/tls/policy.ts";

import { Bucket, type StoredVersion } from "./bucket.ts";
import { type Fault, FaultQueue } from "./faults.ts";
import { signatureFault } from "./signature.ts";

export type ObjectStorageOptions = {
  readonly port: number;
  readonly region: string;
  readonly bucket: string;
  /** Access key → secret */
  readonly keys: Readonly<Record<string, string>>;
  /** Access keys that may only read */
  readonly readOnly?: readonly string[];
  /** Access keys that may read and add (with `if-none-match: *`), and neither replace nor delete */
  readonly writeOnce?: readonly string[];
  /** Keys on a page of a listing; default 1,000, as S3 has it */
  readonly pageSize?: number;
  /** Certificates on both sides; without it in the clear */
  readonly tls?: TlsEnd;
  readonly now?: () => number;
};

export type ObjectStorage = {
  readonly url: string;
  readonly bucket: Bucket;
  /** `GET key 200` of each request */
  readonly log: readonly string[];
  readonly befall: (fault: Fault) => void;
  readonly close: () => Promise<void>;
};

const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  BadDigest: 400,
  EntityTooLarge: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidPart: 400,
  InvalidRange: 416,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  XAmzContentSHA256Mismatch: 400,
};

const LARGEST = 64 * 1024 * 1024;

class S3Error extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const xml = (name: string, inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${inner}</${name}>`;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > LARGEST) throw new S3Error("EntityTooLarge");
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

type Asked = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
};

const sendXml = ({ response }: Pick<Asked, "response">, status: number, text: string): void => {
  response.writeHead(status, { "content-type": "application/xml", "content-length": Buffer.byteLength(text) });
  response.end(text);
};

/** Until when what is put can't be deleted. */
function lockOf(request: IncomingMessage): number | undefined {
  const mode = request.headers["x-amz-object-lock-mode"];
  const until = Date.parse(String(request.headers["x-amz-object-lock-retain-until-date"] ?? ""));
  if (mode === undefined) return undefined;
  if (mode !== "COMPLIANCE" || Number.isNaN(until)) throw new S3Error("InvalidArgument");
  return until;
}

const conditions = (request: IncomingMessage, found: StoredVersion): void => {
  const match = request.headers["if-match"];
  if (match !== undefined && match !== found.etag) throw new S3Error("PreconditionFailed");
};

/** Starts the storage on this machine. */
export async function startObjectStorage(options: ObjectStorageOptions): Promise<ObjectStorage> {
  const { region, keys, pageSize = 1000, readOnly = [], writeOnce = [], now = () => Date.now() } = options;
  const bucket = new Bucket();
  const due = new FaultQueue();
  const log: string[] = [];

  const list = (asked: Asked): void => {
    const prefix = asked.query.get("prefix") ?? "";
    let found = bucket.list(prefix).map(([key, { bytes, etag }]) => ({ key, size: bytes.length, etag }));
    if (due.strikes("stale", "GET")) found = found.slice(0, -1);
    if (due.strikes("phantom", "GET")) found = [...found, { key: `${prefix}zz-phantom.json`, size: 10, etag: '"0"' }];
    const after = asked.query.get("continuation-token");
    const start = after === null ? 0 : found.findIndex(({ key }) => key > Buffer.from(after, "base64url").toString());
    const page = start === -1 ? [] : found.slice(start, start + pageSize);
    const more = start !== -1 && start + pageSize < found.length;
    const endless = due.strikes("endlessList", "GET");
    const next = Buffer.from(page.at(-1)?.key ?? "").toString("base64url");
    const contents = page.map(
      ({ key, size, etag }) =>
        `<Contents><Key>${encodeURIComponent(key).replaceAll("%2F", "/")}</Key><ETag>${escapeXml(etag)}</ETag><Size>${size}</Size></Contents>`,
    );
    const rest = endless
      ? "<IsTruncated>true</IsTruncated><NextContinuationToken>c2FtZQ</NextContinuationToken>"
      : `<IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${next}</NextContinuationToken>` : ""}`;
    const text = xml("ListBucketResult", `<EncodingType>url</EncodingType>${rest}${contents.join("")}`);
    sendXml(asked, 200, due.strikes("brokenList", "GET") ? text.slice(0, text.length / 2) : text);
  };

  const read = (asked: Asked): void => {
    const { request, response, method, key, query } = asked;
    const found = bucket.find(key, query.get("versionId") ?? undefined);
    if (found === undefined) throw new S3Error("NoSuchKey");
    conditions(request, found);
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    const from = range === undefined ? 0 : Number(range);
    if (from > 0 && from >= found.bytes.length) throw new S3Error("InvalidRange");
    let body = found.bytes.subarray(from);
    if (due.strikes("flipped", method)) {
      body = Buffer.from(body);
      body[0] = (body[0] ?? 0) ^ 1;
    }
    const etag = due.strikes("wrongEtag", method) ? `"${createHash("md5").update("else").digest("hex")}"` : found.etag;
    response.writeHead(range === undefined ? 200 : 206, {
      etag,
      "content-length": body.length,
      "x-amz-version-id": found.versionId,
      ...(range === undefined
        ? {}
        : { "content-range": `bytes ${from}-${found.bytes.length - 1}/${found.bytes.length}` }),
      ...(request.headers["x-amz-checksum-mode"] === "ENABLED" && found.sha256 !== undefined
        ? { "x-amz-checksum-sha256": found.sha256 }
        : {}),
    });
    if (method === "HEAD") return void response.end();
    if (!due.strikes("cut", method)) return void response.end(body);
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => setTimeout(() => response.destroy(), 20));
  };

  const put = (asked: Asked): void => {
    const { request, response, method, key, query, body } = asked;
    const said = request.headers["x-amz-checksum-sha256"];
    const sum = createHash("sha256").update(body).digest("base64");
    if (said !== undefined && said !== sum) throw new S3Error("BadDigest");
    if (request.headers["if-none-match"] === "*" && bucket.find(key) !== undefined)
      throw new S3Error("PreconditionFailed");
    const uploadId = query.get("uploadId");
    const kept =
      uploadId === null
        ? bucket.put(key, body, said === undefined ? undefined : sum, lockOf(request)).etag
        : bucket.part(uploadId, key, Number(query.get("partNumber")), body);
    if (kept === undefined) throw new S3Error("NoSuchUpload");
    const etag = due.strikes("wrongEtag", method) ? `"${createHash("md5").update("else").digest("hex")}"` : kept;
    response.writeHead(200, { etag, "content-length": 0 });
    response.end();
  };

  const post = (asked: Asked): void => {
    const { key, query, body } = asked;
    if (query.has("uploads")) {
      const id = bucket.begin(key);
      return sendXml(asked, 200, xml("InitiateMultipartUploadResult", `<UploadId>${id}</UploadId>`));
    }
    if (due.strikes("lateFailure", "POST")) return sendXml(asked, 200, xml("Error", "<Code>InternalError</Code>"));
    const parts = [...body.toString("utf8").matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g)];
    const listed = parts.map(([, number = "", etag = ""]) => [Number(number), etag] as const);
    const done = bucket.complete(query.get("uploadId") ?? "", key, listed);
    if (done === undefined) throw new S3Error("InvalidPart");
    return sendXml(asked, 200, xml("CompleteMultipartUploadResult", `<ETag>${escapeXml(done.etag)}</ETag>`));
  };

  const remove = ({ response, key, query }: Asked): void => {
    const uploadId = query.get("uploadId");
    const versionId = query.get("versionId");
    if (versionId !== null) {
      const outcome = bucket.removeVersion(key, versionId, now());
      // The header that lifts a lock of the mode GOVERNANCE does nothing here.
      if (outcome === "locked") throw new S3Error("AccessDenied");
      if (outcome === "unknown") throw new S3Error("NoSuchKey");
    } else if (uploadId === null) bucket.remove(key);
    else if (!bucket.abort(uploadId)) throw new S3Error("NoSuchUpload");
    response.writeHead(204);
    response.end();
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? "";
    const body = await bodyOf(request);
    if (due.strikes("unreachable", method)) return void request.socket.destroy();
    if (due.strikes("slowDown", method)) throw new S3Error("SlowDown");
    if (due.strikes("internal", method)) throw new S3Error("InternalError");
    const fault = signatureFault(request, body, { region, service: "s3", keys, now: now() });
    if (fault !== undefined) throw new S3Error(fault);
    const url = new URL(request.url ?? "/", "http://localhost");
    const [, bucketName = "", ...rest] = url.pathname.split("/").map(decodeURIComponent);
    if (bucketName !== options.bucket) throw new S3Error("NoSuchBucket");
    const key = rest.join("/");
    const id = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (readOnly.includes(id) && method !== "GET" && method !== "HEAD") throw new S3Error("AccessDenied");
    if (writeOnce.includes(id)) {
      const adds = method === "PUT" && request.headers["if-none-match"] === "*";
      if (method === "DELETE" || (method === "PUT" && !adds) || method === "POST") throw new S3Error("AccessDenied");
    }
    const asked = { request, response, method, key, query: url.searchParams, body };
    if (key === "" && method === "GET") return list(asked);
    if (method === "GET" || method === "HEAD") return read(asked);
    if (method === "PUT") return put(asked);
    if (method === "POST") return post(asked);
    if (method === "DELETE") return remove(asked);
    throw new S3Error("MethodNotAllowed");
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    response.once("close", () =>
      log.push(`${request.method ?? ""} ${decodeURI(request.url ?? "")} ${response.statusCode}`),
    );
    handle(request, response).catch((error: unknown) => {
      const code = error instanceof S3Error ? error.code : "InternalError";
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const text = request.method === "HEAD" ? "" : xml("Error", `<Code>${code}</Code><Message>${code}</Message>`);
      sendXml({ response }, STATUS[code] ?? 500, text);
    });
  };
  const server = options.tls === undefined ? createServer(listener) : createSecureServer(options.tls, {}, listener);
  await new Promise<void>((ready, fail) => {
    server.once("error", fail);
    server.listen(options.port, "127.0.0.1", ready);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return {
    url: `${options.tls === undefined ? "http" : "https"}://${options.tls === undefined ? "127.0.0.1" : "localhost"}:${port}`,
    bucket,
    log,
    befall: (fault) => due.add(fault),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => {
        server.close(() => done());
      });
    },
  };
}
