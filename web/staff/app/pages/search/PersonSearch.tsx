/** 検索: one line for the everyday, more keys below it. At most 20 people; what is typed stays on this page alone. */
import { useEffect, useRef, useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation, type OperationAnswer } from "../../api/call.ts";
import { useRecent } from "../../session/drafts.ts";
import { useWork } from "../../session/use-work.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { TextField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Table } from "../../ui/Table.tsx";
import { certificationText } from "../../ui/format.ts";
import { MarkBadges } from "../person/Marks.tsx";
import { keysOf, meaningOf, type SearchBody } from "./keys.ts";

type Answer = OperationAnswer<"searchPeople">;
export type Found = Answer["found"][number];

type Props = {
  /** Typed elsewhere (the command line): searched for at once */
  readonly initial?: string;
  /** What the button of a row says and does */
  readonly pick: string;
  readonly onPick: (found: Found) => void;
};

/** Keys beside the line. Empty ones are not searched for. */
function More({
  body,
  onChange,
}: {
  readonly body: SearchBody;
  readonly onChange: (body: SearchBody) => void;
}): ReactElement {
  const mayAccounts = useMay("account.view");
  const set =
    (
      key:
        | "kana"
        | "name"
        | "addresseeNumber"
        | "recipientNumber"
        | "receptionNumber"
        | "phone"
        | "address"
        | "birthDate",
    ) =>
    (value: string) => {
      const { [key]: _before, ...rest } = body;
      onChange(value === "" ? rest : { ...rest, [key]: value });
    };
  const account = body.account ?? { bank: "", branch: "", number: "" };
  const setAccount = (part: Partial<typeof account>): void => {
    const next = { ...account, ...part };
    const { account: _before, ...rest } = body;
    onChange(Object.values(next).every((each) => each === "") ? rest : { ...rest, account: next });
  };
  return (
    <details className="mb-3">
      <summary className="min-h-6 text-key-1000 underline underline-offset-4">
        くわしい条件（生年月日・住所・口座など）
      </summary>
      <div className="mt-2 grid gap-x-6 sm:grid-cols-2 lg:grid-cols-3">
        <TextField label="カナ" value={body.kana ?? ""} onChange={(event) => set("kana")(event.target.value)} />
        <TextField label="氏名" value={body.name ?? ""} onChange={(event) => set("name")(event.target.value)} />
        <DateInput
          label="生年月日"
          value={body.birthDate ?? ""}
          onChange={set("birthDate")}
          help="ほかの条件と一緒に使います。"
        />
        <TextField
          label="宛名番号"
          inputMode="numeric"
          value={body.addresseeNumber ?? ""}
          onChange={(event) => set("addresseeNumber")(event.target.value)}
        />
        <TextField
          label="認定番号"
          inputMode="numeric"
          value={body.recipientNumber ?? ""}
          onChange={(event) => set("recipientNumber")(event.target.value)}
        />
        <TextField
          label="受付番号"
          inputMode="numeric"
          value={body.receptionNumber ?? ""}
          onChange={(event) => set("receptionNumber")(event.target.value)}
        />
        <TextField
          label="電話番号"
          inputMode="tel"
          value={body.phone ?? ""}
          onChange={(event) => set("phone")(event.target.value)}
        />
        <TextField
          label="住所の一部"
          help="ほかの条件と一緒に使います。"
          value={body.address ?? ""}
          onChange={(event) => set("address")(event.target.value)}
        />
        {mayAccounts ? (
          <>
            <TextField
              label="金融機関コード"
              inputMode="numeric"
              value={account.bank}
              onChange={(event) => setAccount({ bank: event.target.value })}
            />
            <TextField
              label="支店コード"
              inputMode="numeric"
              value={account.branch}
              onChange={(event) => setAccount({ branch: event.target.value })}
            />
            <TextField
              label="口座番号"
              inputMode="numeric"
              value={account.number}
              onChange={(event) => setAccount({ number: event.target.value })}
            />
          </>
        ) : null}
      </div>
    </details>
  );
}

/** One search as it was typed. */
type Asked = { readonly text: string; readonly keys: SearchBody };

const KEY_NAMES: Readonly<Record<string, string>> = {
  kana: "カナ",
  name: "氏名",
  birthDate: "生年月日",
  addresseeNumber: "宛名番号",
  recipientNumber: "認定番号",
  receptionNumber: "受付番号",
  phone: "電話番号",
  address: "住所",
};

const askedText = ({ text, keys }: Asked): string =>
  [
    ...(text === "" ? [] : [text]),
    ...Object.entries(keys).map(([key, value]) =>
      key === "account" ? "口座" : `${KEY_NAMES[key] ?? key} ${typeof value === "string" ? value : ""}`,
    ),
  ].join("・");

/**
 * さきほどの検索 (A22): the person's own last searches, each to be run again. They are kept in the memory of this browser until the log-out,
 * never stored, never sent: what somebody typed is not in the access log either. Closed until it is asked for.
 */
function History({
  asked,
  pending,
  onAgain,
}: {
  readonly asked: readonly Asked[];
  readonly pending: boolean;
  readonly onAgain: (asked: Asked) => void;
}): ReactElement | null {
  if (asked.length === 0) return null;
  return (
    <details className="mb-3">
      <summary className="min-h-6 text-key-1000 underline underline-offset-4">
        さきほどの検索（ログアウトで消えます）
      </summary>
      <ul className="mt-2 flex flex-wrap gap-2" aria-label="さきほどの検索">
        {asked.map((each) => (
          <li key={JSON.stringify(each)}>
            <Button
              size="small"
              pending={pending}
              onClick={() => onAgain(each)}
              aria-label={`もう一度探す: ${askedText(each)}`}
            >
              {askedText(each)}
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function PersonSearch({ initial = "", pick, onPick }: Props): ReactElement {
  const [line, setLine] = useState(initial);
  const [more, setMore] = useState<SearchBody>({});
  const [answer, setAnswer] = useState<Answer>();
  const [asked, setAsked] = useState("");
  const { run, pending, problem } = useWork();
  const history = useRecent<Asked>("search", 10);
  const field = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLDivElement>(null);
  const search = async (text: string, keys: SearchBody): Promise<void> => {
    const body = { ...keysOf(text), ...keys };
    if (Object.keys(body).length === 0) return;
    const found = await run(async () => await callOperation("searchPeople", { body }));
    if (found === undefined) return;
    setAnswer(found);
    history.add({ text: text.trim(), keys });
    const fromLine = keysOf(text);
    setAsked(fromLine === undefined ? "条件" : meaningOf(fromLine));
  };
  useEffect(() => {
    field.current?.focus();
    if (initial !== "") void search(initial, {});
    // oxlint-disable-next-line react/exhaustive-deps -- once, for what was typed into the command line
  }, []);
  // After a search the next key is for the first person found: Enter picks, Tab goes on to the second.
  useEffect(() => results.current?.querySelector<HTMLElement>("[data-pick] button")?.focus(), [answer]);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void search(line, more);
  };
  return (
    <>
      <form onSubmit={send} role="search">
        <div className="flex flex-wrap items-end gap-x-3">
          <div className="min-w-0 grow sm:max-w-xl">
            <TextField
              ref={field}
              label="カナ・氏名・認定番号・宛名番号・電話番号"
              help="カナは清濁・小さい字・のばす音の違いを気にせず探せます。氏名は異体字も一緒に探します。"
              value={line}
              onChange={(event) => setLine(event.target.value)}
            />
          </div>
          <div className="mb-4">
            <Button kind="primary" submit pending={pending} shortcut="Enter">
              探す
            </Button>
          </div>
        </div>
        <More body={more} onChange={setMore} />
      </form>
      <History
        asked={history.items}
        pending={pending}
        onAgain={(each) => {
          setLine(each.text);
          setMore(each.keys);
          void search(each.text, each.keys);
        }}
      />
      <ProblemNotice problem={problem} />
      <div role="status">
        {answer === undefined ? null : answer.found.length === 0 ? (
          <Notice kind="info" title="見つかりません">
            {asked}に当たる人がいないか、あなたの担当の範囲にいません。
          </Notice>
        ) : (
          <p className="mb-2">
            {asked}で {answer.found.length}人{answer.more ? "（ほかにもいます。条件を足してしぼってください）" : ""}
          </p>
        )}
      </div>
      {answer === undefined || answer.found.length === 0 ? null : (
        <div ref={results}>
          <Table
            caption="見つかった人"
            captionHidden
            rows={answer.found}
            rowKey={({ addresseeNumber }) => addresseeNumber}
            columns={[
              { key: "kana", head: "カナ", cell: ({ kana }) => kana, sortBy: ({ kana }) => kana },
              { key: "name", head: "氏名", rowHead: true, cell: ({ name }) => <strong>{name}</strong> },
              {
                key: "birth",
                head: "生まれ年",
                cell: ({ birthYear }) => (birthYear === null ? "－" : `${String(birthYear)}年`),
                sortBy: ({ birthYear }) => birthYear ?? 0,
              },
              {
                key: "ward",
                head: "区",
                cell: ({ wardName }) => wardName ?? "－",
                sortBy: ({ wardName }) => wardName ?? "",
              },
              {
                key: "recipient",
                head: "認定番号",
                cell: ({ recipients }) =>
                  recipients.length === 0
                    ? "－"
                    : recipients
                        .map(({ recipientId, ended }) => `${certificationText(recipientId)}${ended ? "（消滅）" : ""}`)
                        .join("、"),
              },
              { key: "marks", head: "印", cell: ({ marks }) => <MarkBadges marks={marks} /> },
              {
                key: "open",
                head: "操作",
                cell: (found) => (
                  <span data-pick>
                    <Button size="small" onClick={() => onPick(found)} aria-label={`${found.name}を${pick}`}>
                      {pick}
                    </Button>
                  </span>
                ),
              },
            ]}
          />
        </div>
      )}
    </>
  );
}
