/** The only door to the staff application. */
export { startStaffServer } from "./src/server.ts";
export type { StaffServer } from "./src/server.ts";
export type { Demo, DemoPerson, Installation, StaffServerOptions } from "./src/options.ts";
