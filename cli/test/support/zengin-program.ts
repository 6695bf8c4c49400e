import { Command } from "commander";
import { registerZengin } from "../../src/commands/zengin.ts";

/** The `zengin` commands alone as a program, so that they are tested as a real process. */
const program = new Command("hagukumi");
registerZengin(program);
await program.parseAsync();
