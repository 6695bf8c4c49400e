/** 対象者の検索 */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ReactElement } from "react";

import { PageTitle } from "../../ui/Page.tsx";
import { OpenDialog } from "../case/OpenDialog.tsx";
import { takeCommandText } from "../command-text.ts";
import { type Found, PersonSearch } from "./PersonSearch.tsx";

export function SearchPage(): ReactElement {
  const navigate = useNavigate();
  const [initial] = useState(takeCommandText);
  const [picked, setPicked] = useState<Found>();
  return (
    <>
      <PageTitle>対象者の検索</PageTitle>
      <PersonSearch initial={initial} pick="開く" onPick={setPicked} />
      {picked === undefined ? null : (
        <OpenDialog
          target={{ kind: "addressee", number: String(picked.addresseeNumber) }}
          origin="search"
          who={picked.name}
          onClose={() => setPicked(undefined)}
          onOpened={({ recipientIds, addresseeNumber }) => {
            const [first] = recipientIds;
            void navigate({
              to: first === undefined ? `/persons/${String(addresseeNumber)}` : `/cases/${String(first)}`,
            });
          }}
        />
      )}
    </>
  );
}
