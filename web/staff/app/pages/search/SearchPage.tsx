/** 対象者の検索 */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ReactElement } from "react";

import { PageTitle } from "../../ui/Page.tsx";
import { OpenDialog } from "../case/OpenDialog.tsx";
import { takeCommandText } from "../command-text.ts";
import { ScanField } from "../person/ScanField.tsx";
import { isPaperCode } from "./keys.ts";
import { type Found, PersonSearch } from "./PersonSearch.tsx";

export function SearchPage(): ReactElement {
  const navigate = useNavigate();
  const [initial] = useState(takeCommandText);
  const code = isPaperCode(initial) ? initial : "";
  const [picked, setPicked] = useState<Found>();
  return (
    <>
      <PageTitle>対象者の検索</PageTitle>
      <PersonSearch initial={code === "" ? initial : ""} pick="開く" onPick={setPicked} />
      <ScanField initial={code} />
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
