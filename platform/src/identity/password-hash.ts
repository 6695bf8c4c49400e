/** Password hashes: argon2id (RFC 9106) with the pepper as its secret, kept in PHC form. */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";

/** memory in KiB, passes 1…, parallelism 1… */
export type Argon2Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

/** 64 MiB × 3 (THR12): no hash below it is written in production. */
export const costFloor: Argon2Cost = { memory: 65_536, passes: 3, parallelism: 1 };

const SALT_BYTES = 16;
const TAG_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export type ParsedHash = { readonly cost: Argon2Cost; readonly salt: Buffer; readonly tag: Buffer };

/** Whether `cost` is below the floor in any part. */
export function isBelowFloor(cost: Argon2Cost): boolean {
  return cost.memory < costFloor.memory || cost.passes < costFloor.passes || cost.parallelism < costFloor.parallelism;
}

/** Takes a stored hash apart; undefined where it is none of ours. */
export function parseHash(text: string): ParsedHash | undefined {
  const found = PHC.exec(text);
  if (found === null) return undefined;
  const [, memory, passes, parallelism, salt = "", tag = ""] = found;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return { cost, salt: Buffer.from(salt, "base64"), tag: Buffer.from(tag, "base64") };
}

async function derive(password: string, salt: Buffer, cost: Argon2Cost, pepper: Buffer): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    argon2(
      "argon2id",
      // Compatibility forms (full-width letters of a Japanese keyboard) are the same password.
      { message: password.normalize("NFKC"), nonce: salt, secret: pepper, tagLength: TAG_BYTES, ...cost },
      (error, tag) => {
        if (error === null) resolve(tag);
        else reject(error);
      },
    );
  });
}

const plain = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");

/** Hash of a new password. */
export async function hashPassword(password: string, pepper: Buffer, cost: Argon2Cost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(password, salt, cost, pepper);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${plain(salt)}$${plain(tag)}`;
}

/**
 * Whether `password` is the one of `stored`. Without a stored hash the same work is done in vain, so that the time does
 * not tell whether there is one (THR11).
 */
export async function verifyPassword(
  password: string,
  stored: string | undefined,
  pepper: Buffer,
  cost: Argon2Cost,
): Promise<boolean> {
  const parsed = stored === undefined ? undefined : parseHash(stored);
  const { salt, tag, cost: used } = parsed ?? { salt: Buffer.alloc(SALT_BYTES), tag: Buffer.alloc(TAG_BYTES), cost };
  const found = await derive(password, salt, used, pepper);
  return found.length === tag.length && timingSafeEqual(found, tag) && parsed !== undefined;
}
