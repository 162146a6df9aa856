import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

/** Things of this machine that a program is to find, and must not: each says `deco-abuse`. */
export interface Machine {
  readonly folder: string;
  /** Shown as `/in`. */
  readonly inputFolder: string;
  readonly secretFolder: string;
  readonly secret: string;
  /** How programs are told of them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly hasIpv6: boolean;
  close(): Promise<void>;
}

export async function openMachine(engineSocket: string): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "deco-abuse-"));
  const [inputFolder, secretFolder] = [join(folder, "in"), join(folder, "secret")];
  for (const each of [inputFolder, secretFolder]) {
    await mkdir(each);
    await chmod(each, 0o755);
  }
  await chmod(folder, 0o755);
  await writeFile(join(inputFolder, "given"), "given\n");
  const secret = join(secretFolder, "secret");
  await writeFile(secret, "deco-abuse\n");

  const page = () => createHttpServer((_, response) => response.end("deco-abuse\n"));
  const [web, web6, local] = [page(), page(), createServer()];
  const port = await listening(web, { host: "127.0.0.1", port: 0 });
  const port6 = await listening(web6, { host: "::1", port: 0 }).catch(() => 0);
  await listening(local, { path: `\0deco-abuse-${process.pid}` });
  const victim = spawn("sleep", ["3600"], { env: { MARK: "deco-abuse" }, stdio: "ignore" });
  return {
    ...{ folder, inputFolder, secretFolder, secret, hasIpv6: port6 !== 0 },
    environment: {
      ...{ VICTIM: String(victim.pid), SECRET: secret, ENGINE: engineSocket },
      ...{ PORT: String(port), PORT6: String(port6), HOSTS_NAME: hostname() },
    },
    async close() {
      victim.kill("SIGKILL");
      for (const server of [web, web6, local]) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listening(server: Server, options: object): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, resolve);
  });
  return (server.address() as AddressInfo).port;
}
