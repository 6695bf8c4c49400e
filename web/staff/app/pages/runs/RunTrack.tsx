/** 進み: what was done, by whom and when, and what is still to come. */
import type { ReactElement } from "react";

import { MomentText } from "../../ui/Dates.tsx";
import { Steps } from "../../ui/Steps.tsx";
import type { Step } from "../../ui/Steps.tsx";
import { stateLabels } from "./labels.ts";
import type { RunView } from "./RunPage.tsx";

type State = RunView["run"]["state"];

/** The way of a run without trouble; trouble is shown where it happened. */
const WAY: readonly State[] = [
  "created",
  "inspected",
  "approved",
  "frozen",
  "handingOver",
  "handedOver",
  "settled",
  "closed",
];
const ENDED: readonly State[] = ["closed", "cancelled", "voided"];

export function RunTrack({ view }: { readonly view: RunView }): ReactElement {
  const { steps } = view;
  const ended = ENDED.includes(view.run.state);
  const reached = WAY.reduce((best, state, index) => (steps.some((step) => step.state === state) ? index : best), -1);
  const done = steps.map((step, index): Step => ({
    key: `${step.state}${String(index)}`,
    title: stateLabels[step.state],
    state: index === steps.length - 1 && !ended ? "now" : "done",
    detail: (
      <>
        {step.actor}
        <br />
        <MomentText at={step.at} />
      </>
    ),
  }));
  const rest = (ended ? [] : WAY.slice(reached + 1)).map((state, index): Step => ({
    key: state,
    title: stateLabels[state],
    state: "todo",
    detail: index === 0 ? "次の段階" : "まだ",
  }));
  return <Steps label="支払処理の進み" steps={[...done, ...rest]} />;
}
