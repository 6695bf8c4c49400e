/**
 * The city's file server, simulated: SSH with a host key of its own, users by their public keys alone, SFTP version 3 over a tree in memory, with
 * the faults of real ones on request.
 */
import { createHash } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";

import ssh2, { type AuthContext, type Connection, type SFTPWrapper } from "ssh2";

import { Tree } from "./tree.ts";

export type KeyPair = { readonly privateKey: string; readonly publicKey: string };

/** An Ed25519 key pair in OpenSSH's form. */
export function makeKeyPair(): KeyPair {
  let made = ssh2.utils.generateKeyPairSync("ed25519");
  // One pair in 300 of ssh2 1.17 is written in a way that it cannot read itself (10 of 3,000 counted): made again.
  while (ssh2.utils.parseKey(made.private) instanceof Error) made = ssh2.utils.generateKeyPairSync("ed25519");
  const { private: privateKey, public: publicKey } = made;
  return { privateKey, publicKey };
}

export type FileServerOptions = {
  readonly port: number;
  readonly hostKey: KeyPair;
  /** User → public key */
  readonly users: Readonly<Record<string, string>>;
  /** Users that may only read */
  readonly readOnly?: readonly string[];
  /** Whether it can rename over a file in one step, as OpenSSH can */
  readonly renamesOver: boolean;
};

/**
 * `cut`: the line breaks after `after` answers to READ (or WRITE); `unreachable`: the next connections are cut at once; `flipped`: one bit of what
 * is written is another; `short`: READ gives less than it was asked for; `silent`: an answer never comes.
 */
export type FileServerFault = {
  readonly name: "cut" | "unreachable" | "flipped" | "short" | "silent";
  readonly times: number;
  readonly after?: number;
};

export type FileServer = {
  readonly port: number;
  readonly tree: Tree;
  /** `user OPEN path` of each request that names a path, and `user LOGIN refused` */
  readonly log: readonly string[];
  /** `SHA256:…` of its host key */
  readonly print: string;
  readonly befall: (fault: FileServerFault) => void;
  readonly close: () => Promise<void>;
};

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;
const FILE = 0o100600;
const FOLDER = 0o040700;
const LINK = 0o120777;

type Open = { readonly path: string; readonly write: boolean; bytes: Buffer; readonly mtime: number };

class Faults {
  #due: { name: FileServerFault["name"]; times: number; after: number }[] = [];
  add({ name, times, after = 0 }: FileServerFault): void {
    this.#due.push({ name, times, after });
  }
  strikes(name: FileServerFault["name"]): boolean {
    const due = this.#due.find((each) => each.name === name);
    if (due === undefined) return false;
    if (due.after > 0) {
      due.after -= 1;
      return false;
    }
    due.times -= 1;
    this.#due = this.#due.filter(({ times }) => times > 0);
    return true;
  }
}

const text = (value: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, Buffer.from(value)]);
};

/** Says that it knows `posix-rename@openssh.com`: the library's own greeting names no extension, and can't be told to. */
function greetAsOpenSsh(sftp: SFTPWrapper): void {
  const inside = sftp as unknown as { _protocol: { channelData: (id: number, payload: Buffer) => void } };
  const protocol = inside._protocol;
  let greeted = false;
  const channelData = (id: number, payload: Buffer): void => {
    const greeting = !greeted && payload.length === 9 && payload[4] === 2;
    greeted = true;
    if (!greeting) return protocol.channelData(id, payload);
    const body = Buffer.concat([payload.subarray(4), text("posix-rename@openssh.com"), text("1")]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    protocol.channelData(id, Buffer.concat([length, body]));
  };
  inside._protocol = Object.create(protocol, { channelData: { value: channelData } }) as typeof protocol;
}

type Session = {
  readonly user: string;
  readonly tree: Tree;
  readonly faults: Faults;
  readonly say: (line: string) => void;
  readonly cut: () => void;
  readonly mayWrite: boolean;
  readonly renamesOver: boolean;
};

const attributes = (mode: number, size: number, mtime: number) => ({ mode, size, mtime, atime: mtime, uid: 0, gid: 0 });

function attributesAt(tree: Tree, path: string) {
  const file = tree.find(path);
  if (file !== undefined) return attributes(file.link === true ? LINK : FILE, file.bytes.length, file.mtime);
  return tree.isFolder(path) ? attributes(FOLDER, 0, 0) : undefined;
}

const handleOf = (handle: Buffer): number => (handle.length === 4 ? handle.readUInt32BE() : -1);

function serveFiles(sftp: SFTPWrapper, session: Session): void {
  const { tree, faults, user, say, cut, mayWrite } = session;
  const open = new Map<number, Open>();
  // Questions that were already on their way when the line was cut befall nobody.
  let dead = false;
  const cutNow = (): void => {
    dead = true;
    cut();
  };
  const listing = new Map<number, string | undefined>();
  let next = 0;
  const newHandle = (): { readonly id: number; readonly handle: Buffer } => {
    next += 1;
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(next);
    return { id: next, handle };
  };
  const ok = (id: number): void => sftp.status(id, STATUS_CODE.OK);
  const writing = (id: number, what: string, path: string, work: () => boolean): void => {
    say(`${user} ${what} ${path}`);
    if (!mayWrite) sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
    else sftp.status(id, work() ? STATUS_CODE.OK : STATUS_CODE.FAILURE);
  };
  const move = (from: string, to: string): boolean => {
    const file = tree.find(from);
    if (file === undefined) return false;
    tree.remove(from);
    tree.set(to, file);
    return true;
  };
  sftp.on("OPEN", (id, path, flags) => {
    say(`${user} OPEN ${path}`);
    const write = (flags & OPEN_MODE.WRITE) !== 0;
    const there = tree.find(path);
    if (write && !mayWrite) return sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
    if (!write && there === undefined) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    if (write && there !== undefined && (flags & OPEN_MODE.EXCL) !== 0) return sftp.status(id, STATUS_CODE.FAILURE);
    const { id: number, handle } = newHandle();
    const mtime = there?.mtime ?? Math.floor(Date.now() / 1000);
    open.set(number, { path, write, bytes: write ? Buffer.alloc(0) : (there?.bytes ?? Buffer.alloc(0)), mtime });
    if (write) tree.set(path, { bytes: Buffer.alloc(0), mtime });
    return sftp.handle(id, handle);
  });
  sftp.on("READ", (id, handle, offset, length) => {
    const file = open.get(handleOf(handle));
    if (file === undefined) return sftp.status(id, STATUS_CODE.FAILURE);
    if (dead) return undefined;
    if (faults.strikes("cut")) return cutNow();
    if (faults.strikes("silent")) return undefined;
    const bytes = file.bytes.subarray(offset, offset + length);
    if (bytes.length === 0) return sftp.status(id, STATUS_CODE.EOF);
    return sftp.data(id, faults.strikes("short") && bytes.length > 1 ? bytes.subarray(0, bytes.length >> 1) : bytes);
  });
  sftp.on("WRITE", (id, handle, offset, data) => {
    const file = open.get(handleOf(handle));
    if (file === undefined || !file.write) return sftp.status(id, STATUS_CODE.FAILURE);
    if (dead) return undefined;
    if (faults.strikes("cut")) return cutNow();
    const bytes = Buffer.alloc(Math.max(file.bytes.length, offset + data.length));
    file.bytes.copy(bytes);
    data.copy(bytes, offset);
    if (faults.strikes("flipped")) bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    file.bytes = bytes;
    tree.set(file.path, { bytes, mtime: file.mtime });
    return ok(id);
  });
  sftp.on("CLOSE", (id, handle) => {
    open.delete(handleOf(handle));
    listing.delete(handleOf(handle));
    ok(id);
  });
  sftp.on("FSTAT", (id, handle) => {
    const file = open.get(handleOf(handle));
    // Of a file that was replaced meanwhile, as OpenSSH: the one that is open.
    if (file === undefined) sftp.status(id, STATUS_CODE.FAILURE);
    else sftp.attrs(id, attributes(FILE, file.bytes.length, file.mtime));
  });
  const stat = (id: number, path: string): void => {
    const found = attributesAt(tree, path);
    if (found === undefined) sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    else sftp.attrs(id, found);
  };
  sftp.on("STAT", stat);
  sftp.on("LSTAT", stat);
  sftp.on("OPENDIR", (id, path) => {
    say(`${user} OPENDIR ${path}`);
    if (!tree.isFolder(path)) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    const { id: number, handle } = newHandle();
    listing.set(number, path);
    return sftp.handle(id, handle);
  });
  sftp.on("READDIR", (id, handle) => {
    const path = listing.get(handleOf(handle));
    if (path === undefined) return sftp.status(id, STATUS_CODE.EOF);
    listing.set(handleOf(handle), undefined);
    const names = tree.entries(path).map(({ name, kind, file }) => ({
      filename: name,
      longname: name,
      attrs: attributes(
        kind === "file" ? FILE : kind === "folder" ? FOLDER : LINK,
        file?.bytes.length ?? 0,
        file?.mtime ?? 0,
      ),
    }));
    return sftp.name(id, names);
  });
  sftp.on("MKDIR", (id, path) => writing(id, "MKDIR", path, () => tree.makeFolder(path)));
  sftp.on("REMOVE", (id, path) => writing(id, "REMOVE", path, () => tree.remove(path)));
  sftp.on("RENAME", (id, from, to) => writing(id, "RENAME", to, () => tree.find(to) === undefined && move(from, to)));
  sftp.on("EXTENDED", (id, name, data) => {
    if (name !== "posix-rename@openssh.com" || !session.renamesOver) {
      sftp.status(id, STATUS_CODE.OP_UNSUPPORTED);
      return;
    }
    const length = data.readUInt32BE(0);
    const from = data.subarray(4, 4 + length).toString("utf8");
    const to = data.subarray(8 + length).toString("utf8");
    writing(id, "POSIX-RENAME", to, () => move(from, to));
  });
}

/** Starts the server on the loopback; port 0 takes a free one. */
export async function startFileServer(options: FileServerOptions): Promise<FileServer> {
  const tree = new Tree();
  const faults = new Faults();
  const log: string[] = [];
  const sockets = new Set<Socket>();
  const say = (line: string): void => void log.push(line);
  const serve = (client: Connection, socket: Socket): void => {
    let user = "";
    client.on("error", () => undefined);
    client.on("authentication", (attempt: AuthContext) => {
      const known = ssh2.utils.parseKey(options.users[attempt.username] ?? "");
      const key = known instanceof Error ? undefined : [known].flat()[0];
      if (
        attempt.method !== "publickey" ||
        key === undefined ||
        key.type !== attempt.key.algo ||
        !key.getPublicSSH().equals(attempt.key.data) ||
        (attempt.signature !== undefined &&
          attempt.blob !== undefined &&
          // Beside true and false the library gives an Error.
          (key.verify(attempt.blob, attempt.signature, attempt.hashAlgo) as unknown) !== true)
      ) {
        say(`${attempt.username} LOGIN refused ${attempt.method}`);
        attempt.reject(["publickey"]);
        return;
      }
      user = attempt.username;
      attempt.accept();
    });
    client.on("session", (acceptSession) => {
      const session = acceptSession();
      session.on("sftp", (acceptSftp) => {
        const sftp = acceptSftp();
        if (options.renamesOver) greetAsOpenSsh(sftp);
        const mayWrite = !(options.readOnly ?? []).includes(user);
        const { renamesOver } = options;
        serveFiles(sftp, { user, tree, faults, say, cut: () => socket.destroy(), mayWrite, renamesOver });
      });
    });
  };
  const server = new ssh2.Server({ hostKeys: [options.hostKey.privateKey] });
  server.on("connection", (client) => {
    const socket = (client as unknown as { _sock: Socket })._sock;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    if (faults.strikes("unreachable")) socket.destroy();
    else serve(client, socket);
  });
  await new Promise<void>((done) => server.listen(options.port, "127.0.0.1", done));
  const parsed = ssh2.utils.parseKey(options.hostKey.publicKey);
  const blob = parsed instanceof Error ? Buffer.alloc(0) : ([parsed].flat()[0]?.getPublicSSH() ?? Buffer.alloc(0));
  return {
    port: (server.address() as AddressInfo).port,
    tree,
    log,
    print: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
    befall: (fault) => faults.add(fault),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
