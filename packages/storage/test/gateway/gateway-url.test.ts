import { describe, expect, it } from "vitest";
import { gatewayMultiaddrFromUrl, gatewayUrlFromMultiaddr, StorageError } from "../../src/index.ts";

describe("gatewayUrlFromMultiaddr", () => {
  it.each([
    ["/ip4/127.0.0.1/tcp/8080/http", "http://127.0.0.1:8080"],
    ["/ip4/127.0.0.1/tcp/8080/http/", "http://127.0.0.1:8080"],
    ["/ip6/::1/tcp/8080/http", "http://[::1]:8080"],
    ["/dns4/ipfs.example/tcp/443/https", "https://ipfs.example"],
    ["/dns/ipfs.example/tcp/8443/tls/http", "https://ipfs.example:8443"],
  ])("%s is %s", (address, url) => {
    expect(gatewayUrlFromMultiaddr(address)).toBe(url);
  });

  it.each([
    "",
    "http://127.0.0.1:8080",
    "/ip4/127.0.0.1/tcp/8080",
    "/ip4/127.0.0.1/udp/8080/http",
    "/ip4/127.0.0.1/tcp/0/http",
    "/ip4/127.0.0.1/tcp/65536/http",
    "/ip4/127.0.0.1/tcp/8080/http/p2p/12D3",
    "/unix/tmp/socket/http",
    "/ip4/a@b/tcp/8080/http",
  ])("refuses %j", (address) => {
    expect(() => gatewayUrlFromMultiaddr(address)).toThrow(StorageError);
  });
});

describe("gatewayMultiaddrFromUrl", () => {
  it.each([
    "/ip4/127.0.0.1/tcp/8080/http",
    "/ip6/::1/tcp/8080/http",
    "/dns/ipfs.example/tcp/443/https",
  ])("is the inverse for %s", (address) => {
    expect(gatewayMultiaddrFromUrl(gatewayUrlFromMultiaddr(address))).toBe(address);
  });
});
