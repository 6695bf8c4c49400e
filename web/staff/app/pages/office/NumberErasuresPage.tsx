/** 個人番号の消去: who is due, what waits for the second person, what is gone, and its certificate. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useDownload } from "../../api/download.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { CheckField } from "../../ui/Field.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { FormDialog } from "./FormDialog.tsx";
import { number15 } from "./NonResidentView.tsx";

type Data = OperationAnswer<"listNumberErasures">;
type Erasure = Data["erasures"][number];

/** Most in one request: what one person can look at. */
const LIMIT = 100;

function RequestDialog({
  numbers,
  onDone,
  onClose,
}: {
  readonly numbers: readonly number[];
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const ask = useCommand("requestNumberErasures", {});
  return (
    <FormDialog
      name="numberErasure"
      title={
        numbers.length === 0 ? "命令・本人の求めによる消去の申出" : `${count(numbers.length)}人の個人番号の消去の申出`
      }
      action="申し出る"
      intro={<p>別の人が確かめて消すまで、何も消えません。消した後は元に戻せません。</p>}
      fields={[
        ...(numbers.length === 0 ? [{ name: "addresseeNumber", label: "宛名番号" } as const] : []),
        { name: "reason", label: "わけ", kind: "area", help: "5文字以上。氏名や住所、個人番号は書かないでください。" },
      ]}
      pending={ask.pending}
      problem={ask.problem}
      onClose={onClose}
      onSend={async (values) => {
        const typed = (values["addresseeNumber"] ?? "").trim();
        const body = {
          addresseeNumbers: numbers.length === 0 ? [typed] : numbers.map(String),
          rule: numbers.length === 0 ? ("order" as const) : ("retentionOver" as const),
          reason: (values["reason"] ?? "").trim(),
        };
        const asked = await ask.run({ body });
        if (asked === undefined) return false;
        onDone(`${count(asked.requested)}人の消去を申し出ました。別の人が消します。`);
        return true;
      }}
    />
  );
}

function EraseDialog({
  erasures,
  onDone,
  onClose,
}: {
  readonly erasures: readonly Erasure[];
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const erase = useCommand("eraseNumbers", {});
  const go = async (): Promise<void> => {
    const done = await erase.run({ body: { requestIds: erasures.map(({ requestId }) => requestId) } });
    if (done !== undefined) onDone(`${count(done.erased)}人の個人番号 ${count(done.records)}件を消しました。`);
  };
  return (
    <Dialog title="個人番号を消す" onClose={onClose}>
      <ProblemNotice problem={erase.problem} />
      <p className="mb-3">
        次の {count(erasures.length)}人の個人番号を消します。<strong>元には戻せません。</strong>
      </p>
      <ul className="mb-3 list-disc pl-6">
        {erasures.map(({ requestId, addresseeNumber, ruleName, requestedBy }) => (
          <li key={requestId}>
            宛名番号 {number15(addresseeNumber)}（{ruleName}、申出 {requestedBy}）
          </li>
        ))}
      </ul>
      <Actions>
        <Button kind="danger" pending={erase.pending} onClick={() => void go()}>
          消す
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </Dialog>
  );
}

type Chosen = ReadonlySet<number>;
const toggled = (chosen: Chosen, number: number, wanted: boolean): Chosen => {
  const next = new Set(chosen);
  if (wanted) next.add(number);
  else next.delete(number);
  return next;
};

function Due({
  data,
  onAsk,
}: {
  readonly data: Data;
  readonly onAsk: (numbers: readonly number[]) => void;
}): ReactElement {
  const may = useMay("number.confirm");
  const [chosen, setChosen] = useState<Chosen>(new Set());
  const { years, beforeOn, held, due, dueCount } = data;
  const numbers = due.map(({ addresseeNumber }) => addresseeNumber);
  return (
    <Section title="保存期間の過ぎた人">
      <Facts
        facts={[
          {
            name: "個人番号の保存期間",
            value:
              years === null ? (
                <>
                  決まっていません（だれも候補になりません）。<GoTo to="/audit/retention">記録の保存</GoTo>
                  で、二人で決めます。
                </>
              ) : (
                `事案の終わりから${String(years)}年`
              ),
          },
          { name: "いつより前に終わった人か", value: beforeOn === null ? "－" : <DateText date={beforeOn} /> },
          { name: "候補", value: `${count(dueCount)}人${held ? "（消去の停止がかかっています）" : ""}` },
        ]}
      />
      <Table
        caption="候補（終わりの古い順）"
        rows={due}
        rowKey={({ addresseeNumber }) => addresseeNumber}
        empty="保存期間の過ぎた個人番号はありません。"
        columns={[
          ...(may
            ? [
                {
                  key: "choose",
                  head: "選ぶ",
                  cell: ({ addresseeNumber: number }: Data["due"][number]) => (
                    <CheckField
                      label={`${number15(number)} を選ぶ`}
                      checked={chosen.has(number)}
                      onChange={(event) => setChosen(toggled(chosen, number, event.target.checked))}
                    />
                  ),
                },
              ]
            : []),
          { key: "who", head: "宛名番号", rowHead: true, cell: ({ addresseeNumber }) => number15(addresseeNumber) },
          { key: "last", head: "最後の事案の終わり", cell: ({ lastDay }) => <DateText date={lastDay} /> },
        ]}
      />
      {may && due.length > 0 ? (
        <p className="mt-3 flex flex-wrap gap-3">
          <Button onClick={() => setChosen(new Set(numbers.slice(0, LIMIT)))}>
            {numbers.length > LIMIT ? `はじめの${String(LIMIT)}人を選ぶ` : "全員を選ぶ"}
          </Button>
          <Button
            kind="primary"
            disabled={chosen.size === 0 || chosen.size > LIMIT}
            onClick={() => onAsk(numbers.filter((number) => chosen.has(number)))}
          >
            選んだ{count(chosen.size)}人の消去を申し出る
          </Button>
        </p>
      ) : null}
    </Section>
  );
}

export function NumberErasuresPage(): ReactElement {
  const { data, error } = useRead("listNumberErasures", {});
  const { session } = useSession();
  const mayAsk = useMay("number.confirm");
  const mayErase = useMay("addressee.approve");
  const [asked, setAsked] = useState<readonly number[]>();
  const [erasing, setErasing] = useState<readonly Erasure[]>();
  const [said, setSaid] = useState<string>();
  const paper = useDownload("takeErasureCertificate");
  const close = (): void => {
    setAsked(undefined);
    setErasing(undefined);
  };
  const done = (words: string): void => {
    close();
    setSaid(words);
  };
  const waiting = (data?.erasures ?? []).filter(({ erased }) => erased === null);
  const mine = waiting.filter(({ requestedBy }) => requestedBy !== session.staffId).slice(0, LIMIT);
  return (
    <>
      <PageTitle>個人番号の消去</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error ?? paper.problem} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Due data={data} onAsk={setAsked} />
          {mayAsk ? (
            <p className="mt-3">
              <Button onClick={() => setAsked([])}>命令・本人の求めによる消去を申し出る</Button>
            </p>
          ) : null}
          <Section title="申出と消去の記録">
            {mayErase && mine.length > 0 ? (
              <p className="mb-3">
                <Button kind="danger" onClick={() => setErasing(mine)}>
                  待っている{count(mine.length)}人を確かめて消す
                </Button>
              </p>
            ) : null}
            <Table
              caption="申出（待っているものが先）"
              rows={data.erasures}
              rowKey={({ requestId }) => requestId}
              empty="消去の申出はありません。"
              columns={[
                { key: "no", head: "番号", rowHead: true, cell: ({ requestId }) => `第${String(requestId)}号` },
                { key: "who", head: "宛名番号", cell: ({ addresseeNumber }) => number15(addresseeNumber) },
                {
                  key: "why",
                  head: "わけ",
                  cell: ({ ruleName, reason }) => (
                    <>
                      {ruleName}
                      <span className="block text-[0.875rem]">{reason}</span>
                    </>
                  ),
                },
                {
                  key: "asked",
                  head: "申出",
                  cell: ({ requestedBy, requestedAt }) => (
                    <>
                      {requestedBy}
                      <span className="block text-[0.875rem]">
                        <MomentText at={requestedAt} />
                      </span>
                    </>
                  ),
                },
                {
                  key: "gone",
                  head: "消去",
                  cell: ({ erased, requestedBy }) =>
                    erased === null ? (
                      requestedBy === session.staffId ? (
                        "別の人が消すのを待っています"
                      ) : (
                        "待っています"
                      )
                    ) : (
                      <>
                        {erased.by}（{count(erased.records)}件）
                        <span className="block text-[0.875rem]">
                          <MomentText at={erased.at} />
                        </span>
                        <span className="block text-[0.875rem]">
                          控えからも無くなる日 <DateText date={erased.backupsExpireOn} />
                        </span>
                      </>
                    ),
                },
                {
                  key: "do",
                  head: "証明書",
                  cell: ({ requestId, erased }) =>
                    erased === null ? (
                      "－"
                    ) : (
                      <Button
                        size="small"
                        pending={paper.pending}
                        onClick={() =>
                          void paper.take(
                            { path: { requestId: String(requestId) } },
                            `個人番号消去証明書（消去 第${String(requestId)}号）`,
                          )
                        }
                        aria-label={`消去 第${String(requestId)}号の証明書を出す`}
                      >
                        証明書を出す
                      </Button>
                    ),
                },
              ]}
            />
          </Section>
        </>
      )}
      {asked === undefined ? null : <RequestDialog numbers={asked} onDone={done} onClose={close} />}
      {erasing === undefined ? null : <EraseDialog erasures={erasing} onDone={done} onClose={close} />}
    </>
  );
}
