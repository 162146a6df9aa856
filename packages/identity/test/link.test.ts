import { type Devnet, startDevnet } from "@deco-network/devnet";
import { EthereumDIDRegistry } from "ethr-did-registry";
import {
  type Address,
  createTestClient,
  createWalletClient,
  type Hex,
  http,
  parseAbi,
  publicActions,
  zeroAddress,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import {
  checkLink,
  createResolver,
  type DidResolver,
  ethrDid,
  keyDid,
  knownRegistry,
  type LinkedProvider,
  nameProvider,
  providerUri,
  unnameProvider,
} from "../src/index.ts";

// The standard resolvers, on a real chain with the registry of ERC-1056 as its authors compiled it.
const bytecode = EthereumDIDRegistry.bytecode as Hex;
const YEAR = 31_536_000;
const handOver = parseAbi(["function changeOwner(address identity, address newOwner)"]);

let devnet: Devnet;
let registry: Address;
let resolver: DidResolver;

function walletOf(key: Hex) {
  return createWalletClient({
    account: privateKeyToAccount(key),
    chain: foundry,
    transport: http(devnet.rpcUrl),
    pollingInterval: 50,
  });
}

/** An account that nobody used before, with ether. */
async function freshWallet() {
  const wallet = walletOf(generatePrivateKey());
  const chain = createTestClient({ mode: "anvil", chain: foundry, transport: http(devnet.rpcUrl) });
  await chain.setBalance({ address: wallet.account.address, value: 10n ** 18n });
  return wallet;
}

beforeAll(async () => {
  devnet = await startDevnet({ accounts: 1 });
  const [deployer] = devnet.accounts;
  const wallet = walletOf(deployer?.privateKey ?? "0x").extend(publicActions);
  const hash = await wallet.sendTransaction({ data: bytecode });
  const { contractAddress } = await wallet.waitForTransactionReceipt({ hash });
  registry = contractAddress as Address;
  resolver = createResolver({ chainId: foundry.id, rpcUrl: devnet.rpcUrl, registry });
});
afterAll(async () => {
  await devnet.stop();
});

function providerWith(
  accounts: readonly Address[],
  dids: readonly string[],
  provider = 7,
): LinkedProvider {
  return { chainId: foundry.id, market: devnet.deployment.market, provider, accounts, dids };
}

describe("did:ethr", () => {
  it("resolves to a document that names the provider, and the link holds both ways", async () => {
    const wallet = await freshWallet();
    const did = ethrDid(foundry.id, wallet.account.address);
    expect(did).toBe(`did:ethr:0x7a69:${wallet.account.address}`);
    const provider = providerWith([wallet.account.address], [did]);
    await nameProvider(wallet, { registry, place: provider, validitySeconds: YEAR });

    const { didDocument } = await resolver.resolve(did);
    expect(didDocument).toMatchObject({
      id: did,
      verificationMethod: [{ blockchainAccountId: `eip155:31337:${wallet.account.address}` }],
      service: [{ type: "DecoProvider", serviceEndpoint: providerUri(provider) }],
    });
    expect(await checkLink(did, provider, resolver)).toEqual({
      ...{ did, holds: true, by: `${did}#service-1` },
    });
  });

  it("may belong to another account than the provider's: its own word is enough", async () => {
    const wallet = await freshWallet();
    const did = ethrDid(foundry.id, wallet.account.address);
    const provider = providerWith([], [did]);
    await nameProvider(wallet, { registry, place: provider, validitySeconds: YEAR });
    expect(await checkLink(did, provider, resolver)).toMatchObject({ holds: true });
  });

  it("is no link when only the provider names it, whoever's account it is", async () => {
    const wallet = await freshWallet();
    const did = ethrDid(foundry.id, wallet.account.address);
    const provider = providerWith([wallet.account.address], [did]);
    expect(await checkLink(did, provider, resolver)).toMatchObject({
      ...{ holds: false, fault: "provider-unnamed" },
    });
  });

  it("is no link when only it names the provider, or when it names another", async () => {
    const wallet = await freshWallet();
    const did = ethrDid(foundry.id, wallet.account.address);
    const place = providerWith([], []);
    await nameProvider(wallet, { registry, place, validitySeconds: YEAR });
    expect(await checkLink(did, place, resolver)).toMatchObject({
      ...{ holds: false, fault: "did-unnamed" },
    });
    const named = { ...place, dids: [did] };
    for (const other of [
      { ...named, provider: 8 },
      { ...named, chainId: 1 },
      { ...named, market: zeroAddress },
    ]) {
      expect(await checkLink(did, other, resolver)).toMatchObject({
        ...{ holds: false, fault: "provider-unnamed" },
      });
    }
    expect(await checkLink(did, named, resolver)).toMatchObject({ holds: true });
  });

  it("is no link any more when it has run out, was taken back, or was given away", async () => {
    const wallet = await freshWallet();
    const did = ethrDid(foundry.id, wallet.account.address);
    const provider = providerWith([], [did]);
    await nameProvider(wallet, { registry, place: provider, validitySeconds: YEAR });
    const gone = { holds: false, fault: "provider-unnamed" };
    // Resolvers go by their own clock.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + (YEAR + 3_600) * 1_000 });
    try {
      expect(await checkLink(did, provider, resolver)).toMatchObject(gone);
    } finally {
      vi.useRealTimers();
    }
    expect(await checkLink(did, provider, resolver)).toMatchObject({ holds: true });
    await unnameProvider(wallet, { registry, place: provider });
    expect(await checkLink(did, provider, resolver)).toMatchObject(gone);

    const { address } = wallet.account;
    const hash = await wallet.writeContract({
      ...{ address: registry, abi: handOver, functionName: "changeOwner" },
      args: [address, "0x000000000000000000000000000000000000dEaD"],
    });
    await wallet.extend(publicActions).waitForTransactionReceipt({ hash });
    const naming = { registry, place: provider, validitySeconds: YEAR };
    await expect(nameProvider(wallet, naming)).rejects.toMatchObject({ code: "not-controller" });
  });

  it("is no link when its controller deactivated it", async () => {
    const wallet = await freshWallet();
    const did = ethrDid(foundry.id, wallet.account.address);
    const provider = providerWith([], [did]);
    await nameProvider(wallet, { registry, place: provider, validitySeconds: YEAR });
    const hash = await wallet.writeContract({
      ...{ address: registry, abi: handOver, functionName: "changeOwner" },
      args: [wallet.account.address, zeroAddress],
    });
    await wallet.extend(publicActions).waitForTransactionReceipt({ hash });
    expect(await checkLink(did, provider, resolver)).toMatchObject({
      ...{ holds: false, fault: "did-deactivated" },
    });
  });

  it("is not written to what is no registry", async () => {
    const wallet = await freshWallet();
    const place = providerWith([], []);
    for (const wrong of [zeroAddress, devnet.deployment.token]) {
      const naming = { registry: wrong, place, validitySeconds: YEAR };
      await expect(nameProvider(wallet, naming)).rejects.toMatchObject({
        ...{ name: "IdentityError", code: "registry-missing" },
      });
    }
  });
});

describe("did:key", () => {
  it("holds for the key of the provider's owner or operator, and for no other", async () => {
    const account = privateKeyToAccount(generatePrivateKey());
    const other = privateKeyToAccount(generatePrivateKey());
    const did = keyDid(account.publicKey);
    expect(did).toMatch(/^did:key:zQ3s[1-9A-HJ-NP-Za-km-z]+$/);
    const by = `${did}#${did.slice("did:key:".length)}`;
    const accounts = [other.address, account.address];
    expect(await checkLink(did, providerWith(accounts, [did]), resolver)).toEqual({
      ...{ did, holds: true, by },
    });
    expect(await checkLink(did, providerWith([other.address], [did]), resolver)).toMatchObject({
      ...{ holds: false, fault: "provider-unnamed" },
    });
    expect(await checkLink(did, providerWith(accounts, []), resolver)).toMatchObject({
      ...{ holds: false, fault: "did-unnamed" },
    });
  });

  it("is written as the method's test vectors are", async () => {
    // did-method-key, test-vectors/secp256k1.json
    const publicKey = "0x03874c15c7fda20e539c6e5ba573c139884c351188799f5458b4b41f7924f235cd";
    const did = keyDid(publicKey);
    expect(did).toBe("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme");
    const { didDocument } = await resolver.resolve(did);
    expect(didDocument?.verificationMethod?.[0]?.publicKeyBase58).toBe(
      "23o6Sau8NxxzXcgSc3PLcNxrzrZpbLeBn1izfv3jbKhuv",
    );
  });

  it("of another curve names no account", async () => {
    const did = "did:key:z6MktvqCyLxTsXUH1tUZncNdVeEZ7hNh7npPRbUU27GTrYb8";
    expect(await checkLink(did, providerWith([zeroAddress], [did]), resolver)).toMatchObject({
      ...{ holds: false, fault: "provider-unnamed" },
    });
  });
});

describe("what cannot be resolved", () => {
  it.each([
    "did:web:example.org",
    "did:key:zzzz",
    "did:ethr:0x1:0x1111111111111111111111111111111111111111",
    "did:ethr:0x7a69:nobody",
    "nothing",
  ])("%s is no link", async (did) => {
    expect(await checkLink(did, providerWith([], [did]), resolver)).toMatchObject({
      ...{ did, holds: false, fault: "did-unresolved" },
    });
  });

  it("nor is one whose resolver fails, or whose document is another's", async () => {
    const did = "did:example:1";
    const provider = providerWith([], [did]);
    const failing = { resolve: () => Promise.reject(new Error("no route")) };
    expect(await checkLink(did, provider, failing)).toMatchObject({
      ...{ fault: "did-unresolved", detail: "no route" },
    });
    const service = [
      { id: "s", type: "DecoProvider", serviceEndpoint: ["x", providerUri(provider)] },
    ];
    const answer = (id: string) => ({
      resolve: async () => ({
        ...{ didResolutionMetadata: {}, didDocumentMetadata: {}, didDocument: { id, service } },
      }),
    });
    expect(await checkLink(did, provider, answer("did:example:2"))).toMatchObject({
      ...{ holds: false, fault: "did-unresolved" },
    });
    expect(await checkLink(did, provider, answer(did))).toMatchObject({ holds: true, by: "s" });
  });
});

it("knows the registries of public chains", () => {
  expect(knownRegistry(11_155_111)).toBe("0x03d5003bf0e79C5F5223588F347ebA39AfbC3818");
  expect(knownRegistry(31_337)).toBeUndefined();
});
