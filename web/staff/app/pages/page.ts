/** What the frame knows of a page before it is opened. */
import type { ReactElement } from "react";

export type PageDescriptor = {
  /** Address, parameters with `$`: `/runs/$runNo`. Never personal data */
  readonly path: string;
  /** Title of the window and of the entry in the menu */
  readonly title: string;
  /** The right that the page's operations need (one of several); absent: every signed-in person */
  readonly permission?: string | readonly string[];
  /** Present: stands in the menu, in this order within its group */
  readonly menu?: { readonly group: "work" | "payment" | "administration"; readonly order: number };
  /** Words by which the command line finds it: `支払`, `しはらい`, `run` */
  readonly words?: readonly string[];
  /**
   * What the command line offers for a typed text, e.g. a search for a kana name. `text` is handed to the page
   * (`takeCommandText`), never put into the address.
   */
  readonly command?: (
    text: string,
  ) => { readonly label: string; readonly to: string; readonly text?: string } | undefined;
  /** Help of this screen (A24): what it is for and how it is used, a few sentences each */
  readonly help: readonly string[];
  /** The component, loaded when the page is first opened */
  readonly load: () => Promise<() => ReactElement>;
};
