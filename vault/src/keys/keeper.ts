/**
 * KeyKeeper (鍵の番人): closes and opens the envelope of the master key (親鍵). The envelope lies in a file beside the data; what
 * opens it does not.
 *
 * Built in: a passphrase (`passphraseKeeper`) and a program of the machine (`commandKeeper`), which is how an HSM (PKCS#11) or a
 * key service (KMS) is reached by its own tool. A keeper of one's own implements these three members and nothing else of the
 * vault changes. It is asked once, when the vault is opened, not for every number: the speed does not depend on it.
 */
import { spawn } from "node:child_process";
import { argon2, randomBytes } from "node:crypto";

import { refusal } from "../refusal.ts";
import { open, seal } from "./aead.ts";

/** The closed envelope, as JSON. `by` says which kind of keeper can open it. */
export type Envelope = { readonly by: string; readonly [field: string]: string | number };

export type KeyKeeper = {
  /** Kind of the keeper, as written into the envelope */
  readonly kind: string;
  readonly close: (master: Buffer) => Promise<Envelope>;
  /** @throws Refusal `masterUnreadable` */
  readonly open: (envelope: Envelope) => Promise<Buffer>;
};

/** Cost of argon2id (RFC 9106): memory in KiB, passes, parallelism. */
export type KeeperCost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

/** 256 MiB × 4: the envelope is opened once a start, so it may cost what a log-in may not. */
export const keeperCost: KeeperCost = { memory: 262_144, passes: 4, parallelism: 1 };

const LEAST_CHARACTERS = 20;
const KEY_BYTES = 32;
const CONTEXT = { table: "envelope", column: "master", record: "passphrase", keyVersion: 1 };

const SALT_BYTES = 16;

async function derive(passphrase: string, nonce: Buffer, cost: KeeperCost): Promise<Buffer> {
  return await new Promise((done, fail) => {
    argon2(
      "argon2id",
      { message: passphrase.normalize("NFKC"), nonce, tagLength: KEY_BYTES, ...cost },
      (error, key) => {
        if (error === null) done(key);
        else fail(error);
      },
    );
  });
}

/**
 * The keeper by a passphrase of at least twenty characters.
 *
 * @throws Refusal `masterUnreadable` where it is shorter
 */
export function passphraseKeeper(passphrase: string, cost: KeeperCost = keeperCost): KeyKeeper {
  if (Array.from(passphrase).length < LEAST_CHARACTERS) throw refusal("masterUnreadable", { least: LEAST_CHARACTERS });
  return {
    kind: "passphrase",
    close: async (master) => {
      const salt = randomBytes(SALT_BYTES);
      const key = await derive(passphrase, salt, cost);
      const sealed = seal(key, CONTEXT, master).toString("base64");
      key.fill(0);
      return { by: "passphrase", ...cost, salt: salt.toString("base64"), sealed };
    },
    open: async (envelope) => {
      const number = (name: string, most: number): number => {
        const value = Number(envelope[name]);
        if (!Number.isSafeInteger(value) || value < 1 || value > most) throw refusal("masterUnreadable");
        return value;
      };
      if (envelope.by !== "passphrase") throw refusal("masterUnreadable", { by: envelope.by });
      // Bounded, so that a changed envelope cannot ask for all of the machine's memory.
      const found = {
        memory: number("memory", 4_194_304),
        passes: number("passes", 64),
        parallelism: number("parallelism", 64),
      };
      const salt = Buffer.from(String(envelope["salt"]), "base64");
      if (salt.length !== SALT_BYTES) throw refusal("masterUnreadable");
      const key = await derive(passphrase, salt, found);
      const master = open(key, CONTEXT, Buffer.from(String(envelope["sealed"]), "base64"));
      key.fill(0);
      if (master?.length !== KEY_BYTES) throw refusal("masterUnreadable");
      return master;
    },
  };
}

async function run(command: readonly string[], input: Buffer): Promise<Buffer> {
  const [program = "", ...args] = command;
  return await new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.once("error", () => fail(refusal("masterUnreadable", { program })));
    child.once("close", (status) => {
      if (status === 0) done(Buffer.concat(parts));
      else fail(refusal("masterUnreadable", { program, status: status ?? -1 }));
    });
    child.stdin.once("error", () => {}); // a program that ends without reading is told by its status
    child.stdin.end(input);
  });
}

/**
 * The keeper by two programs: `close` gets the 32 bytes of the master key on its standard input and writes the envelope to its
 * output, `open` the other way round. For instance `pkcs11-tool --encrypt …`, `aws kms encrypt …`, `openssl pkeyutl …`.
 */
export function commandKeeper(commands: {
  readonly close: readonly string[];
  readonly open: readonly string[];
}): KeyKeeper {
  return {
    kind: "command",
    close: async (master) => ({ by: "command", sealed: (await run(commands.close, master)).toString("base64") }),
    open: async (envelope) => {
      if (envelope.by !== "command") throw refusal("masterUnreadable", { by: envelope.by });
      const master = await run(commands.open, Buffer.from(String(envelope["sealed"]), "base64"));
      if (master.length !== KEY_BYTES) throw refusal("masterUnreadable");
      return master;
    },
  };
}
