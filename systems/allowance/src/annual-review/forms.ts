/**
 * 現況届の様式の材料: what is pre-printed for whoever must file. The rows are the material; printing is somebody else's. When they are
 * read for printing the gate is passed once more, because a person may have come under protection since.
 */
import { type CivilDate, monthOf } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import type { Context } from "../context.ts";
import { personsOf } from "../procedures/people.ts";
import { barcodeOf } from "./barcode.ts";
import { discloseAddresses, type OnForm } from "./disclosure.ts";
import { paperName, papersFor } from "./papers.ts";
import { reasonLabel } from "./rules.ts";
import { getReviewYear, reviewCommand, type ReviewYear } from "./year.ts";
import { monthsOf, standingOf } from "./year-picture.ts";

/** A person as the form shows him or her. `address` null: blank on purpose; `sameAddress`: 受給者と同じ. */
export type FormPerson = {
  readonly number: number;
  readonly role: "recipient" | "child" | "counted";
  readonly name: string;
  readonly kana: string;
  readonly birthDate: string;
  readonly address: string | null;
  readonly sameAddress: boolean;
};

export type FormMaterial = {
  readonly year: number;
  readonly barcode: string;
  readonly recipientId: number;
  /** 提出期限 */
  readonly dueOn: string;
  readonly wardCode: string;
  readonly people: readonly FormPerson[];
  /** Why the recipient must file, Japanese */
  readonly reasons: readonly string[];
  /** Papers asked for: code and name */
  readonly papers: readonly { readonly code: string; readonly name: string }[];
  /** 様式 */
  readonly form: "様式第6号" | "様式第7号";
};

export type ReviewForm = {
  readonly recipientId: number;
  readonly no: number;
  readonly barcode: string;
  readonly tray: "print" | "manual";
  readonly material: FormMaterial;
  readonly proof: readonly { readonly number: number; readonly address: string }[];
};

type Must = { readonly recipientId: number; readonly number: number; readonly reasons: readonly string[] };

const OTHER_PARENTS = `
  SELECT addressee_number AS number, related_number AS related FROM allowance.related_person_current
  WHERE addressee_number = ANY($1::bigint[]) AND related_number IS NOT NULL AND role IN ('spouse', 'otherParent')
    AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)`;

/** The material of the given recipients. Reads only. */
export async function composeForms(
  client: Pick<PoolClient, "query"> & Queryable,
  { calendar }: Pick<Context, "calendar">,
  opened: ReviewYear,
  day: CivilDate,
  must: readonly Must[],
): Promise<readonly Omit<ReviewForm, "no">[]> {
  const standings = await standingOf(
    client,
    must.map(({ recipientId }) => recipientId),
  );
  const others = Map.groupBy(
    (
      await client.query<{ number: number; related: number }>(OTHER_PARENTS, [
        standings.map(({ number }) => number),
        day,
      ])
    ).rows,
    ({ number }) => number,
  );
  const families = standings.map((standing) => {
    const at = monthOf(day < standing.firstMonth ? (standing.firstMonth as CivilDate) : day);
    const [picture] = monthsOf(standing, calendar, at, at) ?? [];
    const children = (picture?.children ?? []).filter(({ amount, counted }) => amount !== null || counted);
    return { standing, children };
  });
  const numbers = families.flatMap(({ standing, children }) => [
    standing.number,
    ...children.map(({ id }) => Number(id)),
    ...(others.get(standing.number) ?? []).map(({ related }) => related),
  ]);
  const persons = await personsOf(client, numbers);
  const organizations = new Map(
    (
      await client.query<{ number: number; name: string; kana: string; address: string }>(
        `SELECT DISTINCT ON (addressee_number) addressee_number AS number, name, kana, address FROM allowance.organization_history
         WHERE addressee_number = ANY($1::bigint[]) ORDER BY addressee_number, revision DESC`,
        [standings.map(({ number }) => number)],
      )
    ).rows.map((row) => [row.number, row]),
  );
  return families.map(({ standing, children }) => {
    const { number, recipientId } = standing;
    const onForm: OnForm[] = [
      { number, role: "recipient" as const },
      ...children.map(({ id, amount }) => ({
        number: Number(id),
        role: amount === null ? ("counted" as const) : ("child" as const),
      })),
      ...(others.get(number) ?? []).map(({ related }) => ({ number: related, role: "otherParent" as const })),
    ].map((each) => {
      const person = persons.get(each.number);
      const address = person?.address ?? organizations.get(each.number)?.address ?? null;
      return { ...each, address, protected: person?.protected ?? false };
    });
    const { tray, places, proof } = discloseAddresses(onForm, opened.settings.printSeparatedAddress);
    const reasons = must.find((each) => each.recipientId === recipientId)?.reasons ?? [];
    const barcode = barcodeOf({ year: opened.year, recipientId });
    const people = onForm.flatMap((each): FormPerson[] => {
      if (each.role === "otherParent") return [];
      const person = persons.get(each.number);
      const place = places.get(each.number) ?? null;
      return [
        {
          number: each.number,
          role: each.role,
          name: person?.name ?? organizations.get(each.number)?.name ?? "",
          kana: person?.kana ?? organizations.get(each.number)?.kana ?? "",
          birthDate: person?.birthDate ?? "",
          address: place?.kind === "address" ? place.text : null,
          sameAddress: place?.kind === "same",
        },
      ];
    });
    return {
      recipientId,
      barcode,
      tray,
      proof,
      material: {
        year: opened.year,
        barcode,
        recipientId,
        dueOn: opened.dueOn,
        wardCode: standing.wardCode,
        people,
        reasons: reasons.map(reasonLabel),
        papers: papersFor(reasons).map((code) => ({ code, name: paperName(code) })),
        form: standing.kind === "institution" ? "様式第7号" : "様式第6号",
      },
    };
  });
}

const MUST = `
  SELECT r.recipient_id AS "recipientId", p.addressee_number AS number, r.reasons,
         EXISTS (SELECT FROM allowance.review_form_standing f WHERE f.recipient_id = r.recipient_id AND f.fiscal_year = $1) AS made
  FROM allowance.review_result_current r JOIN allowance.recipient p USING (recipient_id)
  WHERE r.fiscal_year = $1 AND r.outcome = 'mustFile' AND r.recipient_id = ANY($2::bigint[])
    AND NOT EXISTS (SELECT FROM allowance.annual_report_current a WHERE a.recipient_id = r.recipient_id AND a.fiscal_year = $1
                    AND a.reception IN ('submitted', 'publicRecords', 'exempt')) ORDER BY 1`;

/** Of the given recipients those who must file and whose report is not there, and whether they have a form already. */
export async function mustFile(
  client: PoolClient,
  year: number,
  recipients: readonly number[],
): Promise<readonly (Must & { readonly made: boolean })[]> {
  return (await client.query<Must & { made: boolean }>(MUST, [year, recipients])).rows;
}

/**
 * Stores material in the open transaction: the first of the year, or a further copy under the same barcode.
 *
 * @returns the number of each form within its year, by 認定番号
 */
export async function storeForms(
  client: PoolClient,
  year: number,
  forms: readonly Omit<ReviewForm, "no">[],
  madeOn: string,
  madeBy: string,
): Promise<ReadonlyMap<number, number>> {
  const rows = forms.map(({ recipientId, barcode, tray, material, proof }) => ({
    recipient: recipientId,
    barcode,
    tray,
    material,
    proof,
  }));
  const { rows: stored } = await client.query<{ recipient: number; no: number }>(
    `INSERT INTO allowance.review_form (recipient_id, fiscal_year, no, barcode, tray, material, proof, made_by, made_on)
     SELECT x.recipient, $2, coalesce((SELECT max(f.no) FROM allowance.review_form f WHERE f.recipient_id = x.recipient AND f.fiscal_year = $2), 0) + 1,
            x.barcode, x.tray, x.material, x.proof, $3, $4
     FROM jsonb_to_recordset($1) AS x (recipient bigint, barcode text, tray text, material jsonb, proof jsonb)
     RETURNING recipient_id AS recipient, no`,
    [JSON.stringify(rows), year, madeBy, madeOn],
  );
  return new Map(stored.map(({ recipient, no }) => [recipient, no]));
}

/** A further copy for one recipient (再発行): same barcode, next number. @throws Refusal `reviewUnknown` */
export async function makeFormAgain(
  context: Context,
  year: number,
  recipientId: number,
  key?: string,
): Promise<number> {
  const opened = await getReviewYear(context.pool, year);
  const { response } = await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "review.formAgain", { year, recipientId }, key), async (client) => {
      const { rows } = await client.query<Must>(
        `SELECT r.recipient_id AS "recipientId", p.addressee_number AS number, r.reasons FROM allowance.review_result_current r
         JOIN allowance.recipient p USING (recipient_id) WHERE r.fiscal_year = $1 AND r.recipient_id = $2`,
        [year, recipientId],
      );
      const forms = await composeForms(client, context, opened, context.today, rows);
      await storeForms(client, year, forms, context.today, context.operator);
      const objectId = String(recipientId);
      return {
        response: forms.length,
        audit: [{ action: "review.formAgain", objectKind: "recipient", objectId, detail: { year } }],
      };
    }),
  );
  return response;
}

type FormRow = Omit<ReviewForm, "material"> & { readonly material: FormMaterial; readonly covered: boolean };

/**
 * The last form of each recipient of the year, for printing. Whoever has come under protection since the material was made goes to the
 * manual tray with every address blank.
 */
export async function readForms(connection: Queryable, year: number): Promise<readonly ReviewForm[]> {
  const { rows } = await connection.query<FormRow>(
    `SELECT f.recipient_id AS "recipientId", f.no, f.barcode, f.tray, f.material, f.proof,
            EXISTS (SELECT FROM jsonb_array_elements(f.material -> 'people') p WHERE allowance.is_protected((p ->> 'number')::bigint)) AS covered
     FROM (SELECT DISTINCT ON (recipient_id) * FROM allowance.review_form_standing WHERE fiscal_year = $1 ORDER BY recipient_id, no DESC) f
     ORDER BY f.recipient_id`,
    [year],
  );
  return rows.map(({ covered, ...form }) =>
    covered
      ? {
          ...form,
          tray: "manual",
          proof: [],
          material: {
            ...form.material,
            people: form.material.people.map((person) => ({ ...person, address: null, sameAddress: false })),
          },
        }
      : form,
  );
}
