import { pathTracer } from "@deco-network/examples";
import type { JobDraft } from "@deco-network/requester";

/** The rendering of a scene as a job: a bag with one item per tile. */
export async function renderDraft(
  scene: pathTracer.Scene,
  engine: "wasm" | "oci",
): Promise<JobDraft> {
  if (engine === "wasm") {
    const job = await pathTracer.prepareJob(scene);
    return {
      program: {
        kind: "draft",
        draft: { ...job.programTemplate, module: { file: "path-tracer.wasm" } },
        artefact: job.moduleBytes,
      },
      files: { kind: "files", files: job.inputFiles },
      items: { kind: "bytes", items: job.items },
    };
  }
  const job = await pathTracer.prepareContainerJob(scene);
  const image = { archive: { file: "image.tar" }, id: job.imageId };
  return {
    program: {
      kind: "draft",
      draft: { ...job.programTemplate, image },
      artefact: job.archiveBytes,
    },
    files: { kind: "files", files: job.inputFiles },
    items: { kind: "bytes", items: job.items },
  };
}
