// The few WASI calls this program needs, declared by hand so that the module imports nothing else.

@external("wasi_snapshot_preview1", "fd_prestat_get")
declare function fd_prestat_get(fd: i32, prestat: usize): i32;
@external("wasi_snapshot_preview1", "fd_prestat_dir_name")
declare function fd_prestat_dir_name(fd: i32, path: usize, pathLength: usize): i32;
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(
  fd: i32,
  dirFlags: i32,
  path: usize,
  pathLength: usize,
  openFlags: i32,
  rightsBase: u64,
  rightsInheriting: u64,
  fdFlags: i32,
  openedFd: usize,
): i32;
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, vectors: usize, count: usize, read: usize): i32;
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, vectors: usize, count: usize, written: usize): i32;
@external("wasi_snapshot_preview1", "fd_close")
declare function fd_close(fd: i32): i32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void;

const ERRNO_NOENT: i32 = 44;
const RIGHT_FD_READ: u64 = 1 << 1;
const RIGHT_FD_WRITE: u64 = 1 << 6;
const OPEN_CREATE: i32 = 1;
const OPEN_TRUNCATE: i32 = 8;
const FIRST_PREOPEN: i32 = 3;
const STDERR: i32 = 2;
const READ_CHUNK: i32 = 65536;

/** Exit codes; the README lists them for users. */
export const EXIT_JSON: i32 = 2;
export const EXIT_SCENE: i32 = 3;
export const EXIT_TILE: i32 = 4;
export const EXIT_FILE: i32 = 5;
export const EXIT_INTERNAL: i32 = 70;

const scratch = memory.data(32, 8);

/** Bytes of a file: a pointer and a length, since most of what is read here is not text yet. */
@final
export class Bytes {
  constructor(
    public pointer: usize,
    public length: i32,
  ) {}
}

function writeAll(fd: i32, pointer: usize, length: i32): bool {
  let done = 0;
  while (done < length) {
    store<u32>(scratch, <u32>(pointer + done));
    store<u32>(scratch, <u32>(length - done), 4);
    if (fd_write(fd, scratch, 1, scratch + 8) != 0) return false;
    const written = load<i32>(scratch, 8);
    if (written <= 0) return false;
    done += written;
  }
  return true;
}

/** Writes one line to stderr and ends the program. */
export function fail(code: i32, message: string): void {
  const text = String.UTF8.encode(message + "\n");
  writeAll(STDERR, changetype<usize>(text), text.byteLength);
  proc_exit(code);
  unreachable();
}

/** Replaces AssemblyScript's `abort`, which would need a host import. */
export function abort(
  message: string | null,
  _file: string | null,
  line: u32,
  column: u32,
): void {
  fail(
    EXIT_INTERNAL,
    "internal error: " +
      (message ? message : "assertion") +
      " (" +
      line.toString() +
      ":" +
      column.toString() +
      ")",
  );
}

/** The descriptor of the preopened folder `name`, or -1. */
function findPreopen(name: string): i32 {
  const wanted = String.UTF8.encode(name);
  for (let fd = FIRST_PREOPEN; fd_prestat_get(fd, scratch) == 0; fd++) {
    const length = load<i32>(scratch, 4);
    if (load<u8>(scratch) != 0 || length != wanted.byteLength) continue;
    const buffer = new ArrayBuffer(length);
    if (fd_prestat_dir_name(fd, changetype<usize>(buffer), length) != 0) continue;
    if (memory.compare(changetype<usize>(buffer), changetype<usize>(wanted), length) == 0) {
      return fd;
    }
  }
  return -1;
}

/** Opens `folder`/`name`; -1 when it does not exist. */
function open(folder: string, name: string, openFlags: i32, rights: u64): i32 {
  const folderFd = findPreopen(folder);
  if (folderFd < 0) return -1;
  const path = String.UTF8.encode(name);
  const errno = path_open(
    folderFd,
    0,
    changetype<usize>(path),
    path.byteLength,
    openFlags,
    rights,
    0,
    0,
    scratch,
  );
  if (errno == ERRNO_NOENT) return -1;
  if (errno != 0) {
    fail(EXIT_FILE, folder + ": cannot open " + name + " (errno " + errno.toString() + ")");
  }
  return load<i32>(scratch);
}

/**
 * Reads a whole file, or returns null when it does not exist.
 * Ends the program when the file is longer than `limit` bytes.
 */
export function readFile(folder: string, name: string, limit: i32): Bytes | null {
  const fd = open(folder, name, 0, RIGHT_FD_READ);
  if (fd < 0) return null;
  let capacity = READ_CHUNK;
  let pointer = heap.alloc(capacity);
  let length = 0;
  for (;;) {
    if (length == capacity) {
      capacity *= 2;
      pointer = heap.realloc(pointer, capacity);
    }
    store<u32>(scratch, <u32>(pointer + length));
    store<u32>(scratch, <u32>(capacity - length), 4);
    if (fd_read(fd, scratch, 1, scratch + 8) != 0) fail(EXIT_FILE, "cannot read " + name);
    const count = load<i32>(scratch, 8);
    if (count == 0) break;
    length += count;
    if (length > limit) {
      fail(EXIT_FILE, name + " is longer than " + limit.toString() + " bytes");
    }
  }
  fd_close(fd);
  return new Bytes(pointer, length);
}

/** Writes a whole file, replacing what was there. */
export function writeFile(folder: string, name: string, pointer: usize, length: i32): void {
  const fd = open(folder, name, OPEN_CREATE | OPEN_TRUNCATE, RIGHT_FD_WRITE);
  if (fd < 0) fail(EXIT_FILE, "there is no folder " + folder);
  if (!writeAll(fd, pointer, length) || fd_close(fd) != 0) {
    fail(EXIT_FILE, "cannot write " + folder + "/" + name);
  }
}

@external("wasi_snapshot_preview1", "path_rename")
declare function path_rename(
  fd: i32,
  path: usize,
  pathLength: usize,
  toFd: i32,
  toPath: usize,
  toLength: usize,
): i32;

/** Gives a file another name in its folder, replacing what had that. */
export function renameFile(folder: string, name: string, to: string): void {
  const folderFd = findPreopen(folder);
  const from = String.UTF8.encode(name);
  const target = String.UTF8.encode(to);
  const errno = path_rename(
    folderFd,
    changetype<usize>(from),
    from.byteLength,
    folderFd,
    changetype<usize>(target),
    target.byteLength,
  );
  if (errno != 0) {
    fail(EXIT_FILE, "cannot rename " + folder + "/" + name + " (errno " + errno.toString() + ")");
  }
}
