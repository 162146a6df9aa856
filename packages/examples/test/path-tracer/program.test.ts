import { programSchema } from "@deco-network/sdk";
import { describe, expect, it } from "vitest";
import {
  buildProgram,
  loadScene,
  parseScene,
  prepareJob,
  scenes,
} from "../../src/path-tracer/index.ts";
import { sceneText } from "./fixtures.ts";

const MODULE_CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

describe("prepareJob", () => {
  it("gives module, input folder, items and program", async () => {
    const scene = await loadScene(scenes.cornell);
    const job = await prepareJob(scene);
    expect(WebAssembly.validate(Buffer.from(job.moduleBytes))).toBe(true);
    expect([...job.inputFiles.keys()]).toEqual(["scene.json"]);
    const sent = new TextDecoder().decode(job.inputFiles.get("scene.json"));
    expect(parseScene(sent)).toEqual(scene);
    expect(job.items).toHaveLength(35);
    expect(new Set(job.items.map(String)).size).toBe(35);
  });

  it("gives a program document that the schema accepts", async () => {
    const { programTemplate } = await prepareJob(await loadScene(scenes.cornell));
    const program = buildProgram(programTemplate, MODULE_CID);
    expect(programSchema.parse(program)).toEqual(program);
  });

  it("raises fuel and time with the work", async () => {
    const limitsAt = async (samples: number) => {
      const scene = parseScene(await sceneText((s) => (s.samples = samples)));
      const { limits } = (await prepareJob(scene)).programTemplate;
      return { fuel: BigInt(limits.fuel), seconds: limits.wallSeconds };
    };
    const few = await limitsAt(64);
    const many = await limitsAt(4096);
    expect(many.fuel).toBeGreaterThan(50n * few.fuel);
    expect(many.seconds).toBeGreaterThan(few.seconds);
  });
});
