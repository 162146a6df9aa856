import { readFile, stat } from "node:fs/promises";

import { RequesterError } from "../errors.ts";

/**
 * Reads a text file of bounded size.
 * @throws RequesterError `job-file-unreadable`
 */
export async function readText(path: string, what: string, maxBytes: number): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= maxBytes) return await readFile(path, "utf8");
  } catch (cause) {
    throw new RequesterError("job-file-unreadable", `The ${what} ${path} cannot be read.`, {
      remedy: "Check the path; paths inside a job file are relative to the job file.",
      cause,
    });
  }
  throw new RequesterError("job-file-unreadable", `The ${what} ${path} is too large.`, {
    remedy: `It may have ${maxBytes} bytes.`,
  });
}
