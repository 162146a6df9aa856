import { describe, expect, it } from "vitest";
import { createOciEngine } from "../../../src/engines/oci/index.ts";

describe("the container engine's options", () => {
  it.each([
    ["an instance id that is no label", { instanceId: "Deco/1" }],
    ["an engine on another machine", { instanceId: "a", host: "tcp://192.0.2.1:2375" }],
    ["a relative socket", { instanceId: "a", host: "unix://docker.sock" }],
    ["the root user", { instanceId: "a", user: { uid: 0, gid: 1 } }],
    ["the root group", { instanceId: "a", user: { uid: 1, gid: 0 } }],
    ["a host name that is none", { instanceId: "a", hostname: "a b" }],
    ["no cores", { instanceId: "a", cores: 0 }],
    ["no bound on images", { instanceId: "a", maxImageBytes: 0 }],
  ])("refuse %s", (_, options) => {
    expect(() => createOciEngine(options)).toThrow(
      expect.objectContaining({ code: "options-invalid" }),
    );
  });

  it("let a missing engine be told from a usable one", async () => {
    const engine = createOciEngine({ instanceId: "none", host: "unix:///nonexistent/docker.sock" });
    const { signal } = new AbortController();
    expect(await engine.probe(signal)).toMatchObject({ available: false });
  });

  it("end a probe with its signal", async () => {
    const engine = createOciEngine({ instanceId: "none", host: "unix:///nonexistent/docker.sock" });
    const reason = new Error("stopping");
    await expect(engine.probe(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
