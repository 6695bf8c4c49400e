/** Names for the codes in a source's facts, where only a procedure knows them. */
import { procedureOf } from "../../filings/registry.ts";
import type { ProcedureCode } from "../../filings/procedure-codes.ts";
import { PROCEDURE_CODES } from "../../filings/procedure-codes.ts";
import type { SourceRow } from "./source-row.ts";
import { textOf, textsOf } from "./source-row.ts";

const isProcedure = (code: string): code is ProcedureCode => (PROCEDURE_CODES as readonly string[]).includes(code);

/** 書類と手続の名前 of a returned or held filing; other sources stay as they are. The filing's content goes no further. */
export function prepared(source: SourceRow): SourceRow {
  if (source.form !== "documents") return source;
  const { content, codes: _, ...facts } = source.facts;
  const code = textOf(source.facts, "procedure");
  if (!isProcedure(code)) return { ...source, facts };
  const procedure = procedureOf(code);
  const parsed = procedure.shape.safeParse(content);
  const named = parsed.success ? procedure.documents(parsed.data) : [];
  const names = new Map(named.map((each) => [each.code, each.name]));
  const documents = textsOf(source.facts, "codes").map((each) => names.get(each) ?? each);
  return { ...source, facts: { ...facts, documents, procedure: procedure.name } };
}
