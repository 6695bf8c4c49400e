/** 統計: a month, the account of the grant, the annual return; each as of now or of a past day, down to its cases, out as a file. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useDownload } from "../../api/download.ts";
import { useRead } from "../../api/hooks.ts";
import type { OperationAnswer } from "../../api/call.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { MonthInput } from "../../ui/Dates.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { CasesDialog } from "./CasesDialog.tsx";
import { CostShares } from "./CostShares.tsx";
import { type FigureRef, FigureTable, type Statistic } from "./FigureTable.tsx";
import { KeepReport, Reports } from "./Reports.tsx";

type Overview = OperationAnswer<"readStatisticsOverview">;
type Kind = "month" | "grant" | "annual";
type Asked = { readonly kind: Kind; readonly at: string; readonly knownAt: string };

const KINDS: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: "month", label: "月別の人数と額" },
  { value: "grant", label: "交付金の計算（年度）" },
  { value: "annual", label: "事業年報（年度）" },
];
const isKind = (text: string): text is Kind => KINDS.some(({ value }) => value === text);

/** The figures that are asked for; of a month or of a year. */
function useFigures({ kind, at, knownAt }: Asked): { readonly data: Statistic | undefined; readonly error: unknown } {
  const query = knownAt === "" ? {} : { knownAt };
  const month = useRead("readMonthlyStatistics", { path: { month: at }, query }, { enabled: kind === "month" });
  const year = useRead(
    "readYearlyStatistics",
    { path: { year: at, kind: kind === "annual" ? "annual" : "grant" }, query },
    { enabled: kind !== "month" },
  );
  return kind === "month" ? month : year;
}

function Shown({ asked, overview }: { readonly asked: Asked; readonly overview: Overview }): ReactElement {
  const { data, error } = useFigures(asked);
  const maySeeCases = useMay("case.search");
  const mayKeep = useMay("parameter.change");
  const [figure, setFigure] = useState<{ readonly ref: FigureRef; readonly name: string }>();
  const file = useDownload("takeStatistics");
  if (data === undefined) return error === null ? <Loading what="統計を" /> : <ProblemNotice problem={error} />;
  const { kind, at } = asked;
  const take = (format: string): void => {
    const name = `statistics-${kind}-${at}${format === "xlsx" ? ".xlsx" : `-${format}`}`;
    void file.take({ path: { kind, at, format }, query: { knownAt: data.knownAt } }, name);
  };
  return (
    <Section title={data.title}>
      <p className="mb-3 text-[0.9375rem] text-solid-gray-700">{data.knownText}だけで作りました。</p>
      {data.notices.map((text) => (
        <Notice key={text} kind="warning" title={text} />
      ))}
      <ProblemNotice problem={file.problem} />
      <div className="mb-5 flex flex-wrap gap-3">
        <Button pending={file.pending} onClick={() => take("xlsx")}>
          すべての表を表計算ファイルで取り出す
        </Button>
        {kind !== "month" && mayKeep ? (
          <KeepReport
            key={`${kind}/${at}`}
            kept={{ kind, fiscalYear: Number(at), knownAt: data.knownAt, title: data.title }}
          />
        ) : null}
      </div>
      {data.tables.map((table) => (
        <FigureTable
          key={table.key}
          table={table}
          pending={file.pending}
          onFile={(key) => take(`${key}.csv`)}
          onCases={maySeeCases ? (ref, name) => setFigure({ ref, name }) : undefined}
        />
      ))}
      {figure === undefined ? null : (
        <CasesDialog
          figure={figure.ref}
          name={figure.name}
          purposes={overview.casePurposes}
          onClose={() => setFigure(undefined)}
        />
      )}
    </Section>
  );
}

function Choose({ overview }: { readonly overview: Overview }): ReactElement {
  const [kind, setKind] = useState<Kind>("month");
  const [month, setMonth] = useState(overview.month);
  const [year, setYear] = useState(String(overview.fiscalYear));
  const [knownAt, setKnownAt] = useState("");
  const [asked, setAsked] = useState<Asked>({ kind: "month", at: overview.month, knownAt: "" });
  const at = kind === "month" ? month.trim() : year;
  const years = Array.from({ length: overview.fiscalYear - 2009 }, (_, index) =>
    String(overview.fiscalYear + 1 - index),
  );
  const monthRight = /^20\d{2}-(0[1-9]|1[0-2])$/.test(month.trim());
  const knownRight =
    knownAt.trim() === "" || /^20\d{2}-\d{2}-\d{2}(T[0-9:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(knownAt.trim());
  return (
    <>
      <form
        noValidate
        aria-label="どの統計を見るか"
        className="grid grid-cols-[repeat(auto-fit,minmax(14rem,1fr))] items-end gap-x-4"
        onSubmit={(event) => {
          event.preventDefault();
          if ((kind !== "month" || monthRight) && knownRight) setAsked({ kind, at, knownAt: knownAt.trim() });
        }}
      >
        <SelectField
          label="統計"
          value={kind}
          options={KINDS}
          onChange={(event) => {
            if (isKind(event.target.value)) setKind(event.target.value);
          }}
        />
        {kind === "month" ? (
          <MonthInput label="月分" value={month} onChange={setMonth} />
        ) : (
          <SelectField
            label="年度"
            value={year}
            options={years.map((each) => ({ value: each, label: `${each}年度` }))}
            onChange={(event) => setYear(event.target.value)}
          />
        )}
        <TextField
          label="いつまでの記録で作るか"
          help="空けるといま。過ぎた日 YYYY-MM-DD"
          value={knownAt}
          error={knownRight ? undefined : "2026-12-01 の形で入れてください。"}
          onChange={(event) => setKnownAt(event.target.value)}
        />
        <div className="mb-4">
          <Button kind="primary" submit>
            表示する
          </Button>
        </div>
      </form>
      <Shown key={JSON.stringify(asked)} asked={asked} overview={overview} />
      {asked.kind === "grant" ? <CostShares key={asked.at} year={Number(asked.at)} /> : null}
      <Reports
        reports={overview.reports}
        onShow={(report) => {
          setKind(report.kind);
          setYear(String(report.fiscalYear));
          setKnownAt(report.knownAt);
          setAsked({ kind: report.kind, at: String(report.fiscalYear), knownAt: report.knownAt });
        }}
      />
    </>
  );
}

export function StatisticsPage(): ReactElement {
  const { data, error } = useRead("readStatisticsOverview", {});
  return (
    <>
      <PageTitle>統計</PageTitle>
      <ProblemNotice problem={error} />
      {data === undefined ? error === null ? <Loading /> : null : <Choose overview={data} />}
    </>
  );
}
