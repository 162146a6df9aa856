import { type Address, type Hex, recoverTypedDataAddress } from "viem";
import { decodeDocument } from "../documents/decode-document.ts";
import { documentDigest } from "../documents/document-digest.ts";
import { DecoDocumentError } from "../documents/document-error.ts";
import { encodeDocument } from "../documents/encode-document.ts";
import { type ReceiptDocument, receiptSchema, signedReceiptSchema } from "../documents/receipt.ts";
import type { MarketDomain } from "../request.ts";
import { marketTypedDataDomain } from "./task-id.ts";

/** No contract reads receipts; the type is here so that every wallet and language can make one. */
const receiptTypes = {
  Receipt: [
    { name: "taskId", type: "bytes32" },
    { name: "provider", type: "uint32" },
    { name: "round", type: "uint8" },
    { name: "result", type: "bytes32" },
    { name: "document", type: "bytes32" },
  ],
} as const;

/**
 * What the operator key of a provider signs to vouch for a receipt: the seat, the result, and the SHA-256 of the
 * receipt's canonical bytes, on one chain and market.
 */
export function receiptTypedData(domain: MarketDomain, receipt: ReceiptDocument) {
  return {
    domain: marketTypedDataDomain(domain),
    types: receiptTypes,
    primaryType: "Receipt",
    message: {
      taskId: receipt.task as Hex,
      provider: receipt.provider,
      round: receipt.round,
      result: receipt.result as Hex,
      document: documentDigest(encodeDocument(receiptSchema, receipt)),
    },
  } as const;
}

/** Under which a provider's gateway serves the signed receipt of its seat: `GET /named/NAME`. */
export function receiptNameOf(taskId: Hex, provider: number): string {
  return `receipts/${taskId.toLowerCase()}/${provider}`;
}

/** The seat and result that a receipt is asked for. */
export interface ExpectedReceipt {
  readonly taskId: Hex;
  readonly provider: number;
  readonly round: number;
  /** Digest of the accepted result document, or of a bag's manifest. */
  readonly result: Hex;
  /** Operator keys that the provider has had since the task's post. */
  readonly operators: readonly Address[];
}

/** What is wrong with the bytes that were given as a receipt. */
export type ReceiptFault = "malformed" | "other-seat" | "other-result" | "signature-invalid";

export type CheckedReceipt =
  | { readonly ok: true; readonly receipt: ReceiptDocument; readonly signer: Address }
  | { readonly ok: false; readonly fault: ReceiptFault; readonly detail: string };

/**
 * Checks a signed receipt against the seat that it should be of. Never throws: a receipt is a provider's own word, and
 * what is wrong with one concerns nobody's payment.
 */
export async function checkReceipt(
  domain: MarketDomain,
  bytes: Uint8Array,
  expected: ExpectedReceipt,
): Promise<CheckedReceipt> {
  let signed: ReturnType<typeof decodeSigned>;
  try {
    signed = decodeSigned(bytes);
  } catch (error) {
    if (!(error instanceof DecoDocumentError)) throw error;
    return fault("malformed", error.message);
  }
  const { receipt, signature } = signed;
  const { taskId, provider, round, result } = expected;
  const seat = `task ${receipt.task}, provider ${receipt.provider}, round ${receipt.round}`;
  if (receipt.task !== taskId.toLowerCase() || receipt.provider !== provider) {
    return fault("other-seat", `It is of ${seat}.`);
  }
  if (receipt.round !== round) return fault("other-seat", `It is of ${seat}.`);
  if (receipt.result !== result.toLowerCase()) {
    return fault("other-result", `It is of result ${receipt.result}.`);
  }
  const signer = await signerOf(domain, receipt, signature as Hex);
  const known = expected.operators.map((operator) => operator.toLowerCase());
  if (signer === undefined || !known.includes(signer.toLowerCase())) {
    return fault("signature-invalid", `No operator key of provider ${provider} signed it.`);
  }
  return { ok: true, receipt, signer };
}

function decodeSigned(bytes: Uint8Array) {
  return decodeDocument(signedReceiptSchema, bytes);
}

async function signerOf(
  domain: MarketDomain,
  receipt: ReceiptDocument,
  signature: Hex,
): Promise<Address | undefined> {
  try {
    return await recoverTypedDataAddress({ ...receiptTypedData(domain, receipt), signature });
  } catch {
    // Points off the curve and the like: nobody's signature.
    return undefined;
  }
}

function fault(code: ReceiptFault, detail: string): CheckedReceipt {
  return { ok: false, fault: code, detail };
}
