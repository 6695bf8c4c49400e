/** 控えの置き場所: `HAGUKUMI_BACKUP`, with credentials of its own, apart from those of the deliveries. */
import { join } from "node:path";

import { folderStore, type ObjectStore, openStore } from "@hagukumi/interchange/contract.ts";

export type BackupPlace = {
  readonly store: ObjectStore;
  readonly medium: "folder" | "objectStorage" | "fileServer";
  /** As it is shown in the list */
  readonly name: string;
};

/** A folder (a share of another machine), `https://host/bucket/folder` or `sftp://user@host/folder`; default the folder `backups` of the data folder. @param deed `remove`: with the key that may delete (`HAGUKUMI_BACKUP_REMOVE_KEY_FILE`) */
export async function openBackupPlace(
  dataDir: string,
  environment: NodeJS.ProcessEnv = process.env,
  deed: "keep" | "remove" = "keep",
): Promise<BackupPlace> {
  const set = environment["HAGUKUMI_BACKUP"] ?? "";
  const name = set === "" ? join(dataDir, "backups") : set;
  if (!/^(?:https?|sftp):/.test(name)) return { store: folderStore(name), medium: "folder", name };
  const store = await openStore(dataDir, name, {
    ...environment,
    // Who writes copies can't delete any: the key that may is another, and lies here only while it is used.
    HAGUKUMI_STORE_KEY_FILE:
      environment[deed === "keep" ? "HAGUKUMI_BACKUP_KEY_FILE" : "HAGUKUMI_BACKUP_REMOVE_KEY_FILE"],
  });
  return { store, medium: name.startsWith("sftp:") ? "fileServer" : "objectStorage", name };
}
