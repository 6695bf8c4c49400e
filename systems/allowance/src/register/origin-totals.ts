/** 入手元と方法ごとの件数: the register of where the allowance's facts come from, for the auditors. About no single person. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { ChannelCode, SourceCode } from "./origin.ts";

export type OriginTotal = {
  /** Kind of fact, e.g. `personHistory` */
  readonly fact: string;
  readonly source: SourceCode;
  readonly sourceName: string;
  readonly channel: ChannelCode;
  readonly channelName: string;
  readonly interfaceCode: string | null;
  readonly rows: number;
};

/** Rows by kind of fact, source, channel and interface. A row of the register whose take-in is not on record has no source and is left out. */
export async function originTotals(connection: Queryable): Promise<readonly OriginTotal[]> {
  const { rows } = await connection.query<OriginTotal>(
    `SELECT o.fact, s.source_code AS source, s.name AS "sourceName", c.channel_code AS channel, c.name AS "channelName", o.interface_code AS "interfaceCode",
            count(*)::int AS rows
     FROM allowance.fact_origin o JOIN allowance.data_source s USING (source_code) JOIN allowance.data_channel c USING (channel_code)
     GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 4, 6 NULLS FIRST`,
  );
  return rows;
}
