/** 個人番号 of the person on the page: whether there is one, entering it, a second person's confirmation, showing it for a minute. */
import { useEffect, useState } from "react";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import type { OperationAnswer } from "../../api/call.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge, type BadgeKind } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { ChoiceField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Section } from "../../ui/Page.tsx";
import { ConfirmNumberDialog } from "./ConfirmNumberDialog.tsx";
import { EnterNumberDialog } from "./EnterNumberDialog.tsx";
import { ProposeConsolidation } from "./ProposeConsolidation.tsx";
import { useNumberCall } from "./use-number-call.ts";

type Status = OperationAnswer<"readNumberStatus">;

const LOOKS: Readonly<Record<Status["state"], BadgeKind>> = {
  none: "plain",
  waiting: "warning",
  unconfirmed: "warning",
  confirmed: "good",
};

/** Twelve marks, whatever the number is: no digit of it, not even the last ones, reaches the browser. */
const HIDDEN = "●●●●　●●●●　●●●●";

type Shown = { readonly digits: string; readonly until: number };

function RevealDialog({
  addresseeNumber,
  onShown,
  onClose,
}: {
  readonly addresseeNumber: string;
  readonly onShown: (shown: Shown) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [purpose, setPurpose] = useState<"identityCheck" | "disclosure">("identityCheck");
  const call = useNumberCall();
  const show = async (): Promise<void> => {
    const answer = await call.run("revealIndividualNumber", { path: { addresseeNumber }, body: { purpose } });
    if (answer !== undefined) onShown({ digits: answer.number, until: Date.now() + answer.seconds * 1000 });
  };
  return (
    <Dialog title="個人番号を表示する" onClose={onClose}>
      <ProblemNotice problem={call.problem} />
      <p className="mb-3">
        60秒だけ表示します。だれが、いつ、何のために表示したかが、金庫とアクセスログの両方に残ります。書き写さないでください。
      </p>
      <ChoiceField
        legend="表示する目的"
        name="reveal-purpose"
        value={purpose}
        onChange={(value) => setPurpose(value === "disclosure" ? "disclosure" : "identityCheck")}
        options={[
          { value: "identityCheck", label: "窓口での番号確認" },
          { value: "disclosure", label: "本人の開示請求" },
        ]}
      />
      <Actions>
        <Button kind="primary" pending={call.pending} onClick={() => void show()}>
          表示する
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </Dialog>
  );
}

/** Counts down and forgets. */
function Revealed({ shown, onHide }: { readonly shown: Shown; readonly onHide: () => void }): ReactElement {
  const [left, setLeft] = useState(() => Math.ceil((shown.until - Date.now()) / 1000));
  useEffect(() => {
    const timer = setInterval(() => {
      const seconds = Math.ceil((shown.until - Date.now()) / 1000);
      setLeft(Math.max(0, seconds));
      if (seconds <= 0) onHide();
    }, 250);
    return () => clearInterval(timer);
  }, [shown, onHide]);
  const groups = [shown.digits.slice(0, 4), shown.digits.slice(4, 8), shown.digits.slice(8)];
  return (
    <div className="my-3 flex flex-wrap items-center gap-4 rounded-8 border-2 border-error-2 px-4 py-3">
      <strong className="text-[1.5rem] tabular-nums select-none">{groups.join("　")}</strong>
      <span role="timer">あと{left}秒で隠します</span>
      <Button size="small" onClick={onHide}>
        いま隠す
      </Button>
    </div>
  );
}

function facts(status: Status): readonly { readonly name: string; readonly value: ReactElement | string }[] {
  if (status.state === "none") return [];
  return [
    { name: "番号確認の書類", value: status.numberPaperName ?? "－" },
    { name: "身元確認の書類", value: status.identityPaperName ?? "－" },
    { name: "確認した日", value: status.checkedOn === null ? "－" : <DateText date={status.checkedOn} /> },
    {
      name: "入力",
      value: (
        <>
          {status.enteredBy} {status.enteredAt === null ? null : <MomentText at={status.enteredAt} />}
        </>
      ),
    },
    {
      name: "紐付けの確認",
      value:
        status.confirmedBy === null || status.confirmedAt === null ? (
          "－"
        ) : (
          <>
            {status.confirmedBy} <MomentText at={status.confirmedAt} />
          </>
        ),
    },
  ];
}

const WORDS: Readonly<Record<Status["state"], string>> = {
  none: "個人番号は登録されていません。",
  waiting:
    "番号は金庫に送られ、団体内統合宛名番号の付番を待っています。数分たっても変わらないときは、情報政策課に知らせてください。",
  unconfirmed: "入力した人とは別の職員が、書類から番号を打ち直して確かめます。",
  confirmed: "二人の職員が確かめた番号です。",
};

function Panel({ addresseeNumber }: { readonly addresseeNumber: number }): ReactElement {
  const path = { addresseeNumber: String(addresseeNumber) };
  const may = { enter: useMay("number.enter"), confirm: useMay("number.confirm"), reveal: useMay("number.reveal") };
  const found = useRead("readNumberStatus", { path });
  const [asking, setAsking] = useState<"enter" | "change" | "confirm" | "reveal">();
  const [said, setSaid] = useState<string>();
  const [shown, setShown] = useState<Shown>();
  const status = found.data;
  const done = (words: string): void => {
    setAsking(undefined);
    setSaid(words);
  };
  const hide = (): void => setShown(undefined);
  const has = status?.state === "confirmed" || status?.state === "unconfirmed";
  const waits = may.confirm && status?.state === "unconfirmed";
  return (
    <Section title="個人番号">
      <ProblemNotice problem={found.error} />
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      {status === undefined ? null : (
        <>
          <p className="mb-2 flex flex-wrap items-center gap-3">
            <Badge kind={LOOKS[status.state]}>{status.stateName}</Badge>
            {has && shown === undefined ? (
              <>
                <span aria-hidden="true">{HIDDEN}</span>
                <span className="sr-only">番号は表示していません</span>
              </>
            ) : null}
            <span className="text-[0.875rem] text-solid-gray-700">{WORDS[status.state]}</span>
          </p>
          {shown === undefined ? null : <Revealed shown={shown} onHide={hide} />}
          {status.state === "none" ? null : <Facts facts={facts(status)} />}
          <p className="flex flex-wrap gap-3">
            {may.enter && status.state === "none" ? (
              <Button size="small" onClick={() => setAsking("enter")}>
                個人番号を入力する
              </Button>
            ) : null}
            {waits && !status.enteredByMe ? (
              <Button size="small" kind="primary" onClick={() => setAsking("confirm")}>
                紐付けを確認する
              </Button>
            ) : null}
            {may.enter && status.state === "confirmed" ? (
              <Button size="small" onClick={() => setAsking("change")}>
                番号の変更を入力する
              </Button>
            ) : null}
            {may.reveal && has && shown === undefined ? (
              <Button size="small" onClick={() => setAsking("reveal")}>
                60秒表示する
              </Button>
            ) : null}
            <ProposeConsolidation addresseeNumber={addresseeNumber} onDone={done} />
          </p>
          {waits && status.enteredByMe ? (
            <p className="mt-2 text-[0.875rem]">あなたが入力した番号です。別の職員の確認を待っています。</p>
          ) : null}
        </>
      )}
      {asking === "enter" || asking === "change" ? (
        <EnterNumberDialog
          addresseeNumber={path.addresseeNumber}
          changed={asking === "change"}
          onDone={done}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
      {asking === "confirm" && status?.entryId !== null && status !== undefined ? (
        <ConfirmNumberDialog
          addresseeNumber={path.addresseeNumber}
          entryId={status.entryId}
          onDone={done}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
      {asking === "reveal" ? (
        <RevealDialog
          addresseeNumber={path.addresseeNumber}
          onClose={() => setAsking(undefined)}
          onShown={(next) => {
            setAsking(undefined);
            setShown(next);
          }}
        />
      ) : null}
    </Section>
  );
}

/** Nothing for those who have no right to do with 個人番号: neither the number nor whether there is one. */
export function IndividualNumberPanel({ addresseeNumber }: { readonly addresseeNumber: number }): ReactElement | null {
  const rights = [useMay("number.enter"), useMay("number.confirm"), useMay("number.reveal")];
  return rights.includes(true) ? <Panel key={addresseeNumber} addresseeNumber={addresseeNumber} /> : null;
}
