/** The addresses of the application, made of the list of pages. */
import { createRootRoute, createRoute, createRouter, useLocation } from "@tanstack/react-router";
import type { AnyRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { ComponentType, ReactElement } from "react";

import { AppFrame } from "./frame/AppFrame.tsx";
import { mayOpen } from "./frame/pages-here.ts";
import { allPages } from "./pages/all-pages.ts";
import type { PageDescriptor } from "./pages/page.ts";
import { useSession } from "./session/session-context.ts";
import { ProblemNotice } from "./ui/Notice.tsx";
import { GoTo, Loading, PageTitle } from "./ui/Page.tsx";

function NotFound(): ReactElement {
  const { pathname } = useLocation();
  return (
    <>
      <PageTitle>この画面はありません</PageTitle>
      <p className="mb-3">アドレス {pathname} に当たる画面がないか、あなたの権限では使えません。</p>
      <p>
        <GoTo to="/">わたしの仕事へ</GoTo>
      </p>
    </>
  );
}

/** A page that the person may not use is not there; the server refuses its operations all the same. */
function permitted(page: PageDescriptor): () => ReactElement {
  const { title, load } = page;
  // Not React's own lazy: what has shown a fallback is held back for 300 ms by it, which is half of the way to a case.
  let loaded: ComponentType | undefined;
  return function Permitted(): ReactElement {
    const { session, entrance } = useSession();
    const [Page, setPage] = useState(() => loaded);
    const [failed, setFailed] = useState<Error>();
    const wanted = Page === undefined && mayOpen(page, session.permissions);
    useEffect(() => {
      if (!wanted) return;
      const fetchPage = async (): Promise<void> => {
        try {
          loaded = await load();
          setPage(() => loaded);
        } catch (error) {
          setFailed(error instanceof Error ? error : new Error(String(error)));
        }
      };
      void fetchPage();
    }, [wanted]);
    if (failed !== undefined) throw failed;
    if (!mayOpen(page, session.permissions)) return <NotFound />;
    const mark = entrance.installation === "demo" ? "【デモ】" : entrance.installation === "training" ? "【訓練】" : "";
    return (
      <>
        <title>{`${mark}${title} - はぐくみ 児童手当`}</title>
        {Page === undefined ? <Loading /> : <Page />}
      </>
    );
  };
}

/** The router. Without type registration: addresses come from the descriptors. */
export function createAppRouter(): AnyRouter {
  const root = createRootRoute({ component: AppFrame, notFoundComponent: NotFound });
  const routes = allPages.map((page) =>
    createRoute({ getParentRoute: () => root, path: page.path, component: permitted(page) }),
  );
  return createRouter({
    routeTree: root.addChildren(routes),
    defaultErrorComponent: ({ error }) => <ProblemNotice problem={error} />,
    scrollRestoration: false,
  });
}
