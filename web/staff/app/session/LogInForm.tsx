/** ログイン: 職員番号 → 職員証 → パスワード. Both factors always; the server decides, this form only asks. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../api/call.ts";
import type { OperationAnswer } from "../api/call.ts";
import { Button } from "../ui/Button.tsx";
import { TextField } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { askDemoKey, askKey } from "./keys.ts";
import type { KeyAnswer } from "./keys.ts";
import type { Entrance } from "./session-context.ts";
import { useWork } from "./use-work.ts";

export type LoggedIn = OperationAnswer<"logIn">;

type Props = {
  readonly demoPeople: Entrance["demoPeople"];
  /** The identifier that is typed already: the person of the session that ended */
  readonly staffId?: string;
  readonly onLoggedIn: (made: LoggedIn) => void;
};

/** Answer of the key, and whose it is. */
type Proof = { readonly staffId: string; readonly answer: KeyAnswer };

function DemoPeople({
  people,
  onPick,
  pending,
}: {
  readonly people: Entrance["demoPeople"];
  readonly onPick: (staffId: string) => void;
  readonly pending: boolean;
}): ReactElement {
  return (
    <section aria-label="デモの職員" className="demo-ground mb-5 rounded-8 border-2 border-black p-4">
      <h2 className="mb-2 font-700">
        <span className="mr-2 bg-black px-2 py-0.5 text-white">デモ</span>だれとして入りますか
      </h2>
      <p className="mb-3 text-[0.9375rem]">
        選ぶと、職員証の代わりにソフトウェアの鍵が答え、パスワードが入ります。本番の設定では使えません。
      </p>
      <ul className="grid gap-2 sm:grid-cols-2">
        {people.map((person) => (
          <li key={person.staffId}>
            <button
              type="button"
              disabled={pending}
              onClick={() => onPick(person.staffId)}
              className="block w-full min-h-11 rounded-8 border border-solid-gray-600 bg-white px-3 py-2 text-left hover:bg-key-50"
            >
              <span className="block font-700">{person.name}</span>
              <span className="block text-[0.875rem] text-solid-gray-800">{person.what}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function LogInForm({ demoPeople, staffId: known = "", onLoggedIn }: Props): ReactElement {
  const [staffId, setStaffId] = useState(known);
  const [proof, setProof] = useState<Proof>();
  const [password, setPassword] = useState("");
  const [changing, setChanging] = useState(false);
  const [newPassword, setNewPassword] = useState("");
  const work = useWork();
  const demoPassword = demoPeople.find((person) => person.staffId === staffId)?.password;

  const proveKey = async (who: string, demo: boolean): Promise<void> => {
    const answer = await work.run(async () => {
      const request = await callOperation("startLogIn", { body: { staffId: who } });
      return demo ? await askDemoKey(who, request) : await askKey(request);
    });
    if (answer !== undefined) setProof({ staffId: who, answer });
  };
  const pick = (who: string): void => {
    setStaffId(who);
    setPassword(demoPeople.find((person) => person.staffId === who)?.password ?? "");
    void proveKey(who, true);
  };
  const finish = async (given: Proof): Promise<void> => {
    const made = await work.run(
      async () =>
        await callOperation("logIn", {
          body: { staffId: given.staffId, assertion: given.answer, password, ...(changing ? { newPassword } : {}) },
        }),
    );
    if (made === undefined) {
      // A challenge is good for one answer: whatever failed, the key is asked again.
      setProof(undefined);
      return;
    }
    onLoggedIn(made);
  };
  const expired = work.problem?.code === "passwordExpired";
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (expired) setChanging(true);
    if (proof === undefined) void proveKey(staffId, demoPassword !== undefined);
    else void finish(proof);
  };
  return (
    <>
      {demoPeople.length > 0 && proof === undefined ? (
        <DemoPeople people={demoPeople} onPick={pick} pending={work.pending} />
      ) : null}
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={work.problem} />
        <TextField
          label="職員番号"
          required
          width="medium"
          name="staffId"
          autoComplete="username"
          value={staffId}
          readOnly={proof !== undefined}
          onChange={(event) => setStaffId(event.target.value)}
        />
        {proof === undefined ? (
          <>
            <p className="mb-3 text-[0.9375rem]">
              職員番号を入れて「職員証を確かめる」を押し、職員証を読み取り機にかざして（または差し込んで）PINを入れてください。
            </p>
            <Button kind="primary" submit pending={work.pending} disabled={staffId.trim() === ""}>
              職員証を確かめる
            </Button>
          </>
        ) : (
          <>
            <p className="mb-3 font-700 text-success-2" role="status">
              ✓ 職員証を確かめました（{proof.staffId}）
            </p>
            <TextField
              label="パスワード"
              required
              width="medium"
              // oxlint-disable-next-line jsx-a11y/no-autofocus -- the person has just answered the key; typing goes on here
              autoFocus
              type={demoPassword === undefined ? "password" : "text"}
              name="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              {...(demoPassword === undefined ? {} : { help: "デモのため、パスワードを入れて表示しています。" })}
            />
            {changing ? (
              <TextField
                label="新しいパスワード"
                required
                width="medium"
                type="password"
                name="newPassword"
                autoComplete="new-password"
                help="12文字以上。よく使われる言葉や、前の10回と同じものは使えません。"
                value={newPassword}
                onChange={(event) => setNewPassword(event.target.value)}
              />
            ) : null}
            <div className="flex flex-wrap gap-3">
              <Button
                kind="primary"
                submit
                pending={work.pending}
                disabled={password === "" || (changing && newPassword === "")}
              >
                ログイン
              </Button>
              <Button kind="quiet" onClick={() => setProof(undefined)}>
                職員番号から入れ直す
              </Button>
            </div>
          </>
        )}
      </form>
    </>
  );
}
