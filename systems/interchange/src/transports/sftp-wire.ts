/**
 * SFTP as far as this system speaks it: one connection that is opened when it is needed and kept for a while, the pinned key of the host, the
 * key pair of ours as the only way to log in, what an error means, and when to try again.
 */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import ssh2, { type SFTPWrapper } from "ssh2";

import { refuse } from "../refusal.ts";
import { pauseBefore } from "./s3-wire.ts";

/** Where the file server is and who we are there. */
export type SftpPlace = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Absolute folder on the server, without a slash at its end; empty: its root */
  readonly folder: string;
  /** OpenSSH or PEM, without passphrase */
  readonly privateKey: string;
  /** `SHA256:…` as `ssh-keygen -lf` prints it; several while the server's key is being changed */
  readonly hostKeys: readonly string[];
};

export type SftpOptions = {
  /** For tests: waits this many milliseconds */
  readonly pause?: (ms: number) => Promise<unknown>;
  /** How long nothing may come or go, in milliseconds; default 30,000 */
  readonly patience?: number;
};

/** The line broke; what was asked can be asked again. */
export class LineBroken extends Error {}

/** What the server said: the number of SSH_FXP_STATUS. */
export class SftpStatus extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`SFTP status ${status}`);
    this.status = status;
  }
}

export const STATUS = { noSuchFile: 2, permissionDenied: 3, failure: 4, eof: 1 } as const;

export type Sftp = {
  /** Asks for one thing. @throws SftpStatus, LineBroken */
  readonly ask: <T>(what: (sftp: SFTPWrapper, done: (error: unknown, value?: T) => void) => void) => Promise<T>;
};

const TRIES = 6;
const IDLE_MS = 15_000;
const HANDSHAKE_MS = 20_000;

/** What is offered: nothing that is older than the rules of today (no SHA-1, no CBC). */
const ALGORITHMS = {
  kex: ["curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp384", "ecdh-sha2-nistp256"],
  cipher: ["aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr"],
  serverHostKey: ["ssh-ed25519", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"],
} as const;

/** `SHA256:` and the digest of a host key, base64 without padding. */
export function hostKeyPrint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

const unavailable = (what: string): Error =>
  refuse(
    "sourceUnavailable",
    `置き場所（SFTP）がいま使えません（${what}）。途中のものは残していません。しばらくしてからもう一度実行してください。`,
  );

const strangeHost = (print: string): Error =>
  refuse(
    "sourceRefused",
    `置き場所（SFTP）の機械の鍵が、登録したもの（HAGUKUMI_STORE_HOST_KEY）と違います。つないでいません。相手の機械の管理者に鍵を確かめてください。いま示された鍵は ${print} です。`,
  );

const notLetIn = (): Error =>
  refuse(
    "sourceRefused",
    "置き場所（SFTP）に断られました。何も変えていません。利用者名と、鍵（HAGUKUMI_STORE_KEY_FILE）が相手に登録されていることを確かめてください。",
  );

/** The refusal that an answer of the server means. */
export function refusedBySftp(key: string, error: unknown): Error {
  if (!(error instanceof SftpStatus)) return error instanceof Error ? error : new Error("unknown", { cause: error });
  const hint =
    error.status === STATUS.permissionDenied
      ? "この利用者の権限を確かめてください。"
      : "置き場所の空きと名前を確かめてください。";
  return refuse(
    "sourceRefused",
    `置き場所（SFTP）が ${key} について断りました（${error.status}）。何も変えていません。${hint}`,
    { key },
  );
}

type Connection = { readonly sftp: SFTPWrapper; readonly socket: Socket; readonly broken: Promise<never> };

/** A connection of our own, with its work counted: while nothing is asked it keeps no program alive, and after a while it is given up. */
export class SftpLine {
  readonly #place: SftpPlace;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #patience: number;
  #open: Promise<Connection> | undefined;
  #busy = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(place: SftpPlace, { pause = sleep, patience = 30_000 }: SftpOptions = {}) {
    this.#place = place;
    this.#pause = pause;
    this.#patience = patience;
  }

  /**
   * Does `work` with a connection, again from its beginning where the line breaks.
   *
   * @throws Refusal `sourceUnavailable` after the last try, `sourceRefused` where host or user are not who they should be; SftpStatus
   */
  async run<T>(work: (sftp: Sftp) => Promise<T>): Promise<T> {
    let last = "";
    for (let tried = 0; tried < TRIES; tried += 1) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (!(error instanceof LineBroken)) throw error;
        last = error.message;
      }
      await this.#pause(pauseBefore(tried, null, Math.random));
    }
    throw unavailable(last);
  }

  /** Says that the connection is still being used after `run`; the answer ends it. */
  hold(): () => void {
    clearTimeout(this.#idle);
    this.#busy += 1;
    void this.#open?.then(
      ({ socket }) => socket.ref(),
      () => undefined,
    );
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#busy -= 1;
      void this.#rest();
    };
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const open = this.#open;
    this.#open = undefined;
    (await open?.catch(() => undefined))?.socket.destroy();
  }

  async #once<T>(work: (sftp: Sftp) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#busy += 1;
    let connection: Connection | undefined;
    try {
      this.#open ??= this.#connect();
      connection = await this.#open;
      connection.socket.ref();
      const { sftp, broken, socket } = connection;
      const ask: Sftp["ask"] = async (what) => {
        const timer = setTimeout(() => socket.destroy(), this.#patience);
        try {
          return await Promise.race([broken, answerOf(sftp, what)]);
        } finally {
          clearTimeout(timer);
        }
      };
      return await work({ ask });
    } catch (error) {
      if (connection === undefined || error instanceof LineBroken) await this.close();
      throw error;
    } finally {
      this.#busy -= 1;
      await this.#rest();
    }
  }

  /** Without work the socket keeps no program alive, and after a while it is given up. */
  async #rest(): Promise<void> {
    const open = await this.#open?.catch(() => undefined);
    if (this.#busy > 0 || open === undefined) return;
    open.socket.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.close(), IDLE_MS).unref();
  }

  async #connect(): Promise<Connection> {
    const { host, port, user, privateKey, hostKeys } = this.#place;
    // A socket of our own, because only of such a one we can say whether it keeps the program alive.
    const socket = connect({ host, port });
    const client = new ssh2.Client();
    let strange: Error | undefined;
    try {
      const sftp = await new Promise<SFTPWrapper>((done, fail) => {
        client
          .once("ready", () => {
            client.sftp((error, opened) => {
              if (error === undefined) done(opened);
              else fail(new LineBroken("SFTP を始められません", { cause: error }));
            });
          })
          .on("error", (error) => {
            const level = "level" in error ? error.level : undefined;
            if (strange !== undefined) fail(strange);
            else if (level === "client-authentication") fail(notLetIn());
            else fail(new LineBroken("つながりません", { cause: error }));
          })
          .once("close", () => fail(strange ?? new LineBroken("つながりません")))
          .connect({
            sock: socket,
            username: user,
            privateKey,
            authHandler: ["publickey"],
            algorithms: {
              kex: [...ALGORITHMS.kex],
              cipher: [...ALGORITHMS.cipher],
              serverHostKey: [...ALGORITHMS.serverHostKey],
              hmac: [...ALGORITHMS.hmac],
            },
            readyTimeout: Math.max(this.#patience, HANDSHAKE_MS),
            hostVerifier: (key: Buffer) => {
              const print = hostKeyPrint(key);
              if (hostKeys.includes(print)) return true;
              strange = strangeHost(print);
              return false;
            },
          });
      });
      const broken = new Promise<never>((_done, fail) => {
        client.once("close", () => fail(new LineBroken("途中で切れました")));
      });
      broken.catch(() => {});
      client.once("close", () => (this.#open = undefined));
      return { sftp, socket, broken };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }
}

async function answerOf<T>(
  sftp: SFTPWrapper,
  what: (sftp: SFTPWrapper, done: (error: unknown, value?: T) => void) => void,
): Promise<T> {
  return await new Promise<T>((done, fail) => {
    what(sftp, (error, value) => {
      if (error === undefined || error === null) done(value as T);
      else fail(faultOf(error));
    });
  });
}

/** What the library's error means: an answer of the server carries its number, everything else is the line. */
function faultOf(error: unknown): Error {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  // 6 and 7: no connection, connection lost.
  if (typeof code === "number" && code !== 6 && code !== 7) return new SftpStatus(code);
  return new LineBroken("途中で切れました", { cause: error });
}
