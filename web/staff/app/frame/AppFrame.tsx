/** The frame of every page: bar, menu, main part, foot, and what may stand in front of them. */
import { Outlet, useLocation } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import type { ReactElement } from "react";

import { StepUpContext } from "../session/step-up-context.ts";
import { StepUpDialog } from "../session/StepUpDialog.tsx";
import { useSession } from "../session/session-context.ts";
import { useDateStyle } from "../ui/date-style.ts";
import { useShortcut } from "../ui/Shortcut.tsx";
import { CommandLine } from "./CommandLine.tsx";
import { HelpDialog } from "./HelpDialog.tsx";
import { LeavingFronts } from "./LeavingFronts.tsx";
import { InstallationMark } from "./InstallationMark.tsx";
import { Menu } from "./Menu.tsx";
import { OfflineBanner } from "./OfflineBanner.tsx";
import { TopBar } from "./TopBar.tsx";
import { useHardCopies } from "./use-hard-copies.ts";

type Front = "command" | "help" | undefined;

export function AppFrame(): ReactElement {
  const { entrance } = useSession();
  const { pathname } = useLocation();
  // Whatever shows days in sentences is written anew when the reader chooses another calendar.
  useDateStyle();
  const [front, setFront] = useState<Front>();
  const answer = useRef<(done: boolean) => void>(undefined);
  const [steppingUp, setSteppingUp] = useState(false);
  const askStepUp = useCallback(
    async () =>
      await new Promise<boolean>((resolve) => {
        answer.current = resolve;
        setSteppingUp(true);
      }),
    [],
  );
  const openCommand = useCallback(() => setFront("command"), []);
  const openHelp = useCallback(() => setFront("help"), []);
  useHardCopies();
  useShortcut("/", "番号・カナ・画面の名前で移る", openCommand);
  useShortcut("Ctrl+k", "番号・カナ・画面の名前で移る", openCommand);
  useShortcut("?", "この画面の説明とキー", openHelp);
  useShortcut("F1", "この画面の説明とキー", openHelp);
  return (
    <StepUpContext value={askStepUp}>
      <LeavingFronts>
        <div className="flex min-h-screen flex-col">
          <a href="#main" className="absolute top-0 -left-[100vw] z-10 bg-white px-4 py-2 focus:top-2 focus:left-2">
            本文へ移動
          </a>
          <InstallationMark kind={entrance.installation} />
          <TopBar onCommand={openCommand} onHelp={openHelp} />
          <OfflineBanner />
          <div className="flex-1 lg:flex">
            <Menu />
            <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-4 pt-4 pb-12 lg:px-6">
              {/* A page of another address starts anew: an open dialog, an address that is shown for a minute and an answer that is
                  still under way were about one person, and are gone when the same page shows the next one. */}
              <Outlet key={pathname} />
            </main>
          </div>
          <footer className="border-t border-solid-gray-200 px-4 py-3 text-[0.8125rem] text-solid-gray-700 lg:px-6">
            はぐくみ 児童手当システム　だれが・いつ・なぜ・だれの情報を見たかを、すべて記録しています。
          </footer>
        </div>
      </LeavingFronts>
      {front === "command" ? <CommandLine onClose={() => setFront(undefined)} /> : null}
      {front === "help" ? <HelpDialog onClose={() => setFront(undefined)} /> : null}
      {steppingUp ? (
        <StepUpDialog
          onEnd={(done) => {
            setSteppingUp(false);
            answer.current?.(done);
          }}
        />
      ) : null}
    </StepUpContext>
  );
}
