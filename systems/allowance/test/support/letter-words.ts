/** What a letter prints of a person. */
import type { Pool } from "pg";

import { createGate } from "../../src/notices/content/fields.ts";
import { readPeople } from "../../src/notices/content/people.ts";

/** 生年月日 of a person as a letter to `addressee` prints it. */
export async function birthDateInLetter(pool: Pool, addressee: number, number: number, day: string): Promise<string> {
  const people = await readPeople(pool, [addressee, number], day, null);
  return createGate(addressee, people).show("birthDate", "児童", number);
}
