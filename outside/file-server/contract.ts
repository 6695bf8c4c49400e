/** The only door to the simulated file server. */
export { makeKeyPair, startFileServer } from "./src/file-server.ts";
export type { FileServer, FileServerOptions, FileServerFault, KeyPair } from "./src/file-server.ts";
export type { StoredFile } from "./src/tree.ts";
