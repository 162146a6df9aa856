/** Docker archive of the path tracer as a container; see `build-image.ts`. */
export const IMAGE_FILE = new URL("./image.tar", import.meta.url);

/** The image's id, one line. */
export const IMAGE_ID_FILE = new URL("./image-id.txt", import.meta.url);
