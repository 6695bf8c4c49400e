/** What a person does at the provider's log-in, without a browser: for tests of the relying party. */
import type { ProviderUser } from "./provider.ts";

/** Parameters with which the provider sends the browser back, and the cookie of its session (to come again without a log-in). */
export type SignedIn = {
  readonly parameters: Readonly<Record<string, string>>;
  readonly backTo: string;
  readonly cookie: string;
};

/**
 * Goes to `address` (an authorization request), logs in where that is asked for, and comes back.
 *
 * @param cookie of an earlier log-in
 * @throws Error where the provider does not send the browser back
 */
export async function signInAt(
  address: string,
  user: Pick<ProviderUser, "userName" | "password">,
  cookie = "",
): Promise<SignedIn> {
  let kept = cookie;
  let response = await fetch(address, { redirect: "manual", headers: { cookie: kept } });
  if (response.status === 200) {
    const form = new URLSearchParams({
      continue: new URL(address).search,
      userName: user.userName,
      password: user.password,
    });
    const posted = await fetch(new URL("/log-in", address), { method: "POST", body: form, redirect: "manual" });
    kept = posted.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const onwards = posted.headers.get("location");
    if (onwards === null) throw new Error(`the provider did not let ${user.userName} in`);
    response = await fetch(onwards, { redirect: "manual", headers: { cookie: kept } });
  }
  const back = response.headers.get("location");
  if (back === null) throw new Error(`the provider did not send the browser back: ${response.status}`);
  const to = new URL(back);
  return { parameters: Object.fromEntries(to.searchParams), backTo: `${to.origin}${to.pathname}`, cookie: kept };
}
