/** 職員証とパスワードの登録, with the one-time code from 情報政策課. It makes no session: the log-in comes after it. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../api/call.ts";
import { Button } from "../ui/Button.tsx";
import { TextField } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { makeKey } from "./keys.ts";
import { useWork } from "./use-work.ts";

export function EnrolForm({
  onDone,
  onBack,
}: {
  readonly onDone: () => void;
  readonly onBack: () => void;
}): ReactElement {
  const [staffId, setStaffId] = useState("");
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const work = useWork();
  const differs = again !== "" && again !== password;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void work
      .run(async () => {
        const { options } = await callOperation("startEnrolment", { body: { staffId, code } });
        const attestation = await makeKey(options);
        return await callOperation("enrol", { body: { staffId, code, password, attestation } });
      })
      .then((done) => (done === undefined ? undefined : onDone()));
  };
  return (
    <form onSubmit={submit} noValidate>
      <ProblemNotice problem={work.problem} />
      <p className="mb-4">
        情報政策課から受け取った登録の符号で、職員証とパスワードを登録します。符号は24時間以内に1回だけ使えます。
      </p>
      <TextField
        label="職員番号"
        required
        width="medium"
        name="staffId"
        autoComplete="username"
        value={staffId}
        onChange={(event) => setStaffId(event.target.value)}
      />
      <TextField
        label="登録の符号"
        required
        width="medium"
        name="code"
        help="5文字ずつ5組。大文字・小文字、全角・半角は問いません。"
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      <TextField
        label="新しいパスワード"
        required
        width="medium"
        type="password"
        name="password"
        autoComplete="new-password"
        help="12文字以上。市や部署の名前、職員番号、よく使われる言葉は使えません。"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <TextField
        label="新しいパスワード（もう一度）"
        required
        width="medium"
        type="password"
        name="again"
        autoComplete="new-password"
        error={differs ? "上のパスワードと違います。" : undefined}
        value={again}
        onChange={(event) => setAgain(event.target.value)}
      />
      <div className="flex flex-wrap gap-3">
        <Button
          kind="primary"
          submit
          pending={work.pending}
          disabled={staffId === "" || code === "" || password === "" || again !== password}
        >
          職員証を登録する
        </Button>
        <Button kind="quiet" onClick={onBack}>
          ログインへ戻る
        </Button>
      </div>
    </form>
  );
}
