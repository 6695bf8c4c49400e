import { encodeTransferFile } from "../../../src/bank/encode.ts";
import { longFile, sha256, TEST, valueOf } from "./fixtures.ts";

/** Writes the same file again and again on a heap in motion and prints the zone and the digests that came out. */
const rounds = Number(process.argv[2]);
const digests = new Set<string>();
let junk: unknown[] = [];
for (let round = 0; round < rounds; round += 1) {
  junk.push(Array.from({ length: 5000 }, (_, index) => ({ index, text: `${round}-${index}` })));
  if (junk.length > 20) junk = [];
  digests.add(sha256(valueOf(encodeTransferFile(longFile(200), TEST)).bytes));
}
const zone = new Date(Date.UTC(2026, 6, 1)).getTimezoneOffset();
process.stdout.write(JSON.stringify({ rounds, zone, digests: [...digests] }));
