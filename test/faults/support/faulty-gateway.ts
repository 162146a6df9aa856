import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import type { TestNetwork } from "../../../packages/executor/test/support/network.ts";

/** How a gateway serves blocks. */
export type GatewayMood =
  | "well"
  /** Has nothing. */
  | "empty"
  /** Each block takes two seconds. */
  | "slow"
  /** Half of each block, then nothing more. */
  | "stalling"
  /** One bit of each block is wrong. */
  | "corrupt";

const SLOW_MILLIS = 2_000;

/** A trustless gateway on loopback that can be made to serve badly. */
export class FaultyGateway {
  readonly url: string;
  mood: GatewayMood = "well";
  /** Blocks that were asked for. */
  asked = 0;
  readonly #server: Server;
  readonly #storage: TestNetwork["storage"];

  private constructor(server: Server, storage: TestNetwork["storage"]) {
    this.#server = server;
    this.#storage = storage;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", ({ url }, response) => {
      this.#answer(url ?? "", response).catch(() => response.destroy());
    });
  }

  static async start(storage: TestNetwork["storage"], mood: GatewayMood): Promise<FaultyGateway> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const gateway = new FaultyGateway(server, storage);
    gateway.mood = mood;
    return gateway;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(path: string, response: ServerResponse): Promise<void> {
    this.asked++;
    const cid = /^\/ipfs\/(\w+)\?/.exec(path)?.[1] ?? "";
    const block = this.mood === "empty" ? undefined : await this.#storage.getPublicBlock(cid);
    if (!block) {
      response.writeHead(404).end();
      return;
    }
    if (this.mood === "slow") await sleep(SLOW_MILLIS);
    response.writeHead(200, { "content-type": "application/vnd.ipld.raw" });
    if (this.mood === "stalling") {
      response.write(block.slice(0, Math.ceil(block.length / 2)));
      return;
    }
    const bytes = Uint8Array.from(block);
    if (this.mood === "corrupt") bytes[0] = (bytes[0] ?? 0) ^ 1;
    response.end(bytes);
  }
}
