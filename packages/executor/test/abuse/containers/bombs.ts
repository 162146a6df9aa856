/** Limits that every attempt below goes beyond. */
const MIB = 1024 ** 2;
export const LIMITS = {
  memoryBytes: 48 * MIB,
  outputBytes: MIB,
  stdoutBytes: 65_536,
  wallSeconds: 20,
  cpuMillis: 2000,
  pids: 48,
  diskBytes: 4 * MIB,
};

export interface Bomb {
  readonly subject: string;
  /** What is too much is what it prints, in bytes. */
  readonly prints?: number;
  /** Prints `beyond` when it got further than the limit. */
  readonly script: string;
  readonly limits?: Partial<typeof LIMITS>;
}

const fill = (path: string, mib: number, extra = "") =>
  `i=0; while [ $i -lt ${mib} ] && busybox head -c 1048576 /dev/zero > ${path}/f$i; do i=$((i+1)); done; [ $i -ge ${mib} ] && echo beyond${extra}`;

/**
 * Attempts to take more than was given, each in a container of its own: an abuse has worked when
 * the run counts as completed and got beyond.
 */
export const BOMBS: Readonly<Record<string, Bomb>> = {
  "fork-bomb": {
    subject: "processes",
    script:
      "i=0; while [ $i -lt 200 ]; do busybox sleep 5 & i=$((i+1)); done 2>/dev/null; [ $(busybox ls /proc | busybox grep -c '^[0-9]') -gt 150 ] && echo beyond; busybox kill $(busybox pidof sleep)",
  },
  "memory-bomb": {
    subject: "memory",
    script:
      "busybox head -c 160000000 /dev/zero | busybox tail -c 160000000 | busybox wc -c | busybox grep -q 160000000 && echo beyond",
  },
  "memory-bomb-of-a-child": {
    subject: "memory",
    script:
      "( busybox head -c 160000000 /dev/zero | busybox tail -c 160000000 > /dev/null ) && echo beyond; exit 0",
  },
  "shared-memory-bomb": { subject: "memory", script: fill("/dev/shm", 100) },
  "output-too-large": {
    subject: "disk",
    script: "busybox head -c 1048577 /dev/zero > /out/a && echo beyond",
  },
  "outputs-too-large-together": { subject: "disk", script: fill("/out", 2) },
  "output-bomb": { subject: "disk", script: fill("/out", 32, "; busybox rm /out/*") },
  "scratch-bomb": { subject: "disk", script: fill("/tmp", 8) },
  "sparse-bomb": {
    subject: "disk",
    script: "busybox dd if=/dev/zero of=/tmp/hole bs=1 count=1 seek=107374182400 && echo beyond",
  },
  "inode-bomb": {
    subject: "inodes",
    script:
      "cd /out; i=0; while [ $i -lt 6000 ] && : > $i; do i=$((i+1)); done; [ $i -ge 6000 ] && echo beyond; busybox rm -rf /out/*",
  },
  "scratch-inode-bomb": {
    subject: "inodes",
    script:
      "cd /tmp; i=0; while [ $i -lt 70000 ] && : > $i; do i=$((i+1)); done; [ $i -ge 70000 ] && echo beyond; exit 0",
    limits: { memoryBytes: 256 * MIB },
  },
  "descriptor-bomb": { subject: "files", script: "ulimit -n 8192 && echo beyond" },
  "core-files": { subject: "files", script: "ulimit -c unlimited && echo beyond" },
  "log-bomb": {
    subject: "logs",
    script: "echo beyond; busybox head -c 200000 /dev/zero",
    prints: 200_000,
  },
  "error-log-bomb": {
    subject: "logs",
    script: "echo beyond; busybox head -c 20000000 /dev/zero >&2",
    prints: 20_000_000,
  },
  "endless-run": {
    subject: "time",
    script: "busybox sleep 3; echo beyond",
    limits: { wallSeconds: 1 },
  },
};
