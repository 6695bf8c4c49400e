/** What is known before the log-in: where one is, and of the demonstration, who one may be. */
import { readSetting } from "@hagukumi/allowance/contract.ts";
import { identifyTerminal, type TerminalProof } from "@hagukumi/platform/identity/terminals.ts";
import { signOnName } from "@hagukumi/platform/identity/sign-on.ts";
import { asIdentity } from "@hagukumi/platform/identity/transaction.ts";
import { z } from "zod";

import { operation } from "./operation.ts";

const demoPerson = z
  .object({ staffId: z.string(), name: z.string(), what: z.string(), password: z.string() })
  .meta({ id: "DemoPerson", description: "デモの職員" });

const entrance = z
  .object({
    cityName: z.string(),
    installation: z.enum(["production", "training", "demo"]),
    /** Name of this terminal; null where it is not registered */
    terminalName: z.string().nullable(),
    /** Whether this browser came with a session; whether it still lives, `getSession` says */
    cameWithSession: z.boolean(),
    /** シングルサインオン: what the 認証基盤 is called; null where it is not in use */
    signOn: z.object({ providerName: z.string() }).nullable(),
    /** Of the demonstration alone */
    demoPeople: z.array(demoPerson),
  })
  .meta({ id: "Entrance", description: "ログインの前の画面に要るもの" });

const getEntrance = operation({
  id: "getEntrance",
  method: "GET",
  path: "/entrance",
  summary: "入口の表示",
  access: { permission: "public", relation: "none" },
  response: entrance,
  handler: async (_input, desk) => {
    const { demo, installation, today } = desk.options;
    const city = await readSetting(desk.pool, "municipality", today());
    const identify = async (proof: TerminalProof) =>
      proof.secret === undefined && proof.certificateSha256 === undefined
        ? undefined
        : await asIdentity(desk.pool, async (client) => await identifyTerminal(client, proof));
    let terminal = await identify(desk.cookies.proof);
    if (terminal === undefined && demo !== undefined) {
      desk.cookies.setTerminal(demo.terminalSecret);
      terminal = await identify({ secret: demo.terminalSecret });
    }
    const providerName = await asIdentity(desk.pool, signOnName);
    return {
      cityName: city.name,
      installation,
      terminalName: terminal?.name ?? null,
      cameWithSession: desk.cookies.session !== undefined,
      signOn: providerName === undefined ? null : { providerName },
      demoPeople: [...(demo?.people ?? [])],
    };
  },
});

/** 端末の登録の受取り: the secret that 情報政策課 handed out becomes this browser's cookie. */
const acceptTerminal = operation({
  id: "acceptTerminal",
  method: "POST",
  path: "/terminal",
  summary: "端末の秘密の受取り",
  access: { permission: "public", relation: "none" },
  logIn: true,
  body: z.strictObject({ secret: z.string().regex(/^[A-Za-z0-9_-]{16,128}$/, "端末の秘密の形が違います。") }),
  response: z.object({ terminalName: z.string().nullable() }),
  handler: async ({ body }, desk) => {
    const found = await asIdentity(desk.pool, async (client) => await identifyTerminal(client, body));
    if (found !== undefined) desk.cookies.setTerminal(body.secret);
    return { terminalName: found?.name ?? null };
  },
});

export const entranceOperations = [getEntrance, acceptTerminal];
