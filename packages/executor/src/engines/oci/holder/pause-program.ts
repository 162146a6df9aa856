/** Machines for which the pause program is written. */
export type Architecture = "amd64" | "arm64";

/**
 * The program of the holder container and of the runtime probe, as machine code: without an
 * argument it sleeps for ever, with one it exits 0. It is this small so that nothing has to be
 * compiled or fetched, and so that a reader can check every instruction.
 */
const CODE: Record<Architecture, readonly number[]> = {
  amd64: [
    0x48,
    0x83,
    0x3c,
    0x24,
    0x01, //   cmp  qword [rsp], 1    ; argc
    0x7f,
    0x09, //                     jg   exit
    0xb8,
    0x22,
    0x00,
    0x00,
    0x00, // pause: mov eax, 34       ; pause
    0x0f,
    0x05, //                     syscall
    0xeb,
    0xf7, //                     jmp  pause
    0x31,
    0xff, //             exit:   xor  edi, edi
    0xb8,
    0xe7,
    0x00,
    0x00,
    0x00, //   mov  eax, 231          ; exit_group
    0x0f,
    0x05, //                     syscall
  ],
  arm64: words(
    0xf94003e0, //        ldr  x0, [sp]     ; argc
    0xf100041f, //        cmp  x0, #1
    0x5400012c, //        b.gt exit
    0xd2800000, // pause: mov  x0, #0
    0xd2800001, //        mov  x1, #0
    0xd2800002, //        mov  x2, #0
    0xd2800003, //        mov  x3, #0
    0xd2800004, //        mov  x4, #0
    0xd2800928, //        mov  x8, #73      ; ppoll, no timeout
    0xd4000001, //        svc  #0
    0x17fffff9, //        b    pause
    0xd2800000, // exit:  mov  x0, #0
    0xd2800bc8, //        mov  x8, #94      ; exit_group
    0xd4000001, //        svc  #0
  ),
};

const BASE = 0x400000;
const HEADERS = 64 + 56;

/** A static ELF executable of about 150 bytes. */
export function pauseProgram(architecture: Architecture): Uint8Array {
  const code = Uint8Array.from(CODE[architecture]);
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

function words(...instructions: number[]): number[] {
  return instructions.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff));
}
