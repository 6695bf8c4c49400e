/** Where identity works and under which settings: relying party, pepper, cost of the password hash, production or not. */
import type { Pool } from "pg";

import type { Argon2Cost } from "./password-hash.ts";
import { costFloor, isBelowFloor } from "./password-hash.ts";
import { readPepper } from "./pepper.ts";
import { refuse } from "./problem.ts";
import { readProviderAuthority } from "./provider-link.ts";
import type { ProviderAuthority } from "./provider-link.ts";
import { readClientSecret } from "./provider.ts";

export type IdentitySettings = {
  /** WebAuthn relying party: the host name of the staff site, without port */
  readonly rpId: string;
  /** 市の名称 as the key's window shows it */
  readonly rpName: string;
  /** Exact origins the site is served from, e.g. `https://jite.example.lg.jp` */
  readonly origins: readonly string[];
  /** Words that no password may contain, besides the built-in ones: city, sections … */
  readonly contextWords: readonly string[];
  /** Days a password may be used, 1–180 (III-3 リスク2④); the shorter of this and the database's policy counts */
  readonly passwordDays: number;
  /** Whether this is the real thing: no demo data, no shifted clock, no cheaper hash */
  readonly production: boolean;
  /** Cost of argon2id; below the floor only where `production` is false, for tests */
  readonly cost: Argon2Cost;
  /** Refused log-ins and re-authentications are answered at whole multiples of so many milliseconds (THR11); 0: at once, for tests */
  readonly refusalTick: number;
};

/** What every function of identity is given. */
export type Identity = {
  readonly pool: Pool;
  readonly settings: IdentitySettings;
  readonly pepper: Buffer;
  /** Secret by which the 認証基盤 knows this installation (シングルサインオン); absent: a public client, PKCE alone */
  readonly signOnSecret?: string;
  /** The authority of the 認証基盤's certificate; absent: the machine's list of public ones */
  readonly signOnAuthority?: ProviderAuthority;
};

const MAX_PASSWORD_DAYS = 180;
/** Two to three times what the hash takes, so that hardly an answer comes near a boundary. */
const REFUSAL_TICK = 500;

function wholeDays(text: string): number {
  const days = /^[0-9]{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (days >= 1 && days <= MAX_PASSWORD_DAYS) return days;
  return refuse(
    "passwordDaysTooLong",
    `パスワードの有効期間（HAGUKUMI_PASSWORD_DAYS）「${text.slice(0, 20)}」は使えません。1〜180の整数（日）で指定してください。起動していません。`,
  );
}

/** Whether the environment says that this is production (`HAGUKUMI_ENV=production`). */
export function isProduction(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment["HAGUKUMI_ENV"] === "production";
}

/**
 * Settings from the environment: `HAGUKUMI_RP_ID`, `HAGUKUMI_ORIGIN` (comma between several), `HAGUKUMI_CITY`,
 * `HAGUKUMI_PASSWORD_DAYS`, `HAGUKUMI_ENV`. Without them: localhost, for the demo.
 *
 * @throws Refusal `passwordDaysTooLong`; `productionSettings` where production has no origin of its own or an http one
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  defaults: { readonly origin?: string } = {},
): IdentitySettings {
  const production = isProduction(environment);
  const given = environment["HAGUKUMI_ORIGIN"] ?? "";
  const origins = (given === "" ? (defaults.origin ?? "http://localhost:8080") : given)
    .split(",")
    .map((origin) => origin.trim());
  if (production && (given === "" || origins.some((origin) => !origin.startsWith("https://")))) {
    refuse(
      "productionSettings",
      "本番の設定（HAGUKUMI_ENV=production）では、HAGUKUMI_ORIGIN に https:// で始まる職員用サイトのオリジンを指定してください。起動していません。",
    );
  }
  const city = environment["HAGUKUMI_CITY"] ?? "架空市";
  const first = origins[0] ?? "";
  const host = URL.canParse(first) ? new URL(first).hostname : "localhost";
  return {
    rpId: environment["HAGUKUMI_RP_ID"] ?? host,
    rpName: city,
    origins,
    contextWords: [city],
    passwordDays: wholeDays(environment["HAGUKUMI_PASSWORD_DAYS"] ?? String(MAX_PASSWORD_DAYS)),
    production,
    cost: costFloor,
    refusalTick: REFUSAL_TICK,
  };
}

/**
 * Opens identity on a migrated database. The pepper is read from (at the first use written to) the data folder.
 *
 * @throws Refusal `productionSettings` when production settings meet a shifted clock, a demo database or a cheaper hash;
 *   `pepperUnreadable`, `signOnSecretUnreadable`
 */
export async function openIdentity(pool: Pool, dataDir: string, settings: IdentitySettings): Promise<Identity> {
  const { rows } = await pool.query<{ shifted: boolean; kind: string | null }>(
    "SELECT EXISTS (SELECT FROM identity.clock_shift) AS shifted, (SELECT kind FROM identity.installation) AS kind",
  );
  const production = settings.production || rows[0]?.kind === "production";
  const faults = [
    rows[0]?.shifted === true ? "時計がずらされています" : "",
    settings.production && rows[0]?.kind === "demo" ? "デモの印があるデータベースです" : "",
    isBelowFloor(settings.cost) ? "パスワードのハッシュの強さが下限を下回っています" : "",
    settings.refusalTick < REFUSAL_TICK ? "ログインの断りを返す間隔が短すぎます" : "",
  ].filter((fault) => fault !== "");
  if (production && faults.length > 0) {
    refuse("productionSettings", `本番の設定では起動できません: ${faults.join("、")}。設定を直してください。`);
  }
  const signOnSecret = await readClientSecret(dataDir);
  const signOnAuthority = await readProviderAuthority(dataDir);
  const pepper = await readPepper(dataDir);
  return {
    pool,
    settings,
    pepper,
    ...(signOnSecret === undefined ? {} : { signOnSecret }),
    ...(signOnAuthority === undefined ? {} : { signOnAuthority }),
  };
}
