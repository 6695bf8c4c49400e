/**
 * The container of a spreadsheet file: a ZIP of small deflated entries, written in one go.
 *
 * Why not a library: all that is needed is what stands here, and the packages that write spreadsheets bring dozens of others.
 */
import { crc32, deflateRawSync } from "node:zlib";

export type ZipEntry = { readonly name: string; readonly content: string };

/** 1980-01-01, the first day that a ZIP can name: the same content gives the same bytes. */
const DAY = 0x21;

/** Entries (ASCII names, UTF-8 content) as one ZIP. The whole is held in memory. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const plain = Buffer.from(content, "utf8");
    const packed = deflateRawSync(plain);
    const label = Buffer.from(name, "ascii");
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version 2.0
    common.writeUInt16LE(8, 4); // deflate
    common.writeUInt16LE(DAY, 8);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(label.length, 22);
    parts.push(Buffer.from("PK\u0003\u0004", "latin1"), common, label, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\u0001\u0002\u0014\u0000", "latin1"), common, tail, label);
    offset += 30 + label.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
}
