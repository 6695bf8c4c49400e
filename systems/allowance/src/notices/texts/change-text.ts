/** 文言を変える: one person enters a text from a day on, another approves exactly that content. */
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash } from "node:crypto";

import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import { letterCommand } from "../runs/command.ts";
import { demoTexts } from "./demo-texts.ts";
import { parseText, TEXT_KINDS, type TextKind, textKindLabels } from "./text-blocks.ts";

export type NewText = {
  readonly kind: TextKind;
  /** Ward code or form; empty for the whole city */
  readonly scope: string;
  readonly validFrom: string;
  readonly content: unknown;
  readonly key?: string;
};

/** A text with where it stands. */
export type ListedText = {
  readonly textId: number;
  readonly kind: TextKind;
  readonly label: string;
  readonly scope: string;
  readonly validFrom: string;
  readonly content: unknown;
  readonly digest: string;
  readonly enteredBy: string;
  readonly approvedBy: string | null;
};

/**
 * Enters a text; it counts only after the approval. @returns its number and the digest that the approval must name
 *
 * @throws Refusal `letterTextInvalid`
 */
export async function proposeText(
  context: Context,
  { key, ...text }: NewText,
): Promise<{ readonly textId: number; readonly digest: string }> {
  const content = parseText(text.kind, text.content);
  if (parseCivilDate(text.validFrom) === undefined || !/^[0-9a-zA-Z]{0,40}$/.test(text.scope)) {
    throw refuse("letterTextInvalid", "文言の始まりの日か、対象の区・帳票が正しくありません。何も変えていません。", {
      kind: text.kind,
    });
  }
  const digest = createHash("sha256")
    .update(canonicalJson({ ...text, content }))
    .digest("hex");
  const { response } = await letterCommand(
    context,
    { name: "letterText.propose", key, request: { ...text, digest } },
    async (client) => {
      const { rows } = await client.query<{ text_id: number }>(
        "INSERT INTO allowance.letter_text (kind, scope, valid_from, content, digest, entered_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING text_id",
        [text.kind, text.scope, text.validFrom, JSON.stringify(content), digest, context.operator],
      );
      const textId = rows[0]?.text_id ?? 0;
      const detail = { kind: text.kind, scope: text.scope, validFrom: text.validFrom, digest };
      return {
        response: { textId, digest },
        audit: [{ action: "letterText.propose", objectKind: "letterText", objectId: String(textId), detail }],
      };
    },
  );
  return response;
}

/** @throws Refusal `letterTextUnknown`, `contentChanged`, `samePerson` */
export async function approveText(
  context: Context,
  approve: { readonly textId: number; readonly digest: string; readonly key?: string },
): Promise<void> {
  const { textId, digest, key } = approve;
  await letterCommand(context, { name: "letterText.approve", key, request: { textId, digest } }, async (client) => {
    const { rows } = await client.query<{ digest: string; entered_by: string; approved: boolean }>(
      `SELECT t.digest, t.entered_by, a.text_id IS NOT NULL AS approved FROM allowance.letter_text t LEFT JOIN allowance.letter_text_approval a USING (text_id) WHERE t.text_id = $1`,
      [textId],
    );
    const found = rows[0];
    if (found === undefined || found.approved)
      throw refuse(
        "letterTextUnknown",
        `文言 ${textId} の案はないか、もう承認されています。一覧を読み直してください。`,
        { textId },
      );
    if (found.digest !== digest)
      throw refuse("contentChanged", "表示された文言と中身が違います。読み直してください。何も変えていません。", {
        textId,
      });
    await client.query(
      "INSERT INTO allowance.letter_text_approval (text_id, digest, entered_by, approved_by) VALUES ($1, $2, $3, $4)",
      [textId, digest, found.entered_by, context.operator],
    );
    return {
      response: null,
      audit: [{ action: "letterText.approve", objectKind: "letterText", objectId: String(textId), detail: { digest } }],
    };
  });
}

/** Every text, newest first by kind and scope; the picture of a seal is left out (it is large). */
export async function listTexts(connection: Queryable): Promise<readonly ListedText[]> {
  const { rows } = await connection.query<Omit<ListedText, "label">>(
    `SELECT t.text_id AS "textId", t.kind, t.scope, t.valid_from AS "validFrom",
            CASE WHEN t.content->>'seal' IS NULL THEN t.content ELSE t.content || '{"seal": "（画像）"}' END AS content,
            t.digest, t.entered_by AS "enteredBy", a.approved_by AS "approvedBy"
     FROM allowance.letter_text t LEFT JOIN allowance.letter_text_approval a USING (text_id) ORDER BY t.kind, t.scope, t.valid_from DESC, t.text_id DESC`,
  );
  return rows.map((row) => ({ ...row, label: textKindLabels[row.kind] }));
}

/** Enters and approves the texts of the demonstration, once. @returns how many were new */
export async function seedDemoTexts(enterer: Context, approver: Context): Promise<number> {
  let added = 0;
  for (const kind of TEXT_KINDS) {
    if (kind === "note") continue;
    const { rowCount } = await enterer.pool.query(
      "SELECT FROM allowance.letter_text t JOIN allowance.letter_text_approval a USING (text_id) WHERE t.kind = $1 AND t.scope = ''",
      [kind],
    );
    if (rowCount !== 0) continue;
    const text = await proposeText(enterer, { kind, scope: "", validFrom: "2010-04-01", content: demoTexts[kind] });
    await approveText(approver, text);
    added += 1;
  }
  return added;
}
