import { describe, expect, it } from "vitest";
import { captureStreams } from "../../../../src/engines/oci/run/streams.ts";
import { inPieces } from "../support/tar-bytes.ts";

const BOUNDS = { stdoutBytes: 10, stderrBytes: 20, stderrTail: 4 };

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(text.length, 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function capture(frames: Buffer[], piece: number) {
  const exceeded: string[] = [];
  const source = inPieces(Buffer.concat(frames), piece);
  const streams = await captureStreams(source, BOUNDS, (stream) => exceeded.push(stream));
  return {
    stdout: Buffer.from(streams.stdout).toString(),
    stderr: Buffer.from(streams.stderr).toString(),
    exceeded,
  };
}

describe("capturing a container's streams", () => {
  it.each([1, 5, 1000])("takes them apart in pieces of %i", async (piece) => {
    const frames = [frame(1, "abc"), frame(2, "warn"), frame(1, ""), frame(1, "def")];
    expect(await capture(frames, piece)).toEqual({
      stdout: "abcdef",
      stderr: "warn",
      exceeded: [],
    });
  });

  it("keeps the end of standard error", async () => {
    const frames = [frame(2, "abcdef"), frame(2, "gh")];
    expect((await capture(frames, 1000)).stderr).toBe("efgh");
  });

  it("allows exactly the bound", async () => {
    expect((await capture([frame(1, "x".repeat(10))], 3)).exceeded).toEqual([]);
  });

  it("tells once of a stream beyond its bound", async () => {
    const frames = [frame(1, "x".repeat(11)), frame(1, "y"), frame(2, "z".repeat(30))];
    expect((await capture(frames, 1000)).exceeded).toEqual(["stdout"]);
    expect((await capture([frame(2, "z".repeat(21))], 1000)).exceeded).toEqual(["stderr"]);
  });

  it("fails when the stream breaks off within a frame", async () => {
    await expect(capture([frame(1, "abc").subarray(0, 9)], 1000)).rejects.toThrow();
  });
});
