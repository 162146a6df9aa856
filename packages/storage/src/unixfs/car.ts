import { varint } from "multiformats";
import type { CID } from "multiformats/cid";

/**
 * The header of a CARv1 with one root: DAG-CBOR of `{roots: [root], version: 1}`, written by hand
 * because it has this one shape.
 */
export function carHeader(root: CID): Uint8Array {
  const link = root.bytes;
  const header = Buffer.concat([
    Buffer.from([0xa2, 0x65]),
    Buffer.from("roots"),
    // An array of one tag 42 over a byte string, which starts with the identity multibase 0x00.
    Buffer.from([0x81, 0xd8, 0x2a, ...byteStringHead(link.byteLength + 1), 0x00]),
    link,
    Buffer.from([0x67]),
    Buffer.from("version"),
    Buffer.from([0x01]),
  ]);
  return withLength(header);
}

/** One section of a CARv1. */
export function carBlock(cid: CID, bytes: Uint8Array): Uint8Array {
  return withLength(Buffer.concat([cid.bytes, bytes]));
}

function byteStringHead(length: number): number[] {
  return length < 24 ? [0x40 + length] : [0x58, length];
}

function withLength(section: Uint8Array): Uint8Array {
  const length = new Uint8Array(varint.encodingLength(section.byteLength));
  varint.encodeTo(section.byteLength, length);
  return Buffer.concat([length, section]);
}
