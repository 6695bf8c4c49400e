/** What stands in front of every page when a file has left: the password of a container, or the pages to be printed. */
import { createContext, useContext } from "react";

export type LeavingFront = {
  /** Shows the password of the container that was saved under this name, for a minute */
  readonly showPassword: (name: string, password: string) => void;
  /** Shows a PDF for printing; nothing is saved. `once`: they can't be made again, so they are put away by the button alone */
  readonly showPages: (title: string, pages: Blob, once?: boolean) => void;
};

export const LeavingContext = createContext<LeavingFront>({ showPassword: () => {}, showPages: () => {} });

export function useLeaving(): LeavingFront {
  return useContext(LeavingContext);
}
