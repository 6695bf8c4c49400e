/** 支援措置: a bank and a branch say in which town somebody does the shopping. Kept back like the address; one lift opens both. */
import { WITHHELD } from "../outputs/declared-list.ts";

/** Joins `sheltered.yes`: whether the recipient of the row is protected and the reader has no lift. */
export const SHELTERED_RECIPIENT = (row: string): string => `CROSS JOIN LATERAL (
  SELECT EXISTS (SELECT FROM allowance.recipient x WHERE x.recipient_id = ${row}.recipient_id
                 AND x.addressee_number = ANY ((SELECT allowance.sheltered_open())::bigint[])) AS yes) sheltered`;

/** Columns `bank` and `branch` as they may be shown. */
export const SHOWN_ACCOUNT = (row: string): string =>
  `CASE WHEN sheltered.yes THEN '${WITHHELD}' ELSE ${row}.bank END AS bank, CASE WHEN sheltered.yes THEN '${WITHHELD}' ELSE ${row}.branch END AS branch`;
