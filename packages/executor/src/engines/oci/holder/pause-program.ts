import { type Architecture, staticExecutable } from "./static-executable.ts";

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

/** The pause program as an executable of about 150 bytes. */
export function pauseProgram(architecture: Architecture): Uint8Array {
  return staticExecutable(architecture, Uint8Array.from(CODE[architecture]));
}

function words(...instructions: number[]): number[] {
  return instructions.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff));
}
