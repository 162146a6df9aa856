import { TAR_END, tarHeader, tarPadding } from "../../../../src/engines/oci/tar/write-tar.ts";

/** A tar entry as a test wants it, however unusual. */
export interface RawEntry {
  readonly name: string | Uint8Array;
  readonly body?: Uint8Array | string;
  /** The header's type letter; a file by default. */
  readonly flag?: string;
  readonly linkName?: string;
  readonly mode?: number;
  /** Size stated in the header, when it is not the body's. */
  readonly size?: number;
}

/** An archive of these entries, with its end marker. */
export function tarBytes(...entries: RawEntry[]): Uint8Array {
  return Buffer.concat([...entries.map(rawEntry), TAR_END]);
}

function rawEntry(entry: RawEntry): Uint8Array {
  const body = Buffer.from(entry.body ?? "");
  const header = Buffer.from(
    tarHeader({
      name: "x",
      type: "file",
      mode: entry.mode ?? 0o644,
      size: entry.size ?? body.length,
      linkName: entry.linkName ?? "",
    }),
  );
  header.fill(0, 0, 100);
  Buffer.from(entry.name).copy(header, 0);
  header.write(entry.flag ?? "0", 156, "latin1");
  header.write("        ", 148, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([header, body, tarPadding(body.length)]);
}

/** One pax record. */
export function paxRecord(key: string, value: string | Uint8Array): Uint8Array {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from("\n")]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** Bytes in pieces of `size`, to meet every boundary within a header. */
export async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
