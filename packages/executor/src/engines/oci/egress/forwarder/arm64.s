.globl _start
_start:
  mov x8, #134
  mov x0, #17
  adr x1, ignore
  mov x2, #0
  mov x3, #8
  svc #0
  mov x8, #198
  mov x0, #2
  mov x1, #1
  mov x2, #0
  svc #0
  mov x19, x0
  mov x8, #200
  adr x1, inet
  mov x2, #16
  svc #0
  cbnz x0, fail
  mov x8, #201
  mov x0, x19
  mov x1, #64
  svc #0
  bl dial
  tbnz x0, #63, fail
  mov x8, #57
  svc #0
next:
  mov x8, #202
  mov x0, x19
  mov x1, #0
  mov x2, #0
  svc #0
  tbnz x0, #63, next
  mov x20, x0
  bl fork
  cbz x0, child
  mov x8, #57
  mov x0, x20
  svc #0
  b next
child:
  mov x8, #57
  mov x0, x19
  svc #0
  bl dial
  tbnz x0, #63, fail
  mov x19, x0
  bl fork
  tbnz x0, #63, fail
  cbnz x0, copy
  mov x21, x19
  mov x19, x20
  mov x20, x21
copy:
  sub sp, sp, #16384
more:
  mov x8, #63
  mov x0, x19
  mov x1, sp
  mov x2, #16384
  svc #0
  cmp x0, #0
  b.le done
  mov x22, x0
  mov x21, sp
write:
  mov x8, #64
  mov x0, x20
  mov x1, x21
  mov x2, x22
  svc #0
  cmp x0, #0
  b.le fail
  add x21, x21, x0
  subs x22, x22, x0
  b.ne write
  b more
done:
  mov x8, #210
  mov x0, x20
  mov x1, #1
  svc #0
fail:
  mov x8, #94
  mov x0, #0
  svc #0
fork:
  mov x8, #220
  mov x0, #17
  mov x1, #0
  mov x2, #0
  mov x3, #0
  mov x4, #0
  svc #0
  ret
dial:
  mov x8, #198
  mov x0, #1
  mov x1, #1
  mov x2, #0
  svc #0
  tbnz x0, #63, dialed
  mov x22, x0
  mov x8, #203
  adr x1, unix
  mov x2, #18
  svc #0
  tbnz x0, #63, dialed
  mov x0, x22
dialed:
  ret
inet: .byte 2,0,0x0c,0x38,127,0,0,1,0,0,0,0,0,0,0,0
unix: .byte 1,0
  .ascii "/egress/socket"
  .byte 0,0
ignore: .quad 1,0,0,0
