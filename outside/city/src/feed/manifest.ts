import type { FeedFileEntry } from "./files.ts";

/** manifest.json of the feed. */
export interface CityManifest {
  readonly format: "hagukumi-feed/1";
  readonly municipality: "431001";
  readonly createdAt: string;
  readonly asOf: string;
  readonly files: readonly FeedFileEntry[];
}
