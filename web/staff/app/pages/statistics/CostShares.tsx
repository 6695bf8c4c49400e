/** 負担割合の入力: the shares that an order fixes for the year; one person enters all of them, another approves exactly that. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Actions } from "../../ui/Dialog.tsx";
import { TextArea, TextField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type View = OperationAnswer<"readCostShares">;
type Line = View["entries"][number]["lines"][number];
type Bearer = View["bearers"][number]["code"];

const CELL_NAMES: Readonly<Record<string, string>> = {
  "underThree/employee": "3歳未満分（被用者）",
  "underThree/nonEmployee": "3歳未満分（非被用者）",
  "threeAndOver/": "3歳以上分",
};
const cellKey = ({ part, employeeClass }: Pick<Line, "part" | "employeeClass">): string =>
  `${part}/${employeeClass ?? ""}`;
const cellName = (cell: Pick<Line, "part" | "employeeClass">): string => CELL_NAMES[cellKey(cell)] ?? cellKey(cell);

/** 4/9 → numerator and denominator; undefined for anything else. */
function fractionOf(text: string): { readonly numerator: number; readonly denominator: number } | undefined {
  const [, numerator, denominator] =
    /^\s*([0-9,]{1,15})\s*[/／]\s*([0-9,]{1,15})\s*$/.exec(text.normalize("NFKC")) ?? [];
  const [top, bottom] = [numerator, denominator].map((each) => Number(each?.replaceAll(",", "") ?? Number.NaN));
  if (top === undefined || bottom === undefined || !(top > 0) || !(bottom > 0)) return undefined;
  return { numerator: top, denominator: bottom };
}

type Typed = { readonly [key: string]: string };

/** The lines as typed; undefined while something is no fraction. */
function linesOf(view: View, typed: Typed): readonly Line[] | undefined {
  const lines: Line[] = [];
  for (const cell of view.cells) {
    const shares: Partial<Record<Bearer, { numerator: number; denominator: number }>> = {};
    for (const { code } of view.bearers) {
      const text = (typed[`${cellKey(cell)} ${code}`] ?? "").trim();
      if (text === "") continue;
      const fraction = fractionOf(text);
      if (fraction === undefined) return undefined;
      shares[code] = fraction;
    }
    lines.push({ ...cell, shares });
  }
  return lines;
}

function linesText(lines: readonly Line[], bearers: View["bearers"]): string {
  return lines
    .map((line) => {
      const shares = bearers.flatMap(({ code, name }) => {
        const share = line.shares[code];
        return share === undefined ? [] : [`${name} ${share.numerator}/${share.denominator}`];
      });
      return `${cellName(line)}: ${shares.join("、")}`;
    })
    .join(" ／ ");
}

function Enter({ view, year }: { readonly view: View; readonly year: number }): ReactElement {
  const draft = useDraft<Typed>(`statistics/shares/${String(year)}`, {});
  const command = useCommand("enterCostShares", { onDone: () => draft.drop() });
  const typed = draft.value;
  const set = (key: string, text: string): void => draft.set({ ...typed, [key]: text });
  const lines = linesOf(view, typed);
  const source = typed["source"] ?? "";
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (lines !== undefined)
          void command.run({ path: { year: String(year) }, body: { lines: [...lines], source } });
      }}
    >
      <ProblemNotice problem={command.problem} />
      {view.cells.map((cell) => (
        <fieldset key={cellKey(cell)} className="mb-2 rounded-8 border border-solid-gray-420 px-4 pt-1">
          <legend className="px-1 font-700">{cellName(cell)}</legend>
          <div className="grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-x-4">
            {view.bearers.map(({ code, name }) => {
              const key = `${cellKey(cell)} ${code}`;
              const text = typed[key] ?? "";
              return (
                <TextField
                  key={key}
                  label={name}
                  value={text}
                  inputMode="numeric"
                  placeholder="例 4/9"
                  error={
                    text.trim() !== "" && fractionOf(text) === undefined
                      ? "分子/分母 の形で入れてください。"
                      : undefined
                  }
                  onChange={(event) => set(key, event.target.value)}
                />
              );
            })}
          </div>
        </fieldset>
      ))}
      <TextArea
        label="根拠"
        help="政令・通知の名前、番号、日付"
        required
        value={source}
        onChange={(event) => set("source", event.target.value)}
      />
      <Actions>
        <Button submit pending={command.pending} disabled={lines === undefined || source.trim() === ""}>
          入力する（別の人が承認）
        </Button>
      </Actions>
    </form>
  );
}

function Entered({ view }: { readonly view: View }): ReactElement {
  const mayApprove = useMay("parameter.approve");
  const command = useCommand("approveCostShares");
  return (
    <>
      <ProblemNotice problem={command.problem} />
      {command.answer === undefined || command.problem !== undefined ? null : (
        <Notice kind="success" title={command.answer.message} live />
      )}
      <Table
        caption="入力された負担割合（新しい順。最後に承認したものを使う）"
        rows={view.entries}
        rowKey={({ entryId }) => entryId}
        empty="まだ入力されていません。"
        columns={[
          { key: "no", head: "番号", rowHead: true, cell: ({ entryId }) => entryId },
          { key: "lines", head: "負担割合", cell: ({ lines }) => linesText(lines, view.bearers) },
          { key: "source", head: "根拠", cell: ({ source }) => source },
          { key: "by", head: "入力", cell: ({ enteredBy, enteredAt }) => `${enteredBy} ${enteredAt}` },
          {
            key: "state",
            head: "承認",
            cell: ({ entryId, contentDigest, approvedBy }) =>
              approvedBy !== null ? (
                <>
                  <Badge kind="good">承認済み</Badge> {approvedBy}
                </>
              ) : mayApprove ? (
                <Button
                  size="small"
                  pending={command.pending}
                  onClick={() => void command.run({ path: { entryId: String(entryId) }, body: { contentDigest } })}
                >
                  この内容で承認する<span className="sr-only">（{entryId}）</span>
                </Button>
              ) : (
                <Badge kind="warning">承認待ち</Badge>
              ),
          },
        ]}
      />
    </>
  );
}

/** Shown for years whose shares the program does not have. */
export function CostShares({ year }: { readonly year: number }): ReactElement | null {
  const mayEnter = useMay("parameter.change");
  const { data, error } = useRead("readCostShares", { path: { year: String(year) } });
  if (data === undefined) return <ProblemNotice problem={error} />;
  if (data.known) return null;
  return (
    <Section title={`${String(year)}年度の負担割合の入力`}>
      <p className="mb-3">
        この年度の割合は政令で定められ、プログラムには値がありません。政令を確かめて、区分ごとに足してちょうど1になるように入れてください。負担のない欄は空けておきます。
      </p>
      <Entered view={data} />
      {mayEnter ? <Enter view={data} year={year} /> : null}
    </Section>
  );
}
