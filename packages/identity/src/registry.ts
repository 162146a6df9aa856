import { waitForReceipt } from "@deco-network/sdk";
import {
  type Account,
  type Address,
  type Chain,
  type Client,
  type Hash,
  type Hex,
  parseAbi,
  stringToHex,
  type Transport,
} from "viem";
import { getCode, readContract, writeContract } from "viem/actions";

import { IdentityError } from "./errors.ts";
import { type ProviderPlace, providerUri, SERVICE_TYPE } from "./provider-uri.ts";

/** The calls of ERC-1056 that a link takes. */
const registryAbi = parseAbi([
  "function identityOwner(address identity) view returns (address)",
  "function setAttribute(address identity, bytes32 name, bytes value, uint256 validity)",
  "function revokeAttribute(address identity, bytes32 name, bytes value)",
]);

const ATTRIBUTE = stringToHex(`did/svc/${SERVICE_TYPE}`, { size: 32 });

/** Signs for the DID's controller. */
export type SigningClient = Client<Transport, Chain, Account>;

export interface NameProvider {
  /** Registry of ERC-1056. */
  readonly registry: Address;
  readonly place: ProviderPlace;
}

/**
 * Has the `did:ethr` of the client's account name a provider as a service.
 * @param validitySeconds for how long; resolvers leave the service out afterwards
 * @throws IdentityError `registry-missing`, `not-controller`
 */
export async function nameProvider(
  client: SigningClient,
  { registry, place, validitySeconds }: NameProvider & { readonly validitySeconds: number },
): Promise<Hash> {
  const args = [ATTRIBUTE, serviceValue(place), BigInt(validitySeconds)] as const;
  return write(client, registry, "setAttribute", args);
}

/**
 * Takes {@link nameProvider} back.
 * @throws IdentityError `registry-missing`, `not-controller`
 */
export async function unnameProvider(
  client: SigningClient,
  { registry, place }: NameProvider,
): Promise<Hash> {
  return write(client, registry, "revokeAttribute", [ATTRIBUTE, serviceValue(place)]);
}

function serviceValue(place: ProviderPlace): Hex {
  return stringToHex(providerUri(place));
}

type Written =
  | readonly ["setAttribute", readonly [Hex, Hex, bigint]]
  | readonly ["revokeAttribute", readonly [Hex, Hex]];

async function write(client: SigningClient, address: Address, ...call: Written): Promise<Hash> {
  const identity = client.account.address;
  await requireController(client, address, identity);
  const base = { address, abi: registryAbi, account: client.account, chain: client.chain };
  const hash =
    call[0] === "setAttribute"
      ? await writeContract(client, {
          ...base,
          functionName: call[0],
          args: [identity, ...call[1]],
        })
      : await writeContract(client, {
          ...base,
          functionName: call[0],
          args: [identity, ...call[1]],
        });
  const { status } = await waitForReceipt(client, { hash });
  if (status === "success") return hash;
  throw new IdentityError("not-controller", `The registry refused ${call[0]}: ${hash}.`);
}

async function requireController(
  client: SigningClient,
  address: Address,
  identity: Address,
): Promise<void> {
  const code = await getCode(client, { address });
  if (code === undefined || code === "0x") {
    throw new IdentityError("registry-missing", `There is no contract at ${address}.`);
  }
  const functionName = "identityOwner";
  const read = { address, abi: registryAbi, functionName, args: [identity] } as const;
  const controller = await readContract(client, read).catch((cause: unknown) => {
    throw new IdentityError("registry-missing", `${address} is no registry of ERC-1056.`, cause);
  });
  if (controller === identity) return;
  throw new IdentityError("not-controller", `The DID of ${identity} belongs to ${controller}.`);
}
