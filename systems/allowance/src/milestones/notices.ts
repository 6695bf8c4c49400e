/** 通知の材料 that a mass run writes: one row, one addressee, in the transaction of what it tells. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { NewNotice } from "../procedures/notices.ts";

/** Writes the notices of one slice of a run. */
export async function writeMassNotices(
  client: PoolClient,
  runNo: number,
  issued: { readonly on: CivilDate; readonly by: string },
  notices: readonly (NewNotice & { readonly to: number })[],
): Promise<void> {
  await client.query(
    `INSERT INTO allowance.case_notice (mass_run_no, kind, addressee_number, facts, issued_on, entered_by)
     SELECT $1, n.kind, n.addressee, n.facts, $2, $3 FROM unnest($4::text[], $5::bigint[], $6::jsonb[]) n(kind, addressee, facts)`,
    [
      runNo,
      issued.on,
      issued.by,
      notices.map(({ kind }) => kind),
      notices.map(({ to }) => to),
      notices.map(({ facts }) => JSON.stringify(facts)),
    ],
  );
}
