/** A daemon under test, or what stands in for it. */
export interface Daemon {
  readonly name: string;
  readonly api: string;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** One call of the API as a plain client makes it. */
export async function rpc(
  { api }: Daemon,
  path: string,
  query: Record<string, string> = {},
  upload?: Uint8Array,
): Promise<Answer> {
  const form = new FormData();
  if (upload) form.set("file", new Blob([Buffer.from(upload)]), "file");
  const response = await fetch(`${api}/api/v0/${path}?${new URLSearchParams(query)}`, {
    method: "POST",
    ...(upload && { body: form }),
  });
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    body: Buffer.from(await response.arrayBuffer()).toString("latin1"),
  };
}

/** The daemon keeps it as a root of its own. */
export async function keeps(daemon: Daemon, cid: string): Promise<boolean> {
  return (await rpc(daemon, "pin/ls", { arg: cid, type: "recursive" })).status === 200;
}

/** The daemon has this block; it does not look for it elsewhere. */
export async function has(daemon: Daemon, cid: string): Promise<boolean> {
  const query = { arg: cid, offline: "true", timeout: "500ms" };
  return (await rpc(daemon, "block/get", query)).status === 200;
}
