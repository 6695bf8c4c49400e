/** Registered terminals (端末): known by a secret that the terminal keeps, or by the fingerprint of its client certificate. */
import { staffCommand } from "./actor.ts";
import type { StaffCommand } from "./actor.ts";
import type { Queryable } from "../database/pool.ts";
import type { Identity } from "./settings.ts";
import { newToken, tokenHash } from "./tokens.ts";

/** How a request proves its terminal. Where both are given, both must be of the same terminal. */
export type TerminalProof = {
  /** The secret handed out at registration, kept by the terminal (a `__Host-` cookie) */
  readonly secret?: string | undefined;
  /** SHA-256 of the client certificate, lower-case hex, as the TLS endpoint reports it */
  readonly certificateSha256?: string | undefined;
};

export type Terminal = { readonly code: string; readonly name: string; readonly sectionCode: string };

/** The proof as the database compares it: hash of the secret, fingerprint of the certificate. */
export function terminalKeys(proof: TerminalProof): readonly [string | null, string | null] {
  const secret = proof.secret === undefined ? null : tokenHash(proof.secret);
  return [secret, proof.certificateSha256?.toLowerCase() ?? null];
}

/** The registered, not revoked terminal that the proof is of; undefined where there is none. */
export async function identifyTerminal(connection: Queryable, proof: TerminalProof): Promise<Terminal | undefined> {
  const { rows } = await connection.query<Terminal>(
    `SELECT terminal_code AS code, name, section_code AS "sectionCode" FROM identity.terminal
     WHERE terminal_code = identity.terminal_of($1, $2)`,
    [...terminalKeys(proof)],
  );
  return rows[0];
}

export type NewTerminal = {
  /** Letters, digits, `_ -`, at most 32 */
  readonly terminalCode: string;
  readonly name: string;
  readonly sectionCode: string;
  readonly certificateSha256?: string;
};

/**
 * 端末の登録. The secret is in the answer this once (null when the command was repeated); the database keeps its hash.
 *
 * @throws Refusal of `staffCommand`; `duplicate`, `referenceMissing`, `constraintViolated`
 */
export async function registerTerminal(
  identity: Identity,
  command: StaffCommand,
  terminal: NewTerminal,
): Promise<{ readonly terminalCode: string; readonly secret: string | null }> {
  const secret = newToken();
  const rules = { name: "terminal.register", permission: "rights.issue", console: true, request: terminal } as const;
  const { terminalCode, name, sectionCode, certificateSha256 = null } = terminal;
  const { repeated } = await staffCommand(identity, command, rules, async (client, by) => {
    await client.query(
      `INSERT INTO identity.terminal (terminal_code, name, section_code, secret_hash, certificate_sha256, registered_by)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [terminalCode, name, sectionCode, tokenHash(secret), certificateSha256?.toLowerCase() ?? null, by],
    );
    const entry = { action: "terminal.register", objectKind: "terminal", objectId: terminalCode };
    return { response: { terminalCode }, audit: [entry] };
  });
  return { terminalCode, secret: repeated ? null : secret };
}

/** 端末の登録の取消し: its sessions end in the same transaction. */
export async function revokeTerminal(
  identity: Identity,
  command: StaffCommand,
  request: { readonly terminalCode: string; readonly reason: string },
): Promise<void> {
  const rules = { name: "terminal.revoke", permission: "rights.issue", console: true, request } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    await client.query(
      "INSERT INTO identity.terminal_revocation (terminal_code, reason, revoked_by) VALUES ($1, $2, $3)",
      [request.terminalCode, request.reason, by],
    );
    const entry = { action: "terminal.revoke", objectKind: "terminal", objectId: request.terminalCode };
    return { response: {}, audit: [entry] };
  });
}
