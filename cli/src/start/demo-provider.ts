/** The demonstration's 認証基盤: the simulator beside the pages, whose users are the thirteen made-up people. */
import { startIdentityProvider } from "@hagukumi/outside-identity-provider/contract.ts";
import type { IdentityProvider } from "@hagukumi/outside-identity-provider/contract.ts";
import { DEMO_CLIENT, demoSubject, seedDemoSignOn } from "@hagukumi/platform/identity/demo-sign-on.ts";
import { demoPeople } from "@hagukumi/platform/identity/demo-staff.ts";
import type { Identity } from "@hagukumi/platform/identity/settings.ts";

/** How far beside the port of the pages it stands: the same at every start, for the setting in the database names it. */
const BESIDE = 10;

/**
 * Starts it; undefined where its port is taken (then the log-in with key and password is what there is).
 *
 * @throws Refusal `demoNotPermitted`
 */
export async function startDemoProvider(identity: Identity, port: number): Promise<IdentityProvider | undefined> {
  const origin = `http://localhost:${port}`;
  const provider = await startIdentityProvider({
    port: port + BESIDE,
    clients: [{ clientId: DEMO_CLIENT, redirectUris: [`${origin}/sign-on`], postLogoutRedirectUris: [`${origin}/`] }],
    users: demoPeople.map(({ staffId, name }) => ({
      subject: demoSubject(staffId),
      userName: staffId,
      name,
      password: "",
      methods: ["pwd"],
    })),
    offerUsers: true,
  }).catch((error: unknown) => {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  });
  if (provider !== undefined) await seedDemoSignOn(identity, provider.issuer);
  return provider;
}
