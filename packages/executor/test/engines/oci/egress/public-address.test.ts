import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { isPublicAddress } from "../../../../src/engines/oci/egress/public-address.ts";

const PUBLIC = ["93.184.216.34", "1.1.1.1", "172.32.0.1", "2606:2800:220:1:248:1893:25c8:1946"];

const REFUSED = [
  ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "172.16.0.1"],
  ...["192.168.1.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9"],
  ...["224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
  // Metadata of clouds.
  ...["169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"],
  ...["::", "::1", "fe80::1", "fc00::1", "fdff::1", "ff02::1", "fec0::1", "2001:db8::1"],
  // IPv4 in IPv6 clothes: mapped, compatible, translated, 6to4, Teredo.
  ...["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:93.184.216.34"],
  ...["::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::"],
  // No addresses at all, or spellings that only some readers take.
  ...["", "localhost", "0x7f.1", "2130706433", "127.1", "0177.0.0.1", "1.2.3.4 ", "fe80::1%eth0"],
];

describe("an address on the public internet", () => {
  it.each(PUBLIC)("is %s", (address) => expect(isPublicAddress(address)).toBe(true));
  it.each(REFUSED)("is not %j", (address) => expect(isPublicAddress(address)).toBe(false));

  it("is none of this machine's own", () => {
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    expect(own.length).toBeGreaterThan(0);
    for (const { address } of own)
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
  });
});
