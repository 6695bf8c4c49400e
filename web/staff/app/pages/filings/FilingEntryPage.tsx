/** 入力の続きと補正: what was typed is there again; a 仮受付 becomes a 受付, a filing gets a further version. */
import { useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle } from "../../ui/Page.tsx";
import { FilingEntry } from "../counter/FilingEntry.tsx";
import type { Head } from "../counter/Reception.tsx";
import type { JsonObject } from "../counter/schema.ts";
import { Editing } from "../person/Editing.tsx";
import { PersonContext } from "../person/person-context.ts";
import { PersonHead } from "../person/PersonHead.tsx";
import type { Filing } from "./Papers.tsx";
import { mayGoOn } from "./may-go-on.ts";

/** What stands beside the content, as the form takes it. */
function headOf(filing: Filing): Head {
  const { receivedOn, channel, wardCode, agent, identity, finalDueOn } = filing;
  return {
    receivedOn,
    channel,
    wardCode,
    ...(agent === null ? {} : { agent: agent as NonNullable<Head["agent"]> }),
    ...(identity === null ? {} : { identity: identity as NonNullable<Head["identity"]> }),
    ...(finalDueOn === null ? {} : { finalDueOn }),
  };
}

function Entry({ filing }: { readonly filing: Filing }): ReactElement {
  const procedures = useRead("listProcedures", {});
  const household = useRead("readPerson", { path: { addresseeNumber: String(filing.claimant) } });
  const procedure = procedures.data?.procedures.find(({ code }) => code === filing.procedure);
  if (household.data === undefined || procedure === undefined) {
    return household.isPending || procedures.isPending ? (
      <Loading />
    ) : (
      <ProblemNotice problem={household.error ?? procedures.error} />
    );
  }
  return (
    <FilingEntry
      // The version that was read is corrected: after another person's change the form begins anew.
      key={`${String(filing.filingId)}/${String(filing.revision)}`}
      procedure={procedure}
      household={household.data}
      stored={{
        filingId: filing.filingId,
        receptionNumber: filing.receptionNumber,
        revision: filing.revision,
        draft: filing.state === "draft",
        head: headOf(filing),
        content: filing.content as JsonObject,
      }}
    />
  );
}

export function FilingEntryPage(): ReactElement {
  const { filingId = "" } = useParams({ strict: false });
  const { session } = useSession();
  const found = useRead("readFiling", { path: { filingId } });
  const back = <GoTo to={`/filings/${filingId}`}>受付の1件へ戻る</GoTo>;
  if (found.data === undefined) {
    return (
      <>
        <PageTitle>受付（入力の続き・補正）</PageTitle>
        {found.isPending ? <Loading /> : <ProblemNotice problem={found.error} />}
        {back}
      </>
    );
  }
  const filing = found.data;
  return (
    <PersonContext value={filing.claimant}>
      <PageTitle>
        {filing.procedureName}
        <span className="ml-3 text-[1rem] font-400">
          受付番号 {filing.receptionNumber}・{filing.state === "draft" ? "入力の続き" : "補正"}
        </span>
      </PageTitle>
      <PersonHead addresseeNumber={filing.claimant} />
      <p className="mb-3">{back}</p>
      {mayGoOn(filing, session) ? (
        <>
          <Editing />
          <Entry filing={filing} />
        </>
      ) : (
        <Notice kind="info" title={`この受付は「${filing.stateName}」です`}>
          入力を続けたり補正したりできるのは、仮受付と、まだ決まっていない受付だけです。
        </Notice>
      )}
    </PersonContext>
  );
}
