/** What the staff server is started with. */
import type { Calendar, CivilDate } from "@hagukumi/law/contract.ts";
import type { Pool } from "pg";

/** 用途: what kind of installation this is; all but `production` are marked on every page in words and colour. */
export type Installation = "production" | "training" | "demo";

export type StaffServerOptions = {
  readonly pool: Pool;
  readonly calendar: Calendar;
  /** The day on which the office works, asked for at each request */
  readonly today: () => CivilDate;
  /** Data folder: `files` holds the payee lists, `reports` refused rows; the pepper and the demo keys lie in it too */
  readonly dataDir: string;
  readonly installation: Installation;
  /** Default 8080; 0 takes a free one */
  readonly port?: number;
  /** Default 127.0.0.1. Behind the city's TLS terminator: the address it forwards to */
  readonly host?: string;
  /**
   * The address that browsers show, e.g. `https://jidouteate.example.lg.jp`; its host name is the RP ID of the 職員証.
   * Default `http://localhost:PORT`
   */
  readonly origin?: string;
  /** Requests per minute and terminal, 1…; default 1,200 */
  readonly requestsPerMinute?: number;
  /** Requests to the log-in operations per minute and terminal, 1…; default 60 */
  readonly logInsPerMinute?: number;
};
