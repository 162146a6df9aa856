import { request } from "node:http";

/** Whether a Docker engine answers at this address within two seconds. Only Unix sockets are tried. */
export function answers(host: string): Promise<boolean> {
  const prefix = "unix://";
  if (!host.startsWith(prefix)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ping = request(
      {
        socketPath: host.slice(prefix.length),
        path: "/_ping",
        signal: AbortSignal.timeout(2_000),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    ping.once("error", () => resolve(false));
    ping.end();
  });
}
