/** 区切り (segment): some entries under one hash, which holds the hash before it, signed. What is taken out, put in or cut off shows. */
import { createHash, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { z } from "zod";

import type { SealKey } from "../../access/seal/block.ts";
import type { StatementEntry } from "./entry.ts";

const DOMAIN = "hagukumi statement log segment\n";
export const FIRST_HASH = "00".repeat(32);

export type Segment = {
  readonly number: number;
  readonly previous: string;
  readonly sealedAt: string;
  /** Number of the first entry, from 1 */
  readonly first: number;
  readonly entries: readonly StatementEntry[];
  readonly hash: string;
  readonly keyId: string;
  readonly signature: string;
};

type Content = Omit<Segment, "hash" | "keyId" | "signature">;

/** An entry's values in a fixed order: how it was written down again doesn't matter. */
const valuesOf = (entry: StatementEntry): readonly unknown[] => [
  entry.at,
  entry.kind,
  entry.session,
  entry.line,
  entry.user,
  entry.database,
  entry.from,
  entry.application,
  entry.severity,
  entry.state,
  entry.text,
  entry.digest,
  entry.alarms,
];

function hashOf({ number, previous, sealedAt, first, entries }: Content): Buffer {
  return createHash("sha256")
    .update(DOMAIN)
    .update(JSON.stringify([number, previous, sealedAt, first, entries.map(valuesOf)]))
    .digest();
}

export function sealSegment(content: Content, key: SealKey): Segment {
  const hash = hashOf(content);
  const signature = sign(null, hash, key.privateKey).toString("hex");
  return { ...content, hash: hash.toString("hex"), keyId: key.id, signature };
}

const text = z.string();
const shape = z.strictObject({
  number: z.int().positive(),
  previous: z.hex().length(64),
  sealedAt: text,
  first: z.int().positive(),
  entries: z.array(
    z.strictObject({
      at: text,
      kind: z.enum(["connection", "disconnection", "mark", "statement", "failed", "error", "server", "unreadable"]),
      session: text,
      line: z.int().nonnegative(),
      user: text,
      database: text,
      from: text,
      application: text,
      severity: text,
      state: text,
      text,
      digest: text,
      alarms: z.array(z.enum(["recordTouched", "unmarked", "gap", "protectedTable", "mixed"])),
    }),
  ),
  hash: z.hex().length(64),
  keyId: text,
  signature: z.hex().length(128),
});

/** @returns undefined where the bytes are no segment */
export function parseSegment(bytes: Uint8Array): Segment | undefined {
  try {
    const read = shape.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

export type SegmentFinding = {
  readonly number: number;
  readonly what: "missing" | "unreadable" | "content" | "link" | "signature" | "cut";
};

/** How far a chain has come. */
export type ChainEnd = { readonly number: number; readonly hash: string; readonly entries: number };

/**
 * Checks segments in the order of their numbers from 1 on.
 *
 * @param bytes of segment `number`; undefined where there is none
 * @param end how far the chain is known to have come: a shorter one was cut off
 */
export async function checkChain(
  bytes: (number: number) => Promise<Uint8Array | undefined>,
  end: ChainEnd,
  publicKey: KeyObject,
  each: (segment: Segment) => void = () => {},
): Promise<readonly SegmentFinding[]> {
  const findings: SegmentFinding[] = [];
  let previous: string | undefined = FIRST_HASH;
  let first: number | undefined = 1;
  for (let number = 1; number <= end.number; number += 1) {
    const found = await bytes(number);
    const segment = found === undefined ? undefined : parseSegment(found);
    if (segment === undefined) {
      findings.push({ number, what: found === undefined ? "missing" : "unreadable" });
      previous = undefined;
      first = undefined;
      continue;
    }
    const hash = hashOf(segment);
    if (hash.toString("hex") !== segment.hash || segment.number !== number) findings.push({ number, what: "content" });
    else if (!verify(null, hash, publicKey, Buffer.from(segment.signature, "hex")))
      findings.push({ number, what: "signature" });
    if ((previous !== undefined && segment.previous !== previous) || (first !== undefined && segment.first !== first))
      findings.push({ number, what: "link" });
    previous = segment.hash;
    first = segment.first + segment.entries.length;
    each(segment);
  }
  if (previous !== undefined && previous !== end.hash && findings.length === 0)
    findings.push({ number: end.number, what: "cut" });
  return findings;
}
