import { describe, expect, test } from "vitest";
import { FD, HostHarness, OPEN, RIGHTS } from "../support/host-harness.ts";

/** A host whose finished checkpoints are listed. */
function keeping(current?: string): { host: HostHarness; finished: string[] } {
  const finished: string[] = [];
  const checkpoints = {
    maxBytes: 10,
    onCurrent: (content: Uint8Array) => void finished.push(Buffer.from(content).toString()),
    ...(current !== undefined && { current: new Uint8Array(Buffer.from(current)) }),
  };
  return { host: new HostHarness({ checkpoints }), finished };
}

function write(host: HostHarness, name: string, text: string): number | string {
  const fd = host.opened(FD.checkpoint, name, OPEN.create | OPEN.truncate, RIGHTS.both);
  const written = host.write(fd, text);
  host.call("fd_close", fd);
  return written;
}

const rename = (host: HostHarness, from: string, to: string, toFolder: number = FD.checkpoint) =>
  host.call("path_rename", FD.checkpoint, ...host.put(from), toFolder, ...host.put(to));

describe("the folder of checkpoints", () => {
  test("finishes one when a file is renamed to `current`, with the bytes of that moment", () => {
    const { host, finished } = keeping();
    write(host, "next", "one");
    expect(finished).toEqual([]);
    expect(rename(host, "next", "current")).toBe("success");
    write(host, "next", "two");
    expect(rename(host, "next", "current")).toBe("success");
    expect(finished).toEqual(["one", "two"]);
  });

  test("finishes none by writing in place, nor under another name, nor in another folder", () => {
    const { host, finished } = keeping();
    write(host, "current", "torn");
    write(host, "next", "one");
    expect(rename(host, "next", "other")).toBe("success");
    expect(rename(host, "other", "current", FD.out)).toBe("xdev");
    const out = host.opened(FD.out, "next", OPEN.create, RIGHTS.both);
    host.write(out, "x");
    expect(
      host.call("path_rename", FD.out, ...host.put("next"), FD.out, ...host.put("current")),
    ).toBe("success");
    expect(finished).toEqual([]);
  });

  test("refuses one that is larger than said, and keeps the last", () => {
    const { host, finished } = keeping();
    write(host, "next", "ten bytes.");
    expect(rename(host, "next", "current")).toBe("success");
    write(host, "next", "ten bytes");
    expect(write(host, "more", "ab")).toBe("nospc");
    host.call("path_unlink_file", FD.checkpoint, ...host.put("current"));
    write(host, "next", "eleven bytes");
    expect(rename(host, "next", "current")).toBe("fbig");
    expect(finished).toEqual(["ten bytes."]);
  });

  test("shows what a run goes on from, which may be replaced", () => {
    const { host, finished } = keeping("before");
    expect(host.read(host.opened(FD.checkpoint, "current"), 100)).toBe("before");
    write(host, "next", "after");
    expect(rename(host, "next", "current")).toBe("success");
    expect(host.read(host.opened(FD.checkpoint, "current"), 100)).toBe("after");
    expect(finished).toEqual(["after"]);
  });

  test("counts apart from the outputs, in bytes and in files", () => {
    const { host } = keeping("before");
    expect(host.files.writtenBytes).toBe(6);
    for (let i = 0; i < 63; i++) write(host, `file ${i}`, "");
    expect(host.open(FD.checkpoint, "one more", OPEN.create, RIGHTS.both)).toBe("nospc");
    expect(typeof host.open(FD.out, "one more", OPEN.create, RIGHTS.both)).toBe("number");
  });
});
