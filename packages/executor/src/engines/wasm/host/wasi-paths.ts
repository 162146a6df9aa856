import { FDFLAG_APPEND } from "./descriptors.ts";
import { wasiError } from "./errno.ts";
import { RIGHT, writeFileStat } from "./file-stat.ts";
import type { Place } from "./file-tree.ts";
import type { Guest } from "./guest.ts";
import type { WasiFunctions } from "./wasi-imports.ts";

const OPEN = { create: 1, folder: 2, exclusive: 4, truncate: 8 } as const;

type PathFunctions = Pick<WasiFunctions, Extract<keyof WasiFunctions, `path_${string}`>>;

/** Everything that works on a path below an open folder. There are no links of any kind. */
export function pathFunctions(guest: Guest): PathFunctions {
  const { memory, descriptors, files } = guest;
  const place = (fd: number, address: number, length: number): Place => {
    guest.fuel.chargeBytes(length >>> 0);
    return files.resolve(descriptors.folder(fd).node, memory.text(address, length));
  };
  const existing = (found: Place) => {
    if (found.node === undefined) throw wasiError("noent");
    if (found.folderWanted && found.node.kind === "file") throw wasiError("notdir");
    return found.node;
  };
  const noLinks = () => {
    throw wasiError("notsup");
  };
  return {
    path_create_directory: (fd, path, length) => files.createFolder(place(fd, path, length)),
    path_filestat_get(fd, _flags, path, length, result) {
      writeFileStat(guest, result, existing(place(fd, path, length)));
    },
    path_filestat_set_times: (fd, _flags, path, length) => void existing(place(fd, path, length)),
    path_link: noLinks,
    path_symlink: noLinks,
    path_readlink(fd, path, length) {
      existing(place(fd, path, length));
      throw wasiError("inval");
    },
    path_open(fd, _lookup, path, length, open, rights, _inheriting, flags, result) {
      const opened = openPlace(guest, place(fd, path, length), open, rights, flags);
      memory.writeU32(result, opened);
    },
    path_remove_directory: (fd, path, length) => files.removeFolder(place(fd, path, length)),
    path_rename(fd, path, length, toFd, toPath, toLength) {
      files.rename(place(fd, path, length), place(toFd, toPath, toLength));
    },
    path_unlink_file: (fd, path, length) => files.removeFile(place(fd, path, length)),
  };
}

function openPlace(
  guest: Guest,
  found: Place,
  open: number,
  rights: bigint,
  flags: number,
): number {
  if (found.node !== undefined && open & OPEN.create && open & OPEN.exclusive) {
    throw wasiError("exist");
  }
  if (found.node === undefined && !(open & OPEN.create)) throw wasiError("noent");
  if (open & OPEN.create && open & OPEN.folder) throw wasiError("inval");
  const node = found.node ?? guest.files.createFile(found);
  if (node.kind === "folder") {
    if (open & OPEN.truncate) throw wasiError("isdir");
    return guest.descriptors.add({ kind: "folder", node });
  }
  if (open & OPEN.folder || found.folderWanted) throw wasiError("notdir");
  const writes = (rights & RIGHT.write) !== 0n;
  if ((writes || open & OPEN.truncate) && !node.writable) throw wasiError("rofs");
  const opened = guest.descriptors.add({
    kind: "file",
    node,
    readable: (rights & RIGHT.read) !== 0n,
    writable: writes,
    flags: flags & FDFLAG_APPEND,
    position: 0,
  });
  if (open & OPEN.truncate) node.resize(0, () => {});
  return opened;
}
