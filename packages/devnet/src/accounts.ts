import { toHex } from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";

/** Known to everybody: worth nothing outside a local chain. */
export const DEVNET_MNEMONIC = "test test test test test test test test test test test junk";

/** A funded account of the local chain. */
export interface DevnetAccount {
  readonly address: `0x${string}`;
  readonly privateKey: `0x${string}`;
}

/** The account with this index of the devnet's mnemonic; index 0 deploys and owns everything. */
export function devnetAccount(index: number): { account: HDAccount } & DevnetAccount {
  const account = mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex: index });
  const { privateKey } = account.getHdKey();
  // Derived keys always carry their private half; the type serves public ones too.
  return { account, address: account.address, privateKey: toHex(privateKey ?? new Uint8Array()) };
}
