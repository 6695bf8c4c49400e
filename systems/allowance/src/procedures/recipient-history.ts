/** 受給者情報の履歴 (D17): each report adds a row with the whole picture; the row before – at first that of the certification – stays. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { Deciders, FilingOf } from "../filings/procedure.ts";
import type { RecipientRow } from "./people.ts";
import { stands } from "../filings/stands.ts";
import { insert, people, storedId } from "./results.ts";
import { cannotTakeBack } from "./take-back.ts";

export type RecipientPicture = {
  readonly name: string;
  readonly kana: string;
  readonly postalCode: string;
  readonly address: string;
  readonly wardCode: string;
  readonly employeeClass: "employee" | "nonEmployee" | null;
};

export type HistoryRow = RecipientPicture & {
  readonly historyNo: number;
  readonly validFrom: CivilDate;
  readonly cause: "certified" | "name" | "address" | "ward" | "employeeClass" | "several";
  readonly filingId: number | null;
};

const COLUMNS = `history_no AS "historyNo", valid_from AS "validFrom", name, kana, postal_code AS "postalCode", address, ward_code AS "wardCode",
  employee_class AS "employeeClass", cause, filing_id AS "filingId"`;

/** All rows, oldest first. */
export async function recipientHistory(connection: Queryable, recipientId: number): Promise<readonly HistoryRow[]> {
  const { rows } = await connection.query<HistoryRow>(
    `SELECT ${COLUMNS} FROM allowance.recipient_history WHERE recipient_id = $1 ORDER BY history_no`,
    [recipientId],
  );
  return rows;
}

/** The picture before any report: what the registers said when the right began, and the class of the claim. */
async function certifiedPicture(connection: Queryable, recipient: RecipientRow): Promise<RecipientPicture | undefined> {
  const { rows } = await connection.query<Omit<RecipientPicture, "employeeClass" | "wardCode">>(
    `SELECT name, kana, postal_code AS "postalCode", address FROM (
       SELECT name, kana, postal_code, address, 1 AS o, valid_from, history_no, revision FROM allowance.person_history
       WHERE addressee_number = $1 AND NOT deleted AND valid_from <= coalesce($2::date, valid_from)
       UNION ALL SELECT name, kana, postal_code, address, 0, NULL, 0, revision FROM allowance.organization_history WHERE addressee_number = $1
     ) p ORDER BY o DESC, history_no DESC, revision DESC LIMIT 1`,
    [recipient.number, recipient.firstMonth],
  );
  const row = rows[0];
  return row === undefined ? undefined : { ...row, wardCode: recipient.ward, employeeClass: recipient.employeeClass };
}

/** The picture as of now: the last row, or that of the certification. */
export async function pictureOf(connection: Queryable, recipient: RecipientRow): Promise<RecipientPicture | undefined> {
  return (
    (await recipientHistory(connection, recipient.recipientId)).at(-1) ??
    (await certifiedPicture(connection, recipient))
  );
}

const row = (recipientId: number, historyNo: number, validFrom: CivilDate, picture: RecipientPicture) => ({
  recipient_id: recipientId,
  history_no: historyNo,
  valid_from: validFrom,
  name: picture.name,
  kana: picture.kana,
  postal_code: picture.postalCode,
  address: picture.address,
  ward_code: picture.wardCode,
  employee_class: picture.employeeClass,
});

/** Adds the new picture. The first report also writes down the picture of the certification as row 1. */
export async function addPicture(
  client: PoolClient,
  recipient: RecipientRow,
  change: { readonly validFrom: CivilDate; readonly picture: RecipientPicture; readonly cause: HistoryRow["cause"] },
  filingId: number,
  deciders: Deciders,
): Promise<void> {
  const history = await recipientHistory(client, recipient.recipientId);
  let next = history.length + 1;
  if (history.length === 0) {
    const before = await certifiedPicture(client, recipient);
    if (before !== undefined) {
      const since = recipient.firstMonth ?? change.validFrom;
      await insert(client, "recipient_history", {
        ...row(recipient.recipientId, 1, since, before),
        cause: "certified",
      });
      next = 2;
    }
  }
  await insert(client, "recipient_history", {
    ...row(recipient.recipientId, next, change.validFrom, change.picture),
    cause: change.cause,
    filing_id: filingId,
    ...people(deciders),
  });
}

/**
 * 取消: adds the picture from before the filing, from the same day on. @returns it; null where the filing had not changed the picture
 *
 * @throws Refusal `filingStopped` where a later report has changed the picture again
 */
export async function restorePicture(
  client: PoolClient,
  filing: FilingOf<unknown>,
  recipientId: number,
  deciders: Deciders,
): Promise<RecipientPicture | null> {
  const history = await recipientHistory(client, recipientId);
  const written = history.findIndex((each) => each.filingId === filing.filingId);
  const changed = history[written];
  if (changed === undefined) return null;
  const before = history[written - 1];
  if (before === undefined) throw new Error(`history of ${recipientId} begins with a report`);
  const later = history.slice(written + 1).map((each) => each.filingId);
  const { rows: standing } = await client.query(
    `SELECT 1 FROM allowance.filing t WHERE t.filing_id = ANY($1::bigint[]) AND ${stands("t")} LIMIT 1`,
    [later],
  );
  if (standing.length > 0) {
    throw cannotTakeBack(
      filing,
      "受給者の記載が、この決定のあとの届出でまた変えられています。",
      "後の届出を先に取り消すか、いまの状態からの変更届によってください。",
    );
  }
  await insert(client, "recipient_history", {
    ...row(recipientId, history.length + 1, changed.validFrom, before),
    cause: changed.cause,
    filing_id: storedId(filing),
    ...people(deciders),
  });
  return before;
}
