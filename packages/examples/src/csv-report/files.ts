/** The image as a docker-archive; `build-image.ts` makes it. */
export const IMAGE_FILE = new URL("./image.tar", import.meta.url);

/** The program: a draft that names the image archive and its id. */
export const PROGRAM_FILE = new URL("./program.json", import.meta.url);

/** A job for `deco run`, over the sample. */
export const JOB_FILE = new URL("./job.json", import.meta.url);

/** A folder with a sample CSV file; `generate-sample.ts` makes it. */
export const SAMPLE_FOLDER = new URL("./sample/", import.meta.url);
