/** Passwords of the staff: which one counts, how old it is, whether a new one may be set. */
import type { Queryable } from "../database/pool.ts";
import { hashPassword, verifyPassword } from "./password-hash.ts";
import { passwordMessage, passwordProblem } from "./password-rules.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";
import { asIdentity } from "./transaction.ts";

/** 直近10回分のパスワードは使えない。 */
const NOT_AGAIN = 10;

export type CurrentPassword = {
  readonly hash: string;
  /** Days in Japan since the day it was set, 0… */
  readonly ageDays: number;
  /** Days it may still be used; negative when it has expired. The day of the limit itself is still good. */
  readonly daysLeft: number;
  /** Whether the end is so near that the person is told at each log-in */
  readonly notice: boolean;
};

/** The password that counts, or undefined where none was set. */
export async function currentPassword(
  client: Queryable,
  staffId: string,
  { passwordDays }: Identity["settings"],
): Promise<CurrentPassword | undefined> {
  const { rows } = await client.query<{ hash: string; age: number; days: number; notice: number }>(
    `SELECT p.hash, identity.today() - (p.set_at AT TIME ZONE 'Asia/Tokyo')::date AS age,
            least(y.password_days, $2::int) AS days, y.password_notice_days AS notice
     FROM identity.password p, identity.policy y WHERE p.staff_id = $1 ORDER BY p.password_id DESC LIMIT 1`,
    [staffId, passwordDays],
  );
  const found = rows[0];
  if (found === undefined) return undefined;
  const daysLeft = found.days - found.age;
  return { hash: found.hash, ageDays: found.age, daysLeft, notice: daysLeft <= found.notice };
}

/** Words that this person's password may not lean on: identifier, sections, city. */
async function contextOf(client: Queryable, staffId: string, { settings }: Identity): Promise<readonly string[]> {
  const { rows } = await client.query<{ word: string }>(
    `SELECT n.name AS word FROM identity.assignment a JOIN identity.section_name n USING (section_code) WHERE a.staff_id = $1
     UNION SELECT a.section_code FROM identity.assignment a WHERE a.staff_id = $1
     UNION SELECT name FROM identity.staff_name WHERE staff_id = $1
     UNION SELECT kana FROM identity.staff_name WHERE staff_id = $1 AND kana IS NOT NULL
     UNION SELECT city_name FROM identity.installation`,
    [staffId],
  );
  return [staffId, ...settings.contextWords, ...rows.map(({ word }) => word)];
}

/**
 * Checks a new password and hashes it; nothing is written yet.
 *
 * @throws Refusal `passwordRefused` with the reason (`details.reason`): tooShort, tooLong, notText, common, context, reused
 */
export async function prepareNewPassword(identity: Identity, staffId: string, password: string): Promise<string> {
  // Read in a transaction of its own: the second of hashing after it holds no connection.
  const { context, rows } = await asIdentity(identity.pool, async (client) => {
    const found = await client.query<{ hash: string }>(
      "SELECT hash FROM identity.password WHERE staff_id = $1 ORDER BY password_id DESC LIMIT $2",
      [staffId, NOT_AGAIN],
    );
    return { context: await contextOf(client, staffId, identity), rows: found.rows };
  });
  const problem = passwordProblem(password, context);
  if (problem !== undefined) {
    return refuse("passwordRefused", `${passwordMessage(problem)}登録していません。`, { reason: problem });
  }
  for (const { hash } of rows) {
    if (!(await verifyPassword(password, hash, identity.pepper, identity.settings.cost))) continue;
    refuse(
      "passwordRefused",
      `直近${NOT_AGAIN}回に使ったパスワードは使えません。別のものにしてください。登録していません。`,
      {
        reason: "reused",
      },
    );
  }
  return await hashPassword(password, identity.pepper, identity.settings.cost);
}

/** Makes `hash` (of `prepareNewPassword`) the password that counts. */
export async function setPassword(client: Queryable, staffId: string, hash: string): Promise<void> {
  await client.query("INSERT INTO identity.password (staff_id, hash) VALUES ($1, $2)", [staffId, hash]);
}
