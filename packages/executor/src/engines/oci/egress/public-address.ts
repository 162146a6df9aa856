import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";

/** Ranges that are not the public internet (IANA's special-purpose registries, multicast, reserved). */
const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // carriers' own; one cloud's metadata
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local; most clouds' metadata
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["168.63.129.16", 32], // public, yet one cloud's own host agent answers there
];

/** Within 2000::/3, outside of which nothing is public. */
const SPECIAL_V6: readonly (readonly [string, number])[] = [
  ["2001::", 23], // tunnels and identifiers; some embed IPv4 addresses
  ["2001:db8::", 32],
  ["2002::", 16], // embeds IPv4 addresses
  ["2620:4f:8000::", 48],
  ["3fff::", 20],
];

const special = new BlockList();
for (const [net, bits] of SPECIAL_V4) special.addSubnet(net, bits, "ipv4");
for (const [net, bits] of SPECIAL_V6) special.addSubnet(net, bits, "ipv6");
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");

/**
 * Whether an address is on the public internet and not one of this machine's own, whatever a name
 * server says. IPv4 addresses in IPv6 spelling are refused, public or not: no name needs them.
 */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0 || isOwn(address)) return false;
  if (version === 4) return !special.check(address, "ipv4");
  return global.check(address, "ipv6") && !special.check(address, "ipv6");
}

function isOwn(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return own.some((each) => each.address === address);
}
