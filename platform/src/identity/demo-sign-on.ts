/** デモのシングルサインオン: the setting and the links that the demonstration's provider needs. Never in production. */
import { demoPeople } from "./demo-staff.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";
import { signOnDigest, signOnNow } from "./sign-on-settings.ts";
import type { SignOnSetting } from "./sign-on-settings.ts";
import { asIdentity } from "./transaction.ts";

/** The client under which the demonstration is known to its provider. */
export const DEMO_CLIENT = "hagukumi-demo";

/** 認証基盤の利用者 of a demo person. */
export const demoSubject = (staffId: string): string => `idp-${staffId}`;

/**
 * Writes setting and links where they are missing.
 *
 * @throws Refusal `demoNotPermitted` beside production settings
 */
export async function seedDemoSignOn(identity: Pick<Identity, "pool" | "settings">, issuer: string): Promise<void> {
  if (identity.settings.production) {
    refuse("demoNotPermitted", "本番の設定では、デモの認証基盤は使えません。何も変えていません。");
  }
  const setting: SignOnSetting = {
    enabled: true,
    providerName: "架空市 庁内認証基盤",
    issuer,
    clientId: DEMO_CLIENT,
    algorithm: "RS256",
    requiredMethods: [],
    maxAgeMinutes: 540,
  };
  await asIdentity(identity.pool, async (client) => {
    const now = await signOnNow(client);
    if (now?.issuer !== issuer || now.clientId !== DEMO_CLIENT) {
      await client.query(
        `INSERT INTO identity.sign_on_setting (enabled, provider_name, issuer, client_id, algorithm, required_methods, max_age_minutes, digest, reason, proposed_by)
         VALUES (true, $1, $2, $3, $4, $5, $6, $7, 'デモの認証基盤', 'demo.setup')`,
        [
          setting.providerName,
          issuer,
          setting.clientId,
          setting.algorithm,
          setting.requiredMethods,
          setting.maxAgeMinutes,
          signOnDigest(setting),
        ],
      );
      await client.query(
        `INSERT INTO identity.sign_on_setting_answer (setting_id, approved, digest, reason, answered_by)
         SELECT setting_id, true, digest, 'デモの認証基盤', 'demo.setup2' FROM identity.sign_on_setting ORDER BY setting_id DESC LIMIT 1`,
      );
    }
    await client.query(
      `INSERT INTO identity.sign_on_subject (issuer, subject, staff_id, reason, linked_by)
       SELECT $1, s.subject, s.staff_id, 'デモ', 'demo.setup' FROM unnest($2::text[], $3::text[]) AS s (staff_id, subject)
       WHERE NOT EXISTS (SELECT FROM identity.sign_on_subject l WHERE l.issuer = $1 AND l.staff_id = s.staff_id)`,
      [issuer, demoPeople.map(({ staffId }) => staffId), demoPeople.map(({ staffId }) => demoSubject(staffId))],
    );
  });
}
