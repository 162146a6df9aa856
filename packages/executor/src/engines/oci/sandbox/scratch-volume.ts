import type { SandboxLimits } from "@deco-network/sdk/capacity";
import { type Daemon, NEVER } from "../daemon.ts";
import { labels } from "../labels.ts";
import { scratchOptions } from "./container-config.ts";

/**
 * gVisor makes memory file systems of its own, without a bound on the number of files; as a
 * volume, `/tmp` is the machine's. It lives as long as a container that mounts it.
 * @returns the volume's name, or undefined where the runtime needs none.
 */
export async function makeScratchVolume(
  daemon: Daemon,
  runtime: string,
  instanceId: string,
  containerName: string,
  limits: SandboxLimits,
): Promise<string | undefined> {
  if (runtime !== "runsc") return undefined;
  const name = `${containerName}-scratch`;
  await daemon.call("creating a volume", NEVER, () =>
    daemon.docker.createVolume({
      Name: name,
      Driver: "local",
      DriverOpts: { type: "tmpfs", device: "tmpfs", o: `mode=1777,${scratchOptions(limits)}` },
      Labels: labels(instanceId, "scratch"),
    }),
  );
  return name;
}
