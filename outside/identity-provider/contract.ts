/** Simulator: the city's identity provider (認証基盤), for tests and for the marked demo. */
export { signInAt } from "./src/browser.ts";
export {
  type IdentityProvider,
  type ProviderClient,
  type ProviderUser,
  startIdentityProvider,
  type Tampering,
} from "./src/provider.ts";
