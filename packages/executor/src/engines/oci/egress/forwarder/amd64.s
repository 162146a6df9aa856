.intel_syntax noprefix
.globl _start
_start:
  mov eax, 13            # rt_sigaction(SIGCHLD, SIG_IGN): ended children vanish
  mov edi, 17
  lea rsi, [rip+ignore]
  xor edx, edx
  mov r10d, 8
  syscall
  mov eax, 41            # socket(AF_INET, SOCK_STREAM, 0)
  mov edi, 2
  mov esi, 1
  xor edx, edx
  syscall
  mov ebx, eax
  mov eax, 49            # bind(127.0.0.1:3128)
  mov edi, ebx
  lea rsi, [rip+inet]
  mov edx, 16
  syscall
  test eax, eax
  jnz fail
  mov eax, 50            # listen
  mov edi, ebx
  mov esi, 64
  syscall
  call dial              # a first connection tells that it listens
  test eax, eax
  js fail
  mov edi, eax
  mov eax, 3             # close
  syscall
next:
  mov eax, 43            # accept
  mov edi, ebx
  xor esi, esi
  xor edx, edx
  syscall
  test eax, eax
  js next
  mov ebp, eax           # the program's end
  mov eax, 57            # fork
  syscall
  test eax, eax
  jz child
  mov eax, 3             # close
  mov edi, ebp
  syscall
  jmp next
child:
  mov eax, 3
  mov edi, ebx
  syscall
  call dial
  test eax, eax
  js fail
  mov ebx, eax           # the proxy's end
  mov eax, 57            # one process for each direction
  syscall
  test eax, eax
  js fail
  jnz copy
  xchg ebx, ebp
copy:                    # from ebx to ebp
  sub rsp, 16384
more:
  xor eax, eax           # read
  mov edi, ebx
  mov rsi, rsp
  mov edx, 16384
  syscall
  test eax, eax
  jle done
  mov r12d, eax
  mov r13, rsp
write:
  mov eax, 1
  mov edi, ebp
  mov rsi, r13
  mov edx, r12d
  syscall
  test eax, eax
  jle fail
  add r13, rax
  sub r12d, eax
  jnz write
  jmp more
done:
  mov eax, 48            # shutdown(SHUT_WR)
  mov edi, ebp
  mov esi, 1
  syscall
fail:
  xor edi, edi
  mov eax, 231
  syscall
dial:                    # eax: a connection to the proxy, or negative
  mov eax, 41
  mov edi, 1
  mov esi, 1
  xor edx, edx
  syscall
  test eax, eax
  js dialed
  mov r12d, eax
  mov edi, eax
  mov eax, 42
  lea rsi, [rip+unix]
  mov edx, 18
  syscall
  test eax, eax
  js dialed
  mov eax, r12d
dialed:
  ret
inet: .byte 2,0,0x0c,0x38,127,0,0,1,0,0,0,0,0,0,0,0
unix: .byte 1,0
  .ascii "/egress/socket"
  .byte 0,0
ignore: .quad 1,0,0,0
