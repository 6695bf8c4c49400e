/** The steps that are open now to this person: examine, depart from the proposal, approve, send back, withdraw, correct. */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { ChoiceField, SelectField } from "../../ui/Field.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useShortcut } from "../../ui/Shortcut.tsx";
import { FilingProblem } from "./FilingProblem.tsx";
import type { Filing } from "./Papers.tsx";
import { mayGoOn } from "./may-go-on.ts";
import { ReasonDialog } from "./ReasonDialog.tsx";

type Asking = "override" | "back" | "withdraw" | "correct";
type Outcome = "grant" | "refuse" | "acknowledge";

/** 請求: what is answered with 認定・却下 and never with 受理. */
const CLAIMS: readonly string[] = [
  "certificationIndividual",
  "certificationInstitution",
  "increase",
  "institutionIncrease",
];

/** 減額・消滅の届出: what a person may set otherwise is the day of the end, not that of a claim's cause. */
const REPORTS: readonly string[] = ["decrease", "institutionDecrease", "extinction", "institutionExtinction"];

function OverrideDialog({ filing, onClose }: { readonly filing: Filing; readonly onClose: () => void }): ReactElement {
  const [outcome, setOutcome] = useState<string>("");
  const [reasonCode, setReasonCode] = useState("");
  const reasons = useRead("listOverrideReasons", {});
  // 先の決定の取消し is the cause of 取消・再決定 alone, which has its own dialog.
  const codes = ((outcome === "refuse" ? reasons.data?.refusalCause : reasons.data?.overrideReason) ?? []).filter(
    ({ identifier }) => identifier !== "cancelledOnly",
  );
  const [causeOn, setCauseOn] = useState("");
  const [obstacle, setObstacle] = useState("");
  const [endOn, setEndOn] = useState("");
  const report = REPORTS.includes(filing.procedure);
  const override = useCommand("overrideProposal", { onDone: onClose });
  const adjust = {
    ...(causeOn === "" ? {} : { causeOn }),
    ...(obstacle === "" ? {} : { obstacleEndedOn: obstacle }),
    ...(endOn === "" ? {} : { endOn }),
  };
  const changed = outcome !== "" || Object.keys(adjust).length > 0;
  return (
    <ReasonDialog
      title="案の変更"
      action="案を変える"
      kind="danger"
      intro="案と違う答えにするときは、理由が要ります。決裁者には、もとの案と変えた理由の両方が見えます。"
      ready={changed && codes.some(({ identifier }) => identifier === reasonCode)}
      missing={
        changed
          ? `${outcome === "refuse" ? "却下事由" : "案を変える理由"}を選んでください。`
          : "答えか日付を変えてください。"
      }
      pending={override.pending}
      problem={override.problem}
      onClose={onClose}
      onSend={(reason) =>
        void override.run({
          path: { filingId: String(filing.filingId) },
          body: {
            outcome: outcome === "" ? null : (outcome as Outcome),
            reasonCode,
            reason,
            adjust,
            expectedRevision: filing.revision,
          },
        })
      }
    >
      <ChoiceField
        legend="答え"
        name="outcome"
        value={outcome}
        onChange={(value) => {
          setOutcome(value);
          setReasonCode("");
        }}
        options={[
          { value: "", label: "答えは変えない（日付だけ）" },
          { value: "grant", label: "認める" },
          { value: "refuse", label: "却下する" },
          // A claim is granted or refused; what is only reported is accepted.
          ...(CLAIMS.includes(filing.procedure) ? [] : [{ value: "acknowledge", label: "受理する" }]),
        ]}
      />
      {report ? (
        <DateInput
          label="終わり（減額）の事由の日を改める"
          help="この日の月分までになります（減額は翌月分から）。住民票による死亡・転出の日は変わりません。"
          value={endOn}
          onChange={setEndOn}
        />
      ) : (
        <>
          <DateInput label="事由の発生日を改める" value={causeOn} onChange={setCauseOn} />
          <DateInput label="やむを得ない理由がやんだ日" value={obstacle} onChange={setObstacle} />
        </>
      )}
      <SelectField
        label={outcome === "refuse" ? "却下事由" : "案を変える理由"}
        required
        empty="選んでください"
        options={codes.map(({ identifier, label }) => ({ value: identifier, label }))}
        value={reasonCode}
        onChange={(event) => setReasonCode(event.target.value)}
      />
    </ReasonDialog>
  );
}

type Correction = "again" | "only";

/** 取消・再決定: what will be taken back is shown on the new filing's page, before another person decides on it. */
function CorrectDialog({ filing, onClose }: { readonly filing: Filing; readonly onClose: () => void }): ReactElement {
  const [kind, setKind] = useState<Correction>("again");
  const navigate = useNavigate();
  const correct = useCommand("correctFiling", {
    onDone: ({ filingId }) => {
      onClose();
      void navigate({ to: `/filings/${String(filingId)}` });
    },
  });
  return (
    <ReasonDialog
      title="取消しと再決定"
      action="準備する"
      kind="danger"
      intro={
        <>
          <p>
            新しい受付を作って審査します。取消しで元に戻るもの（月額・台帳の記載・口座など）と、新しく決まることは、その審査の画面で確かめられます。別の人が決裁したときに、もとの決定が取り消されます。
          </p>
          <p className="mt-2">
            もとの決定も新しい決定も記録に残り、どちらも通知します。すでに作った支払の明細は変わらず、差額は元帳で精算します。
          </p>
        </>
      }
      pending={correct.pending}
      problem={correct.problem}
      onClose={onClose}
      onSend={(reason) =>
        void correct.run({
          path: { filingId: String(filing.filingId) },
          body: { reason, withoutNew: kind === "only", expectedRevision: filing.revision },
        })
      }
    >
      <ChoiceField
        legend="もとの決定の代わりに"
        name="correction"
        value={kind}
        onChange={(value) => setKind(value === "only" ? "only" : "again")}
        options={[
          { value: "again", label: "決め直す（同じ内容で審査し、そのあと補正できる）" },
          { value: "only", label: "何も置かない（取り消すだけ。請求のときは却下になる）" },
        ]}
      />
    </ReasonDialog>
  );
}

export function FilingActions({ filing }: { readonly filing: Filing }): ReactElement {
  const { session } = useSession();
  const mayExamine = useMay("claim.examine");
  const mayOverride = useMay("claim.override");
  const mayApprove = useMay("claim.approve");
  const mayReceive = useMay("claim.receive");
  const mayCorrect = useMay("decision.exOfficio");
  const [asking, setAsking] = useState<Asking>();
  const path = { filingId: String(filing.filingId) };
  const expectedRevision = filing.revision;
  const examine = useCommand("examineFiling");
  const approve = useCommand("approveFiling");
  const back = useCommand("sendBackFiling", { onDone: () => setAsking(undefined) });
  const withdraw = useCommand("withdrawFiling", { onDone: () => setAsking(undefined) });
  const navigate = useNavigate();
  const open = ["submitted", "returned", "held", "examined"].includes(filing.state);
  const draft = filing.state === "draft";
  const goOn = (): void => void navigate({ to: `/filings/${String(filing.filingId)}/form` });
  const examined = filing.state === "examined" && filing.examination !== null;
  const own = filing.notBy.includes(session.staffId);
  const openAlerts = filing.alerts.filter(({ acknowledged }) => acknowledged === null).length;
  const canApprove = examined && mayApprove && !own && filing.upToDate && filing.stops.length === 0 && openAlerts === 0;
  const doExamine = (): void => void examine.run({ path, body: { expectedRevision } });
  const doApprove = (): void => {
    if (filing.examination !== null)
      void approve.run({ path, body: { digest: filing.examination.digest, expectedRevision } });
  };
  useShortcut("Alt+E", "審査する", doExamine, { enabled: open && mayExamine });
  useShortcut("Alt+A", "決裁する", doApprove, { enabled: canApprove });
  useShortcut("Alt+I", "入力の続き・補正", goOn, { enabled: mayGoOn(filing, session) });
  return (
    <>
      <FilingProblem problem={examine.problem ?? approve.problem} />
      {approve.answer === undefined ? null : (
        <Notice kind="success" title="決裁しました" live>
          {approve.answer.outcome === "grant"
            ? "決定が登録され、支払の対象になりました。"
            : "決定が登録されました。通知する内容も控えました。"}
        </Notice>
      )}
      {examined && mayApprove && own ? (
        <Notice kind="info" title="あなたは決裁できません">
          入力・審査・書類の記録をした人は決裁できません。別の人が決裁します。
        </Notice>
      ) : null}
      {examined && !filing.upToDate ? (
        <Notice kind="warning" title="審査のあとで、事実が変わりました">
          いまの事実による案は、審査したときの案と違います。もう一度審査してください。
        </Notice>
      ) : null}
      {examined && mayApprove && !own && openAlerts > 0 ? (
        <Notice kind="warning" title={`確認していない警告が ${String(openAlerts)}件あります`}>
          下の「警告の確認」で、1つずつ進めてよい理由を書くと、決裁できます。
        </Notice>
      ) : null}
      <div className="my-3 flex flex-wrap gap-3">
        {open && mayExamine ? (
          <Button
            kind={examined && filing.upToDate ? "secondary" : "primary"}
            pending={examine.pending}
            shortcut="Alt+E"
            onClick={doExamine}
          >
            {examined ? "もう一度審査する" : "審査する"}
          </Button>
        ) : null}
        {examined && mayOverride ? <Button onClick={() => setAsking("override")}>案を変える</Button> : null}
        {examined && mayApprove ? (
          <Button kind="primary" pending={approve.pending} disabled={!canApprove} shortcut="Alt+A" onClick={doApprove}>
            この内容で決裁する
          </Button>
        ) : null}
        {examined && mayApprove ? <Button onClick={() => setAsking("back")}>差し戻す</Button> : null}
        {mayGoOn(filing, session) ? (
          <Button kind={draft ? "primary" : "secondary"} shortcut="Alt+I" onClick={goOn}>
            {draft ? "入力を続ける" : "内容を補正する"}
          </Button>
        ) : null}
        {(open || draft) && mayReceive ? (
          <Button kind="quiet" onClick={() => setAsking("withdraw")}>
            {draft ? "仮受付を破棄する" : "取下げ"}
          </Button>
        ) : null}
        {filing.state === "decided" && mayCorrect ? (
          <Button onClick={() => setAsking("correct")}>取り消して決め直す</Button>
        ) : null}
      </div>
      {asking === "override" ? <OverrideDialog filing={filing} onClose={() => setAsking(undefined)} /> : null}
      {asking === "back" ? (
        <ReasonDialog
          title="差戻し"
          action="差し戻す"
          pending={back.pending}
          problem={back.problem}
          onClose={() => setAsking(undefined)}
          onSend={(reason) => void back.run({ path, body: { reason, expectedRevision } })}
        />
      ) : null}
      {asking === "withdraw" ? (
        <ReasonDialog
          title={draft ? "仮受付の破棄" : "取下げ"}
          action={draft ? "破棄する" : "取り下げる"}
          kind="danger"
          intro={
            draft
              ? "間違って作った仮受付だけを破棄します。請求書を受け取っているときは、破棄せずに入力を続けてください。破棄した番号は使われません。"
              : "請求者・届出者から取下げの申出があったときだけ行います。取り下げた受付は、審査も決裁もされません。"
          }
          pending={withdraw.pending}
          problem={withdraw.problem}
          onClose={() => setAsking(undefined)}
          onSend={(reason) => void withdraw.run({ path, body: { reason, expectedRevision } })}
        />
      ) : null}
      {asking === "correct" ? <CorrectDialog filing={filing} onClose={() => setAsking(undefined)} /> : null}
    </>
  );
}
