/** データの抽出: applications with their five parts, another person's decision, and the one file that each gives. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { count } from "../../ui/format.ts";
import { Facts, Section } from "../../ui/Page.tsx";
import { ToDecide, WishPage, WishTable } from "./DataUseParts.tsx";
import { ApplyDialog, DecideDialog, type Extraction, TakeDialog } from "./ExtractionDialogs.tsx";

type Data = OperationAnswer<"readExtractions">;
type Open = { readonly what: "apply" } | { readonly what: "decide" | "take"; readonly wish: Extraction };

function State({ wish }: { readonly wish: Extraction }): ReactElement {
  if (wish.granted === null) return <Badge kind="warning">決定待ち</Badge>;
  if (!wish.granted) return <Badge>不承認</Badge>;
  if (wish.used !== null) return <Badge>使用済</Badge>;
  return wish.open ? <Badge kind="good">✓ 一度使える</Badge> : <Badge>期間の外</Badge>;
}

function Do({ wish, onOpen }: { readonly wish: Extraction; readonly onOpen: (open: Open) => void }): ReactElement {
  const { session } = useSession();
  const no = String(wish.extractionId);
  if (wish.granted === null)
    return <ToDecide number={wish.extractionId} wish={wish} onDecide={() => onOpen({ what: "decide", wish })} />;
  if (!wish.granted) return <div className="min-w-36 whitespace-normal">{wish.refusal}</div>;
  if (wish.used !== null) {
    const { number, by, rows } = wish.used;
    return (
      <div className="min-w-36 whitespace-normal">
        持出し {number}
        <span className="block text-[0.875rem] text-solid-gray-700">
          {count(rows)}行・{by}
        </span>
      </div>
    );
  }
  if (!wish.open) return <>使われなかった</>;
  if (!wish.here) return <>コマンドで使います</>;
  if (!session.permissions.includes("export.create")) return <>まだ使っていない</>;
  return (
    <span className="whitespace-nowrap">
      <Button size="small" onClick={() => onOpen({ what: "take", wish })} aria-label={`承認願 ${no} で取り出す`}>
        取り出す
      </Button>
    </span>
  );
}

function Whole({ data, onSaid }: { readonly data: Data; readonly onSaid: (said: string) => void }): ReactElement {
  const { session } = useSession();
  const [open, setOpen] = useState<Open>();
  const end = { onClose: () => setOpen(undefined), onDone: (said: string) => (setOpen(undefined), onSaid(said)) };
  const { routes, extractions } = data;
  const number = (of: (each: Extraction) => boolean): string => `${count(extractions.filter(of).length)}件`;
  return (
    <>
      <Facts
        facts={[
          { name: "決定を待つ承認願", value: number(({ granted }) => granted === null) },
          { name: "一度使える承認", value: number((each) => each.open) },
          { name: "取り出したもの", value: number(({ used }) => used !== null) },
        ]}
      />
      <Section title="データ使用承認願（抽出）">
        {session.permissions.includes("export.create") ? (
          <p className="mb-3">
            <Button kind="primary" onClick={() => setOpen({ what: "apply" })}>
              承認願を受け付ける
            </Button>
          </p>
        ) : null}
        <WishTable
          caption="データ使用承認願（抽出）"
          rows={extractions}
          numberOf={({ extractionId }) => extractionId}
          stateOf={(wish) => <State wish={wish} />}
          what={[
            {
              key: "what",
              head: "使用データ・抽出",
              cell: ({ data: asked, routeName, rowCap }) => (
                <div className="min-w-44 whitespace-normal">
                  {asked}（{count(rowCap)}行まで）
                  <span className="block text-[0.875rem] text-solid-gray-700">{routeName}</span>
                </div>
              ),
            },
          ]}
          doing={{ head: "処理・使用", cell: (wish) => <Do wish={wish} onOpen={setOpen} /> }}
        />
      </Section>
      {open?.what === "apply" ? <ApplyDialog routes={routes} {...end} /> : null}
      {open?.what === "decide" ? <DecideDialog wish={open.wish} {...end} /> : null}
      {open?.what === "take" ? <TakeDialog wish={open.wish} {...end} /> : null}
    </>
  );
}

export function ExtractionsPage(): ReactElement {
  const { data, error } = useRead("readExtractions", {});
  return (
    <WishPage
      title="データの抽出"
      data={data}
      error={error}
      content={(read, onSaid) => <Whole data={read} onSaid={onSaid} />}
    />
  );
}
