import { describe, expect, it } from "vitest";
import { RecentMap } from "../../src/runtime/recent-map.ts";

describe("RecentMap", () => {
  it("makes a value once while it is among those used last", () => {
    const made: string[] = [];
    const map = new RecentMap<string, string>(2);
    const get = (key: string) => map.get(key, (of) => `${of}${made.push(of)}`);
    expect([get("a"), get("b"), get("a")]).toEqual(["a1", "b2", "a1"]);
    expect([get("c"), get("a"), get("b")]).toEqual(["c3", "a1", "b4"]);
    expect(made).toEqual(["a", "b", "c", "b"]);
  });

  it("keeps what is undefined, too", () => {
    let made = 0;
    const map = new RecentMap<string, undefined>(1);
    const make = () => {
      made += 1;
      return undefined;
    };
    map.get("a", make);
    map.get("a", make);
    expect(made).toBe(1);
  });
});
