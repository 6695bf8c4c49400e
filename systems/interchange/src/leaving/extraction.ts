/**
 * データ使用承認願（抽出）: what is not the approved output of a work leaves once, under an application with its five parts, granted by
 * another person: at most so many lines, each with the mark of its copy, in an encrypted container.
 *
 * Source: 熊本市 特定個人情報保護評価書 II-4 委託2 (データの抽出), III-5.
 */
import { type Context, PAYMENT_ITEMS, providePaymentFacts } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { sealContainer } from "@hagukumi/platform/files/container.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { randomUUID } from "node:crypto";
import { z } from "zod";

import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";
import { digestOf, writeCopy } from "../transfers/copy.ts";
import { newWatermark, recordLeaving } from "./leave.ts";

const day = z.string().refine((text) => parseCivilDate(text) !== undefined, "YYYY-MM-DD の日付ではありません");
const words = (most: number): z.ZodString => z.string().trim().min(1, "空です").max(most);

/** 使用目的: what the assessment lets the data be used for (II-3③), and nothing else. */
export const extractionPurposes = { examination: "審査", recognition: "認定", payment: "支払" } as const;

export const extractionShape = z.strictObject({
  /** 道 of the closed list */
  route: words(60),
  /** 願い出た課・職員 */
  applicant: words(100),
  /** 使用根拠 */
  ground: words(200),
  /** 使用目的 */
  purpose: z.enum(Object.keys(extractionPurposes) as [keyof typeof extractionPurposes]),
  /** 使用条件 */
  conditions: words(500),
  /** 使用期間, 31 days at most */
  validFrom: day,
  validTo: day,
  /** 使用データ, in words */
  data: words(500),
  /** 行数の上限 */
  rowCap: z.int().min(1, "1以上です").max(200_000),
});

export type ExtractionForm = z.input<typeof extractionShape>;

export type Extraction = ExtractionForm & {
  readonly extractionId: number;
  readonly digest: string;
  readonly enteredBy: string;
  readonly granted: boolean | null;
  readonly decidedBy: string | null;
  readonly decidedOn: string | null;
  /** Why it was refused; empty where it was not */
  readonly refusal: string;
  readonly usedAs: number | null;
  readonly usedBy: string | null;
  readonly usedRows: number | null;
};

const command = (context: Context, name: string, request: unknown, key: string = randomUUID()) => ({
  role: ROLE,
  key: `${name}/${key}`,
  name,
  actor: context.operator,
  guard: context.guard,
  purpose: context.purpose,
  request,
});

/** A way out that works under an approval of its own alone. */
export type ExtractionRoute = {
  readonly route: string;
  readonly name: string;
  readonly purpose: keyof typeof extractionPurposes;
  /** Most lines at once */
  readonly rowCap: number;
};

/** The ways of the closed list that an application may be for. */
export async function extractionRoutes(connection: Queryable): Promise<readonly ExtractionRoute[]> {
  const { rows } = await connection.query<ExtractionRoute>(
    `SELECT route_code AS route, name, purpose, row_cap AS "rowCap" FROM interchange.leaving_route WHERE basis = 'extraction' ORDER BY route_code DESC`,
  );
  return rows;
}

/** Takes an application in. @throws Refusal `extractionInvalid` naming what is missing */
export async function applyForExtraction(
  context: Context,
  form: ExtractionForm,
  key?: string,
): Promise<{ readonly extractionId: number; readonly digest: string }> {
  const parsed = extractionShape.safeParse(form);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `「${path.join(".")}」${message}`);
    throw refuse("extractionInvalid", `承認願を受け付けられません。${faults.join("、")}。何も変えていません。`);
  }
  const wish = parsed.data;
  const digest = digestOf(canonicalJson(wish));
  const { response } = await refusing(
    async () =>
      await runCommand(context.pool, command(context, "extraction.apply", { digest }, key), async (client) => {
        const { rows } = await client.query<{ id: number }>(
          `INSERT INTO interchange.extraction (route_code, applicant, ground, purpose, conditions, valid_from, valid_to, data, row_cap, content_digest, entered_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING extraction_id AS id`,
          [
            wish.route,
            wish.applicant,
            wish.ground,
            wish.purpose,
            wish.conditions,
            wish.validFrom,
            wish.validTo,
            wish.data,
            wish.rowCap,
            digest,
            context.operator,
          ],
        );
        const extractionId = rows[0]?.id ?? 0;
        const event = { action: "extraction.apply", objectKind: "extraction", objectId: String(extractionId) };
        return { response: { extractionId, digest }, audit: [{ ...event, detail: { digest } }] };
      }),
  );
  return response;
}

/** Another person grants, or refuses with a reason. @throws Refusal `samePerson`, `contentChanged`, `extractionUnknown` */
export async function decideExtraction(
  context: Context,
  decision: {
    readonly extractionId: number;
    readonly digest: string;
    readonly refusal?: string;
    readonly key?: string;
  },
): Promise<void> {
  const { extractionId, digest, refusal = "", key } = decision;
  const granted = refusal === "";
  await refusing(
    async () =>
      await runCommand(
        context.pool,
        command(context, "extraction.decide", { extractionId, digest, refusal }, key),
        async (client) => {
          const { rowCount } = await client.query(
            `INSERT INTO interchange.extraction_decision (extraction_id, content_digest, entered_by, granted, reason, decided_by, decided_on)
           SELECT extraction_id, $2, entered_by, $3, $4, $5, $6 FROM interchange.extraction WHERE extraction_id = $1`,
            [extractionId, digest, granted, refusal, context.operator, context.today],
          );
          if (rowCount !== 1)
            throw refuse("extractionUnknown", "この承認願はありません。一覧を読み直してください。何も変えていません。");
          const action = granted ? "extraction.grant" : "extraction.refuse";
          const event = { action, objectKind: "extraction", objectId: String(extractionId), detail: { digest } };
          return { response: null, audit: [event] };
        },
      ),
  );
}

/** Every application, newest first, and the copy that it was used for. */
export async function listExtractions(connection: Queryable): Promise<readonly Extraction[]> {
  const { rows } = await connection.query<Extraction>(
    `SELECT e.extraction_id AS "extractionId", e.route_code AS route, e.applicant, e.ground, e.purpose, e.conditions, e.valid_from AS "validFrom",
       e.valid_to AS "validTo", e.data, e.row_cap AS "rowCap", e.content_digest AS digest, e.entered_by AS "enteredBy", d.granted, d.decided_by AS "decidedBy",
       d.decided_on::text AS "decidedOn", coalesce(d.reason, '') AS refusal, l.leaving_id AS "usedAs", l.taken_by AS "usedBy", l.rows AS "usedRows"
     FROM interchange.extraction e LEFT JOIN interchange.extraction_decision d USING (extraction_id) LEFT JOIN interchange.leaving l USING (extraction_id)
     ORDER BY e.extraction_id DESC`,
  );
  return rows;
}

/**
 * The approval, before anything is read for it: granted, for this way, in its period, not used yet. The table refuses the same again.
 *
 * @throws Refusal `leavingRefused`, `extractionUsed`
 */
export async function requireExtraction(
  context: Pick<Context, "pool" | "today">,
  extractionId: number,
  route: string,
): Promise<Extraction> {
  const found = (await listExtractions(context.pool)).find((each) => each.extractionId === extractionId);
  const usable =
    found?.granted === true &&
    found.route === route &&
    found.validFrom <= context.today &&
    context.today <= found.validTo;
  if (usable && found.usedAs === null) return found;
  throw usable
    ? refuse(
        "extractionUsed",
        "このデータ使用承認願は、もう使われています。一件の承認で出せるのは一度だけです。何も渡していません。新しい承認願を出してください。",
        { extractionId },
      )
    : refuse(
        "leavingRefused",
        "承認されたデータ使用承認願がないか、期間の外か、ほかの抽出のものです。何も渡していません。承認願の番号を確かめてください。",
        { extractionId, route },
      );
}

/** What an extraction hands out, before it is sealed. */
export type ExtractedLines = {
  /** 持出しの番号 */
  readonly number: string;
  readonly rows: number;
  /** CSV (UTF-8, CRLF), each line with the mark of the copy */
  readonly text: string;
};

/**
 * The lines of an extraction, once: read under its approval, recorded as a leaving, and only then handed to the caller.
 *
 * @throws Refusal `leavingRefused`, `extractionUsed`
 */
export async function takeExtraction(
  context: Context,
  {
    extractionId,
    route,
    numbers,
  }: { readonly extractionId: number; readonly route: string; readonly numbers: readonly number[] },
): Promise<ExtractedLines> {
  const wish = await requireExtraction(context, extractionId, route);
  const facts = await providePaymentFacts(context, numbers, { dataUseId: extractionId, inquiry: `抽出 ${wish.data}` });
  const watermark = newWatermark();
  const copy = { watermark, number: `E${String(extractionId).padStart(8, "0")}` };
  const text = writeCopy(facts, PAYMENT_ITEMS, copy);
  const leaving = { route, basis: { extractionId }, rows: facts.length, content: text, watermark };
  return { number: await recordLeaving(context, leaving), rows: facts.length, text };
}

export type Extracted = {
  readonly number: string;
  readonly rows: number;
  readonly name: string;
  readonly container: Buffer;
  /** Told once, kept nowhere */
  readonly password: string;
};

/**
 * 抽出: the facts of payment of these people as a CSV whose lines carry the mark of the copy, in a container.
 *
 * @throws Refusal `leavingRefused`, `extractionUsed`
 */
export async function extractPayments(
  context: Context,
  extractionId: number,
  numbers: readonly number[],
): Promise<Extracted> {
  const { number, rows, text } = await takeExtraction(context, { extractionId, route: "extractPayments", numbers });
  const { bytes, password } = await sealContainer(Buffer.from(text), "csv");
  return { number, rows, name: `extract-${number}.zip`, container: bytes, password };
}
