/** 様式の版: what a form prints, recorded once for every edition that was used. */
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash } from "node:crypto";
import type { PoolClient } from "pg";

import type { Form } from "../forms/form.ts";

/** Ties a run to the form as it is: number, edition and every declared field. */
export function editionDigest({ code, number, edition, fields }: Form): string {
  return createHash("sha256").update(canonicalJson({ code, number, edition, fields })).digest("hex");
}

/** @throws the database's `letter_edition_fields` for a form without fields */
export async function recordEdition(client: PoolClient, form: Form): Promise<void> {
  await client.query(
    "INSERT INTO allowance.letter_edition (edition_digest, form_code, form_number, edition, fields) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    [editionDigest(form), form.code, form.number, form.edition, JSON.stringify(form.fields)],
  );
}
