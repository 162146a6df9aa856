import { type FileHandle, open } from "node:fs/promises";

/** One step of a ceremony, as the file itself tells. That it was made so is checked elsewhere, by its proof of knowledge. */
export interface Contribution {
  readonly name: string;
  /** Hexadecimal; of a beacon alone. */
  readonly beacon?: string;
}

/** Bytes of points over BN254. */
const [G1, G2] = [64, 128];
/** What stands before the kind of a contribution: of a key, and of powers of tau. */
const KEY_HEAD = 3 * G1 + G2 + 64;
const POWERS_HEAD = G1 + G2 + 2 * G1 + G2 + (6 * G1 + 3 * G2) + 216 + 64;
/** A million contributions would not fit; nothing real comes near it. */
const MAX_SECTION_BYTES = 2 ** 28;

/** What was contributed to a Groth16 proving key since its powers of tau. */
export async function contributionsOfKey(path: string): Promise<Contribution[]> {
  return await contributionsIn(path, { magic: "zkey", section: 10, before: 64, head: KEY_HEAD });
}

/** What was contributed to powers of tau. */
export async function contributionsOfPowers(path: string): Promise<Contribution[]> {
  return await contributionsIn(path, { magic: "ptau", section: 7, before: 0, head: POWERS_HEAD });
}

/** Whether powers of tau are ready for a second phase: their Lagrange form is there. */
export async function arePrepared(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    return (await sectionsOf(file, "ptau")).has(12);
  } finally {
    await file.close();
  }
}

async function contributionsIn(
  path: string,
  layout: {
    readonly magic: string;
    readonly section: number;
    readonly before: number;
    readonly head: number;
  },
): Promise<Contribution[]> {
  const file = await open(path);
  try {
    const place = (await sectionsOf(file, layout.magic)).get(layout.section);
    if (place === undefined || place.bytes > MAX_SECTION_BYTES) {
      throw new RangeError("The file tells no contributions.");
    }
    const { buffer } = await file.read(Buffer.alloc(place.bytes), 0, place.bytes, place.at);
    return parse(buffer, layout);
  } finally {
    await file.close();
  }
}

function parse(
  bytes: Buffer,
  { before, head }: { readonly before: number; readonly head: number },
): Contribution[] {
  let at = before + 4;
  return Array.from({ length: bytes.readUInt32LE(before) }, () => {
    at += head;
    const kind = bytes.readUInt32LE(at);
    const length = bytes.readUInt32LE(at + 4);
    const told = bytes.subarray(at + 8, at + 8 + length);
    if (told.length !== length) throw new RangeError("A contribution is cut.");
    at += 8 + length;
    const { name, beacon } = parametersOf(told);
    return kind === 1 ? { name, beacon } : { name };
  });
}

/** A byte that says what, then it: 1 a name, 2 the iterations of a beacon, 3 the beacon. */
function parametersOf(bytes: Buffer): { name: string; beacon: string } {
  const found = { name: "", beacon: "" };
  let at = 0;
  while (at < bytes.length) {
    const what = bytes.readUInt8(at);
    const length = what === 2 ? 0 : bytes.readUInt8(at + 1);
    const value = bytes.subarray(at + 2, at + 2 + length);
    if (what === 1) found.name = value.toString("utf8");
    if (what === 3) found.beacon = value.toString("hex");
    at += 2 + length;
  }
  return found;
}

/** iden3's binary files: magic, version, then sections by number, each with its length. */
async function sectionsOf(
  file: FileHandle,
  magic: string,
): Promise<Map<number, { readonly at: number; readonly bytes: number }>> {
  const head = Buffer.alloc(12);
  await file.read(head, 0, 12, 0);
  if (head.toString("latin1", 0, 4) !== magic) throw new RangeError(`The file is no ${magic}.`);
  const { size } = await file.stat();
  const sections = new Map<number, { at: number; bytes: number }>();
  let at = 12;
  for (let left = head.readUInt32LE(8); left > 0 && at + 12 <= size; left--) {
    await file.read(head, 0, 12, at);
    const bytes = Number(head.readBigUInt64LE(4));
    if (at + 12 + bytes > size) throw new RangeError("The file is cut.");
    sections.set(head.readUInt32LE(0), { at: at + 12, bytes });
    at += 12 + bytes;
  }
  return sections;
}
