import { staticExecutable } from "../../../../src/engines/oci/holder/static-executable.ts";

/**
 * A program of a few instructions that makes one system call on x86-64 and ends with its error
 * number; with 0 when the call gave 0. No compiler is needed to have it.
 */
export function syscallProgram(number: number, first = 0, second = 0): Uint8Array {
  const code = Buffer.from([
    ...[0xb8, 0, 0, 0, 0], //             mov eax, number
    ...[0xbf, 0, 0, 0, 0], //             mov edi, first
    ...[0xbe, 0, 0, 0, 0], //             mov esi, second
    ...[0x31, 0xd2], //                   xor edx, edx
    ...[0x4d, 0x31, 0xd2], //             xor r10, r10
    ...[0x4d, 0x31, 0xc0], //             xor r8, r8
    ...[0x0f, 0x05], //                   syscall
    ...[0xf7, 0xd8], //                   neg eax
    ...[0x89, 0xc7], //                   mov edi, eax
    ...[0xb8, 0xe7, 0x00, 0x00, 0x00], // mov eax, 231 ; exit_group
    ...[0x0f, 0x05], //                   syscall
  ]);
  code.writeUInt32LE(number, 1);
  code.writeUInt32LE(first, 6);
  code.writeUInt32LE(second, 11);
  return staticExecutable("amd64", code);
}

/** A program that asks for its process id as a 32-bit program would (`int 0x80`). */
export function foreignSyscallProgram(): Uint8Array {
  const code = Uint8Array.of(
    ...[0xb8, 0x14, 0x00, 0x00, 0x00], // mov eax, 20 ; getpid on i386
    ...[0xcd, 0x80], //                   int 0x80
    ...[0x31, 0xff], //                   xor edi, edi
    ...[0xb8, 0xe7, 0x00, 0x00, 0x00], // mov eax, 231 ; exit_group
    ...[0x0f, 0x05], //                   syscall
  );
  return staticExecutable("amd64", code);
}
