import { describe, expect, it } from "vitest";

import { LogLines } from "../../src/output/log-text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("lines of a log", () => {
  it("are whole, however they come in pieces", () => {
    const lines = new LogLines();
    const all = bytes("grüße\r\nend");
    const told = [...all].flatMap((byte) => lines.add(Uint8Array.of(byte)));
    expect([told, lines.end(), lines.end()]).toEqual([["grüße"], "end", undefined]);
  });

  it("cannot steer a terminal", () => {
    const [line] = new LogLines().add(bytes("\u001b]0;owned\u0007\tx\u202ey\u009b2J\n"));
    expect(line).toBe("\\u{1b}]0;owned\\u{7}\tx\\u{202e}y\\u{9b}2J");
  });

  it("are cut when a line never ends", () => {
    expect(new LogLines().add(bytes("a".repeat(70_000)))).toEqual(["a".repeat(70_000)]);
  });
});
