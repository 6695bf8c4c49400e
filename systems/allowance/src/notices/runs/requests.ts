/** 求めによる通知書: 受給証明書 (F16) and 送付状 (F22), asked for at the counter; they are printed like every other letter. */
import { parseMonth } from "@hagukumi/law/contract.ts";

import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import { letterCommand } from "./command.ts";

export type CertificateRequest = {
  readonly recipientId: number;
  readonly fromMonth: string;
  readonly toMonth: string;
  readonly key?: string;
};
export type CoverRequest = {
  readonly recipientId: number;
  readonly enclosures: readonly string[];
  readonly note: string;
  readonly key?: string;
};

async function ask(
  context: Context,
  form: "certificate" | "cover",
  { recipientId, key }: { readonly recipientId: number; readonly key?: string },
  months: readonly [string, string] | null,
  facts: unknown,
): Promise<number> {
  const request = { form, recipientId, months, facts };
  const { response } = await letterCommand(context, { name: "letter.request", key, request }, async (client) => {
    const { rows } = await client.query<{ request_id: number }>(
      `INSERT INTO allowance.letter_request (form_code, addressee_number, recipient_id, from_month, to_month, facts, asked_on, asked_by)
       SELECT $1, r.addressee_number, r.recipient_id, $3::date, $4::date, $5::jsonb, $6::date, $7 FROM allowance.recipient r WHERE r.recipient_id = $2
       RETURNING request_id`,
      [
        form,
        recipientId,
        months === null ? null : `${months[0]}-01`,
        months === null ? null : `${months[1]}-01`,
        JSON.stringify(facts),
        context.today,
        context.operator,
      ],
    );
    const made = rows[0];
    if (made === undefined) {
      throw refuse(
        "recipientUnknown",
        `認定番号 ${recipientId} の受給者はいません。番号を確かめてください。何も変えていません。`,
        { recipientId },
      );
    }
    return {
      response: made.request_id,
      audit: [{ action: "letter.request", objectKind: "recipient", objectId: String(recipientId), detail: { form } }],
    };
  });
  return response;
}

/** 受給証明書 for months that the ledger knows. @throws Refusal `letterInvalid`, `recipientUnknown` */
export async function requestCertificate(context: Context, request: CertificateRequest): Promise<number> {
  const { fromMonth, toMonth } = request;
  if (parseMonth(fromMonth) === undefined || parseMonth(toMonth) === undefined || fromMonth > toMonth) {
    throw refuse(
      "letterInvalid",
      "証明する期間は、初めと終わりの月分（YYYY-MM）を順に示してください。何も変えていません。",
    );
  }
  return await ask(context, "certificate", request, [fromMonth, toMonth], {});
}

/** 書類の送付状. @throws Refusal `letterInvalid`, `recipientUnknown` */
export async function requestCover(context: Context, request: CoverRequest): Promise<number> {
  const enclosures = request.enclosures.map((each) => each.trim()).filter((each) => each !== "");
  const note = request.note.trim();
  if (enclosures.length === 0 || enclosures.length > 20 || [...enclosures, note].some((each) => each.length > 200)) {
    throw refuse(
      "letterInvalid",
      "同封の書類を1つから20まで、それぞれ200文字までで書いてください。何も変えていません。",
    );
  }
  return await ask(context, "cover", request, null, { enclosures, note });
}
