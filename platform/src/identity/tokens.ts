/** Secrets that are handed out once and kept only as a hash: session tokens, terminal secrets, enrolment codes. */
import { createHash, randomBytes } from "node:crypto";

const BYTES = 32; // 256 bits: a plain SHA-256 is enough to keep it, nothing can be guessed

/** A new secret: 43 characters of base64url. */
export function newToken(): string {
  return randomBytes(BYTES).toString("base64url");
}

/** SHA-256 in lower-case hex: what the database keeps, and what the setting `hagukumi.session` holds. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

const LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"; // without I L O U 0 1: it is typed from paper

/** A one-time code for people: 5 groups of 5, about 122 bits. */
export function newEnrolmentCode(): string {
  const letters: string[] = [];
  while (letters.length < 25) {
    for (const byte of randomBytes(32)) {
      // 240 = 8 · 30: the rest of the byte's range is thrown away, so that every letter is as likely as the next
      if (byte < 240 && letters.length < 25) letters.push(LETTERS[byte % LETTERS.length] ?? "");
    }
  }
  return (letters.join("").match(/.{5}/g) ?? []).join("-");
}

/** The code as it was handed out, whatever case, width, blanks or hyphens it was typed with. */
export function enrolmentCodeHash(typed: string): string {
  return tokenHash(
    typed
      .normalize("NFKC")
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]/g, ""),
  );
}
