/** 仮受付の引継ぎ: with a reason; a clerk takes it over, who may decide chooses who goes on with it. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";

type Props = {
  readonly receptionNumber: string;
  readonly onClose: () => void;
  /** 職員番号 of who has it now */
  readonly onDone: (to: string) => void;
};

/** Who may go on with it, for those who choose. */
function Takers({
  receptionNumber,
  value,
  onChange,
}: {
  readonly receptionNumber: string;
  readonly value: string;
  readonly onChange: (to: string) => void;
}): ReactElement {
  const { data, error } = useRead("readDraftTakers", { path: { receptionNumber } });
  return (
    <SelectField
      label="引き継ぐ職員"
      required
      empty="選んでください"
      help={error === null ? "この区の受付の権限があり、いま働いている職員です。" : error.message}
      options={(data?.staff ?? []).map(({ staffId, name }) => ({ value: staffId, label: `${name}（${staffId}）` }))}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

export function TakeOverDialog({ receptionNumber, onClose, onDone }: Props): ReactElement {
  const { session } = useSession();
  const chooses = useMay("claim.approve");
  const mayTake = useMay("claim.receive");
  const [to, setTo] = useState(mayTake ? session.staffId : "");
  const command = useCommand("takeOverDraft", {
    onDone: () => {
      onDone(to);
      onClose();
    },
  });
  return (
    <ReasonDialog
      title={`受付番号 ${receptionNumber} の引継ぎ`}
      action={to === session.staffId ? "引き継ぐ" : "引き継がせる"}
      ready={to !== ""}
      intro="入力の途中の内容は、引き継いだ人だけのものになります。受付日は変わりません。もとの人のホームに、だれがなぜ引き継いだかが出ます。"
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) =>
        void command.run({
          path: { receptionNumber },
          body: { reason, ...(to === session.staffId ? {} : { to }) },
        })
      }
    >
      {chooses ? <Takers receptionNumber={receptionNumber} value={to} onChange={setTo} /> : null}
    </ReasonDialog>
  );
}

const NUMBER = /^\d{10}$/;

/** For the applicant at the counter whose clerk is not there: the number stands on the applicant's slip. */
export function TakeOverByNumber(): ReactElement | null {
  const { session } = useSession();
  const mayTake = useMay("claim.receive");
  const [number, setNumber] = useState("");
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState<string>();
  const [taken, setTaken] = useState<{ readonly number: string; readonly to: string }>();
  if (!mayTake) return null;
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (NUMBER.test(number.trim())) setAsking(number.trim());
  };
  return (
    <Section title="ほかの人の仮受付を引き継ぐ">
      {taken === undefined ? null : (
        <Notice kind="success" title={`受付番号 ${taken.number} を引き継ぎました`} live>
          {taken.to === session.staffId ? "上の一覧から開けます。" : `${taken.to} の「仮受付」の一覧に移りました。`}
        </Notice>
      )}
      <form className="flex flex-wrap items-end gap-3" aria-label="仮受付の引継ぎ" noValidate onSubmit={ask}>
        <TextField
          label="受付番号"
          inputMode="numeric"
          width="medium"
          help="10桁。担当者が休みのときなど、本人の控えにある番号で引き継ぎます。"
          value={number}
          error={tried && !NUMBER.test(number.trim()) ? "10桁の数字を入れてください。" : undefined}
          onChange={(event) => setNumber(event.target.value)}
        />
        <div className="mb-4">
          <Button submit>引き継ぐ</Button>
        </div>
      </form>
      {asking === undefined ? null : (
        <TakeOverDialog
          receptionNumber={asking}
          onClose={() => setAsking(undefined)}
          onDone={(to) => {
            setTaken({ number: asking, to });
            setNumber("");
            setTried(false);
          }}
        />
      )}
    </Section>
  );
}
