/** Which weakened sandbox shows that an attempt can work. */
export type Weakening =
  /** Root with all capabilities, no filter, everything writable. */
  | "privileged"
  /** The usual user, who may gain privileges. */
  | "new-privileges"
  /** Privileged, and in the machine's own namespaces with its files. */
  | "host"
  /** In a network that has a metadata service. */
  | "metadata"
  /** A larger limit of whatever is attempted. */
  | "unlimited";

export interface ScriptProbe {
  readonly subject: string;
  readonly weakening: Weakening;
  /** Exits 0 when the abuse worked. `VICTIM`, `SECRET`, `PORT`, `ENGINE` name things of this machine. */
  readonly script: string;
  /** A file that this machine's kernel must have, for the attempt to be possible at all. */
  readonly needs?: string;
}

type Scripts = Record<string, string | readonly [script: string, needs: string]>;

const privileged = (subject: string, scripts: Scripts) => table(subject, "privileged", scripts);

function table(subject: string, weakening: Weakening, scripts: Scripts) {
  return Object.entries(scripts).map(([name, entry]): [string, ScriptProbe] => {
    if (typeof entry === "string") return [name, { subject, weakening, script: entry }];
    const [script, needs] = entry;
    return [name, { subject, weakening, script, needs }];
  });
}

/** Attempts with the tools of a shell, all in one container. Opening for `>>` writes nothing. */
export const SCRIPTS: ReadonlyMap<string, ScriptProbe> = new Map([
  ...privileged("mounts", {
    "mount-tmpfs": "mkdir /tmp/m1 && mount -t tmpfs none /tmp/m1",
    "mount-proc": "mkdir /tmp/m2 && mount -t proc none /tmp/m2",
    "mount-sysfs": "mkdir /tmp/m3 && mount -t sysfs none /tmp/m3",
    "mount-cgroup": "mkdir /tmp/m4 && mount -t cgroup2 none /tmp/m4",
    "mount-bind": "mkdir /tmp/m5 && mount -o bind /etc /tmp/m5",
    "remount-root": "mount -o remount,rw / && touch /remounted",
    "write-root": "touch /new",
    "write-programs": "touch /bin/new",
    "write-input": ": >> /in/given",
    "write-hosts": ": >> /etc/hosts",
    "write-resolver": ": >> /etc/resolv.conf",
    "change-root": "chroot / /bin/busybox true",
  }),
  ...privileged("/proc and /sys", {
    "read-kcore": ['[ -n "$(head -c 1 /proc/kcore)" ]', "/proc/kcore"],
    "read-keys": ["grep -q . /proc/keys", "/proc/keys"],
    "read-timer-list": ["grep -q . /proc/timer_list", "/proc/timer_list"],
    "read-firmware": ["ls /sys/firmware | grep -q .", "/sys/firmware"],
    "write-core-pattern": ": >> /proc/sys/kernel/core_pattern",
    "write-sysctl": "cat /proc/sys/vm/swappiness > /tmp/v && cat /tmp/v > /proc/sys/vm/swappiness",
    "write-irq": [": >> /proc/irq/default_smp_affinity", "/proc/irq/default_smp_affinity"],
    "open-sysrq": [": >> /proc/sysrq-trigger", "/proc/sysrq-trigger"],
    "write-sys":
      "mount -o remount,rw /sys; : >> /sys/kernel/mm/transparent_hugepage/enabled || : >> /sys/kernel/profiling",
    "write-cgroup":
      "mount -o remount,rw /sys/fs/cgroup; mount -o remount,rw /sys/fs/cgroup/memory; for c in /sys/fs/cgroup/memory /sys/fs/cgroup; do mkdir $c/probe && rmdir $c/probe && exit 0; done; exit 1",
  }),
  ...privileged("devices", {
    "make-kernel-log": "mknod /tmp/kmsg c 1 11 && dd if=/tmp/kmsg bs=8192 count=1 | grep -q .",
    "make-disk":
      "n=0; for d in $(cat /sys/block/*/dev); do n=$((n+1)); mknod /tmp/d$n b ${d%:*} ${d#*:} && head -c 512 /tmp/d$n | wc -c | grep -q 512 && exit 0; done; exit 1",
    "open-kernel-log": [": < /dev/kmsg", "/dev/kmsg"],
    "write-devices": "touch /dev/new",
  }),
  ...privileged("privileges", {
    "be-root": '[ "$(id -u)" = 0 ]',
    "have-capabilities": "grep -q 'CapEff:.*[1-9a-f]' /proc/self/status",
    "keep-capability-bounds": "grep -q 'CapBnd:.*[1-9a-f]' /proc/self/status",
    "have-no-filter": "grep -q 'Seccomp:.*0' /proc/self/status",
    "change-host-name": "hostname other",
    "unshare-tools": "unshare -r true || unshare -m true",
    "read-shadow": "cat /probe/shadow",
  }),
  ...table("privileges", "new-privileges", {
    "run-set-user-id": "/probe/am-root",
    "allow-new-privileges": "grep -q 'NoNewPrivs:.*0' /proc/self/status",
  }),
  ...table("this machine", "host", {
    "see-processes": "[ -d /proc/$VICTIM ]",
    "read-environment": "grep -q deco-abuse /proc/$VICTIM/environ",
    "follow-root": "grep -q deco-abuse /proc/$VICTIM/root$SECRET",
    "signal-process": "kill -CONT $VICTIM",
    "enter-namespaces": "nsenter -t $VICTIM -m true",
    "read-secret": "grep -q deco-abuse $SECRET",
    "read-secret-upwards": "grep -q deco-abuse /in/../../../../../../..$SECRET",
    "find-engine-socket":
      "[ -w $ENGINE ] || [ -w /var/run/docker.sock ] || [ -w /run/containerd/containerd.sock ]",
    "reach-loopback": "wget -O - http://127.0.0.1:$PORT/ | grep -q deco-abuse",
    "reach-loopback-v6": "wget -O - http://[::1]:$PORT6/ | grep -q deco-abuse",
    "see-interfaces": '[ "$(grep -c : /proc/net/dev)" -gt 1 ]',
    "see-local-sockets": "grep -q deco-abuse /proc/net/unix",
    "see-host-name": '[ "$(hostname)" = "$HOSTS_NAME" ]',
  }),
  ...table("this machine", "metadata", {
    "reach-metadata": "wget -O - http://169.254.169.254/latest | grep -q deco-abuse",
  }),
]);
