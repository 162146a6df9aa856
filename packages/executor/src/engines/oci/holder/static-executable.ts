/** Machines that programs of this package are written for. */
export type Architecture = "amd64" | "arm64";

const BASE = 0x400000;
const HEADERS = 64 + 56;

/** Puts machine code, which begins at its first byte, into a static ELF executable. */
export function staticExecutable(architecture: Architecture, code: Uint8Array): Uint8Array {
  const elf = Buffer.alloc(HEADERS + code.length);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0); // magic, 64 bit, little endian, version
  elf.writeUInt16LE(2, 16); // executable
  elf.writeUInt16LE(architecture === "amd64" ? 62 : 183, 18); // machine
  elf.writeUInt32LE(1, 20); // version
  elf.writeBigUInt64LE(BigInt(BASE + HEADERS), 24); // entry point
  elf.writeBigUInt64LE(64n, 32); // program headers follow
  elf.writeUInt16LE(64, 52); // size of this header
  elf.writeUInt16LE(56, 54); // size of a program header
  elf.writeUInt16LE(1, 56); // their number
  elf.writeUInt32LE(1, 64); // load
  elf.writeUInt32LE(5, 68); // readable, executable
  elf.writeBigUInt64LE(BigInt(BASE), 80); // virtual address
  elf.writeBigUInt64LE(BigInt(BASE), 88); // physical address
  elf.writeBigUInt64LE(BigInt(elf.length), 96); // bytes in the file
  elf.writeBigUInt64LE(BigInt(elf.length), 104); // bytes in memory
  elf.writeBigUInt64LE(0x1000n, 112); // alignment
  elf.set(code, HEADERS);
  return elf;
}
