import { findProgram, installPackages, isDebianRoot } from "../lib/debian.ts";

const PROGRAMS = ["swtpm", "swtpm_setup", "swtpm_localca", "tpm2_quote", "tpm2_startup"];
const PACKAGES = ["swtpm", "swtpm-tools", "tpm2-tools"];

/** What this machine has, and may do about what it lacks. */
export interface TpmSurroundings {
  readonly install: boolean;
  readonly find: (program: string) => Promise<string | undefined>;
  readonly isDebianRoot: () => Promise<boolean>;
  readonly installPackages: (names: readonly string[]) => Promise<string | undefined>;
  readonly log: (message: string) => void;
}

/** This machine, as it is. */
export function surroundings(log: (message: string) => void, signal: AbortSignal): TpmSurroundings {
  return {
    ...{ install: process.env.DECO_NO_INSTALL !== "1", find: findProgram, isDebianRoot, log },
    installPackages: (names) => installPackages(names, signal),
  };
}

/**
 * Has a software TPM and its tools here for the tests of attested keys, installing them as root on Debian.
 * @returns why those tests are skipped; undefined when they run
 */
export async function ensureSoftwareTpm({
  install,
  find,
  isDebianRoot,
  installPackages,
  log,
}: TpmSurroundings): Promise<string | undefined> {
  const missing = async () => {
    const found = await Promise.all(PROGRAMS.map(find));
    return PROGRAMS.filter((_, index) => found[index] === undefined);
  };
  const before = await missing();
  if (before.length === 0) return undefined;
  const lacks = `${before.join(", ")} not installed`;
  const remedy = `Run: apt-get install ${PACKAGES.join(" ")}`;
  if (!install) return `${lacks}, and installing is not allowed. ${remedy}`;
  if (!(await isDebianRoot())) return `${lacks}, which needs root on Debian. ${remedy}`;
  log(`Installing Debian's ${PACKAGES.join(", ")} with apt-get, for tests with a software TPM.`);
  const failure = await installPackages(PACKAGES);
  if (failure !== undefined) return `${failure}. ${remedy}`;
  const after = await missing();
  return after.length === 0 ? undefined : `the packages brought no ${after.join(", ")}`;
}
