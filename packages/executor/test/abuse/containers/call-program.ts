import { staticExecutable } from "../../../src/engines/oci/holder/static-executable.ts";

/**
 * A program that makes one system call on x86-64, its arguments from the third on 0, and exits 0
 * when the kernel did or judged it, 1 when it was refused as such, 2 when there is no such call.
 */
export function callProgram(number: number, first = 0, second = 0): Uint8Array {
  const code = Buffer.from([
    ...[0xb8, 0, 0, 0, 0], //             mov eax, number
    ...[0xbf, 0, 0, 0, 0], //             mov edi, first
    ...[0xbe, 0, 0, 0, 0], //             mov esi, second
    ...[0x31, 0xd2], //                   xor edx, edx
    ...[0x4d, 0x31, 0xd2], //             xor r10, r10
    ...[0x4d, 0x31, 0xc0], //             xor r8, r8
    ...[0x0f, 0x05], //                   syscall
    ...[0xbf, 1, 0, 0, 0], //             mov edi, 1
    ...[0x83, 0xf8, 0xff], //             cmp eax, -1 ; EPERM
    ...[0x74, 0x0c], //                   je end
    ...[0xbf, 2, 0, 0, 0], //             mov edi, 2
    ...[0x83, 0xf8, 0xda], //             cmp eax, -38 ; ENOSYS
    ...[0x74, 0x02], //                   je end
    ...[0x31, 0xff], //                   xor edi, edi
    ...[0xb8, 0xe7, 0, 0, 0], // end:     mov eax, 231 ; exit_group
    ...[0x0f, 0x05], //                   syscall
  ]);
  code.writeUInt32LE(number, 1);
  code.writeUInt32LE(first, 6);
  code.writeUInt32LE(second, 11);
  return staticExecutable("amd64", code);
}

/** A program that exits 0 when it runs as root, to be given the set-user-id bit. */
export function amRootProgram(): Uint8Array {
  const code = Buffer.from([
    ...[0xb8, 0x6b, 0, 0, 0], // mov eax, 107 ; geteuid
    ...[0x0f, 0x05], //          syscall
    ...[0x31, 0xff], //          xor edi, edi
    ...[0x85, 0xc0], //          test eax, eax
    ...[0x74, 0x05], //          je end
    ...[0xbf, 1, 0, 0, 0], //    mov edi, 1
    ...[0xb8, 0xe7, 0, 0, 0], // end: mov eax, 231 ; exit_group
    ...[0x0f, 0x05], //          syscall
  ]);
  return staticExecutable("amd64", code);
}
