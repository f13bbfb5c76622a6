/*
 * zip.mjs - a zip archive of files in memory, deflated: enough for a wheel.
 *
 *   zip({ "pkg/__init__.py": "x = 1\n", "pkg/link": { symlink: "/etc/passwd" } })  ->  Buffer
 *
 * Format: APPNOTE.TXT 6.3, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
 */
import { crc32, deflateRawSync } from "node:zlib";

const DEFLATED = 8;
const VERSION = 20;
const SYMLINK = 0o120777;

/* The fields that a local header and an entry of the directory have in common. */
function common(name, data, packed) {
  const h = Buffer.alloc(26);
  h.writeUInt16LE(VERSION, 0);
  h.writeUInt16LE(DEFLATED, 4);
  h.writeUInt32LE(crc32(data), 10);
  h.writeUInt32LE(packed.length, 14);
  h.writeUInt32LE(data.length, 18);
  h.writeUInt16LE(Buffer.byteLength(name), 22);
  return h;
}

export function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content.symlink ?? content);
    const packed = deflateRawSync(data);
    const fields = common(name, data, packed);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    if (content.symlink !== undefined) rest.writeUInt32LE(SYMLINK * 65536, 6); /* the upper half: its mode in Unix */
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([VERSION, 3]), fields, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, entries, end]);
}
