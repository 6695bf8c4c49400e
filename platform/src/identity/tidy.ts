/** 後片付け: what a log-in leaves behind and nobody needs, taken away by a job that may run at any time, and as often as one likes. */
import type { Identity } from "./settings.ts";
import { asIdentity } from "./transaction.ts";

export type Tidied = {
  /** 認証の問い that had expired more than a day ago, deleted */
  readonly challenges: number;
  /** Sessions past their limit that nobody had touched since, closed at the moment at which they had ended */
  readonly sessions: number;
};

/** Deletes old challenges, closes sessions that are over. What was attempted (`identity.attempt`) stays. */
export async function tidyIdentity({ pool }: Pick<Identity, "pool">): Promise<Tidied> {
  return await asIdentity(pool, async (client) => {
    const { rows } = await client.query<Tidied>("SELECT challenges, sessions FROM identity.tidy()");
    return rows[0] ?? { challenges: 0, sessions: 0 };
  });
}
