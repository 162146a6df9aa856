export { IMAGE_FILE, JOB_FILE, PROGRAM_FILE, SAMPLE_FOLDER } from "./files.ts";
