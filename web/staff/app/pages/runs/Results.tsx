/** 銀行の結果: the file that the bank sent back, in the common layout or in one of its own. */
import { useState } from "react";
import type { ChangeEvent, FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { Button } from "../../ui/Button.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { fileContent } from "../../ui/file-content.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import type { RunView } from "./RunPage.tsx";

/** Digits of a figure typed by hand, with or without commas; undefined where it is none. */
const digits = (text: string): number | undefined =>
  /^\d{1,3}(?:,?\d{3})*$/.test(text.trim()) ? Number(text.replaceAll(",", "")) : undefined;

export function Results({
  view,
  onDone,
}: {
  readonly view: RunView;
  readonly onDone: (message: string) => void;
}): ReactElement {
  const [file, setFile] = useState<File>();
  const [layout, setLayout] = useState("");
  const [stated, setStated] = useState({ count: "", amount: "" });
  const command = useCommand("importPaymentResults", { onDone: ({ message }) => onDone(message) });
  const [acceptedCount, acceptedAmount] = [digits(stated.count), digits(stated.amount)];
  const ready = layout === "" || (acceptedCount !== undefined && acceptedAmount !== undefined);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (file === undefined) return;
    const own =
      layout === "" || acceptedCount === undefined || acceptedAmount === undefined
        ? {}
        : { own: { layout, acceptedCount, acceptedAmount } };
    void fileContent(file).then(
      async (content) => await command.run({ path: { runNo: String(view.run.runNo) }, body: { content, ...own } }),
    );
  };
  return (
    <form onSubmit={submit} noValidate>
      <ProblemNotice problem={command.problem} />
      {view.resultLayouts.length === 0 ? null : (
        <SelectField
          label="ファイルの様式"
          width="medium"
          value={layout}
          onChange={(event) => setLayout(event.target.value)}
          options={[
            { value: "", label: "共通の CSV（合計行のあるもの）" },
            ...view.resultLayouts.map((name) => ({ value: name, label: name })),
          ]}
        />
      )}
      {layout === "" ? null : (
        <>
          <TextField
            label="銀行の書面の受付件数"
            required
            inputMode="numeric"
            width="medium"
            value={stated.count}
            onChange={(event) => setStated({ ...stated, count: event.target.value })}
          />
          <TextField
            label="銀行の書面の受付金額（円）"
            required
            inputMode="numeric"
            width="medium"
            value={stated.amount}
            onChange={(event) => setStated({ ...stated, amount: event.target.value })}
          />
        </>
      )}
      <label className="mb-3 block">
        <span className="mb-1 block font-700">銀行の結果ファイル</span>
        <input
          type="file"
          className="block min-h-11 max-w-full"
          onChange={(event: ChangeEvent<HTMLInputElement>) => setFile(event.target.files?.[0])}
        />
      </label>
      <Button kind="primary" submit pending={command.pending} disabled={file === undefined || !ready}>
        結果を取り込む
      </Button>
    </form>
  );
}
