/**
 * 連携の検証 (評価書 III-5 その他②): every agreement and every receiver in force is tried with made-up lines, and what came of each is kept as evidence, bound
 * to the content that was tried. An agreement that changed since then stands as not verified.
 */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { randomUUID } from "node:crypto";

import { agreementsOn } from "../agreements/agreements.ts";
import { ROLE } from "../context.ts";
import { refusing } from "../refusal.ts";
import { digestOf } from "../transfers/copy.ts";
import { outletsOn } from "../transfers/outlets.ts";
import { casesOfAgreement, casesOfOutlet, type ContractCase } from "./cases.ts";

export type ContractDirection = "in" | "out";

/** An agreement or a receiver, as it is in force. */
type Subject = {
  readonly direction: ContractDirection;
  readonly subjectCode: string;
  readonly name: string;
  /** Of an interface its version and revision, of a receiver its revision */
  readonly version: string;
  readonly digest: string;
  readonly cases: () => Promise<readonly ContractCase[]>;
};

async function subjectsOn(connection: Queryable, today: CivilDate): Promise<readonly Subject[]> {
  const incoming = (await agreementsOn(connection, today)).map((agreement): Subject => {
    const { interfaceCode, version, revision, name, layout, people } = agreement;
    return {
      direction: "in",
      subjectCode: interfaceCode,
      name,
      version: `${version}/${String(revision)}`,
      digest: digestOf(canonicalJson({ layout, people })),
      cases: async () => await casesOfAgreement(agreement),
    };
  });
  const outgoing = (await outletsOn(connection, today)).map((outlet): Subject => {
    const { outletCode, revision, name, kind, uses, channels, items } = outlet;
    return {
      direction: "out",
      subjectCode: outletCode,
      name,
      version: String(revision),
      digest: digestOf(canonicalJson({ kind, uses, channels, items })),
      cases: async () => await casesOfOutlet(outlet),
    };
  });
  return [...incoming, ...outgoing];
}

/** What one verification found. */
export type ContractCheck = Omit<Subject, "cases"> & {
  readonly cases: readonly ContractCase[];
  readonly passed: number;
  readonly failed: number;
};

/**
 * Tries everything that is in force today and writes down what was found, failures as well.
 *
 * @param key idempotency key: the same again gives the first answer
 */
export async function checkContracts(context: Context, key: string = randomUUID()): Promise<readonly ContractCheck[]> {
  const checks: ContractCheck[] = [];
  for (const { cases: trial, ...subject } of await subjectsOn(context.pool, context.today)) {
    const cases = await trial();
    const passed = cases.filter((each) => each.passed).length;
    checks.push({ ...subject, cases, passed, failed: cases.length - passed });
  }
  const digests = checks.map(({ digest }) => digest);
  const command = {
    role: ROLE,
    key: `contract.check/${key}`,
    name: "contract.check",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { on: context.today, digests },
  };
  await refusing(
    async () =>
      await runCommand(context.pool, command, async (client) => {
        await client.query(
          `INSERT INTO interchange.contract_check (direction, subject_code, version, content_digest, cases, passed, failed, checked_by, checked_on)
           SELECT n.direction, n."subjectCode", n.version, n.digest, n.cases, n.passed, n.failed, $2, $3
           FROM jsonb_to_recordset($1::jsonb) AS n(direction text, "subjectCode" text, version text, digest text, cases jsonb, passed smallint, failed smallint)`,
          [JSON.stringify(checks), context.operator, context.today],
        );
        const detail = { checked: checks.length, failed: checks.filter(({ failed }) => failed > 0).length };
        return {
          response: detail,
          audit: [{ action: "contract.check", objectKind: "contract", objectId: context.today, detail }],
        };
      }),
  );
  return checks;
}

/** What is in force, and the newest evidence about exactly this content. */
export type ContractEvidence = Omit<Subject, "cases"> & {
  /** Null: this content was never verified, or has changed since */
  readonly evidence: {
    readonly checkId: number;
    readonly passed: number;
    readonly failed: number;
    readonly cases: readonly ContractCase[];
    readonly checkedBy: string;
    readonly checkedOn: string;
  } | null;
};

/** Everything that is in force on a day, with its evidence. */
export async function contractEvidence(connection: Queryable, today: CivilDate): Promise<readonly ContractEvidence[]> {
  type Row = NonNullable<ContractEvidence["evidence"]> & {
    readonly direction: ContractDirection;
    readonly subjectCode: string;
    readonly digest: string;
  };
  const { rows } = await connection.query<Row>(
    `SELECT DISTINCT ON (direction, subject_code, content_digest) direction, subject_code AS "subjectCode", content_digest AS digest, check_id AS "checkId", passed, failed,
       cases, checked_by AS "checkedBy", checked_on::text AS "checkedOn"
     FROM interchange.contract_check ORDER BY direction, subject_code, content_digest, check_id DESC`,
  );
  const newest = new Map(
    rows.map(({ direction, subjectCode, digest, ...row }) => [`${direction}/${subjectCode}/${digest}`, row]),
  );
  return (await subjectsOn(connection, today)).map(({ cases: _trial, ...subject }) => ({
    ...subject,
    evidence: newest.get(`${subject.direction}/${subject.subjectCode}/${subject.digest}`) ?? null,
  }));
}
