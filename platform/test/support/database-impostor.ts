/** Somebody who says that he is the database, with a certificate of one's choice. */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";

import { lax, type Pair } from "./certificates.ts";

export type DatabaseImpostor = {
  readonly port: number;
  /** What was said to him once the line was encrypted */
  readonly heard: () => string;
  readonly close: () => Promise<void>;
};

/** Answers PostgreSQL's request for TLS: with `pair`, or without one by saying that there is none here. */
export async function startDatabaseImpostor(pair: Pair | undefined): Promise<DatabaseImpostor> {
  const heard: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(pair === undefined ? "N" : "S");
      if (pair === undefined) return void socket.on("data", (chunk: Buffer) => heard.push(chunk));
      const secure = new TLSSocket(socket, { isServer: true, ...lax(pair) });
      secure.on("data", (chunk: Buffer) => heard.push(chunk));
      return void secure.on("error", () => {});
    });
  });
  await new Promise<void>((ready) => {
    server.listen(0, "127.0.0.1", ready);
  });
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => Buffer.concat(heard).toString("latin1"),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
