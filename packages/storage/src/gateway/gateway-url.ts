import { StorageError } from "../errors.ts";

const HOST_PROTOCOLS = new Set(["ip4", "ip6", "dns", "dns4", "dns6"]);

/**
 * The base URL of a gateway given as a multiaddr, such as `/ip4/127.0.0.1/tcp/8080/http` or
 * `/dns4/ipfs.example/tcp/443/https`.
 * @throws StorageError `address-invalid`
 */
export function gatewayUrlFromMultiaddr(address: string): string {
  const [empty, hostProtocol, host, tcp, portText, ...scheme] = address
    .replace(/\/$/, "")
    .split("/");
  const port = Number(portText);
  const url = URL.parse(
    `${schemeOf(scheme)}://${hostProtocol === "ip6" ? `[${host}]` : host}:${portText}`,
  );
  const valid =
    empty === "" &&
    hostProtocol !== undefined &&
    HOST_PROTOCOLS.has(hostProtocol) &&
    tcp === "tcp" &&
    Number.isInteger(port) &&
    port > 0 &&
    port < 65_536 &&
    schemeOf(scheme) !== undefined &&
    url !== null &&
    url.pathname === "/" &&
    url.username === "";
  if (!valid) {
    throw new StorageError("address-invalid", `Not the multiaddr of a gateway: ${address}`, {
      remedy: "Use the form /ip4/127.0.0.1/tcp/8080/http, or pass the gateway's URL.",
    });
  }
  return url.origin;
}

/** The multiaddr of a gateway's base URL; the inverse of {@link gatewayUrlFromMultiaddr}. */
export function gatewayMultiaddrFromUrl(gateway: string): string {
  const url = URL.parse(gateway);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new StorageError("address-invalid", `Not the URL of a gateway: ${gateway}`, {
      remedy: "Use the form http://127.0.0.1:8080.",
    });
  }
  const scheme = url.protocol.slice(0, -1);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const protocol = host.includes(":") ? "ip6" : /^[\d.]+$/.test(host) ? "ip4" : "dns";
  const port = url.port === "" ? (scheme === "https" ? "443" : "80") : url.port;
  return `/${protocol}/${host}/tcp/${port}/${scheme}`;
}

/**
 * The base URL of a gateway given as URL or multiaddr, without a trailing slash.
 * @throws StorageError `address-invalid`
 */
export function parseGateway(gateway: string): string {
  if (gateway.startsWith("/")) return gatewayUrlFromMultiaddr(gateway);
  const url = URL.parse(gateway);
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") {
    return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  }
  throw new StorageError("address-invalid", `Not a gateway: ${gateway}`, {
    remedy: "Pass a base URL such as http://127.0.0.1:8080, or its multiaddr ending in /http.",
  });
}

function schemeOf(parts: readonly string[]): "http" | "https" | undefined {
  const text = parts.join("/");
  if (text === "http") return "http";
  return text === "https" || text === "tls/http" ? "https" : undefined;
}
