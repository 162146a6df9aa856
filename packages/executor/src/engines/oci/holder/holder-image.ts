import { type BuiltImage, buildImageArchive } from "../image/build-archive.ts";
import { pauseProgram } from "./pause-program.ts";
import type { Architecture } from "./static-executable.ts";

/** Path of the pause program within the holder image. */
export const PAUSE_PATH = "/pause";

/** The image of the holder container: the pause program and the folder that it holds. */
export function holderImage(architecture: Architecture, name: string): BuiltImage {
  return buildImageArchive({
    architecture,
    name,
    files: [
      { path: "out", type: "directory", mode: 0o755 },
      {
        path: "pause",
        type: "file",
        mode: 0o755,
        bytes: pauseProgram(architecture),
      },
    ],
  });
}
