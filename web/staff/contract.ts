/** The only door to the staff pages. */
export { startStaffServer } from "./src/server.ts";
export type { StaffServer, StaffServerOptions } from "./src/server.ts";
