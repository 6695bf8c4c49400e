/** 持出し: in front of the page, the password of a container for one minute, or pages to be printed. Nothing of either is kept. */
import { useLocation } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactElement, ReactNode } from "react";

import { pagesAddress } from "../api/download.ts";
import { LeavingContext } from "../api/leaving-context.ts";
import type { LeavingFront } from "../api/leaving-context.ts";
import { Button } from "../ui/Button.tsx";
import { Actions, Dialog } from "../ui/Dialog.tsx";
import { Notice } from "../ui/Notice.tsx";

const SECONDS = 60;

type Shown =
  | { readonly kind: "password"; readonly name: string; readonly password: string; readonly until: number }
  | { readonly kind: "pages"; readonly title: string; readonly pages: Blob; readonly once: boolean };

function PasswordDialog({
  shown: { name, password, until },
  onClose,
}: {
  readonly shown: Extract<Shown, { kind: "password" }>;
  readonly onClose: () => void;
}): ReactElement {
  const [left, setLeft] = useState(SECONDS);
  const [copied, setCopied] = useState<boolean>();
  useEffect(() => {
    const timer = setInterval(() => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      setLeft(Math.max(0, seconds));
      if (seconds <= 0) onClose();
    }, 250);
    return () => clearInterval(timer);
  }, [until, onClose]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(password);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <Dialog title="暗号化したファイルを保存しました" onClose={onClose}>
      <p className="mb-3">
        <span className="font-mono">{name}</span> を、AES-256 で暗号化した ZIP
        として保存しました。開くパスワードは次のとおりです。
      </p>
      {/* Not a field: what stands in fields, browsers keep. */}
      <div
        role="textbox"
        aria-readonly="true"
        aria-label="このファイルのパスワード"
        tabIndex={0}
        className="my-3 rounded-8 border-2 border-key-900 px-4 py-3 text-center font-mono text-[1.25rem] break-all select-all"
      >
        {password}
      </div>
      <p className="mb-2">
        ハイフンもパスワードの一部です。どこにも残していないので、閉じると二度と見られません。分からなくなったら、もう一度取り出してください（別のパスワードになります。データの抽出は一度だけなので、新しい承認願が要ります）。渡す相手には、ファイルとは別の方法で知らせてください。
      </p>
      {copied === undefined ? null : copied ? (
        <Notice kind="success" title="パスワードを写しました。" live />
      ) : (
        <Notice kind="warning" title="写せませんでした。上のパスワードを選んで写してください。" live />
      )}
      <p role="timer">あと{left}秒で隠します</p>
      <Actions>
        <Button kind="primary" onClick={() => void copy()}>
          パスワードを写す
        </Button>
        <Button onClick={onClose}>いま隠す</Button>
      </Actions>
    </Dialog>
  );
}

function PagesDialog({
  shown: { title, pages, once },
  onClose,
}: {
  readonly shown: Extract<Shown, { kind: "pages" }>;
  readonly onClose: () => void;
}): ReactElement {
  const frame = useRef<HTMLIFrameElement>(null);
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = pagesAddress(pages);
    setAddress(made.address);
    // With the dialog the address is gone: nothing of the pages can be read in this browser any more.
    return made.end;
  }, [pages]);
  return (
    <Dialog title={title} wide {...(once ? {} : { onClose })}>
      <p className="mb-3">
        {once
          ? "この紙は、もう一度は作れません。印刷できたことを確かめてから閉じてください。端末には保存していません。"
          : "印刷するために、この画面だけで見せています。端末には保存していません。閉じると消えます。"}
      </p>
      <Actions>
        <Button kind="primary" onClick={() => frame.current?.contentWindow?.print()}>
          印刷する
        </Button>
        <Button onClick={onClose}>閉じる</Button>
      </Actions>
      {address === undefined ? null : (
        // oxlint-disable-next-line react/iframe-missing-sandbox -- the browser shows no PDF in a sandbox; what stands here is our own answer
        <iframe
          ref={frame}
          title={`${title}の頁`}
          // Without the viewer's own bar, whose other button saves the file.
          src={`${address}#toolbar=0&navpanes=0&view=FitH`}
          className="mt-3 h-[70vh] w-full border border-solid-gray-420"
        />
      )}
    </Dialog>
  );
}

/** Around the frame of every page. */
export function LeavingFronts({ children }: { readonly children: ReactNode }): ReactElement {
  const { pathname } = useLocation();
  const [shown, setShown] = useState<Shown & { readonly at: string }>();
  const close = useCallback(() => setShown(undefined), []);
  const front = useMemo<LeavingFront>(
    () => ({
      showPassword: (name, password) =>
        setShown({ kind: "password", name, password, until: Date.now() + SECONDS * 1000, at: location.pathname }),
      showPages: (title, pages, once = false) => setShown({ kind: "pages", title, pages, once, at: location.pathname }),
    }),
    [],
  );
  // On another page it is not there: whoever goes back by the browser's own button has left it.
  const current = shown?.at === pathname ? shown : undefined;
  return (
    <LeavingContext value={front}>
      {children}
      {current?.kind === "password" ? <PasswordDialog shown={current} onClose={close} /> : null}
      {current?.kind === "pages" ? <PagesDialog shown={current} onClose={close} /> : null}
    </LeavingContext>
  );
}
