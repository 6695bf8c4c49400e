/** What the staff server is started with. */
import type { Calendar, CivilDate } from "@hagukumi/law/contract.ts";
import type { BankChannel } from "@hagukumi/allowance/contract.ts";
import type { AddresseeService } from "@hagukumi/unified-addressee/contract.ts";
import type { Identity } from "@hagukumi/platform/identity/settings.ts";
import type { TlsIdentity } from "@hagukumi/platform/tls/policy.ts";
import type { Pool } from "pg";

/** 用途: what kind of installation this is; all but `production` are marked on every page in words and colour. */
export type Installation = "production" | "training" | "demo";

/** One person of the demonstration, as the log-in offers them. */
export type DemoPerson = {
  readonly staffId: string;
  readonly name: string;
  /** Section and role in words */
  readonly what: string;
  readonly password: string;
};

/** What the demonstration has and the real thing must not have: software keys, known passwords, an open terminal. */
export type Demo = {
  readonly people: readonly DemoPerson[];
  /** Secret of the demonstration's terminal: every browser gets it */
  readonly terminalSecret: string;
  /**
   * The software key of a person answers a challenge.
   *
   * @param options PublicKeyCredentialRequestOptionsJSON
   * @returns AuthenticationResponseJSON, or undefined where the person has no software key
   */
  readonly sign: (
    staffId: string,
    options: { readonly challenge: string; readonly rpId?: string },
    origin: string,
  ) => Promise<unknown>;
};

export type StaffServerOptions = {
  readonly pool: Pool;
  readonly calendar: Calendar;
  /** The day on which the office works, asked for at each request */
  readonly today: () => CivilDate;
  /** Data folder: `files` holds the payee lists, `reports` refused rows; the pepper and the demo keys lie in it too */
  readonly dataDir: string;
  readonly installation: Installation;
  /** 職員・権限・認証; origin and RP ID of its settings follow `origin` below */
  readonly identity: Identity;
  /** Refused unless `installation` is `demo` and identity's settings are not those of production */
  readonly demo?: Demo;
  /** 団体内統合宛名システム with the vault of 個人番号; absent: its pages say that there is no connection */
  readonly addressee?: AddresseeService;
  /** The designated bank; absent: the file is handed over by other means */
  readonly bank?: BankChannel;
  /** Default 8080; 0 takes a free one */
  readonly port?: number;
  /** Default 127.0.0.1. Behind the city's TLS terminator: the address it forwards to */
  readonly host?: string;
  /** 端末の証明書: TLS here instead of at a terminator; only terminals whose certificate is registered reach the log-in at all */
  readonly tls?: () => TlsIdentity;
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
