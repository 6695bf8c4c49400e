/** 帳票のコード: a scanner types the code of a paper that came back, and Enter; the case opens without a search. */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../../api/call.ts";
import { useWork } from "../../session/use-work.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { type Opened, OpenDialog } from "../case/OpenDialog.tsx";
import { isReportCode } from "../search/keys.ts";

type Props = {
  /** Read elsewhere (the command line): opened at once */
  readonly initial?: string;
};

export function ScanField({ initial = "" }: Props): ReactElement {
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState(initial);
  const [asking, setAsking] = useState("");
  const { run, pending, problem } = useWork();
  const show = ({ recipientIds, addresseeNumber }: Opened): void => {
    const [first] = recipientIds;
    void navigate({ to: first === undefined ? `/persons/${String(addresseeNumber)}` : `/cases/${String(first)}` });
  };
  const read = async (text: string): Promise<void> => {
    if (text.trim() === "" || pending) return;
    // A 現況届 says itself why; of any other letter the person says what is to be done.
    if (!isReportCode(text)) {
      setAsking(text);
      return;
    }
    const target = { kind: "scanned", code: text } as const;
    const opened = await run(
      async () =>
        await callOperation("openCase", {
          body: { target, purpose: "annualReview", explanation: "", origin: "search" },
        }),
    );
    if (opened !== undefined) {
      show(opened);
      return;
    }
    // What was misread is read again: the next reading replaces it.
    field.current?.select();
  };
  useEffect(() => {
    if (initial !== "") void read(initial);
    // oxlint-disable-next-line react/exhaustive-deps -- once, for what was typed into the command line
  }, []);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void read(code);
  };
  return (
    <>
      <form onSubmit={send} className="flex flex-wrap items-end gap-x-3" aria-label="帳票のコードで開く">
        <div className="min-w-0 grow sm:max-w-xl">
          <TextField
            ref={field}
            label="帳票のコード"
            help="現況届のバーコードや、通知書の右上のコードを読み取ると、その人が開きます。"
            autoComplete="off"
            maxLength={80}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </div>
        <div className="mb-4">
          <Button submit pending={pending}>
            開く
          </Button>
        </div>
      </form>
      <ProblemNotice problem={problem} />
      {asking === "" ? null : (
        <OpenDialog
          target={{ kind: "scanned", code: asking }}
          origin="search"
          who="このコードの通知書の宛先"
          onOpened={show}
          onClose={() => {
            setAsking("");
            field.current?.select();
          }}
        />
      )}
    </>
  );
}
