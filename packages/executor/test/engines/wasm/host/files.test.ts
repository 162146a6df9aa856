import { describe, expect, test } from "vitest";
import { FD, HostHarness, OPEN, RIGHTS } from "../support/host-harness.ts";

const INPUT = { "a.txt": "alpha", "sub/b.txt": "beta" };

describe("paths of the guest", () => {
  test.each([
    ["../etc/passwd", "notcapable"],
    ["sub/../../out", "notcapable"],
    ["sub/../../../../etc/passwd", "notcapable"],
    ["/etc/passwd", "notcapable"],
    ["/in/a.txt", "notcapable"],
    ["sub/../a.txt/../..", "notdir"],
    ["a.txt/x", "notdir"],
    ["a.txt/", "notdir"],
    ["missing", "noent"],
    ["missing/..", "noent"],
    ["", "noent"],
    ["a\0b", "ilseq"],
    ["__proto__", "noent"],
    ["constructor", "noent"],
  ])("%j is refused with %s", (path, error) => {
    expect(new HostHarness({ input: INPUT }).open(FD.in, path)).toBe(error);
  });

  test("that are no UTF-8 are refused", () => {
    const host = new HostHarness();
    const [address, length] = host.put(new Uint8Array([0xff, 0xfe]));
    expect(host.call("path_open", FD.out, 0, address, length, 0, 0n, 0n, 0, 0)).toBe("ilseq");
  });

  test("that are too long are refused", () => {
    const host = new HostHarness();
    expect(host.open(FD.out, "x".repeat(256), OPEN.create)).toBe("nametoolong");
    expect(host.open(FD.out, "./".repeat(3_000))).toBe("nametoolong");
  });

  test.each(["a.txt", "./a.txt", "sub/../a.txt", "sub/./../a.txt", "sub//../a.txt"])(
    "%j leads to the file",
    (path) => {
      const host = new HostHarness({ input: INPUT });
      expect(host.read(host.opened(FD.in, path), 100)).toBe("alpha");
    },
  );

  test("outside the memory are refused", () => {
    const host = new HostHarness();
    expect(host.call("path_open", FD.out, 0, -1, 8, 0, 0n, 0n, 0, 0)).toBe("fault");
    expect(host.call("path_open", FD.out, 0, 0, -1, 0, 0n, 0n, 0, 0)).toBe("fault");
  });
});

describe("the input", () => {
  test("cannot be written, replaced or removed", () => {
    const host = new HostHarness({ input: INPUT });
    expect(host.open(FD.in, "a.txt", 0, RIGHTS.both)).toBe("rofs");
    expect(host.open(FD.in, "a.txt", OPEN.truncate)).toBe("rofs");
    expect(host.open(FD.in, "new", OPEN.create)).toBe("rofs");
    expect(host.call("path_create_directory", FD.in, ...host.put("dir"))).toBe("rofs");
    expect(host.call("path_unlink_file", FD.in, ...host.put("a.txt"))).toBe("rofs");
    expect(host.call("path_remove_directory", FD.in, ...host.put("sub"))).toBe("rofs");
    const moved = [...host.put("a.txt"), FD.out, ...host.put("b")] as const;
    expect(host.call("path_rename", FD.in, ...moved)).toBe("rofs");
    expect(host.write(host.opened(FD.in, "a.txt"), "x")).toBe("badf");
    expect(host.open(FD.root, "new", OPEN.create)).toBe("rofs");
    expect(host.call("path_remove_directory", FD.root, ...host.put("out"))).toBe("rofs");
  });
});

describe("the output", () => {
  test("takes files, appends, seeks, truncates", () => {
    const host = new HostHarness();
    const fd = host.opened(FD.out, "f", OPEN.create, RIGHTS.both);
    expect(host.write(fd, "hello world")).toBe(11);
    expect(host.call("fd_seek", fd, 6n, 0, 8)).toBe("success");
    expect(host.read(fd, 100)).toBe("world");
    expect(host.call("fd_seek", fd, -4n, 2, 8)).toBe("success");
    expect(host.view.getBigUint64(8, true)).toBe(7n);
    expect(host.call("fd_seek", fd, -12n, 2, 8)).toBe("inval");
    expect(host.call("fd_filestat_set_size", fd, 5n)).toBe("success");
    const append = host.opened(FD.out, "f", 0, RIGHTS.both, 1);
    expect(host.write(append, "!")).toBe(1);
    expect(host.call("fd_seek", fd, 0n, 0, 8)).toBe("success");
    expect(host.read(fd, 100)).toBe("hello!");
    expect(host.open(FD.out, "f", OPEN.create | OPEN.exclusive, RIGHTS.both)).toBe("exist");
    host.opened(FD.out, "f", OPEN.truncate, RIGHTS.both);
    expect(host.files.writtenBytes).toBe(0);
  });

  test("fills a gap with zeros", () => {
    const host = new HostHarness();
    const fd = host.opened(FD.out, "f", OPEN.create, RIGHTS.both);
    host.write(fd, "full");
    host.call("fd_filestat_set_size", fd, 1n);
    expect(host.call("fd_pwrite", fd, ...host.vector(...host.put("x")), 3n, 0)).toBe("success");
    expect(host.call("fd_pread", fd, ...host.vector(512, 8), 0n, 0)).toBe("success");
    expect(host.bytes(512, 4).toString("latin1")).toBe("f\0\0x");
  });

  test("is bounded in bytes, by whole writes", () => {
    const host = new HostHarness({ outputBytes: 10 });
    const fd = host.opened(FD.out, "f", OPEN.create, RIGHTS.both);
    expect(host.write(fd, "12345678")).toBe(8);
    expect(host.write(fd, "abc")).toBe("nospc");
    expect(host.files.writtenBytes).toBe(8);
    expect(host.write(fd, "ab")).toBe(2);
    expect(host.call("fd_filestat_set_size", fd, 2n ** 52n)).toBe("nospc");
    expect(host.call("fd_allocate", fd, 0n, 11n)).toBe("nospc");
    expect(host.call("fd_pwrite", fd, ...host.vector(...host.put("x")), 2n ** 50n, 0)).toBe(
      "nospc",
    );
  });

  test("gives room back when a file is removed and closed", () => {
    const host = new HostHarness({ outputBytes: 10 });
    const fd = host.opened(FD.out, "f", OPEN.create, RIGHTS.both);
    host.write(fd, "1234567890");
    expect(host.call("path_unlink_file", FD.out, ...host.put("f"))).toBe("success");
    expect(host.files.writtenBytes).toBe(10);
    expect(host.call("fd_close", fd)).toBe("success");
    expect(host.files.writtenBytes).toBe(0);
    expect(host.open(FD.out, "f")).toBe("noent");
  });

  test("is bounded in entries, depth and length of paths", () => {
    const host = new HostHarness();
    let made = 0;
    while (host.call("path_create_directory", FD.out, ...host.put(`d${made}`)) === "success") {
      made += 1;
    }
    expect(made).toBe(10_000);

    const deep = new HostHarness();
    let path = "d";
    while (deep.call("path_create_directory", FD.out, ...deep.put(path)) === "success")
      path += "/d";
    expect(path.split("/").length).toBe(33);

    const long = new HostHarness();
    let name = "n".repeat(200);
    while (long.call("path_create_directory", FD.out, ...long.put(name)) === "success") {
      name += `/${"n".repeat(200)}`;
    }
    expect(name.length).toBeGreaterThan(1_024);
    expect(name.length).toBeLessThan(1_024 + 202);
  });

  test("folders can be made, listed in byte order and removed when empty", () => {
    const host = new HostHarness();
    for (const name of ["z", "ä", "B", "a"]) host.opened(FD.out, name, OPEN.create);
    host.call("path_create_directory", FD.out, ...host.put("m"));
    expect(list(host, FD.out)).toEqual([".", "..", "B", "a", "m", "z", "ä"]);
    expect(list(host, FD.out, 40)).toEqual([".", "..", "B", "a", "m", "z", "ä"]);
    host.opened(FD.out, "m/file", OPEN.create);
    expect(host.call("path_remove_directory", FD.out, ...host.put("m"))).toBe("notempty");
    host.call("path_unlink_file", FD.out, ...host.put("m/file"));
    expect(host.call("path_remove_directory", FD.out, ...host.put("m"))).toBe("success");
    expect(host.call("path_unlink_file", FD.out, ...host.put("m"))).toBe("noent");
  });

  test("files can be moved and replace others; links cannot be made", () => {
    const host = new HostHarness();
    host.write(host.opened(FD.out, "from", OPEN.create, RIGHTS.both), "new");
    host.write(host.opened(FD.out, "to", OPEN.create, RIGHTS.both), "older");
    const moved = [...host.put("from"), FD.out, ...host.put("to")] as const;
    expect(host.call("path_rename", FD.out, ...moved)).toBe("success");
    expect(host.read(host.opened(FD.out, "to"), 9)).toBe("new");
    expect(host.open(FD.out, "from")).toBe("noent");
    const link = host.put("link");
    const target = host.put("/etc/passwd");
    expect(host.call("path_symlink", ...target, FD.out, ...link)).toBe("notsup");
    expect(host.call("path_link", FD.out, 0, ...host.put("to"), FD.out, ...link)).toBe("notsup");
    expect(host.call("path_readlink", FD.out, ...host.put("to"), 0, 8, 16)).toBe("inval");
  });
});

describe("descriptors", () => {
  test("are bounded, reused lowest first and gone once closed", () => {
    const host = new HostHarness();
    const first = host.opened(FD.out, "f", OPEN.create, RIGHTS.both);
    let count = 1;
    while (typeof host.open(FD.out, "f") === "number") count += 1;
    expect(host.open(FD.out, "f")).toBe("mfile");
    expect(count).toBe(250);
    expect(host.call("fd_close", first)).toBe("success");
    expect(host.call("fd_close", first)).toBe("badf");
    expect(host.opened(FD.out, "f")).toBe(first);
    expect(host.call("fd_renumber", first, 7)).toBe("success");
    expect(host.call("fd_tell", first, 0)).toBe("badf");
  });

  test.each(["fd_read", "fd_write", "fd_tell", "fd_close"] as const)(
    "that do not exist are refused by %s",
    (name) => {
      expect(new HostHarness().call(name, 99, 0, 0, 0)).toBe("badf");
    },
  );

  test("of folders and streams refuse what they are not for", () => {
    const host = new HostHarness();
    expect(host.read(FD.out, 4)).toBe("isdir");
    expect(host.write(FD.in, "x")).toBe("isdir");
    expect(host.call("fd_seek", FD.stdout, 0n, 0, 0)).toBe("spipe");
    expect(host.read(FD.stdout, 4)).toBe("badf");
    expect(host.write(FD.stdin, "x")).toBe("badf");
    expect(host.read(FD.stdin, 4)).toBe("");
    expect(host.open(FD.stdout, "x")).toBe("notdir");
  });

  test("describe themselves", () => {
    const host = new HostHarness({ input: INPUT });
    expect(host.call("fd_prestat_get", FD.out, 64)).toBe("success");
    expect(host.view.getUint32(68, true)).toBe(4);
    expect(host.call("fd_prestat_dir_name", FD.out, 128, 4)).toBe("success");
    expect(host.bytes(128, 4).toString()).toBe("/out");
    expect(host.call("fd_prestat_dir_name", FD.out, 128, 3)).toBe("nametoolong");
    expect(host.call("fd_prestat_get", FD.root + 1, 64)).toBe("badf");
    expect(host.call("path_filestat_get", FD.in, 0, ...host.put("a.txt"), 256)).toBe("success");
    expect(host.view.getUint8(256 + 16)).toBe(4);
    expect(host.view.getBigUint64(256 + 32, true)).toBe(5n);
    expect(host.call("path_filestat_get", FD.in, 0, ...host.put("sub/"), 256)).toBe("success");
    expect(host.view.getUint8(256 + 16)).toBe(3);
    expect(host.call("fd_fdstat_get", FD.stdout, 256)).toBe("success");
    expect(host.view.getUint8(256)).toBe(0);
  });
});

/** All names of a folder, read with a buffer of that size. */
function list(host: HostHarness, fd: number, size = 1_000): string[] {
  const names: string[] = [];
  let cookie = 0n;
  for (;;) {
    expect(host.call("fd_readdir", fd, 1_000_00, size, cookie, 0)).toBe("success");
    const used = host.view.getUint32(0, true);
    let at = 100_000;
    const end = at + used;
    while (at + 24 <= end) {
      const length = host.view.getUint32(at + 16, true);
      if (at + 24 + length > end) break;
      names.push(host.bytes(at + 24, length).toString());
      cookie = host.view.getBigUint64(at, true);
      at += 24 + length;
    }
    if (used < size) return names;
  }
}
