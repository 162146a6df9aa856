import { type ArchiveFailure, archiveFailure } from "../errors.ts";
import { ByteSource } from "./byte-source.ts";

export type TarEntryType =
  | "file"
  | "directory"
  | "symlink"
  | "hardlink"
  | "character-device"
  | "block-device"
  | "fifo"
  | "sparse"
  | "other";

export interface TarEntry {
  readonly name: string;
  /** False when the name is not UTF-8, so `name` holds replacement characters. */
  readonly nameIsUtf8: boolean;
  readonly linkName: string;
  readonly type: TarEntryType;
  readonly size: number;
  readonly mode: number;
  /** Position of the first byte of the body within the archive. */
  readonly offset: number;
  /** The body; whatever is left unread is skipped before the next entry. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface TarBounds {
  readonly maxEntries: number;
  /** Bound of all bodies together. */
  readonly maxBytes: number;
}

const BLOCK = 512;
/** Extended headers carry names; more than this is an attempt to fill memory. */
const MAX_EXTENDED_HEADER = 64 * 1024;

/**
 * Reads a tar stream (ustar, pax, GNU long names) entry by entry with bounded memory. Stricter
 * than common readers on purpose: what another reader could take differently is refused, since
 * others, such as a container engine, read the same bytes with their own.
 * @param fail Makes the errors; default {@link ArchiveError}.
 * @throws what `fail` makes of `tar-malformed`, `tar-too-large`.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  bounds: TarBounds,
  fail: ArchiveFailure = archiveFailure,
): AsyncGenerator<TarEntry, void, undefined> {
  const bytes = new ByteSource(source, fail);
  try {
    yield* entries(bytes, bounds);
  } catch (error) {
    throw error instanceof TarFault ? fail(error.code, error.message) : error;
  } finally {
    await bytes.close();
  }
}

async function* entries(bytes: ByteSource, bounds: TarBounds) {
  let count = 0;
  let total = 0;
  let extended: Extended = {};
  for (;;) {
    const block = await bytes.take(BLOCK);
    if (block === undefined) throw malformed("the archive ends without its end marker");
    if (isZero(block)) {
      await expectOnlyPadding(bytes);
      return;
    }
    const header = parseHeader(block);
    count += 1;
    if (count > bounds.maxEntries) {
      throw tooLarge(`more than ${bounds.maxEntries} entries`);
    }
    if (header.flag === "x" || header.flag === "L" || header.flag === "K") {
      extended = { ...extended, ...(await readExtended(bytes, header)) };
      continue;
    }
    if (header.flag === "g") {
      await readExtended(bytes, header);
      continue;
    }
    const size = extended.size ?? header.size;
    const name = extended.name ?? header.name;
    const type = extended.sparse ? "sparse" : entryType(header.flag, name);
    if (size > 0 && type !== "file" && type !== "sparse" && type !== "other") {
      throw malformed(`entry of type ${type} carries a body`);
    }
    total += size;
    if (total > bounds.maxBytes) throw tooLarge(`more than ${bounds.maxBytes} bytes`);
    const body = bytes.window(size);
    yield {
      name: name.text,
      nameIsUtf8: name.valid,
      linkName: (extended.linkName ?? header.linkName).text,
      type,
      size,
      mode: header.mode,
      offset: bytes.position,
      body,
    } satisfies TarEntry;
    await body.skip();
    await bytes.skip(padding(size));
    extended = {};
  }
}

interface Text {
  readonly text: string;
  readonly valid: boolean;
}

interface Header {
  readonly name: Text;
  readonly linkName: Text;
  readonly flag: string;
  readonly size: number;
  readonly mode: number;
}

interface Extended {
  name?: Text;
  linkName?: Text;
  size?: number;
  sparse?: boolean;
}

function parseHeader(block: Uint8Array): Header {
  let sum = 0;
  for (let i = 0; i < BLOCK; i += 1) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
  if (sum !== octal(block.subarray(148, 156))) throw malformed("a header's checksum is wrong");
  const prefix = isUstar(block) ? cString(block.subarray(345, 500)) : new Uint8Array();
  const base = cString(block.subarray(0, 100));
  const name = prefix.length === 0 ? base : Buffer.concat([prefix, Buffer.from("/"), base]);
  return {
    name: text(name),
    linkName: text(cString(block.subarray(157, 257))),
    flag: String.fromCharCode(block[156] ?? 0),
    size: numeric(block.subarray(124, 136)),
    mode: numeric(block.subarray(100, 108)) & 0o7777,
  };
}

/** POSIX ustar has a name prefix; GNU's old format keeps other fields there. */
function isUstar(block: Uint8Array): boolean {
  return Buffer.from(block.subarray(257, 263)).toString("latin1") === "ustar\0";
}

function entryType(flag: string, name: Text): TarEntryType {
  switch (flag) {
    case "\0": // Before POSIX a folder was a file whose name ends so.
      return name.text.endsWith("/") ? "directory" : "file";
    case "0":
    case "7":
      return "file";
    case "1":
      return "hardlink";
    case "2":
      return "symlink";
    case "3":
      return "character-device";
    case "4":
      return "block-device";
    case "5":
      return "directory";
    case "6":
      return "fifo";
    case "S":
      return "sparse";
    default:
      return "other";
  }
}

async function readExtended(bytes: ByteSource, header: Header): Promise<Extended> {
  if (header.size > MAX_EXTENDED_HEADER) throw tooLarge("an extended header is too large");
  const body = await bytes.take(header.size);
  if (body === undefined) throw malformed("an extended header is cut off");
  await bytes.skip(padding(header.size));
  if (header.flag === "L") return { name: text(cString(body)) };
  if (header.flag === "K") return { linkName: text(cString(body)) };
  return parsePax(body);
}

/** Records of the form "<length> <key>=<value>\n", the length counting the whole record. */
function parsePax(body: Uint8Array): Extended {
  const result: Extended = {};
  let at = 0;
  while (at < body.length) {
    const space = body.indexOf(0x20, at);
    const digits = space < 0 ? "" : Buffer.from(body.subarray(at, space)).toString("latin1");
    const end = at + Number(digits);
    if (!/^[1-9][0-9]{0,6}$/.test(digits) || end > body.length || body[end - 1] !== 0x0a) {
      throw malformed("a pax record is broken");
    }
    const record = body.subarray(space + 1, end - 1);
    const equals = record.indexOf(0x3d);
    if (equals < 1) throw malformed("a pax record has no key");
    const key = Buffer.from(record.subarray(0, equals)).toString("latin1");
    const value = record.subarray(equals + 1);
    if (key === "path") result.name = text(value);
    else if (key === "linkpath") result.linkName = text(value);
    else if (key === "size") result.size = decimal(value);
    else if (key.startsWith("GNU.sparse.")) result.sparse = true;
    at = end;
  }
  return result;
}

function decimal(value: Uint8Array): number {
  const digits = Buffer.from(value).toString("latin1");
  const size = Number(digits);
  if (!/^[0-9]{1,16}$/.test(digits) || !Number.isSafeInteger(size)) {
    throw malformed("a pax size is not a number");
  }
  return size;
}

function numeric(field: Uint8Array): number {
  const first = field[0] ?? 0;
  if ((first & 0x80) === 0) return octal(field);
  // GNU base-256: the first byte's top bit marks it, 0xff would be negative.
  if (first !== 0x80) throw malformed("a number is out of range");
  let value = 0;
  for (const byte of field.subarray(1)) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw malformed("a number is out of range");
  return value;
}

function octal(field: Uint8Array): number {
  const digits = Buffer.from(field)
    .toString("latin1")
    .replace(/[\0 ]+$/, "")
    .replace(/^ +/, "");
  if (digits === "") return 0;
  if (!/^[0-7]{1,12}$/.test(digits)) throw malformed("a number is not octal");
  return Number.parseInt(digits, 8);
}

function cString(field: Uint8Array): Uint8Array {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

function text(bytes: Uint8Array): Text {
  try {
    return {
      text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
      valid: true,
    };
  } catch {
    return {
      text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
      valid: false,
    };
  }
}

async function expectOnlyPadding(bytes: ByteSource): Promise<void> {
  const second = await bytes.take(BLOCK);
  if (second === undefined || !isZero(second)) throw malformed("the end marker is incomplete");
  for (;;) {
    const rest = await bytes.some();
    if (rest === undefined) return;
    if (!isZero(rest)) throw malformed("data follows the end marker");
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** What is wrong with an archive, on its way to becoming the caller's error. */
class TarFault extends Error {
  readonly code: "tar-malformed" | "tar-too-large";

  constructor(code: "tar-malformed" | "tar-too-large", detail: string) {
    super(`Tar: ${detail}`);
    this.code = code;
  }
}

function malformed(detail: string): TarFault {
  return new TarFault("tar-malformed", detail);
}

function tooLarge(detail: string): TarFault {
  return new TarFault("tar-too-large", detail);
}
