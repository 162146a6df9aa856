import type { IncomingMessage } from "node:http";
import * as dagPb from "@ipld/dag-pb";
import type { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { requireVerifiable } from "../blocks/verify-block.ts";
import { parseCid } from "../cid.ts";
import { isStorageError } from "../errors.ts";

export type GatewayFormat = "raw" | "car";

/** Stable codes of the gateway's JSON errors. */
export type GatewayErrorCode =
  | "method-not-allowed"
  | "path-unknown"
  | "cid-invalid"
  | "format-unsupported"
  | "block-not-found"
  | "busy"
  | "internal";

export type GatewayRequest =
  | { readonly ok: true; readonly cid: CID; readonly format: GatewayFormat }
  | { readonly ok: true; readonly name: string }
  | {
      readonly ok: false;
      readonly status: number;
      readonly code: GatewayErrorCode;
      readonly message: string;
    };

const MEDIA_TYPES: ReadonlyMap<string, GatewayFormat> = new Map([
  ["application/vnd.ipld.raw", "raw"],
  ["application/vnd.ipld.car", "car"],
]);

const NAME_PATH = /^\/named\/([a-z0-9]+(?:[/-][a-z0-9]+)*)$/;
const MAX_NAME = 200;
const CID_PATH = /^\/ipfs\/([A-Za-z0-9]{1,200})\/?$/;

/** Reads what a request asks for, by the trustless gateway specification. */
export function parseGatewayRequest(request: IncomingMessage): GatewayRequest {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(405, "method-not-allowed", "Use GET or HEAD.");
  }
  const url = URL.parse(request.url ?? "", "http://gateway.invalid");
  const named = url === null ? undefined : NAME_PATH.exec(url.pathname)?.[1];
  if (named !== undefined && named.length <= MAX_NAME) return { ok: true, name: named };
  const name = url === null ? undefined : CID_PATH.exec(url.pathname)?.[1];
  if (url === null || name === undefined) {
    return refuse(
      404,
      "path-unknown",
      "Use /ipfs/<cid>?format=raw. Paths below a CID are not served.",
    );
  }
  let cid: CID;
  try {
    cid = parseCid(name);
    requireVerifiable(cid);
  } catch (error) {
    const message = isStorageError(error) ? error.message : "Not a CID.";
    return refuse(400, "cid-invalid", message);
  }
  const format = formatOf(url.searchParams.get("format"), request.headers.accept ?? "");
  if (format === undefined) {
    return refuse(
      406,
      "format-unsupported",
      "Ask with ?format=raw or ?format=car, or Accept: application/vnd.ipld.raw.",
    );
  }
  if (format === "car" && !isWholeCar(cid, url.searchParams, request.headers.accept ?? "")) {
    return refuse(
      400,
      "format-unsupported",
      "Only whole UnixFS DAGs are served, as CAR version 1.",
    );
  }
  return { ok: true, cid, format };
}

/** The query decides over the header, as the specification says. */
function formatOf(query: string | null, accept: string): GatewayFormat | undefined {
  if (query !== null) return query === "raw" || query === "car" ? query : undefined;
  for (const part of accept.split(",")) {
    const format = MEDIA_TYPES.get((part.split(";")[0] ?? "").trim().toLowerCase());
    if (format !== undefined) return format;
  }
  return undefined;
}

function isWholeCar(cid: CID, query: URLSearchParams, accept: string): boolean {
  if (cid.code !== raw.code && cid.code !== dagPb.code) return false;
  const scope = query.get("dag-scope") ?? "all";
  const version = query.get("car-version") ?? /version=(\d+)/.exec(accept)?.[1] ?? "1";
  return scope === "all" && version === "1" && !query.has("entity-bytes");
}

function refuse(status: number, code: GatewayErrorCode, message: string): GatewayRequest {
  return { ok: false, status, code, message };
}
