/** The files of the simulated server, in memory: folders are there when they were made, times have the second of real ones. */

export type StoredFile = { readonly bytes: Buffer; readonly mtime: number; readonly link?: boolean };

export type TreeEntry = {
  readonly name: string;
  readonly kind: "file" | "folder" | "link";
  readonly file?: StoredFile;
};

export class Tree {
  readonly #files = new Map<string, StoredFile>();
  readonly #folders = new Set<string>(["/"]);

  find(path: string): StoredFile | undefined {
    return this.#files.get(path);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path === "" ? "/" : path);
  }

  /** @returns false where it is there already or the folder above is not */
  makeFolder(path: string): boolean {
    if (this.#folders.has(path) || this.#files.has(path) || !this.isFolder(above(path))) return false;
    this.#folders.add(path);
    return true;
  }

  /** As an office's own program lays files: folders are made. */
  put(path: string, bytes: Buffer, mtime = Math.floor(Date.now() / 1000)): void {
    for (let at = above(path); at !== "/"; at = above(at)) this.#folders.add(at);
    this.#files.set(path, { bytes, mtime });
  }

  /** A link that leads somewhere else. */
  link(path: string): void {
    this.#files.set(path, { bytes: Buffer.from("root:x:0:0"), mtime: 0, link: true });
  }

  set(path: string, file: StoredFile): void {
    this.#files.set(path, file);
  }

  remove(path: string): boolean {
    return this.#files.delete(path);
  }

  entries(path: string): readonly TreeEntry[] {
    const under = path === "/" ? "/" : `${path}/`;
    const nameOf = (full: string): string | undefined => {
      const rest = full.startsWith(under) ? full.slice(under.length) : "";
      return rest === "" || rest.includes("/") ? undefined : rest;
    };
    const folders = [...this.#folders].flatMap((full): TreeEntry[] => {
      const name = nameOf(full);
      return name === undefined ? [] : [{ name, kind: "folder" }];
    });
    const files = [...this.#files].flatMap(([full, file]): TreeEntry[] => {
      const name = nameOf(full);
      return name === undefined ? [] : [{ name, kind: file.link === true ? "link" : "file", file }];
    });
    return [...folders, ...files];
  }

  /** Every path, for tests. */
  paths(): readonly string[] {
    return [...this.#files.keys()].toSorted();
  }
}

export function above(path: string): string {
  const cut = path.lastIndexOf("/");
  return cut <= 0 ? "/" : path.slice(0, cut);
}
