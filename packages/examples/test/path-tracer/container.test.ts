import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";
import { buildImage, missingToolchain } from "../../src/path-tracer/container/build-image.ts";
import { IMAGE_FILE, IMAGE_ID_FILE } from "../../src/path-tracer/container/files.ts";

const missing = await missingToolchain();

it.skipIf(missing !== undefined)(
  `image.tar is what its sources give${missing === undefined ? "" : ` (${missing})`}`,
  { timeout: 120_000 },
  async () => {
    const built = await buildImage();
    expect(built.id).toBe((await readFile(IMAGE_ID_FILE, "utf8")).trim());
    expect(Buffer.compare(await readFile(IMAGE_FILE), built.archive)).toBe(0);
  },
);
