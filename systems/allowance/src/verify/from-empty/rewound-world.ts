/**
 * 当時の姿: the tables of the allowance as they were known at a moment, for product code that does not know of it. Its statements name
 * `allowance.x`; here each such name becomes `pg_temp.x`, which shows of an event what was recorded by then, and of a table that the
 * code writes (導かれる表) only what the replay itself has written, from empty. Views and functions above them are made anew upon them.
 *
 * Nothing of it touches a stored row: all lies in temporary relations of a transaction that is rolled back.
 */
import type { PoolClient } from "pg";

/** Of a table without a time of its own: the condition (row `x`) under which the row that it belongs to was known. `true`: of no time. */
const KNOWN_WITH: Readonly<Record<string, string>> = {
  addressee: "true",
  facts: "true", // content under its own digest
  branch:
    "EXISTS (SELECT FROM allowance.bank_snapshot b WHERE b.snapshot_id = x.snapshot_id AND b.recorded_at <= :moment)",
  branch_end:
    "EXISTS (SELECT FROM allowance.bank_snapshot b WHERE b.snapshot_id = x.snapshot_id AND b.recorded_at <= :moment)",
  claim_child: "EXISTS (SELECT FROM allowance.claim c WHERE c.claim_id = x.claim_id AND c.recorded_at <= :moment)",
  deduction_release:
    "EXISTS (SELECT FROM allowance.journal j WHERE j.journal_id = x.journal_id AND j.recorded_at <= :moment)",
  item_release:
    "EXISTS (SELECT FROM allowance.journal j WHERE j.journal_id = x.journal_id AND j.recorded_at <= :moment)",
  lapse_item: "EXISTS (SELECT FROM allowance.lapse l WHERE l.lapse_id = x.lapse_id AND l.recorded_at <= :moment)",
  recovery_movement:
    "EXISTS (SELECT FROM allowance.journal j WHERE j.journal_id = x.journal_id AND j.recorded_at <= :moment)",
  unpaid_item:
    "EXISTS (SELECT FROM allowance.unpaid_decision u WHERE u.unpaid_id = x.unpaid_id AND u.recorded_at <= :moment)",
};

const MOMENT = "current_setting('hagukumi.known_at')::timestamptz";

/**
 * One transaction decides and settles about one recipient after another: its decisions carry the time of its beginning. The key of a
 * settlement names the last decision that it saw; later ones of that recipient are hidden by number.
 */
const DECISION = `x.recorded_at <= ${MOMENT} AND (x.recipient_id IS NULL OR x.recipient_id <> current_setting('hagukumi.settled')::bigint
  OR x.decision_id <= current_setting('hagukumi.last_decision')::bigint)`;

const NAMED = /\ballowance\.([a-z_][a-z0-9_]*)/g;

type Relation = {
  readonly name: string;
  readonly kind: "r" | "v" | "f";
  readonly definition: string | null;
  readonly timed: boolean;
};

const RELATIONS = `
SELECT c.relname AS name, CASE c.relkind WHEN 'v' THEN 'v' ELSE 'r' END AS kind, CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) END AS definition,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'recorded_at' AND NOT a.attisdropped) AS timed
FROM pg_class c WHERE c.relnamespace = 'allowance'::regnamespace AND c.relkind IN ('r', 'p', 'v')
UNION ALL
SELECT p.proname, 'f', pg_get_functiondef(p.oid), false FROM pg_proc p
WHERE p.pronamespace = 'allowance'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype`;

/** A moment: what was recorded by then is known. */
export type Moment = {
  /** As PostgreSQL writes it, with microseconds */
  readonly at: string;
  /** The recipient that is settled, with the last decision that was seen of it */
  readonly settled?: { readonly recipientId: number; readonly decisionId: number } | undefined;
};

export class RewoundWorld {
  readonly #client: PoolClient;
  readonly #written: ReadonlySet<string>;
  readonly #relations: ReadonlyMap<string, Relation>;
  /** Name of what stands for it; the name itself where no time is in it (a type, a pure function) */
  #standsFor = new Map<string, Promise<string>>();
  /** The client for product code */
  readonly client: PoolClient;

  private constructor(client: PoolClient, written: ReadonlySet<string>, relations: ReadonlyMap<string, Relation>) {
    this.#client = client;
    this.#written = written;
    this.#relations = relations;
    this.client = this.#rewriting();
  }

  /** @param written tables that the code writes: they are empty at the beginning */
  static async open(client: PoolClient, written: readonly string[]): Promise<RewoundWorld> {
    const { rows } = await client.query<Relation>(RELATIONS);
    const world = new RewoundWorld(client, new Set(written), new Map(rows.map((row) => [row.name, row])));
    for (const name of written) await world.#standIn(name);
    return world;
  }

  /** Carries `work` out, or leaves no trace of it. @throws what `work` throws */
  async attempt(work: () => Promise<void>): Promise<void> {
    const made = new Map(this.#standsFor);
    await this.#client.query("SAVEPOINT attempt");
    try {
      await work();
      await this.#client.query("RELEASE SAVEPOINT attempt");
    } catch (error) {
      await this.#client.query("ROLLBACK TO SAVEPOINT attempt");
      this.#standsFor = made;
      throw error;
    }
  }

  async moveTo({ at, settled }: Moment): Promise<void> {
    await this.#client.query(
      "SELECT set_config('hagukumi.known_at', $1, true), set_config('hagukumi.settled', $2, true), set_config('hagukumi.last_decision', $3, true)",
      [at, String(settled?.recipientId ?? 0), String(settled?.decisionId ?? 0)],
    );
  }

  /** Drops what a command of the product left in temporary tables of its own, and gives the planner figures of what it wrote. */
  async tidy(): Promise<void> {
    const { rows } = await this.#client.query<{ name: string }>(
      `SELECT quote_ident(relname) AS name FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r' AND relname <> ALL ($1::text[])`,
      [[...this.#written]],
    );
    if (rows.length > 0) await this.#client.query(`DROP TABLE ${rows.map(({ name }) => `pg_temp.${name}`).join(", ")}`);
    await this.#client.query(`ANALYZE ${[...this.#written].map((name) => `pg_temp.${name}`).join(", ")}`);
  }

  /** @throws Error for a table whose rows have no known time: it needs its line in {@link KNOWN_WITH} */
  async #standIn(name: string): Promise<string> {
    const known = this.#standsFor.get(name);
    if (known !== undefined) return await known;
    const relation = this.#relations.get(name);
    const stands = relation === undefined ? Promise.resolve(`allowance.${name}`) : this.#make(relation);
    this.#standsFor.set(name, stands);
    return await stands;
  }

  async #make({ name, kind, definition, timed }: Relation): Promise<string> {
    const past = `pg_temp.${name}`;
    if (this.#written.has(name)) {
      await this.#client.query(
        `CREATE TEMP TABLE ${name} (LIKE allowance.${name} INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES) ON COMMIT DROP`,
      );
      return past;
    }
    if (kind === "r") {
      const condition = KNOWN_WITH[name] ?? (timed ? `x.recorded_at <= :moment` : undefined);
      if (condition === undefined) throw new Error(`since when a row of allowance.${name} was known is not said`);
      const where = name === "decision" ? DECISION : condition.replaceAll(":moment", MOMENT);
      await this.#client.query(`CREATE TEMP VIEW ${name} AS SELECT x.* FROM allowance.${name} x WHERE ${where}`);
      return past;
    }
    const body = await this.#rewritten(definition ?? "", kind === "f" ? name : undefined);
    if (kind === "v") {
      await this.#client.query(`CREATE TEMP VIEW ${name} AS ${body}`);
      return past;
    }
    // A function that reads nothing of any time stays what it is.
    if (!body.includes("pg_temp.")) return `allowance.${name}`;
    await this.#client.query(body.replace(`allowance.${name}(`, `${past}(`));
    return past;
  }

  async #rewritten(sql: string, except?: string): Promise<string> {
    const names = new Set([...sql.matchAll(NAMED)].map((found) => found[1] ?? ""));
    const stands = new Map<string, string>();
    for (const name of names) if (name !== except) stands.set(name, await this.#standIn(name));
    return sql.replace(NAMED, (whole, name: string) => stands.get(name) ?? whole);
  }

  #rewriting(): PoolClient {
    const query = (first: unknown, ...rest: readonly unknown[]): unknown => {
      const target: (...values: readonly unknown[]) => unknown = this.#client.query.bind(this.#client);
      if (typeof first === "string") {
        if (!first.includes("allowance.")) return target(first, ...rest);
        return this.#rewritten(first).then(async (sql) => await target(sql, ...rest));
      }
      // A stream (COPY) goes to temporary tables of the code's own; a stored one could not be reached this way.
      if (JSON.stringify((first as { text?: unknown }).text ?? "").includes("allowance."))
        throw new Error("a stream into a stored table cannot be rewound");
      return target(first, ...rest);
    };
    return new Proxy(this.#client, {
      get: (target, name) => (name === "query" ? query : Reflect.get(target, name)),
    });
  }
}
