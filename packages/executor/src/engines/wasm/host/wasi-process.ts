import { wasiError } from "./errno.ts";
import { RANDOM_BYTE_FUEL } from "./fuel-gauge.ts";
import type { Guest } from "./guest.ts";
import { GuestStop } from "./guest-stop.ts";
import { pollOneoff } from "./poll.ts";
import type { WasiFunctions } from "./wasi-imports.ts";

/** Results fit a byte; larger codes become 255, so that none turns into success. */
const MAX_EXIT_CODE = 255;

type ProcessFunctions = Pick<
  WasiFunctions,
  | "args_get"
  | "args_sizes_get"
  | "clock_res_get"
  | "clock_time_get"
  | "environ_get"
  | "environ_sizes_get"
  | "poll_oneoff"
  | "proc_exit"
  | "proc_raise"
  | "random_get"
  | "sched_yield"
  | "sock_accept"
  | "sock_recv"
  | "sock_send"
  | "sock_shutdown"
>;

/** Arguments, environment, time, randomness and the end of the process; no signals, no sockets. */
export function processFunctions(guest: Guest): ProcessFunctions {
  const unsupported = () => {
    throw wasiError("nosys");
  };
  return {
    args_get: (pointers, buffer) => writeStrings(guest, guest.args, pointers, buffer),
    args_sizes_get: (count, size) => writeSizes(guest, guest.args, count, size),
    environ_get: (pointers, buffer) => writeStrings(guest, guest.environment, pointers, buffer),
    environ_sizes_get: (count, size) => writeSizes(guest, guest.environment, count, size),
    clock_res_get(id, result) {
      guest.clock.now(id);
      guest.memory.writeU64(result, 1n);
    },
    clock_time_get(id, _precision, result) {
      guest.memory.writeU64(result, guest.clock.now(id));
    },
    random_get(address, length) {
      const target = guest.memory.bytes(address, length);
      guest.fuel.charge(target.length * RANDOM_BYTE_FUEL);
      guest.random.fill(target);
    },
    proc_exit(code) {
      throw new GuestStop("exit", Math.min(code >>> 0, MAX_EXIT_CODE));
    },
    sched_yield() {},
    poll_oneoff: (input, output, count, result) => pollOneoff(guest, input, output, count, result),
    proc_raise: unsupported,
    sock_accept: unsupported,
    sock_recv: unsupported,
    sock_send: unsupported,
    sock_shutdown: unsupported,
  };
}

function encoded(strings: readonly string[]): Uint8Array[] {
  return strings.map((text) => new TextEncoder().encode(`${text}\0`));
}

function writeSizes(guest: Guest, strings: readonly string[], count: number, size: number): void {
  guest.memory.writeU32(count, strings.length);
  guest.memory.writeU32(
    size,
    encoded(strings).reduce((sum, bytes) => sum + bytes.length, 0),
  );
}

function writeStrings(
  guest: Guest,
  strings: readonly string[],
  pointers: number,
  buffer: number,
): void {
  let address = buffer >>> 0;
  for (const [index, bytes] of encoded(strings).entries()) {
    guest.fuel.chargeBytes(bytes.length);
    guest.memory.writeU32((pointers >>> 0) + 4 * index, address);
    guest.memory.write(address, bytes);
    address += bytes.length;
  }
}
