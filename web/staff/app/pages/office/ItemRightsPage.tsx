/** 項目の権限: who may see which item of 団体内統合宛名; asked for by one, granted by another, for a year at most. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { FormDialog } from "./FormDialog.tsx";

type Right = OperationAnswer<"listItemRights">["rights"][number];

export function ItemRightsPage(): ReactElement {
  const { session } = useSession();
  const { data, error } = useRead("listItemRights", {});
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState<string>();
  const ask = useCommand("requestItemRight", {});
  const grant = useCommand("approveItemRight", {
    onDone: () => setSaid("承認しました。期間の中で、その項目が見えます。"),
  });
  const mayAsk = session.permissions.includes("rights.apply");
  const mayGrant = session.permissions.includes("rights.approve");
  const action = (right: Right): ReactElement | string | null => {
    if (right.approvedBy !== null) return null;
    if (!mayGrant || right.requestedBy === session.staffId || right.staffId === session.staffId)
      return "別の人の承認を待っています";
    return (
      <Button
        size="small"
        kind="primary"
        pending={grant.pending}
        onClick={() => void grant.run({ path: { rightId: String(right.rightId) } })}
        aria-label={`${right.staffId}の「${right.itemName}」を承認する`}
      >
        承認する
      </Button>
    );
  };
  return (
    <>
      <PageTitle>宛名の項目の権限</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error ?? grant.problem} />
      {mayAsk ? (
        <p className="mb-3">
          <Button kind="primary" onClick={() => setOpen(true)}>
            項目の権限を申請する
          </Button>
        </p>
      ) : null}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption="項目の権限（新しい順）"
          captionHidden
          rows={data.rights}
          rowKey={({ rightId }) => rightId}
          empty="項目の権限はありません。だれにも、何も見えません。"
          columns={[
            {
              key: "who",
              head: "職員",
              rowHead: true,
              cell: ({ staffId }) => staffId,
              sortBy: ({ staffId }) => staffId,
            },
            { key: "item", head: "項目", cell: ({ itemName }) => itemName, sortBy: ({ itemName }) => itemName },
            {
              key: "period",
              head: "期間",
              cell: ({ startsOn, endsOn }) => (
                <>
                  <DateText date={startsOn} />〜<DateText date={endsOn} />
                </>
              ),
            },
            {
              key: "state",
              head: "状態",
              cell: ({ approvedBy }) =>
                approvedBy === null ? <Badge kind="warning">承認待ち</Badge> : <Badge kind="good">✓ 承認</Badge>,
            },
            {
              key: "by",
              head: "申請・承認",
              cell: ({ requestedBy, approvedBy }) => `${requestedBy}・${approvedBy ?? "まだ"}`,
            },
            { key: "do", head: "処理", cell: action },
          ]}
        />
      )}
      {open && data !== undefined ? (
        <FormDialog
          name="itemRight"
          title="項目の権限の申請"
          action="申請する"
          fields={[
            { name: "staffId", label: "職員の識別子" },
            {
              name: "itemCode",
              label: "項目",
              kind: "select",
              options: data.items.map(({ code, name }) => ({ value: code, label: name })),
            },
            { name: "startsOn", label: "いつから", kind: "date" },
            { name: "endsOn", label: "いつまで", kind: "date", help: "1年まで" },
          ]}
          pending={ask.pending}
          problem={ask.problem}
          onClose={() => setOpen(false)}
          onSend={async (values) => {
            const itemCode = ITEM_CODES.find((each) => each === values["itemCode"]);
            if (itemCode === undefined) return false;
            const body = {
              staffId: (values["staffId"] ?? "").trim(),
              itemCode,
              startsOn: values["startsOn"] ?? "",
              endsOn: values["endsOn"] ?? "",
            };
            if ((await ask.run({ body })) === undefined) return false;
            setOpen(false);
            setSaid("申請しました。別の人が承認すると、見えるようになります。");
            return true;
          }}
        />
      ) : null}
    </>
  );
}

const ITEM_CODES = [
  "name",
  "kana",
  "birthDate",
  "sex",
  "address",
  "numberState",
  "links",
  "history",
  "related",
] as const;
