const NEW_USER = 0x1000_0000;
const NEW_MOUNT = 0x2_0000;
const NEW_NET = 0x4000_0000;
const SIGCHLD = 17;

type Call = readonly [number: number, first?: number, second?: number];

/**
 * System calls on x86-64 that lead to kernels, devices, other processes and namespaces, with
 * arguments that do no harm where they are let through: the kernel finds them invalid, changes
 * nothing, or changes the caller's own namespaces alone.
 */
export const SYSTEM_CALLS: Readonly<Record<string, Call>> = {
  // Tracing and other processes' memory.
  ptrace: [101],
  process_vm_readv: [310],
  process_vm_writev: [311],
  process_madvise: [440],
  pidfd_getfd: [438],
  kcmp: [312],
  // Kernel interfaces with a history.
  io_uring_setup: [425, 1],
  io_uring_enter: [426],
  io_uring_register: [427],
  io_setup: [206, 1],
  bpf: [321],
  perf_event_open: [298],
  userfaultfd: [323],
  keyctl: [250, 0, 0xfffffffd],
  add_key: [248],
  request_key: [249],
  vmsplice: [278],
  modify_ldt: [154],
  memfd_secret: [447],
  mq_open: [240],
  fanotify_init: [300],
  personality_read_implies_exec: [135, 0x40_0000],
  // Namespaces.
  unshare_user: [272, NEW_USER],
  unshare_mount: [272, NEW_MOUNT],
  unshare_net: [272, NEW_NET],
  clone_user: [56, NEW_USER | SIGCHLD],
  setns: [308],
  // Mounts and roots.
  mount: [165],
  umount2: [166],
  pivot_root: [155],
  chroot: [161],
  open_tree: [428],
  move_mount: [429],
  fsopen: [430],
  fspick: [433],
  mount_setattr: [442],
  open_by_handle_at: [304],
  name_to_handle_at: [303],
  quotactl: [179],
  swapon: [167],
  // The machine itself.
  init_module: [175],
  finit_module: [313],
  delete_module: [176],
  kexec_load: [246],
  reboot: [169],
  syslog: [103, 10],
  iopl: [172],
  ioperm: [173],
  sethostname: [170],
  settimeofday: [164],
  clock_settime: [227],
  clock_adjtime: [305],
  set_mempolicy: [238],
  move_pages: [279],
  // Who one is.
  setuid_root: [105],
  setgid_root: [106],
  setgroups: [116],
  // Families of sockets.
  socket_inet: [41, 2, 1],
  socket_inet6: [41, 10, 1],
  socket_raw: [41, 2, 3],
  socket_netlink: [41, 16, 3],
  socket_packet: [41, 17, 3],
  socket_alg: [41, 38, 5],
  socket_vsock: [41, 40, 1],
  socket_bluetooth: [41, 31, 3],
};
