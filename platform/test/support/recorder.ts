/** A wire tap (盗聴): a proxy between two ends that keeps every byte that goes either way, and changes none. */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export type Recorder = {
  /** Port on this machine that leads to the other end */
  readonly port: number;
  /** Everything that went over the wire until now, both ways */
  readonly heard: () => Buffer;
  readonly close: () => Promise<void>;
};

/** Listens between callers and `port` of this machine. */
export async function startRecorder(port: number): Promise<Recorder> {
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const called = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [caller, called],
      [called, caller],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        to.write(chunk);
      });
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((ready) => {
    server.listen(0, "127.0.0.1", ready);
  });
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => Buffer.concat(chunks),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
