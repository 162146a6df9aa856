import { FDFLAG_APPEND, type FileDescriptor } from "./descriptors.ts";
import { wasiError } from "./errno.ts";
import { writeDescriptorStat, writeFileStat } from "./file-stat.ts";
import type { Guest } from "./guest.ts";
import { readFolder } from "./read-folder.ts";
import type { WasiFunctions } from "./wasi-imports.ts";

/** Bytes that one call writes at most; like any system, this one may write less than asked. */
const MAX_WRITE_BYTES = 64 * 1024 * 1024;

type DescriptorFunctions = Pick<WasiFunctions, Extract<keyof WasiFunctions, `fd_${string}`>>;

/** Everything that works on an open descriptor. */
export function descriptorFunctions(guest: Guest): DescriptorFunctions {
  const { memory, descriptors } = guest;
  const known = (fd: number) => void descriptors.get(fd);
  return {
    fd_advise: known,
    fd_allocate(fd, offset, length) {
      const file = writable(descriptors.file(fd));
      const size = toSize(offset + length);
      if (size > file.node.size) resize(guest, file, size);
    },
    fd_close: (fd) => descriptors.close(fd),
    fd_datasync: known,
    fd_sync: known,
    fd_fdstat_get: (fd, result) => writeDescriptorStat(guest, result, descriptors.get(fd)),
    fd_fdstat_set_flags(fd, flags) {
      const descriptor = descriptors.get(fd);
      if (descriptor.kind === "file") descriptor.flags = flags & FDFLAG_APPEND;
    },
    fd_fdstat_set_rights: known,
    fd_filestat_get(fd, result) {
      const descriptor = descriptors.get(fd);
      writeFileStat(guest, result, "node" in descriptor ? descriptor.node : undefined);
    },
    fd_filestat_set_size: (fd, size) => resize(guest, writable(descriptors.file(fd)), toSize(size)),
    fd_filestat_set_times: known,
    fd_prestat_get(fd, result) {
      const path = preopened(guest, fd);
      const view = memory.view(result, 8);
      view.setUint32(0, 0, true);
      view.setUint32(4, path.length, true);
    },
    fd_prestat_dir_name(fd, address, length) {
      const path = preopened(guest, fd);
      if (length >>> 0 < path.length) throw wasiError("nametoolong");
      memory.write(address, path);
    },
    fd_read(fd, list, count, result) {
      const descriptor = descriptors.get(fd);
      if (descriptor.kind === "input") return memory.writeU32(result, 0);
      if (descriptor.kind === "sink") throw wasiError("badf");
      const file = descriptors.file(fd);
      const moved = readAt(guest, file, file.position, list, count);
      file.position += moved;
      memory.writeU32(result, moved);
    },
    fd_pread(fd, list, count, offset, result) {
      memory.writeU32(result, readAt(guest, descriptors.file(fd), toSize(offset), list, count));
    },
    fd_write(fd, list, count, result) {
      const descriptor = descriptors.get(fd);
      if (descriptor.kind === "input") throw wasiError("badf");
      if (descriptor.kind === "sink") {
        const chunk = gather(guest, list, count);
        descriptor.write(chunk);
        return memory.writeU32(result, chunk.length);
      }
      const file = descriptors.file(fd);
      const position = file.flags & FDFLAG_APPEND ? file.node.size : file.position;
      const moved = writeAt(guest, file, position, list, count);
      file.position = position + moved;
      memory.writeU32(result, moved);
    },
    fd_pwrite(fd, list, count, offset, result) {
      memory.writeU32(result, writeAt(guest, descriptors.file(fd), toSize(offset), list, count));
    },
    fd_readdir: (fd, buffer, length, cookie, result) =>
      readFolder(guest, descriptors.folder(fd), { buffer, length, cookie, result }),
    fd_renumber: (from, to) => descriptors.renumber(from, to),
    fd_seek(fd, offset, whence, result) {
      const file = descriptors.file(fd);
      const bases = [0, file.position, file.node.size];
      const base = bases[whence];
      if (base === undefined) throw wasiError("inval");
      file.position = toSize(BigInt(base) + offset);
      memory.writeU64(result, BigInt(file.position));
    },
    fd_tell: (fd, result) => memory.writeU64(result, BigInt(descriptors.file(fd).position)),
  };
}

function preopened(guest: Guest, fd: number): Uint8Array {
  const descriptor = guest.descriptors.get(fd);
  if (descriptor.kind !== "folder" || descriptor.preopened === undefined) throw wasiError("badf");
  return new TextEncoder().encode(descriptor.preopened);
}

/** A file offset or size that fits a number. */
function toSize(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw wasiError("inval");
  return Number(value);
}

function writable(file: FileDescriptor): FileDescriptor {
  if (!file.writable) throw wasiError("badf");
  return file;
}

function resize(guest: Guest, file: FileDescriptor, size: number): void {
  file.node.resize(size, (bytes) => guest.fuel.chargeBytes(bytes));
}

function readAt(
  guest: Guest,
  file: FileDescriptor,
  position: number,
  list: number,
  count: number,
): number {
  if (!file.readable) throw wasiError("badf");
  let moved = 0;
  for (const target of guest.memory.buffers(list, count)) {
    const from = position + moved;
    const part = file.node.content.subarray(from, from + target.length);
    guest.fuel.chargeBytes(part.length);
    target.set(part);
    moved += part.length;
  }
  return moved;
}

function writeAt(
  guest: Guest,
  file: FileDescriptor,
  position: number,
  list: number,
  count: number,
): number {
  writable(file);
  const chunk = gather(guest, list, count);
  if (chunk.length === 0) return 0;
  const end = position + chunk.length;
  if (end > file.node.size) resize(guest, file, end);
  file.node.content.set(chunk, position);
  return chunk.length;
}

/** The bytes of a list of buffers in one piece, paid for before they are copied. */
function gather(guest: Guest, list: number, count: number): Uint8Array {
  const buffers = guest.memory.buffers(list, count);
  const wanted = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  const total = Math.min(wanted, MAX_WRITE_BYTES);
  guest.fuel.chargeBytes(total);
  const chunk = new Uint8Array(total);
  let at = 0;
  for (const buffer of buffers) {
    const part = buffer.subarray(0, total - at);
    chunk.set(part, at);
    at += part.length;
  }
  return chunk;
}
