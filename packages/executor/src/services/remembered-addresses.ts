import { readFile, rename, writeFile } from "node:fs/promises";

import * as z from "zod";

const schema = z.object({
  /** Multiaddrs that the IPFS node listened on, without the peer id. */
  listen: z.array(z.string()),
  gatewayPort: z.int().optional(),
});
export type RememberedAddresses = z.infer<typeof schema>;

/** Addresses of the last start; undefined when there are none that can be read. */
export async function recallAddresses(path: string): Promise<RememberedAddresses | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    // Only a convenience: without it the addresses change and are described anew.
    return undefined;
  }
}

export async function rememberAddresses(
  path: string,
  addresses: RememberedAddresses,
): Promise<void> {
  await writeFile(`${path}.partial`, JSON.stringify(addresses));
  await rename(`${path}.partial`, path);
}
