/** Something that speaks as PostgreSQL 12.3 does, as far as the first question of the product. */
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** One message of the protocol: type, length, content. */
function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const ready = message("Z", Buffer.from("I"));

function column(name: string, type: number): Buffer {
  return Buffer.concat([text(name), int32(0), int16(0), int32(type), int16(-1 & 0xffff), int32(-1), int16(0)]);
}

function cell(value: string): Buffer {
  return Buffer.concat([int32(Buffer.byteLength(value)), Buffer.from(value)]);
}

/** Every question gets the same answer: version and encoding, one row. */
const answer = Buffer.concat([
  message("T", int16(2), column("version", 23), column("encoding", 25)),
  message("D", int16(2), cell("120003"), cell("UTF8")),
  message("C", text("SELECT 1")),
  ready,
]);

function serve(socket: Socket): void {
  let greeted = false;
  socket.on("error", () => {});
  socket.on("data", (data) => {
    if (!greeted) {
      greeted = true;
      socket.write(Buffer.concat([message("R", int32(0)), message("S", text("server_version"), text("12.3")), ready]));
    } else if (data[0] === "Q".charCodeAt(0)) socket.write(answer);
    else if (data[0] === "X".charCodeAt(0)) socket.end();
  });
}

export async function oldServer(): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
