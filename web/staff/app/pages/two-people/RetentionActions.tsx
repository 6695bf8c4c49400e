/** 記録の保存: the three things that one asks for – a term, a removal, a stop – and the end of a stop. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { GROUP_NAMES } from "./words.ts";

/** What is asked for, about which group. */
export type RetentionWish = {
  readonly what: "term" | "removal" | "hold" | "release";
  readonly group: keyof typeof GROUP_NAMES;
  readonly holdId?: number;
};

const TITLES = {
  term: "保存期間の申請",
  removal: "消去の申請",
  hold: "消去を止める",
  release: "停止の解除の申請",
} as const;

const SAID = {
  term: "申請しました。別の人が承認すると、決めた日から効きます。",
  removal: "申請しました。別の人が承認すると、サーバーが消し、署名した記録を残します。",
  hold: "止めました。解くまで、この記録は消えません。",
  release: "申請しました。別の人が承認すると、停止が解けます。",
} as const;

export function WishDialog({
  wish,
  onDone,
  onClose,
}: {
  readonly wish: RetentionWish;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { what, group } = wish;
  const [years, setYears] = useState("");
  const [from, setFrom] = useState("");
  const [reason, setReason] = useState("");
  const options = { onDone: () => onDone(SAID[what]) };
  const term = useCommand("proposeRetentionTerm", options);
  const removal = useCommand("proposeRecordRemoval", options);
  const hold = useCommand("placeRetentionHold", options);
  const release = useCommand("proposeHoldRelease", options);
  const command = { term, removal, hold, release }[what];
  const yearsGood = /^\d{0,3}$/.test(years);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (what === "term") void term.run({ body: { group, years: years === "" ? null : Number(years), from, reason } });
    else if (what === "removal") void removal.run({ body: { group, reason } });
    else if (what === "hold") void hold.run({ body: { group, reason, ...(from === "" ? {} : { from }) } });
    else void release.run({ path: { holdId: String(wish.holdId ?? 0) }, body: { reason } });
  };
  return (
    <Dialog title={`${TITLES[what]}（${GROUP_NAMES[group]}）`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        {what === "term" ? (
          <TextField
            label="年数"
            help="1から100まで。空にすると、消さずに残します"
            inputMode="numeric"
            error={yearsGood ? undefined : "年数は数字で入れてください。"}
            value={years}
            onChange={(event) => setYears(event.target.value)}
          />
        ) : null}
        {what === "term" || what === "hold" ? (
          <DateInput
            label={what === "term" ? "いつから" : "どの日からの記録を"}
            help={what === "term" ? "この日から、この期間で判定します" : "入れなければ、全部を止めます"}
            required={what === "term"}
            value={from}
            onChange={setFrom}
          />
        ) : null}
        {what === "removal" ? (
          <p className="mb-3">最後の判定で候補になった記録だけが消えます。承認の後に停止がかかれば、消えません。</p>
        ) : null}
        <TextArea
          label="理由"
          help="5文字以上"
          required
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <Actions>
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={reason.trim() === "" || (what === "term" && (from === "" || !yearsGood))}
          >
            {what === "hold" ? "止める" : "申請する"}
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
