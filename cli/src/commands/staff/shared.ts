/** What the commands of `hagukumi staff` share. */
import type { StaffCommand } from "@hagukumi/platform/identity/actor.ts";
import type { Identity } from "@hagukumi/platform/identity/settings.ts";

import type { OpenContext } from "../../context.ts";

export type Shared = {
  readonly identityOf: (opened: OpenContext) => Promise<Identity>;
  /** Each run is a command of its own: the console is not retried by a machine */
  readonly fromConsole: (opened: OpenContext) => StaffCommand;
};
