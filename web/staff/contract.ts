/** The only door to the staff pages. */
export { startStaffServer } from "./src/server.ts";
export type { StaffServerOptions } from "./src/options.ts";
export type { StaffServer } from "./src/server.ts";
