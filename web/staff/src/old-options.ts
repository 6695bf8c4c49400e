/** What the staff pages are started with. */
import type { Context } from "@hagukumi/allowance/contract.ts";

export type StaffServerOptions = {
  /** `operator` is who opens the pages: every opening of a person is recorded under this identifier */
  readonly context: Context;
  /** Data folder; payee lists are offered from its `files` */
  readonly dataDir: string;
  /** Default 8080; 0 takes a free one */
  readonly port?: number;
  /** Default 127.0.0.1: there is no log-in yet, so nobody but this machine may ask */
  readonly host?: string;
  /** Marks every page as demonstration */
  readonly demo?: boolean;
};
