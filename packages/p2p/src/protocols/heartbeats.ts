import * as z from "zod";

import { defineProtocol } from "./protocol.ts";

const count = z.int().min(0).max(1_000_000);

/** What an executor has free. */
export const freeResources = z.strictObject({
  /** Further tasks that it would take. */
  tasks: count,
  /** Programs that it could run at once now. */
  slots: count,
  /** 1000 is one core. */
  cpuMillis: z.int().min(0),
  memoryBytes: z.int().min(0),
  diskBytes: z.int().min(0),
  /** Devices that nobody has, by the name under which programs ask for them. */
  accelerators: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$/),
        count,
        /** Of each device; absent: unknown. */
        memoryBytes: z.int().positive().optional(),
      }),
    )
    .max(16),
});
export type FreeResources = z.output<typeof freeResources>;

/** An executor tells an allocator that it lists where it is and what it has free. */
export const heartbeats = defineProtocol({
  id: "/deco/heartbeats/2",
  ask: "heartbeat",
  answer: "heartbeat-seen",
  askBody: z.strictObject({
    provider: z.int().min(1).max(4_294_967_295),
    /** Multiaddrs with `/p2p/<peer id>`, all of one node. */
    endpoints: z.array(z.string().min(1).max(256)).min(1).max(8),
    free: freeResources,
    /** Engines that it runs, such as `wasm`. */
    engines: z.array(z.string().regex(/^[a-z]{1,16}$/)).max(8),
  }),
  answerBody: z.strictObject({
    /** Seconds after which the allocator forgets it. */
    forgottenAfter: z.int().min(1),
  }),
});
export type Heartbeat = z.output<typeof heartbeats.askBody>;
