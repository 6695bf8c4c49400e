/** 金融機関ごとの状態: what stands where, and what to do when the network between the banks is down. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { CheckField, TextArea } from "../../ui/Field.tsx";
import { count, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import type { RunView } from "./RunPage.tsx";

type Bank = RunView["banks"][number];
type Form = { readonly view: RunView; readonly banks: readonly Bank[]; readonly onDone: (message: string) => void };

/** Which banks: those that are offered, by name. */
function Choose({
  banks,
  chosen,
  onChange,
}: {
  readonly banks: readonly Bank[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}): ReactElement {
  return (
    <fieldset className="mb-4">
      <legend className="mb-1 font-700">金融機関</legend>
      <div className="grid max-h-60 gap-1 overflow-y-auto" tabIndex={-1}>
        {banks.map(({ bank, bankName, lines }) => (
          <CheckField
            key={bank}
            label={`${bank} ${bankName}（${count(lines)}件）`}
            checked={chosen.includes(bank)}
            onChange={() =>
              onChange(chosen.includes(bank) ? chosen.filter((each) => each !== bank) : [...chosen, bank])
            }
          />
        ))}
      </div>
    </fieldset>
  );
}

function Declare({ view, banks, onDone }: Form): ReactElement {
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const draft = useDraft(`run/${String(view.run.runNo)}/outage`, "");
  const command = useCommand("declareRunOutage", {
    onDone: ({ message }) => {
      draft.drop();
      setOpen(false);
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ path: { runNo: String(view.run.runNo) }, body: { banks: [...chosen], reason: draft.value } });
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>入金の遅れを登録する</Button>
      {open ? (
        <Dialog title="入金の遅れ（銀行間網の障害）" onClose={() => setOpen(false)}>
          <form onSubmit={submit} noValidate>
            <ProblemNotice problem={command.problem} />
            <p className="mb-2">選んだ金融機関の明細を「入金不明」にします。お金は動かさず、送り直しもしません。</p>
            <Choose banks={banks} chosen={chosen} onChange={setChosen} />
            <TextArea
              label="障害の内容"
              required
              value={draft.value}
              onChange={(event) => draft.set(event.target.value)}
            />
            <Actions>
              <Button
                kind="primary"
                submit
                pending={command.pending}
                disabled={chosen.length === 0 || draft.value.trim() === ""}
              >
                登録する
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </>
  );
}

function End({ view, banks, onDone }: Form): ReactElement {
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const draft = useDraft(`run/${String(view.run.runNo)}/outage-end`, { creditedOn: "", evidence: "" });
  const { creditedOn, evidence } = draft.value;
  const command = useCommand("endRunOutage", {
    onDone: ({ message }) => {
      draft.drop();
      setOpen(false);
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = { banks: [...chosen], creditedOn, evidence };
    void command.run({ path: { runNo: String(view.run.runNo) }, body });
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>入金を確かめた</Button>
      {open ? (
        <Dialog title="遅れていた入金の確認" onClose={() => setOpen(false)}>
          <form onSubmit={submit} noValidate>
            <ProblemNotice problem={command.problem} />
            <Choose banks={banks} chosen={chosen} onChange={setChosen} />
            <DateInput
              label="入金された日"
              required
              value={creditedOn}
              onChange={(value) => draft.set({ ...draft.value, creditedOn: value })}
            />
            <TextArea
              label="だれが、何で確かめたか"
              required
              value={evidence}
              onChange={(event) => draft.set({ ...draft.value, evidence: event.target.value })}
            />
            <Actions>
              <Button
                kind="primary"
                submit
                pending={command.pending}
                disabled={chosen.length === 0 || creditedOn === "" || evidence.trim() === ""}
              >
                登録する
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </>
  );
}

export function RunBanks({ view }: { readonly view: RunView }): ReactElement | null {
  const [said, setSaid] = useState<string>();
  const may = [useMay("payment.create"), useMay("payment.release")].includes(true);
  const atBank = view.run.state === "handedOver" || view.run.state === "settled";
  const delayed = view.banks.filter(({ status }) => status === "delayed");
  const free = view.banks.filter(({ status }) => status === "sent" || status === "accepted");
  if (!atBank && delayed.length === 0 && view.run.state !== "closed") return null;
  return (
    <Section title="金融機関ごとの状態">
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      {view.outageNotice === null ? null : (
        <Notice kind="warning" title="入金が遅れている金融機関があります（住民への知らせの文）">
          {view.outageNotice.split("\n").map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Notice>
      )}
      <Table
        caption="金融機関と状態ごとの件数と金額"
        captionHidden
        rows={view.banks}
        rowKey={(row) => `${row.bank}/${row.status}`}
        columns={[
          {
            key: "bank",
            head: "金融機関",
            rowHead: true,
            cell: (row) => `${row.bank} ${row.bankName}`,
            sortBy: (row) => row.bank,
          },
          { key: "status", head: "状態", cell: (row) => row.label, sortBy: (row) => row.label },
          { key: "lines", head: "件数", numeric: true, cell: (row) => count(row.lines), sortBy: (row) => row.lines },
          { key: "amount", head: "金額", numeric: true, cell: (row) => yen(row.amount), sortBy: (row) => row.amount },
        ]}
      />
      {may && atBank ? (
        <div className="mt-3 flex flex-wrap gap-3">
          {free.length === 0 ? null : <Declare view={view} banks={free} onDone={setSaid} />}
          {delayed.length === 0 ? null : <End view={view} banks={delayed} onDone={setSaid} />}
        </div>
      ) : null}
    </Section>
  );
}
