/** 自動の消去 of what was past its term, and the paper that is due for destruction. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { DateText } from "../../ui/Dates.tsx";
import { count } from "../../ui/format.ts";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { GROUP_NAMES } from "./words.ts";

type Data = OperationAnswer<"readRetention">;

export function Erased({ erasures }: { readonly erasures: Data["erasures"] }): ReactElement {
  return (
    <Section title="自動の消去">
      <p className="mb-2">
        保存期間の過ぎたデータは、毎日判定して消します。消したものの番号の一覧は hagukumi retention list で出せます。
      </p>
      <Table
        caption="自動の消去の記録（新しい順）"
        rows={erasures}
        rowKey={({ erasureId }) => erasureId}
        empty="自動で消したデータはありません。"
        columns={[
          { key: "no", head: "番号", rowHead: true, cell: ({ erasureId }) => `第${String(erasureId)}号` },
          { key: "on", head: "消した日", cell: ({ judgedOn }) => <DateText date={judgedOn} /> },
          { key: "group", head: "記録", cell: ({ group }) => GROUP_NAMES[group] },
          { key: "subjects", head: "件", numeric: true, cell: ({ subjects }) => count(subjects) },
          { key: "rows", head: "行", numeric: true, cell: ({ rows }) => count(rows) },
          { key: "years", head: "保存期間", cell: ({ years }) => (years === null ? "－" : `${String(years)}年`) },
          {
            key: "before",
            head: "この日より前に終わったもの",
            cell: ({ beforeOn }) => (beforeOn === null ? "－" : <DateText date={beforeOn} />),
          },
        ]}
      />
    </Section>
  );
}

export function Papers({ papers }: { readonly papers: Data["papers"] }): ReactElement {
  return (
    <Section title="廃棄する紙の書類">
      <p className="mb-2">
        保存期間の過ぎた紙です。廃棄したら、事案の書類の記録を「廃棄」に変えると、この一覧から消えます。
      </p>
      <Table
        caption="廃棄する紙の書類（保管場所の順）"
        rows={papers}
        rowKey={({ entryId }) => entryId}
        empty="廃棄する紙の書類はありません。"
        textOf={({ storagePlace, kindName, title }) => `${storagePlace} ${kindName} ${title}`}
        columns={[
          {
            key: "place",
            head: "保管場所",
            rowHead: true,
            cell: ({ storagePlace }) => storagePlace || "記録なし",
            sortBy: ({ storagePlace }) => storagePlace,
          },
          {
            key: "what",
            head: "書類",
            cell: ({ kindName, title }) => (title === "" ? kindName : `${kindName}（${title}）`),
          },
          {
            key: "who",
            head: "宛名番号",
            cell: ({ addresseeNumber }) => String(addresseeNumber).padStart(15, "0"),
          },
          {
            key: "received",
            head: "受け取った日",
            cell: ({ receivedOn }) => (receivedOn === null ? "－" : <DateText date={receivedOn} />),
          },
          { key: "last", head: "事案の終わり", cell: ({ lastDay }) => <DateText date={lastDay} /> },
        ]}
      />
    </Section>
  );
}
