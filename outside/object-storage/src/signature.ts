/**
 * Signature Version 4 as the store checks it, written from the specification ("Authenticating Requests: Using the Authorization Header") and
 * apart from any client: what the client's library does wrong, this finds.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

const SKEW_MS = 15 * 60_000;

/** What is wrong with a request, as S3 names it. */
export type SignatureFault =
  | "AccessDenied"
  | "AuthorizationHeaderMalformed"
  | "InvalidAccessKeyId"
  | "RequestTimeTooSkewed"
  | "SignatureDoesNotMatch"
  | "XAmzContentSHA256Mismatch";

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: Buffer | string, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/** RFC 3986: everything but the unreserved characters. */
function encode(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const character = String.fromCodePoint(byte);
      return /[A-Za-z0-9\-._~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function timeOf(stamp: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Checks who sent a request and that nothing of it was changed. @returns what is wrong, or undefined */
export function signatureFault(
  request: IncomingMessage,
  body: Buffer,
  place: {
    readonly region: string;
    readonly service: string;
    readonly keys: Readonly<Record<string, string>>;
    readonly now: number;
  },
): SignatureFault | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return "AccessDenied";
  const read =
    /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (read === null) return "AuthorizationHeaderMalformed";
  const [, id = "", day = "", region = "", service = "", signed = "", signature = ""] = read;
  const secret = place.keys[id];
  if (secret === undefined) return "InvalidAccessKeyId";
  const stamp = String(request.headers["x-amz-date"] ?? "");
  if (region !== place.region || service !== place.service || !stamp.startsWith(day))
    return "AuthorizationHeaderMalformed";
  const at = timeOf(stamp);
  if (Number.isNaN(at) || Math.abs(place.now - at) > SKEW_MS) return "RequestTimeTooSkewed";
  const names = signed.split(";");
  const wanted = ["host", ...Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"))];
  if (wanted.some((name) => !names.includes(name)) || names.join() !== names.toSorted().join()) return "AccessDenied";
  const said = String(request.headers["x-amz-content-sha256"] ?? sha256(body));
  if (said !== sha256(body)) return "XAmzContentSHA256Mismatch";
  const [rawPath = "", rawQuery = ""] = (request.url ?? "").split("?");
  const query = [...new URLSearchParams(rawQuery)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join("&");
  const path = rawPath.split("/").map((part) => encode(decodeURIComponent(part)));
  const canonical = [
    request.method,
    path.join("/"),
    query,
    ...names.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? "")
          .trim()
          .replaceAll(/ +/g, " ")}`,
    ),
    "",
    signed,
    said,
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", stamp, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join("\n");
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), "aws4_request");
  const right = hmac(key, toSign);
  return timingSafeEqual(right, Buffer.from(signature, "hex")) ? undefined : "SignatureDoesNotMatch";
}
