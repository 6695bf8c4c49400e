/**
 * 物理的な写し: the whole of a server (every database, and what it needs to come up consistently) as the stream of one tar, by PostgreSQL's own
 * replication protocol (`BASE_BACKUP`). Nothing is stopped, nothing is written beside the server.
 */
import { Client } from "pg";
import type { Connection, Submittable } from "pg";

import { databaseTarget } from "../database/secure-url.ts";

type CopyMessage = { readonly chunk: Buffer };

/** Takes what the server sends; holds the line while it is dealt with, so that memory doesn't grow with the database. */
class BaseBackup implements Submittable {
  readonly done: Promise<void>;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #work: Promise<void> = Promise.resolve();
  #failed: Error | undefined;
  #inTar = false;
  #waiting = 0;
  readonly #label: string;
  readonly #onTar: (data: Buffer) => Promise<void>;

  constructor(label: string, onTar: (data: Buffer) => Promise<void>) {
    this.#label = label;
    this.#onTar = onTar;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** Why it was given up on this side */
  get failed(): Error | undefined {
    return this.#failed;
  }

  submit(connection: Connection): void {
    connection.query(`BASE_BACKUP (LABEL '${this.#label}', CHECKPOINT 'fast', WAL true, MANIFEST 'no')`);
  }

  handleCopyData({ chunk }: CopyMessage, connection: Connection): void {
    const kind = String.fromCharCode(chunk[0] ?? 0);
    // One archive alone: the product's server has no table spaces of its own.
    if (kind === "n") this.#inTar = true;
    if (kind !== "d" || !this.#inTar || this.#failed !== undefined) return;
    const data = Buffer.from(chunk.subarray(1));
    this.#waiting += 1;
    if (this.#waiting > 16) connection.stream.pause();
    const before = this.#work;
    this.#work = (async () => {
      await before;
      if (this.#failed !== undefined) return;
      try {
        await this.#onTar(data);
      } catch (error) {
        this.#failed = error instanceof Error ? error : new Error(String(error));
        connection.stream.destroy(this.#failed);
      } finally {
        this.#waiting -= 1;
        if (this.#waiting <= 4) connection.stream.resume();
      }
    })();
  }

  handleError(error: Error): void {
    this.#settle?.reject(this.#failed ?? error);
  }

  handleReadyForQuery(): void {
    const settle = async (): Promise<void> => {
      await this.#work;
      if (this.#failed === undefined) this.#settle?.resolve();
      else this.#settle?.reject(this.#failed);
    };
    void settle();
  }

  // What else the server says (where it began and ended, table spaces) is in the archive as well.
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

/**
 * @param url of a role that may replicate
 * @param label letters, digits and hyphens
 * @throws what the server or `onTar` throws
 */
export async function baseBackup(url: string, label: string, onTar: (data: Buffer) => Promise<void>): Promise<void> {
  if (!/^[A-Za-z0-9-]{1,60}$/.test(label)) throw new TypeError("a label is letters, digits and hyphens");
  const { url: connectionString, ssl } = databaseTarget(url);
  const address = new URL(connectionString);
  address.searchParams.set("replication", "true");
  const client = new Client({
    connectionString: address.href,
    ...(ssl === undefined ? {} : { ssl }),
    application_name: "hagukumi backup",
  });
  client.on("error", () => {});
  await client.connect();
  try {
    const backup = new BaseBackup(label, onTar);
    client.query(backup);
    const lost = new Promise<never>((_, reject) => {
      client.once("end", () => reject(backup.failed ?? new Error("the connection of the backup broke")));
    });
    lost.catch(() => {});
    await Promise.race([backup.done, lost]);
  } finally {
    await client.end().catch(() => {});
  }
}
