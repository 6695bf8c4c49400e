/** The frame of every page: bar, menu, main part, foot. */
import { Outlet, useLocation } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useSession } from "../session/session-context.ts";
import { Menu } from "./Menu.tsx";
import { TopBar } from "./TopBar.tsx";

export function AppFrame(): ReactElement {
  const { entrance } = useSession();
  const { pathname } = useLocation();
  return (
    <>
      <a href="#main" className="absolute top-0 -left-[100vw] z-10 bg-white px-4 py-2 focus:left-2 focus:top-2">
        本文へ移動
      </a>
      <InstallationMark kind={entrance.installation} />
      <TopBar />
      <div className="lg:flex">
        <Menu />
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-4 pt-4 pb-12 lg:px-6">
          {/* A page of another address starts anew. */}
          <Outlet key={pathname} />
        </main>
      </div>
      <footer className="border-t border-solid-gray-200 px-4 py-3 text-[0.8125rem] text-solid-gray-700 lg:px-6">
        はぐくみ 児童手当システム　だれが・いつ・なぜ・だれの情報を見たかを、すべて記録しています。
      </footer>
    </>
  );
}

/** 【デモ】【訓練】: on every page, in words and colour. */
export function InstallationMark({ kind }: { readonly kind: "production" | "training" | "demo" }): ReactElement | null {
  if (kind === "production") return null;
  return (
    <p role="note" className="demo-ground border-b-2 border-black px-4 py-1 text-[0.875rem] text-black lg:px-6">
      <strong className="mr-2 bg-black px-2 py-0.5 text-white">{kind === "demo" ? "デモ" : "訓練"}</strong>
      {kind === "demo"
        ? "表示しているのはすべて架空のデータです。実在の人・口座ではありません。"
        : "訓練用の環境です。ここでの処理は本番に影響しません。"}
    </p>
  );
}
