import {
  MAX_DISPUTES,
  type MarketDomain,
  panelIdOf,
  type Request,
  taskIdOf,
} from "@deco-network/sdk";
import { type Hash, zeroAddress } from "viem";

/** Which panel of which task an assignment serves on. */
export interface PanelPlace {
  readonly taskId: Hash;
  /** The dispute's number. */
  readonly index: number;
  /** 1 or 2. */
  readonly level: number;
}

/** What was found, since it takes a hash of the whole request, and is asked at every look at an assignment. */
const found = new WeakMap<Request, Map<string, PanelPlace | undefined>>();

/** The panel with this id among those that a request's task can have; undefined for the task itself. */
export function panelOf(id: Hash, request: Request, domain: MarketDomain): PanelPlace | undefined {
  const known = found.get(request) ?? new Map<string, PanelPlace | undefined>();
  found.set(request, known);
  const key = `${domain.chainId}/${domain.market}/${id}`;
  if (!known.has(key)) known.set(key, search(id, request, domain));
  return known.get(key);
}

function search(id: Hash, request: Request, domain: MarketDomain): PanelPlace | undefined {
  const taskId = taskIdOf(domain, request);
  if (taskId === id) return undefined;
  for (let index = 0; index < MAX_DISPUTES; index += 1) {
    for (const level of [1, 2]) {
      if (panelIdOf(taskId, index, level) === id) return { taskId, index, level };
    }
  }
  return undefined;
}

/** A task's request as its judges meet it: a flat price, any trust, no allocator. */
export function judgedRequest(request: Request): Request {
  return {
    ...request,
    ...{ minPrice: request.panelPrice, maxPrice: request.panelPrice, minTrust: 0 },
    ...{ allocator: zeroAddress, allocatorWindow: 0 },
  };
}
