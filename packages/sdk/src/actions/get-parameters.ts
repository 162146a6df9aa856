import type { Address } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoParametersAbi } from "../generated/abis/deco-parameters.ts";
import type { PostParameters, TaskParameters, TokenParameters } from "../model/parameters.ts";

export interface GetParametersParameters extends DecoParameters {
  /** Payment token whose terms are wanted; default: DECO. */
  readonly token?: Address | undefined;
  /** Version of the task parameters, such as a task's own; default: the current one. */
  readonly version?: number | undefined;
}

/** Governed values of the market. */
export interface MarketParameters {
  readonly version: number;
  readonly task: TaskParameters;
  readonly post: PostParameters;
  readonly token: TokenParameters & { readonly address: Address };
  /** Receiver of protocol fees. */
  readonly treasury: Address;
}
export type GetParametersReturnType = MarketParameters;

/** The market's governed values, as a task posted now would keep them. */
export async function getParameters(
  client: DecoClient,
  parameters: GetParametersParameters = {},
): Promise<GetParametersReturnType> {
  const deployment = deploymentOf(client, parameters);
  const contract = { address: deployment.parameters, abi: decoParametersAbi } as const;
  const token = parameters.token ?? deployment.token;
  const [current, post, terms, treasury] = await readMarket(
    Promise.all([
      readContract(client, { ...contract, functionName: "version" }),
      readContract(client, { ...contract, functionName: "postParameters" }),
      readContract(client, { ...contract, functionName: "tokenParameters", args: [token] }),
      readContract(client, { ...contract, functionName: "treasury" }),
    ]),
  );
  const version = parameters.version ?? current;
  const task = await readMarket(
    readContract(client, { ...contract, functionName: "taskParameters", args: [version] }),
  );
  return { version, task, post, token: { ...terms, address: token }, treasury };
}
