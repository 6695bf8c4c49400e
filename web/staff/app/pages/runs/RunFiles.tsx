/** ファイル of a run. Taking one needs the right, a re-authentication, and leaves a row in the access log. */
import type { ReactElement } from "react";

import { useDownload } from "../../api/download.ts";
import { useCommand } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import type { RunView } from "./RunPage.tsx";

export function RunFiles({ view }: { readonly view: RunView }): ReactElement {
  const runNo = String(view.run.runNo);
  const transfer = useDownload("takeTransferFile");
  const slip = useDownload("takeTransferSlip");
  const list = useDownload("takePayeeList");
  const make = useCommand("makePayeeList");
  const may = { transfer: useMay("payment.release"), payeeList: useMay("payment.create") };
  const take = (file: RunView["files"][number]): void => {
    if (file.kind === "transfer") void transfer.take({ path: { runNo } }, file.name);
    else void list.take({ path: { runNo, name: file.name } }, file.name);
  };
  return (
    <Section title="ファイル">
      <ProblemNotice problem={transfer.problem ?? slip.problem ?? list.problem ?? make.problem} />
      {view.files.length === 0 ? <p className="mb-3">ファイルはまだありません。</p> : null}
      <ul className="mb-3">
        {view.files.map((file) => (
          <li key={file.name} className="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1">
            <span>
              {file.what} <span className="font-mono text-[0.9375rem]">{file.name}</span>
            </span>
            {may[file.kind] ? (
              <Button size="small" pending={transfer.pending || list.pending} onClick={() => take(file)}>
                取り出す
              </Button>
            ) : null}
            {file.kind === "transfer" && may.transfer ? (
              <Button
                size="small"
                pending={slip.pending}
                onClick={() => void slip.take({ path: { runNo } }, `${file.name}.slip.json`)}
              >
                送付票を取り出す
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {may.payeeList ? (
        <Button pending={make.pending} onClick={() => void make.run({ path: { runNo } })}>
          支払対象者一覧を作る
        </Button>
      ) : null}
      {view.fileSha256 === null ? null : (
        <p className="mt-3 text-[0.875rem] text-solid-gray-700">
          振込ファイルの SHA-256 <span className="font-mono">{view.fileSha256}</span>
        </p>
      )}
      {may.transfer ? (
        <p className="mt-2 text-[0.875rem] text-solid-gray-700">
          送付票には、ファイルのハッシュ・件数・合計と、この設置の署名があります。会計課は「hagukumi payment
          check」で、1バイトも変わっていないことを確かめてから受け取ります。
        </p>
      ) : null}
      <p className="mt-2 text-[0.875rem] text-solid-gray-700">
        支払処理の承認の後に取り出せます。暗号化した ZIP
        になり、開くパスワードは一度だけ見えます。取り出すと、だれが・いつ・どのファイルを取り出したかを記録します。取り出す前に、職員証とパスワードを確かめます。
      </p>
    </Section>
  );
}
