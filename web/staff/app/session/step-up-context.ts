/** Re-authentication (職員証とパスワード) before what is dangerous: asked for where the server wants it. */
import { createContext, useContext } from "react";

/** Opens the dialog. @returns whether the person could show who they are */
export type AskStepUp = () => Promise<boolean>;

export const StepUpContext = createContext<AskStepUp>(async () => await Promise.resolve(false));

export function useStepUp(): AskStepUp {
  return useContext(StepUpContext);
}
