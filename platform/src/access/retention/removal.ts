/** 消去の記録: what was removed, by whose approval and which rule, signed and linked to the removal before. Pure. */
import { createHash, sign } from "node:crypto";

import { type Block, isSignedBy, merkleRoot, type SealKey } from "../seal/block.ts";

export type RemovalContent = {
  readonly removalNo: number;
  /** 記録の区分: `accessLog` or `journal` */
  readonly group: string;
  readonly proposalId: number;
  readonly fromBlock: number;
  readonly throughBlock: number;
  /** Numbers of the rows, as PostgreSQL writes a multirange */
  readonly numbers: string;
  readonly rowCount: number;
  readonly alsoRemoved: number;
  /** 保存期間 that was applied, in years */
  readonly years: number;
  /** Records of before this day, YYYY-MM-DD */
  readonly beforeOn: string;
  readonly proposedBy: string;
  readonly approvedBy: string;
  /** ISO 8601 in UTC with milliseconds */
  readonly removedAt: string;
  readonly blocksRoot: Buffer;
  readonly previousHash: Buffer;
};

export type Removal = RemovalContent & {
  readonly removalHash: Buffer;
  readonly keyId: string;
  readonly signature: Buffer;
};

/** Root of the tree over the hashes of the blocks whose rows are removed: with it the rows are named to the bit. */
export function blocksRoot(blocks: readonly Pick<Block, "blockHash">[]): Buffer {
  return merkleRoot(Buffer.concat(blocks.map(({ blockHash }) => blockHash)));
}

/** Hash of everything a record of a removal says. */
export function removalHash(removal: RemovalContent): Buffer {
  const said = [
    removal.removalNo,
    removal.group,
    removal.proposalId,
    removal.fromBlock,
    removal.throughBlock,
    removal.numbers,
    removal.rowCount,
    removal.alsoRemoved,
    removal.years,
    removal.beforeOn,
    removal.proposedBy,
    removal.approvedBy,
    removal.removedAt,
    removal.blocksRoot.toString("hex"),
    removal.previousHash.toString("hex"),
  ];
  return createHash("sha256").update("hagukumi removal of records\n").update(JSON.stringify(said)).digest();
}

/** Hashes and signs. */
export function signRemoval(content: RemovalContent, key: SealKey): Removal {
  const hash = removalHash(content);
  return { ...content, removalHash: hash, keyId: key.id, signature: sign(null, hash, key.privateKey) };
}

/** What is wrong with a record of a removal, of those that can be seen without its blocks; undefined where nothing is. */
export function faultOf(
  removal: Removal,
  before: Removal | undefined,
  key: SealKey,
): "content" | "link" | "signature" | undefined {
  if (!removalHash(removal).equals(removal.removalHash)) return "content";
  const previous = before?.removalHash ?? Buffer.alloc(32);
  const next = (before?.throughBlock ?? 0) + 1;
  if (!removal.previousHash.equals(previous) || removal.removalNo !== (before?.removalNo ?? 0) + 1) return "link";
  if (removal.fromBlock !== next) return "link";
  if (removal.keyId !== key.id || !isSignedBy(removal.removalHash, removal.signature, key.publicKey))
    return "signature";
  return undefined;
}
