import { type Architecture, staticExecutable } from "../holder/static-executable.ts";

/** Where programs find the way out, in their own network namespace. */
export const PROXY_URL = "http://127.0.0.1:3128";
/** Folder and name of the proxy's socket as the forwarder knows them. */
export const SOCKET_FOLDER = "/egress";
export const SOCKET_NAME = "socket";

const CODE: Record<Architecture, string> = {
  amd64:
    "uA0AAAC/EQAAAEiNNVgBAAAx0kG6CAAAAA8FuCkAAAC/AgAAAL4BAAAAMdIPBYnDuDEAAACJ30iNNQkBAAC6EAAA" +
    "AA8FhcAPhboAAAC4MgAAAInfvkAAAAAPBeiwAAAAhcAPiJ8AAACJx7gDAAAADwW4KwAAAInfMfYx0g8FhcB474nF" +
    "uDkAAAAPBYXAdAu4AwAAAInvDwXr17gDAAAAid8PBehoAAAAhcB4W4nDuDkAAAAPBYXAeE51AofrSIHsAEAAADHA" +
    "id9Iiea6AEAAAA8FhcB+I0GJxEmJ5bgBAAAAie9Mie5EieIPBYXAfhhJAcVBKcR15evLuDAAAACJ774BAAAADwUx" +
    "/7jnAAAADwW4KQAAAL8BAAAAvgEAAAAx0g8FhcB4H0GJxInHuCoAAABIjTUfAAAAuhIAAAAPBYXAeANEieDDAgAM" +
    "OH8AAAEAAAAAAAAAAAEAL2VncmVzcy9zb2NrZXQAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  arm64:
    "yBCA0iACgNJBDQBQAgCA0gMBgNIBAADUyBiA0kAAgNIhAIDSAgCA0gEAANTzAwCqCBmA0uEKABACAoDSAQAA1GAH" +
    "ALUoGYDS4AMTqgEIgNIBAADUQQAAlKAG+LcoB4DSAQAA1EgZgNLgAxOqAQCA0gIAgNIBAADUYP//t/QDAKouAACU" +
    "oAAAtCgHgNLgAxSqAQAA1PT//xcoB4DS4AMTqgEAANQtAACUIAT4t/MDAKoiAACUwAP4t4AAALX1AxOq8wMUqvQD" +
    "Far/E0DR6AeA0uADE6rhAwCRAgCI0gEAANQfAADxzQEAVPYDAKr1AwCRCAiA0uADFKrhAxWq4gMWqgEAANQfAADx" +
    "LQEAVLUCAIvWAgDr4f7/VO3//xdIGoDS4AMUqiEAgNIBAADUyAuA0gAAgNIBAADUiBuA0iACgNIBAIDSAgCA0gMA" +
    "gNIEAIDSAQAA1MADX9bIGIDSIACA0iEAgNICAIDSAQAA1AAB+Lf2AwCqaBmA0kEBABBCAoDSAQAA1EAA+LfgAxaq" +
    "wANf1gIADDh/AAABAAAAAAAAAAABAC9lZ3Jlc3Mvc29ja2V0AAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AAAAAA==",
};

/**
 * The program of the gateway container: takes connections on the loopback of its network
 * namespace (127.0.0.1:3128) and passes their bytes to and from the Unix socket of the provider's
 * proxy. It dials the proxy once at first, which tells that it listens; it then makes two
 * processes for each connection. Written in assembly (`forwarder/amd64.s`, `arm64.s`), so that
 * nothing has to be compiled or fetched; a test assembles them again and compares.
 */
export function forwardProgram(architecture: Architecture): Uint8Array {
  return staticExecutable(architecture, forwardCode(architecture));
}

/** Its machine code alone. */
export function forwardCode(architecture: Architecture): Uint8Array {
  return Buffer.from(CODE[architecture], "base64");
}
