/**
 * Enrolment (職員証とパスワードの登録): a one-time code from 情報政策課 or from the server's console lets one person
 * register a key and choose a password, at a registered terminal. It makes no session: the log-in comes after it.
 */
import { generateRegistrationOptions, verifyRegistrationResponse } from "@simplewebauthn/server";
import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { PoolClient } from "pg";
import { z } from "zod";

import { staffCommand } from "./actor.ts";
import type { StaffCommand } from "./actor.ts";
import { challengeIn, userHandleOf } from "./assertion.ts";
import { makeChallenge, useChallenge } from "./challenge.ts";
import { typedStaffId } from "./factors.ts";
import { prepareNewPassword, setPassword } from "./passwords.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";
import { requireStaff } from "./staff.ts";
import { identifyTerminal } from "./terminals.ts";
import type { TerminalProof } from "./terminals.ts";
import { openAttempt, settleAttempt } from "./throttle.ts";
import { enrolmentCodeHash, newEnrolmentCode } from "./tokens.ts";
import { asIdentity } from "./transaction.ts";

/**
 * Issues the code, good for 24 hours and one use; earlier codes of the person are worth nothing from now on.
 * The code is in the answer this once (null when the command was repeated).
 *
 * @throws Refusal of `staffCommand` (needs `rights.issue`, or the console); `staffNotFound`
 */
export async function issueEnrolmentCode(
  identity: Pick<Identity, "pool">,
  command: StaffCommand,
  staffId: string,
): Promise<{ readonly code: string | null; readonly expiresAt: Date }> {
  const code = newEnrolmentCode();
  const rules = { name: "staff.enrol", permission: "rights.issue", console: true, request: { staffId } } as const;
  const { response, repeated } = await staffCommand(identity, command, rules, async (client, by) => {
    await requireStaff(client, staffId);
    const { rows } = await client.query<{ expires_at: Date }>(
      `INSERT INTO identity.enrolment_code (code_hash, staff_id, issued_by, expires_at)
       VALUES ($1, $2, $3, identity.clock() + interval '24 hours') RETURNING expires_at`,
      [enrolmentCodeHash(code), staffId, by],
    );
    const expiresAt = rows[0]?.expires_at.toISOString() ?? "";
    return { response: { expiresAt }, audit: [{ action: "staff.enrol", objectKind: "staff", objectId: staffId }] };
  });
  return { code: repeated ? null : code, expiresAt: new Date(response.expiresAt) };
}

function refuseEnrolment(): never {
  return refuse(
    "enrolmentRefused",
    "登録できませんでした。職員番号と登録の符号を確かめてください。符号は24時間以内に1回だけ使えます。使えないときは、情報政策課に新しい符号を依頼してください。",
  );
}

type EnrolmentFor = { readonly code: unknown; readonly staffId: unknown; readonly terminal: TerminalProof };

/** Whether this is the newest, unused, unexpired code of an active person. Locks the person's row against a second use. */
async function codeGood(client: PoolClient, staffId: string, code: unknown): Promise<boolean> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('hagukumi.enrol.' || $1, 0))", [staffId]);
  const { rowCount } = await client.query(
    `SELECT 1 FROM identity.enrolment_code c LEFT JOIN identity.enrolment_use u USING (code_hash)
     WHERE c.code_hash = $1 AND c.staff_id = $2 AND u.code_hash IS NULL AND c.expires_at > identity.clock()
       AND NOT EXISTS (SELECT FROM identity.enrolment_code n WHERE n.staff_id = c.staff_id AND n.issued_at > c.issued_at)
       AND identity.active_on(c.staff_id, identity.today())`,
    [enrolmentCodeHash(typeof code === "string" ? code : ""), staffId],
  );
  return rowCount === 1;
}

async function terminalCodeOf(client: PoolClient, proof: TerminalProof): Promise<string> {
  const terminal = await identifyTerminal(client, proof);
  if (terminal !== undefined) return terminal.code;
  return refuse(
    "terminalUnknown",
    "この端末は登録されていません。登録された端末を使うか、情報政策課に端末の登録を依頼してください。",
  );
}

/** Counts the try of a code as a try of log-in is counted; undefined where the code is no good. */
async function checkedCode(
  identity: Identity,
  given: EnrolmentFor,
): Promise<{ readonly staffId: string; readonly terminalCode: string }> {
  const staffId = typedStaffId(given.staffId);
  const outcome = await asIdentity(identity.pool, async (client) => {
    const terminalCode = await terminalCodeOf(client, given.terminal);
    const attempt = await openAttempt(client, { kind: "enrol", staffId, terminalCode });
    if (attempt.wait !== undefined) return { wait: attempt.wait };
    const good = await codeGood(client, staffId, given.code);
    await settleAttempt(client, attempt.attemptId, good ? "success" : "refused", good ? "" : "code");
    return good ? { staffId, terminalCode } : { wait: 0 };
  });
  if (outcome.wait === undefined) return outcome;
  if (outcome.wait === 0) return refuseEnrolment();
  return refuse("logInThrottled", `続けて失敗したため、${outcome.wait}秒たってから、もう一度やり直してください。`, {
    waitSeconds: outcome.wait,
  });
}

/**
 * First step: options for `navigator.credentials.create` (user verification, a resident key, no attestation).
 *
 * @throws Refusal `terminalUnknown`, `enrolmentRefused`, `logInThrottled`
 */
export async function beginEnrolment(
  identity: Identity,
  given: EnrolmentFor,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { staffId, terminalCode } = await checkedCode(identity, given);
  const challenge = await asIdentity(
    identity.pool,
    async (client) => await makeChallenge(client, { kind: "enrol", staffId, terminalCode }),
  );
  const { settings } = identity;
  const options = await generateRegistrationOptions({
    rpName: settings.rpName,
    rpID: settings.rpId,
    userName: staffId,
    userDisplayName: staffId,
    userID: Uint8Array.from(Buffer.from(userHandleOf(staffId), "base64url")),
    challenge: Uint8Array.from(Buffer.from(challenge, "base64url")),
    timeout: 120_000,
    attestationType: "none",
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: [-7, -257],
  });
  return options;
}

const attestationShape = z.object({
  id: z.string().max(1400),
  rawId: z.string().max(1400),
  type: z.literal("public-key"),
  response: z.object({ clientDataJSON: z.string().max(8000), attestationObject: z.string().max(20_000) }),
});

type NewCredential = { readonly id: string; readonly publicKey: Buffer; readonly counter: number };

async function verifiedKey(identity: Identity, input: unknown, challenge: string): Promise<NewCredential | undefined> {
  const parsed = attestationShape.safeParse(input);
  if (!parsed.success) return undefined;
  const response: RegistrationResponseJSON = { ...parsed.data, clientExtensionResults: {} };
  const { settings } = identity;
  const checked = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: [...settings.origins],
    expectedRPID: settings.rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: [-7, -257],
  }).catch(() => undefined); // every fault of the answer is an exception of the library
  if (checked?.verified !== true) return undefined;
  const { id, publicKey, counter } = checked.registrationInfo.credential;
  return { id, publicKey: Buffer.from(publicKey), counter };
}

export type FinishEnrolment = EnrolmentFor & {
  /** RegistrationResponseJSON as it came from outside */
  readonly attestation: unknown;
  readonly password: string;
};

/**
 * Second step: the key and the password count from now on; an earlier key of the person is revoked.
 *
 * @throws Refusal `terminalUnknown`, `enrolmentRefused`, `logInThrottled`, `passwordRefused` (the code stays good then)
 */
export async function finishEnrolment(identity: Identity, given: FinishEnrolment): Promise<void> {
  const { pool } = identity;
  const { staffId, terminalCode } = await checkedCode(identity, given);
  const shape = attestationShape.safeParse(given.attestation);
  const challenge = shape.success ? challengeIn(shape.data.response.clientDataJSON) : undefined;
  const fresh = await asIdentity(pool, async (client) =>
    challenge === undefined ? false : await useChallenge(client, challenge, { kind: "enrol", staffId, terminalCode }),
  );
  const key = fresh ? await verifiedKey(identity, given.attestation, challenge ?? "") : undefined;
  if (key === undefined) return refuseEnrolment();
  const hash = await prepareNewPassword(identity, staffId, given.password);
  const done = await asIdentity(pool, async (client) => {
    if (!(await codeGood(client, staffId, given.code))) return false;
    await client.query("INSERT INTO identity.enrolment_use (code_hash) VALUES ($1)", [
      enrolmentCodeHash(String(given.code)),
    ]);
    await client.query(
      `INSERT INTO identity.credential_revocation (credential_id, reason, revoked_by)
       SELECT c.credential_id, '新しい職員証の登録', $1 FROM identity.credential c LEFT JOIN identity.credential_revocation v USING (credential_id)
       WHERE c.staff_id = $1 AND v.credential_id IS NULL`,
      [staffId],
    );
    await client.query(
      "INSERT INTO identity.credential (credential_id, staff_id, public_key, counter) VALUES ($1, $2, $3, $4)",
      [key.id, staffId, key.publicKey, key.counter],
    );
    await setPassword(client, staffId, hash);
    await client.query(
      `INSERT INTO audit.event (actor, purpose, action, object_kind, object_id)
       VALUES ($1, '職員証の登録', 'credential.register', 'terminal', $2)`,
      [staffId, terminalCode],
    );
    return true;
  });
  return done ? undefined : refuseEnrolment();
}
