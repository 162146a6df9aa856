import { decoMarketAbi, decoParametersAbi, decoTokenAbi } from "@deco-network/sdk";
import { marketExtensionAbi } from "@deco-network/sdk/abis/market-extension";
import { type PublicClient, zeroAddress } from "viem";

import type { DecoAddresses } from "../addresses.ts";
import type { DeploySettings } from "../settings.ts";
import { type Check, same } from "./check.ts";

/** Whether the contracts know each other, and hold the values that were meant. */
export async function inspectMarket(
  client: PublicClient,
  addresses: DecoAddresses,
  settings: DeploySettings,
): Promise<Check[]> {
  return [
    ...(await inspectWiring(client, addresses)),
    ...(await inspectParameters(client, addresses, settings)),
    ...(await inspectSupply(client, addresses, settings)),
  ];
}

async function inspectWiring(client: PublicClient, addresses: DecoAddresses): Promise<Check[]> {
  const { market: address, token, parameters, randomness, modules } = addresses;
  const market = { address, abi: decoMarketAbi } as const;
  const [itsToken, itsParameters, itsRandomness, itsModules] = await Promise.all([
    client.readContract({ ...market, functionName: "deco" }),
    client.readContract({ ...market, functionName: "parameters" }),
    client.readContract({ ...market, functionName: "randomness" }),
    client.readContract({ ...market, functionName: "modules" }),
  ]);
  const configurations = await Promise.all(
    Object.entries(modules).map(async ([name, module]) => {
      const configuration = await client.readContract({
        ...{ address: module, abi: marketExtensionAbi },
        functionName: "configuration",
      });
      return same(`configuration of ${name}`, configuration, [token, parameters, randomness]);
    }),
  );
  return [
    same("market's token", itsToken, token),
    same("market's parameters", itsParameters, parameters),
    same("market's randomness", itsRandomness, randomness),
    same("market's modules", itsModules, modules),
    ...configurations,
  ];
}

async function inspectParameters(
  client: PublicClient,
  addresses: DecoAddresses,
  settings: DeploySettings,
): Promise<Check[]> {
  const contract = { address: addresses.parameters, abi: decoParametersAbi } as const;
  const [owner, pendingOwner, treasury, version, task, post] = await Promise.all([
    client.readContract({ ...contract, functionName: "owner" }),
    client.readContract({ ...contract, functionName: "pendingOwner" }),
    client.readContract({ ...contract, functionName: "treasury" }),
    client.readContract({ ...contract, functionName: "version" }),
    client.readContract({ ...contract, functionName: "taskParameters", args: [1] }),
    client.readContract({ ...contract, functionName: "postParameters" }),
  ]);
  const listings = await Promise.all(
    settings.tokens.map(async ({ token: name, ...terms }) => {
      const args = [name === "DECO" ? addresses.token : name] as const;
      const listing = await client.readContract({
        ...contract,
        functionName: "tokenParameters",
        args,
      });
      return same(`listing of ${name}`, listing, { listed: true, ...terms });
    }),
  );
  return [
    same("owner of the parameters", owner, addresses.timelock),
    same("pending owner of the parameters", pendingOwner, zeroAddress),
    same("treasury", treasury, settings.treasury),
    same("version of the parameters", version, 1),
    same("task parameters", task, settings.task),
    same("post parameters", post, settings.post),
    ...listings,
  ];
}

async function inspectSupply(
  client: PublicClient,
  { token: address }: DecoAddresses,
  { supplyReceiver }: DeploySettings,
): Promise<Check[]> {
  const token = { address, abi: decoTokenAbi } as const;
  const [supply, balance] = await Promise.all([
    client.readContract({ ...token, functionName: "totalSupply" }),
    client.readContract({ ...token, functionName: "balanceOf", args: [supplyReceiver] }),
  ]);
  return [same("DECO of its receiver", balance, supply)];
}
