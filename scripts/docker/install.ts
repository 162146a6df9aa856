import { findProgram, installPackages } from "../lib/debian.ts";

/** Path of dockerd, also where root's PATH lacks the system folders. */
export async function findDockerd(): Promise<string | undefined> {
  return await findProgram("dockerd");
}

/** Installs Debian's docker.io; what went wrong, or undefined. */
export async function installDockerIo(signal?: AbortSignal): Promise<string | undefined> {
  return await installPackages(["docker.io"], signal);
}
