import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seccompProfile } from "../../../../src/engines/oci/sandbox/seccomp-profile.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface Profile {
  readonly defaultAction: string;
  readonly syscalls: { names: string[]; action: string; args: unknown[] }[];
}

/** System calls that reach beyond a computation: kernels, other processes, namespaces, devices. */
const DENIED = `
  acct add_key adjtimex bpf chroot clock_adjtime clock_settime delete_module fanotify_init
  finit_module fsconfig fsmount fsopen fspick init_module io_cancel io_destroy io_getevents
  io_setup io_submit io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp
  kexec_file_load kexec_load keyctl lookup_dcookie mbind memfd_secret migrate_pages modify_ldt
  mount mount_setattr move_mount move_pages mq_open name_to_handle_at nfsservctl
  open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root process_madvise
  process_vm_readv process_vm_writev ptrace quotactl reboot request_key set_mempolicy setns
  settimeofday sethostname setdomainname swapoff swapon syslog umount umount2 unshare uselib
  userfaultfd vhangup vmsplice
`
  .trim()
  .split(/\s+/);

describe("the seccomp profile", () => {
  it("denies what it does not name", async () => {
    const profile = JSON.parse(await seccompProfile(undefined)) as Profile;
    expect(profile.defaultAction).toBe("SCMP_ACT_ERRNO");
    const allowed = profile.syscalls.filter((rule) => rule.action === "SCMP_ACT_ALLOW");
    const names = new Set(allowed.flatMap((rule) => rule.names));
    expect(DENIED.filter((name) => names.has(name))).toEqual([]);
  });

  it("allows sockets, new processes and execution domains by their arguments only", async () => {
    const profile = JSON.parse(await seccompProfile(undefined)) as Profile;
    for (const name of ["socket", "socketpair", "clone", "personality"]) {
      const rules = profile.syscalls.filter((rule) => rule.names.includes(name));
      expect(rules.length).toBeGreaterThan(0);
      expect(rules.every((rule) => rule.args.length > 0)).toBe(true);
    }
  });

  it("can be replaced, but not by something else", async () => {
    const folder = await temporaryFolder();
    const own = join(folder, "own.json");
    await writeFile(own, '{"defaultAction":"SCMP_ACT_ERRNO"}');
    expect(JSON.parse(await seccompProfile(own))).toEqual({ defaultAction: "SCMP_ACT_ERRNO" });
    await writeFile(own, "[]");
    for (const path of [own, join(folder, "missing.json")]) {
      await expect(seccompProfile(path)).rejects.toMatchObject({ code: "options-invalid" });
    }
  });
});
