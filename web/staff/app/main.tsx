/** The application of staff in the browser. */
import "./styles.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { createAppRouter } from "./router.tsx";
import { SessionGate } from "./session/SessionGate.tsx";
import { SIGN_ON_PATH } from "./session/sign-on.ts";
import { SignOnWindow } from "./session/SignOnWindow.tsx";
import { ShortcutProvider } from "./ui/Shortcut.tsx";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Each look is recorded, and counts as activity: nothing is fetched that nobody asked for.
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      refetchInterval: false,
      retry: false,
      // A page that is opened again asks again: what is decided on must be what is there now.
      staleTime: 0,
      gcTime: 60_000,
      networkMode: "always",
    },
  },
});
const router = createAppRouter();

const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no #app");
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <ShortcutProvider>
        {window.location.pathname === SIGN_ON_PATH ? (
          <SignOnWindow />
        ) : (
          <SessionGate>
            <RouterProvider router={router} />
          </SessionGate>
        )}
      </ShortcutProvider>
    </QueryClientProvider>
  </StrictMode>,
);
