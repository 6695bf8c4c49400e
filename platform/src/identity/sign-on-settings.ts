/**
 * シングルサインオンの設定: which provider may take the place of the password, decided by two people, and which of its users is
 * which member of the staff. Without an approved setting there is no single sign-on.
 */
import { createHash } from "node:crypto";

import type { Queryable } from "../database/pool.ts";
import { staffCommand } from "./actor.ts";
import type { StaffCommand } from "./actor.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";

/** Signatures of an ID token that may be asked for: asymmetric ones alone (RFC 7518); `none` and HMAC are not among them. */
export const signOnAlgorithms = ["RS256", "PS256", "ES256"] as const;

export type SignOnSetting = {
  readonly enabled: boolean;
  /** 認証基盤の名称, as the log-in shows it, 1–40 characters */
  readonly providerName: string;
  /** OpenID Connect Discovery 1.0: https, without query; http only for this machine and outside production */
  readonly issuer: string;
  readonly clientId: string;
  readonly algorithm: (typeof signOnAlgorithms)[number];
  /** Values of `amr` (RFC 8176) that must all be there; empty: whatever the provider holds sufficient */
  readonly requiredMethods: readonly string[];
  /** Minutes for which the provider's check of the person counts at a log-in, 5–540 */
  readonly maxAgeMinutes: number;
};

export type SignOnProposal = SignOnSetting & {
  readonly settingId: number;
  /** What an approval is bound to */
  readonly digest: string;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  /** null while nobody has answered */
  readonly approved: boolean | null;
  readonly answeredBy: string | null;
};

/** 設定のハッシュ: of every field, in a fixed order. */
export function signOnDigest(setting: SignOnSetting): string {
  const { enabled, providerName, issuer, clientId, algorithm, requiredMethods, maxAgeMinutes } = setting;
  const content = [enabled, providerName, issuer, clientId, algorithm, requiredMethods, maxAgeMinutes];
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether the provider may be spoken to without TLS: on this machine, and never in production. */
export function mayBePlain({ settings }: Pick<Identity, "settings">, issuer: string): boolean {
  return !settings.production && LOOPBACK.has(new URL(issuer).hostname);
}

function invalid(what: string): never {
  return refuse("signOnSettingInvalid", `${what}何も変えていません。`);
}

/** @throws Refusal `signOnSettingInvalid` */
function checkSetting(identity: Pick<Identity, "settings">, setting: SignOnSetting): void {
  const address = URL.canParse(setting.issuer) ? new URL(setting.issuer) : undefined;
  if (address === undefined || address.search !== "" || address.hash !== "" || address.username !== "") {
    return invalid("発行者（issuer）は、https:// で始まる、? と # のないアドレスで指定してください。");
  }
  if (address.protocol !== "https:" && !(address.protocol === "http:" && mayBePlain(identity, setting.issuer))) {
    return invalid("発行者（issuer）は https:// で始まるアドレスにしてください（暗号化されない相手は使えません）。");
  }
  if (setting.requiredMethods.some((method) => !/^[a-z0-9_-]{1,20}$/.test(method))) {
    return invalid("認証の方法（amr）は、pwd、mfa、hwk など半角の小文字で指定してください。");
  }
}

/**
 * 設定の申請. It counts only once another person has approved exactly this content.
 *
 * @throws Refusal of `staffCommand` (needs `rights.issue`); `signOnSettingInvalid`
 */
export async function proposeSignOn(
  identity: Pick<Identity, "pool" | "settings">,
  command: StaffCommand,
  { reason, ...setting }: SignOnSetting & { readonly reason: string },
): Promise<{ readonly settingId: number; readonly digest: string }> {
  checkSetting(identity, setting);
  const request = { ...setting, reason };
  const rules = { name: "signOn.propose", permission: "rights.issue", console: true, request } as const;
  const { response } = await staffCommand(identity, command, rules, async (client, by) => {
    const digest = signOnDigest(setting);
    const { rows } = await client.query<{ setting_id: number }>(
      `INSERT INTO identity.sign_on_setting (enabled, provider_name, issuer, client_id, algorithm, required_methods, max_age_minutes, digest, reason, proposed_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING setting_id`,
      [
        setting.enabled,
        setting.providerName,
        setting.issuer,
        setting.clientId,
        setting.algorithm,
        setting.requiredMethods,
        setting.maxAgeMinutes,
        digest,
        reason,
        by,
      ],
    );
    const settingId = rows[0]?.setting_id ?? 0;
    const detail = { ...setting, requiredMethods: setting.requiredMethods.join(" ") };
    const audit = [{ action: "signOn.propose", objectKind: "signOnSetting", objectId: String(settingId), detail }];
    return { response: { settingId, digest }, audit };
  });
  return response;
}

/**
 * 設定の承認・不承認, by another person, of exactly the content that was looked at.
 *
 * @throws Refusal of `staffCommand` (needs `rights.approve`, never the console); `samePerson`, `signOnSettingInvalid`
 *   (another content, a later one counts, answered already), `signOnProposalMissing`
 */
export async function answerSignOn(
  identity: Pick<Identity, "pool">,
  command: StaffCommand,
  request: {
    readonly settingId: number;
    readonly digest: string;
    readonly approved: boolean;
    readonly reason: string;
  },
): Promise<void> {
  const rules = { name: "signOn.answer", permission: "rights.approve", console: false, request } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    const { settingId, digest, approved, reason } = request;
    const { rowCount } = await client.query("SELECT 1 FROM identity.sign_on_setting WHERE setting_id = $1", [
      settingId,
    ]);
    if (rowCount === 0) {
      refuse(
        "signOnProposalMissing",
        "この番号の設定の申請はありません。一覧から選び直してください。何も変えていません。",
      );
    }
    await client.query(
      "INSERT INTO identity.sign_on_setting_answer (setting_id, approved, digest, reason, answered_by) VALUES ($1, $2, $3, $4, $5)",
      [settingId, approved, digest, reason, by],
    );
    const detail = { approved, digest };
    return {
      response: {},
      audit: [{ action: "signOn.answer", objectKind: "signOnSetting", objectId: String(settingId), detail }],
    };
  });
}

const COLUMNS = `s.setting_id AS "settingId", s.enabled, s.provider_name AS "providerName", s.issuer, s.client_id AS "clientId", s.algorithm,
  s.required_methods AS "requiredMethods", s.max_age_minutes AS "maxAgeMinutes"`;

/** The setting that counts; undefined where none was approved or the newest one says off. */
export async function signOnNow(
  connection: Queryable,
): Promise<(SignOnSetting & { readonly settingId: number }) | undefined> {
  const { rows } = await connection.query<SignOnSetting & { readonly settingId: number }>(
    `SELECT ${COLUMNS} FROM identity.sign_on_now s WHERE s.enabled`,
  );
  return rows[0];
}

/** 申請の一覧, newest first. */
export async function listSignOnProposals(connection: Queryable): Promise<readonly SignOnProposal[]> {
  const { rows } = await connection.query<SignOnProposal>(
    `SELECT ${COLUMNS}, s.digest, s.reason, s.proposed_by AS "proposedBy", s.proposed_at AS "proposedAt", a.approved, a.answered_by AS "answeredBy"
     FROM identity.sign_on_setting s LEFT JOIN identity.sign_on_setting_answer a USING (setting_id) ORDER BY s.setting_id DESC LIMIT 100`,
  );
  return rows;
}

export type SubjectLink = {
  readonly linkId: number;
  readonly staffId: string;
  readonly issuer: string;
  /** 認証基盤での利用者の識別子 (`sub`), printable ASCII, 1–255 */
  readonly subject: string;
  readonly linkedBy: string;
  readonly linkedAt: Date;
  readonly endedAt: Date | null;
};

/** 結び付けの一覧, those that count first. */
export async function listSubjectLinks(connection: Queryable): Promise<readonly SubjectLink[]> {
  const { rows } = await connection.query<SubjectLink>(
    `SELECT link_id AS "linkId", staff_id AS "staffId", issuer, subject, linked_by AS "linkedBy", linked_at AS "linkedAt", ended_at AS "endedAt"
     FROM identity.sign_on_subject ORDER BY ended_at IS NOT NULL, staff_id, link_id DESC`,
  );
  return rows;
}

/**
 * 結び付け: this user of the provider is this member of the staff. Never one's own.
 *
 * @throws Refusal of `staffCommand` (needs `rights.issue`, or the console); `samePerson`, `signOnSubjectTaken`, `referenceMissing`,
 *   `signOnSettingInvalid` (form of the subject)
 */
export async function linkSubject(
  identity: Pick<Identity, "pool">,
  command: StaffCommand,
  request: {
    readonly staffId: string;
    readonly issuer: string;
    readonly subject: string;
    readonly reason: string;
  },
): Promise<{ readonly linkId: number }> {
  if (!/^[\u0021-\u007e]{1,255}$/.test(request.subject)) {
    refuse(
      "signOnSettingInvalid",
      "認証基盤の利用者の識別子（sub）は、空白のない半角255文字までです。認証基盤の管理者に確かめてください。何も変えていません。",
    );
  }
  const rules = { name: "signOn.link", permission: "rights.issue", console: true, request } as const;
  const { response } = await staffCommand(identity, command, rules, async (client, by) => {
    const { staffId, issuer, subject, reason } = request;
    const { rows } = await client.query<{ link_id: number }>(
      "INSERT INTO identity.sign_on_subject (issuer, subject, staff_id, reason, linked_by) VALUES ($1, $2, $3, $4, $5) RETURNING link_id",
      [issuer, subject, staffId, reason, by],
    );
    const linkId = rows[0]?.link_id ?? 0;
    const audit = [{ action: "signOn.link", objectKind: "staff", objectId: staffId, detail: { linkId, issuer } }];
    return { response: { linkId }, audit };
  });
  return response;
}

/**
 * 結び付けの終わり: a session that began with it ends in the same transaction.
 *
 * @throws Refusal of `staffCommand` (needs `rights.issue`, or the console); `signOnLinkMissing`
 */
export async function endSubjectLink(
  identity: Pick<Identity, "pool">,
  command: StaffCommand,
  request: { readonly linkId: number; readonly reason: string },
): Promise<void> {
  const rules = { name: "signOn.unlink", permission: "rights.issue", console: true, request } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    const { rows } = await client.query<{ staff_id: string }>(
      `UPDATE identity.sign_on_subject SET ended_at = identity.clock(), ended_by = $2, end_reason = $3
       WHERE link_id = $1 AND ended_at IS NULL RETURNING staff_id`,
      [request.linkId, by, request.reason],
    );
    const objectId =
      rows[0]?.staff_id ??
      refuse(
        "signOnLinkMissing",
        "この結び付けはないか、すでに終わっています。開き直してください。何も変えていません。",
      );
    const detail = { linkId: request.linkId };
    return { response: {}, audit: [{ action: "signOn.unlink", objectKind: "staff", objectId, detail }] };
  });
}
