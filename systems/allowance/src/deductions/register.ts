/** What is in force for one payment: 寄附, 申出徴収, 特別徴収, as the rows of the register say. Reads only. */
import type { CivilDate, Month } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { stands } from "../filings/stands.ts";
import type { WantedDeduction } from "./planned.ts";

export type DonationRow = {
  readonly donationId: number;
  readonly kind: "request" | "change" | "withdrawal";
  readonly scope: "all" | "amount" | "none";
  /** Yen out of one payment; null unless scope is `amount` */
  readonly amount: number | null;
};

const first = (month: Month): string => `${month}-01`;

/** The donation in force in a payment month: the last row that has begun, unless it ended before; null without one. */
export async function donationIn(
  connection: Queryable,
  recipientId: number,
  paymentMonth: Month,
): Promise<DonationRow | null> {
  const { rows } = await connection.query<DonationRow & { readonly ended: boolean }>(
    `SELECT donation_id AS "donationId", kind, scope, amount, coalesce(to_payment < $2, false) AS ended FROM allowance.donation t
     WHERE recipient_id = $1 AND from_payment <= $2 AND ${stands("t")} ORDER BY donation_id DESC LIMIT 1`,
    [recipientId, first(paymentMonth)],
  );
  const row = rows[0];
  if (row === undefined || row.ended) return null;
  const { donationId, kind, scope, amount } = row;
  return { donationId, kind, scope, amount };
}

export type FeeRequestRow = {
  readonly feeRequestId: number;
  readonly child: number;
  readonly creditorId: number;
  readonly creditorKind: "city" | "thirdParty";
  readonly feeKind: string;
  /** The most that one payment may be lessened by, yen */
  readonly cap: number;
};

/** Requested deductions in force in a payment month, by creditor, child and kind of fee. */
export async function feeRequestsIn(
  connection: Queryable,
  recipientId: number,
  paymentMonth: Month,
): Promise<readonly FeeRequestRow[]> {
  const { rows } = await connection.query<FeeRequestRow>(
    `SELECT f.fee_request_id AS "feeRequestId", f.child_number AS child, f.creditor_id AS "creditorId", c.kind AS "creditorKind",
            f.fee_kind AS "feeKind", f.cap
     FROM (SELECT DISTINCT ON (child_number, creditor_id, fee_kind) * FROM allowance.fee_request t
           WHERE recipient_id = $1 AND from_payment <= $2 AND ${stands("t")} ORDER BY child_number, creditor_id, fee_kind, fee_request_id DESC) f
     JOIN LATERAL (SELECT kind, valid_from, valid_to FROM allowance.creditor x WHERE x.creditor_id = f.creditor_id ORDER BY revision DESC LIMIT 1) c ON true
     WHERE f.kind <> 'withdrawal' AND (f.to_payment IS NULL OR f.to_payment >= $2) AND c.valid_from <= $2::date + 27 AND (c.valid_to IS NULL OR c.valid_to >= $2)
     ORDER BY f.fee_request_id`,
    [recipientId, first(paymentMonth)],
  );
  return rows;
}

/**
 * Everything that the register wants taken out of the payment of `paymentMonth` on `payOn`. 特別徴収 only where the notice went out
 * before the pay day (22条2項) and nothing cancelled it. 内払 is decided case by case and comes from elsewhere.
 */
export async function wantedDeductions(
  connection: Queryable,
  recipientId: number,
  paymentMonth: Month,
  payOn: CivilDate,
): Promise<readonly WantedDeduction[]> {
  const special = await connection.query<{ id: number; wanted: number; feeYear: number }>(
    `SELECT s.special_id AS id, s.amount AS wanted, s.fee_year AS "feeYear" FROM allowance.special_collection s
     JOIN allowance.special_collection_notice n USING (special_id) LEFT JOIN allowance.special_collection_cancel x USING (special_id)
     WHERE s.recipient_id = $1 AND s.payment_month = $2 AND n.notified_on < $3 AND x.special_id IS NULL ORDER BY s.special_id`,
    [recipientId, first(paymentMonth), payOn],
  );
  const requested = await feeRequestsIn(connection, recipientId, paymentMonth);
  const donation = await donationIn(connection, recipientId, paymentMonth);
  return [
    ...special.rows.map(({ id, wanted, feeYear }) => ({ kind: "specialDeduction" as const, id, wanted, feeYear })),
    ...requested.map(({ feeRequestId, creditorKind, cap }) => ({
      kind: creditorKind === "city" ? ("requestedDeduction" as const) : ("requestedToThirdParty" as const),
      id: feeRequestId,
      wanted: cap,
    })),
    ...(donation === null || donation.scope === "none"
      ? []
      : [
          {
            kind: "donation" as const,
            id: donation.donationId,
            wanted: donation.scope === "all" ? ("all" as const) : (donation.amount ?? 0),
          },
        ]),
  ];
}
