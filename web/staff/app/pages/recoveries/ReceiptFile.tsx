/** 収納データの取込み: a file is taken in once and whole. */
import { useState } from "react";
import type { ChangeEvent, FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { fileContent } from "../../ui/file-content.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";

export function ReceiptFile(): ReactElement | null {
  const may = useMay("decision.exOfficio");
  const [file, setFile] = useState<File>();
  const command = useCommand("importRepayments", { onDone: () => setFile(undefined) });
  if (!may) return null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (file === undefined) return;
    void fileContent(file).then(async (content) => await command.run({ body: { name: file.name, content } }));
  };
  return (
    <Section title="収納データ">
      <p className="mb-2">
        会計・収納のシステムが出す CSV
        です。項目は設定「収納データの項目」のとおりに読み、納付者の氏名などは読みません。同じファイル・同じ収納の番号は、二度取り込めません。
      </p>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        {command.answer === undefined ? null : <Notice kind="success" title={command.answer.message} live />}
        <label className="mb-3 block">
          <span className="mb-1 block font-700">収納データのファイル</span>
          <input
            type="file"
            accept=".csv,.txt"
            className="block min-h-11 max-w-full"
            onChange={(event: ChangeEvent<HTMLInputElement>) => setFile(event.target.files?.[0])}
          />
        </label>
        <Button submit pending={command.pending} disabled={file === undefined}>
          収納データを取り込む
        </Button>
      </form>
    </Section>
  );
}
