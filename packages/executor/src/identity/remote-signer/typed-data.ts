import {
  concat,
  getTypesForEIP712Domain,
  type Hex,
  hashDomain,
  hashStruct,
  type TypedDataDefinition,
} from "viem";

/** Typed data as it comes to an account, whatever its types. */
export type AnyTypedData = TypedDataDefinition<Record<string, unknown>, string>;

interface Parts {
  readonly domain: Record<string, unknown>;
  readonly types: Record<string, readonly { readonly name: string; readonly type: string }[]>;
  readonly primaryType: string;
  readonly message: Record<string, unknown>;
}

function partsOf(typedData: AnyTypedData): Parts {
  const { domain = {}, types, primaryType, message } = typedData as unknown as Parts;
  return {
    domain,
    types: { EIP712Domain: getTypesForEIP712Domain({ domain }), ...types },
    primaryType,
    message,
  };
}

/** The bytes whose Keccak-256 is signed: EIP-712's 0x1901, domain and message. */
export function typedDataPreimage(typedData: AnyTypedData): Hex {
  const { domain, types, primaryType, message } = partsOf(typedData);
  return concat([
    "0x1901",
    hashDomain({ domain, types } as Parameters<typeof hashDomain>[0]),
    hashStruct({ data: message, primaryType, types } as Parameters<typeof hashStruct>[0]),
  ]);
}

/** As signers want it: with the domain's type, integers as decimal text. */
export function typedDataJson(typedData: AnyTypedData): string {
  return JSON.stringify(partsOf(typedData), (_, member: unknown) =>
    typeof member === "bigint" ? member.toString() : member,
  );
}
