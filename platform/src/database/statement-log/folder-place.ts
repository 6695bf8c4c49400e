/** A folder (a mounted share of another machine) as the place of the segments. */
import { createReadStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { writeFileAtomic } from "../../files/atomic.ts";
import type { StatementPlace } from "./keep.ts";

export function folderPlace(dir: string): StatementPlace {
  return {
    put: async (key, content) => {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await writeFileAtomic(join(dir, key), content, { mode: 0o440 });
    },
    size: async (key) => (await stat(join(dir, key)).catch(() => undefined))?.size,
    read: (key) => createReadStream(join(dir, key)),
  };
}
