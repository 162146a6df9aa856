import { describe, expect, it } from "vitest";
import { loadScene, parseScene, SceneError, scenes } from "../../src/path-tracer/index.ts";
import { SCENE_FAULTS, sceneText } from "./fixtures.ts";

function faultOf(text: string): SceneError {
  try {
    parseScene(text);
  } catch (error) {
    if (error instanceof SceneError) return error;
    throw error;
  }
  expect.unreachable("the scene was accepted");
}

describe("loadScene", () => {
  it.each(Object.entries(scenes))("accepts the scene %s that comes along", async (_name, file) => {
    await expect(loadScene(file)).resolves.toMatchObject({ maxBounces: 8 });
  });

  it("fills in defaults", async () => {
    const scene = parseScene(
      await sceneText((s) => {
        for (const name of ["maxBounces", "seed", "exposure", "background"]) delete s[name];
        delete s.materials.gold.fuzz;
      }),
    );
    expect(scene).toMatchObject({
      maxBounces: 8,
      seed: 0,
      exposure: 1,
      background: { horizon: [0, 0, 0], zenith: [0, 0, 0] },
      camera: { up: [0, 1, 0] },
      materials: { gold: { fuzz: 0 }, glass: { ior: 1.5 } },
    });
  });

  it("names a file that cannot be read", async () => {
    await expect(loadScene("no-such-folder/scene.json")).rejects.toMatchObject({
      code: "file-unreadable",
    });
  });

  it("ends when aborted", async () => {
    await expect(loadScene(scenes.cornell, AbortSignal.abort())).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});

describe("parseScene", () => {
  it.each(SCENE_FAULTS)("reports $code at $path", async ({ code, path, edit }) => {
    const fault = faultOf(await sceneText(edit));
    expect(fault).toMatchObject({ code, path });
    expect(fault.message).toContain(path);
    expect(fault.remedy).not.toBe("");
  });

  it("reports malformed JSON", () => {
    expect(faultOf('{"width": 240,}')).toMatchObject({ code: "json-malformed", path: "" });
  });

  it.each(["[]", "3", "null"])("reports %s, which is no object", (text) => {
    expect(faultOf(text)).toMatchObject({ code: "field-invalid", path: "" });
  });

  it("reports a text above 1 MiB", async () => {
    const text = (await sceneText()) + " ".repeat(1 << 20);
    expect(faultOf(text)).toMatchObject({ code: "file-too-large", path: "" });
  });
});
