import { TIMELOCK_ROLES, type TimelockRole, timelockControllerAbi } from "@deco-network/sdk";
import { type Address, getAddress, type PublicClient, zeroAddress } from "viem";

import type { DeploySettings } from "../settings.ts";
import { type Check, same } from "./check.ts";

/** Who holds which role of the timelock, from all that was ever granted, and its delay. */
export async function inspectTimelock(
  client: PublicClient,
  timelock: Address,
  settings: DeploySettings,
): Promise<Check[]> {
  const holders = await holdersOf(client, timelock);
  const delay = await client.readContract({
    ...{ address: timelock, abi: timelockControllerAbi },
    functionName: "getMinDelay",
  });
  const expected: Record<TimelockRole, readonly Address[]> = {
    admin: [timelock],
    proposer: settings.proposers,
    canceller: settings.proposers,
    executor: [zeroAddress],
  };
  return [
    ...Object.entries(TIMELOCK_ROLES).map(([name, role]) =>
      same(
        `timelock's ${name}`,
        [...(holders.get(role) ?? [])].sort(),
        [...expected[name as TimelockRole]].map((account) => getAddress(account)).sort(),
      ),
    ),
    same("timelock's delay", Number(delay), settings.delaySeconds),
    same(
      "timelock's other roles",
      [...holders.keys()].filter((role) => !Object.values<string>(TIMELOCK_ROLES).includes(role)),
      [],
    ),
  ];
}

async function holdersOf(
  client: PublicClient,
  timelock: Address,
): Promise<ReadonlyMap<string, ReadonlySet<Address>>> {
  const contract = { address: timelock, abi: timelockControllerAbi, fromBlock: 0n } as const;
  const logs = await client.getContractEvents({ ...contract, strict: true });
  const holders = new Map<string, Set<Address>>();
  // In the order of the chain, so that what was taken away after it was given is gone.
  for (const log of logs) {
    if (log.eventName !== "RoleGranted" && log.eventName !== "RoleRevoked") continue;
    const { role, account } = log.args;
    const accounts = holders.get(role) ?? new Set<Address>();
    holders.set(role, accounts);
    if (log.eventName === "RoleGranted") accounts.add(getAddress(account));
    else accounts.delete(getAddress(account));
  }
  return holders;
}
