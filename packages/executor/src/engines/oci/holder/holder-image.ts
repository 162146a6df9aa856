import { forwardProgram } from "../egress/forward-program.ts";
import { type BuiltImage, buildImageArchive } from "../image/build-archive.ts";
import { pauseProgram } from "./pause-program.ts";
import type { Architecture } from "./static-executable.ts";

/** Path of the pause program within the holder image. */
export const PAUSE_PATH = "/pause";

/** Path of the forwarder. */
export const FORWARD_PATH = "/forward";

/** The image of the helper containers: their two programs and the folders that they are given. */
export function holderImage(architecture: Architecture, name: string): BuiltImage {
  return buildImageArchive({
    architecture,
    name,
    files: [
      { path: "egress", type: "directory", mode: 0o755 },
      {
        path: "forward",
        type: "file",
        mode: 0o755,
        bytes: forwardProgram(architecture),
      },
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
