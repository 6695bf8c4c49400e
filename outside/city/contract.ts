/** Simulator: the synthetic city whose registers send the same CSV feeds as a real one. */
export { CityError, type CityErrorCode } from "./src/city-error.ts";
export type { FeedFileEntry } from "./src/feed/files.ts";
export { feedNames, type FeedName, headers } from "./src/feed/headers.ts";
export type { CityManifest } from "./src/feed/manifest.ts";
export { type CityOptions, writeCity } from "./src/write-city.ts";
export { type CityFault, cityFaults, type FaultyCity, writeFaultyCity } from "./src/faulty-city.ts";
export { deliveryOf, splitCity, type SplitOptions } from "./src/deliveries/split-city.ts";
