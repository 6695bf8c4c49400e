/** 文字の一覧: every character of the city's names beyond JIS X 0213, with what is printed and sent in its place. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { PRINT_CHARACTERS } from "@hagukumi/platform/print/glyphs.ts";
import { mjCharacter } from "@hagukumi/platform/text/mj/mj-list.ts";
import {
  beyondJisPattern,
  CP932,
  codePointsOf,
  JIS_X_0213,
  reduceText,
  UNKNOWN_CHARACTER,
} from "@hagukumi/platform/text/mj/reduce.ts";

import { identifiedCharacters } from "./identify.ts";

export type SurveyedCharacter = {
  readonly character: string;
  readonly codePoints: string;
  readonly mjName: string | null;
  /** Names that hold it: residents, institutions, 福祉名 */
  readonly names: number;
  readonly identifiedAs: string | null;
  /** What is printed; 〓 where nobody knows */
  readonly printed: string;
  readonly jisX0213: string;
  readonly cp932: string;
  /** Japanese: the table or the reason of the form in JIS X 0213 */
  readonly source: string;
  /** Forms that the map names, for a person to choose from */
  readonly candidates: readonly string[];
  /** Whether a person must still say which character it is */
  readonly unresolved: boolean;
};

/** Reads the names of the whole city (once, on the server) and hands out characters alone: no person. */
export async function surveyCharacters(connection: Queryable): Promise<readonly SurveyedCharacter[]> {
  const identified = await identifiedCharacters(connection);
  const { rows } = await connection.query<{ character: string; names: number }>(
    `SELECT m[1] AS character, count(*)::int AS names FROM (
       SELECT name FROM allowance.person_current UNION ALL
       SELECT name FROM (SELECT DISTINCT ON (addressee_number) name FROM allowance.organization_history ORDER BY addressee_number, revision DESC) o UNION ALL
       SELECT name FROM allowance.welfare_name_current) n, regexp_matches(n.name, $1, 'g') m
     WHERE n.name ~ $1 GROUP BY 1 ORDER BY 2 DESC, 1`,
    [beyondJisPattern()],
  );
  return rows.map(({ character, names }) => {
    const jis = reduceText(character, JIS_X_0213, identified);
    const [how] = jis.replacements;
    const printed = PRINT_CHARACTERS.has(character)
      ? character
      : reduceText(character, PRINT_CHARACTERS, identified).text;
    return {
      character,
      codePoints: codePointsOf(character),
      mjName: mjCharacter(character)?.name ?? null,
      names,
      identifiedAs: identified.get(character) ?? null,
      printed,
      jisX0213: jis.text,
      cp932: reduceText(character, CP932, identified).text,
      source: how?.source ?? "",
      candidates: how?.others ?? [],
      unresolved: printed === UNKNOWN_CHARACTER || jis.unknown,
    };
  });
}
