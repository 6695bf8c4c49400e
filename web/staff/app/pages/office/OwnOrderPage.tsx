/** 作業指示: a contractor begins to work under an order of the city and ends with the result. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle } from "../../ui/Page.tsx";
import { FormDialog } from "./FormDialog.tsx";

export function OwnOrderPage(): ReactElement {
  const { data, error } = useRead("readOwnOrder", {});
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState<string>();
  const begin = useCommand("beginOrder", {});
  const end = useCommand("endOrder", {});
  const working = data?.orderNumber ?? null;
  return (
    <>
      <PageTitle>作業指示</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined && error === null ? <Loading /> : null}
      {data === undefined ? null : (
        <>
          <Facts
            facts={[
              { name: "委託に結び付いた利用者", value: data.tied ? "はい" : "いいえ" },
              { name: "いまの作業指示", value: working ?? "なし" },
            ]}
          />
          {data.tied ? (
            <Button kind="primary" onClick={() => setOpen(true)}>
              {working === null ? "作業を始める" : "作業を終える"}
            </Button>
          ) : (
            <p>あなたは委託の利用者ではないので、作業指示は要りません。</p>
          )}
        </>
      )}
      {open && working === null ? (
        <FormDialog
          name="order/begin"
          title="作業を始める"
          action="始める"
          fields={[{ name: "orderNumber", label: "作業指示の番号", help: "W-2026-0001 のように書きます。" }]}
          pending={begin.pending}
          problem={begin.problem}
          onClose={() => setOpen(false)}
          onSend={async ({ orderNumber = "" }) => {
            const done = await begin.run({ body: { orderNumber: orderNumber.trim() } });
            if (done !== undefined) {
              setOpen(false);
              setSaid("作業を始めました。終わるまでの処理に、この番号が残ります。");
            }
            return done !== undefined;
          }}
        />
      ) : null}
      {open && working !== null ? (
        <FormDialog
          name="order/end"
          title={`作業を終える（${working}）`}
          action="終える"
          fields={[{ name: "result", label: "作業の結果", kind: "area" }]}
          pending={end.pending}
          problem={end.problem}
          onClose={() => setOpen(false)}
          onSend={async ({ result = "" }) => {
            const done = await end.run({ body: { result } });
            if (done !== undefined) {
              setOpen(false);
              setSaid("作業を終え、結果を残しました。");
            }
            return done !== undefined;
          }}
        />
      ) : null}
    </>
  );
}
