import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EntryCutter, readEntry } from "../../../src/database/statement-log/entry.ts";
import { maskStatement } from "../../../src/database/statement-log/mask.ts";

const KEY = Buffer.alloc(32, 1);
const line = (message: string, session = "1.2"): string =>
  `@hg@2026-11-24 10:00:00.000 JST|77|${session}|3|postgres|hagukumi|127.0.0.1|00000|client backend|psql@@LOG:  ${message}`;

const alarms = (statement: string) => readEntry(line(`statement: ${statement}`), KEY).alarms;

describe("the mask over a statement", () => {
  it("keeps the words of the statement and nothing that could be a person's", () => {
    expect(maskStatement("SELECT name FROM allowance.person WHERE name = '架空 太郎' AND id = 1234567")).toBe(
      "SELECT name FROM allowance.person WHERE name = '…' AND id = #",
    );
    expect(maskStatement(`UPDATE "person" SET "氏名" = E'it\\'s' -- 架空`)).toBe(`UPDATE "person" SET "…" = E'…' --…`);
    expect(maskStatement("DO $x$ BEGIN DELETE FROM vault.record WHERE ref = Taro; END $x$")).toBe(
      "DO $…BEGIN DELETE FROM vault.record WHERE END…$",
    );
    // Doubtful: whether the backslash ends the text depends on a setting of the session. Everything after it goes.
    expect(maskStatement("SELECT 'a\\' , 'Taro'")).toBe("SELECT '…'");
    expect(maskStatement("SELECT 'open")).toBe("SELECT '…'");
  });

  it("lets no literal through, whatever stands around it", () => {
    const secret = fc.constantFrom("Kakuutaro", "架空花子", "987654321", "O''Kakuu", 'Kak"uu');
    const quoted = fc.tuple(secret, fc.nat(6)).map(([text, way]) => {
      const inner = text.replaceAll("''", "");
      return (
        [
          `'${text}'`,
          `E'${inner}\\n'`,
          `$$${text}$$`,
          `$a1$ ${text} $a1$`,
          `/* ${text} /* ${text} */ */`,
          `-- ${text}\n`,
          `"${inner.replaceAll('"', "")} x"`,
        ][way] ?? ""
      );
    });
    const code = fc.constantFrom(
      " SELECT ",
      " = ",
      ", ",
      " FROM a.b WHERE c",
      " ($1) ",
      "x",
      "$1",
      "\n",
      " || ",
      " \\ ",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(quoted, code), { maxLength: 12 }), (parts) => {
        expect(maskStatement(parts.join(""))).not.toMatch(/Kak|架|987|uu/);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the entries of the stream", () => {
  it("no statement passes for a line of the server, and one that two processes wrote into gives no text", () => {
    const forged = "SELECT 1\n@hg@2026|1|9.9|1|postgres|x|h|00000|client backend|psql@@LOG:  statement: SELECT forged";
    const cutter = new EntryCutter();
    // PostgreSQL puts a tab before every further line of a message.
    const entries = cutter.take(
      `${line(`statement: ${forged.replaceAll("\n", "\n\t")}`)}\n${line("statement: SELECT 2")}\n`,
    );
    const rest = cutter.rest();
    const read = [...entries, ...rest].map((raw) => readEntry(raw, KEY));
    expect(read.map((entry) => [entry.session, entry.kind, entry.alarms])).toEqual([
      ["", "unreadable", ["mixed"]],
      ["1.2", "statement", []],
    ]);
    expect(read[0]?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(readEntry(line("statement: SELECT 2"), KEY).digest).toBe(read[1]?.digest);
    expect(readEntry(line("statement: SELECT 2"), Buffer.alloc(32, 2)).digest).not.toBe(read[1]?.digest);
  });

  it("words for a client leave no text: an error repeats what the client typed", () => {
    const error = line("x").replace("LOG:  x", 'ERROR:  invalid input syntax for type integer: "Kakuutaro"');
    expect(readEntry(error, KEY)).toMatchObject({ kind: "error", severity: "ERROR", text: "" });
    expect(
      readEntry(line("connection authorized: user=postgres database=hagukumi application_name=Kakuutaro x"), KEY),
    ).toMatchObject({
      kind: "connection",
      text: "connection authorized: user=postgres database=hagukumi",
    });
  });

  it("who touches the record or a protected table is an alarm, also with a comment between the words", () => {
    expect(alarms("DROP /* x */ EVENT TRIGGER a")).toEqual(["recordTouched"]);
    expect(alarms("select set_config('log_statement', 'none', false)")).toEqual(["recordTouched"]);
    expect(alarms('SELECT * FROM "allowance" . "person"')).toEqual(["protectedTable"]);
    expect(alarms("SELECT 1")).toEqual([]);
  });
});
