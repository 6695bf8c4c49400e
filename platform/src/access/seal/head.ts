/**
 * 封の控え (head): the newest block as it is kept outside the database, and what a witness (立会い) does with it: it goes
 * forward along the chain and refuses every history that does not contain what it has seen before.
 */
import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";

import { z } from "zod";

import { Refusal } from "../../database/problem.ts";
import { type Block, blockHash, type BlockContent, isSignedBy } from "./block.ts";
import { ACCESS_LOG, type LogStream } from "./rows.ts";

/** The newest block, small enough to be printed. Hex throughout. */
export type SealHead = {
  readonly blockNo: number;
  readonly blockHash: string;
  readonly sealedAt: string;
  readonly keyId: string;
  readonly signature: string;
};

/** The head that a block is. */
export function headOf(block: Block): SealHead {
  const { blockNo, sealedAt, keyId } = block;
  return {
    blockNo,
    blockHash: block.blockHash.toString("hex"),
    sealedAt,
    keyId,
    signature: block.signature.toString("hex"),
  };
}

/** A block without its leaves: all that a witness needs. */
export type ChainLink = BlockContent & Pick<Block, "blockHash" | "keyId" | "signature">;

function refuse(label: string, why: string): never {
  throw new Refusal(
    "historyForked",
    `${label}の封が、前に控えたものにつながりません（${why}）。控えは変えていません。証拠を残したまま、監査の責任者に知らせてください。`,
  );
}

const headShape = z.strictObject({
  blockNo: z.int().positive(),
  blockHash: z.hex().length(64),
  sealedAt: z.iso.datetime(),
  keyId: z.hex().length(16),
  signature: z.hex().length(128),
});

/** A head that was read from a file. @throws Refusal `invalidValue` */
export function parseHead(text: string): SealHead {
  try {
    return headShape.parse(JSON.parse(text));
  } catch (error) {
    throw new Refusal(
      "invalidValue",
      "封の控えの形が正しくありません。hagukumi log witness が書いたファイルを指定してください。",
      {},
      { cause: error },
    );
  }
}

/**
 * The witness's step: from the head it knows (undefined at the start) along `links` to a new head.
 *
 * @param links the blocks after the known one, in order
 * @throws Refusal `historyForked` when a link does not follow the one before, says something else than it hashes, or is not
 *   signed by the key
 */
export function extendHead(
  known: SealHead | undefined,
  links: readonly ChainLink[],
  publicKey: KeyObject,
  { label, domain }: Pick<LogStream, "label" | "domain"> = ACCESS_LOG,
): SealHead | undefined {
  let head = known;
  let previous = known?.blockHash ?? "00".repeat(32);
  let blockNo = known?.blockNo ?? 0;
  for (const link of links) {
    blockNo += 1;
    if (link.blockNo !== blockNo) refuse(label, `封 ${blockNo} がありません`);
    if (link.previousHash.toString("hex") !== previous) refuse(label, `封 ${blockNo} の前が違います`);
    if (!blockHash(link, domain).equals(link.blockHash)) refuse(label, `封 ${blockNo} の内容が違います`);
    if (!isSignedBy(link.blockHash, link.signature, publicKey)) refuse(label, `封 ${blockNo} の署名が違います`);
    previous = link.blockHash.toString("hex");
    head = {
      blockNo,
      blockHash: previous,
      sealedAt: link.sealedAt,
      keyId: link.keyId,
      signature: link.signature.toString("hex"),
    };
  }
  return head;
}

/** The head kept in a file; undefined where there is none. @throws Refusal `invalidValue` */
export async function readHead(path: string): Promise<SealHead | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseHead(text);
}
