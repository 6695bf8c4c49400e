/** The part of pg-copy-streams 7 that the product uses; the package has no declarations of its own. */
declare module "pg-copy-streams" {
  import type { Readable, Writable } from "node:stream";
  import type { Submittable } from "pg";

  export function from(sql: string): Writable & Submittable & { readonly rowCount: number };
  export function to(sql: string): Readable & Submittable & { readonly rowCount: number };
}
