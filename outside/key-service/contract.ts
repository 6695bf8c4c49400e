/** The only door to the simulated key service. */
export { startKeyService } from "./src/key-service.ts";
export type { KeyService, KeyServiceFault, KeyServiceOptions } from "./src/key-service.ts";
