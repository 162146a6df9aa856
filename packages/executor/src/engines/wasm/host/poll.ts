import { wasiError } from "./errno.ts";
import type { Guest } from "./guest.ts";

const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const MAX_SUBSCRIPTIONS = 256;
const EVENT_CLOCK = 0;
const ABSOLUTE = 1;

interface Subscription {
  readonly userdata: bigint;
  readonly type: number;
  /** Nanoseconds until a clock subscription is due. */
  readonly wait: bigint;
}

/**
 * `poll_oneoff`: descriptors are always ready; with clocks alone the earliest one is waited for,
 * which takes no time.
 */
export function pollOneoff(
  guest: Guest,
  input: number,
  output: number,
  count: number,
  result: number,
): void {
  if (count === 0) throw wasiError("inval");
  if (count >>> 0 > MAX_SUBSCRIPTIONS) throw wasiError("inval");
  guest.fuel.chargeBytes(count * (SUBSCRIPTION_BYTES + EVENT_BYTES));
  const subscriptions = Array.from({ length: count }, (_, index) =>
    read(guest, (input >>> 0) + index * SUBSCRIPTION_BYTES),
  );
  const descriptors = subscriptions.filter(({ type }) => type !== EVENT_CLOCK);
  const ready = descriptors.length > 0 ? descriptors : passTime(guest, subscriptions);
  ready.forEach((subscription, index) => {
    const event = guest.memory.view((output >>> 0) + index * EVENT_BYTES, EVENT_BYTES);
    event.setBigUint64(0, subscription.userdata, true);
    event.setUint16(8, 0, true);
    event.setUint8(10, subscription.type);
    event.setBigUint64(16, 0n, true);
    event.setUint16(24, 0, true);
  });
  guest.memory.writeU32(result, ready.length);
}

function passTime(guest: Guest, clocks: readonly Subscription[]): readonly Subscription[] {
  const [shortest = 0n] = clocks.map(({ wait }) => wait).sort((a, b) => (a < b ? -1 : 1));
  guest.clock.sleep(shortest);
  return clocks.filter(({ wait }) => wait <= shortest || wait <= 0n);
}

function read(guest: Guest, address: number): Subscription {
  const view = guest.memory.view(address, SUBSCRIPTION_BYTES);
  const userdata = view.getBigUint64(0, true);
  const type = view.getUint8(8);
  if (type !== EVENT_CLOCK) return { userdata, type, wait: 0n };
  const now = guest.clock.now(view.getUint32(16, true));
  const timeout = view.getBigUint64(24, true);
  const absolute = (view.getUint16(40, true) & ABSOLUTE) !== 0;
  return { userdata, type, wait: absolute ? timeout - now : timeout };
}
