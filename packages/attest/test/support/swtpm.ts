import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A software TPM (Debian: swtpm) that was made with an endorsement of its own. */
export interface Swtpm {
  readonly tcti: string;
  /** DER: the TPM's certificate, then the intermediate. */
  readonly endorsement: readonly Uint8Array[];
  /** PEM. */
  readonly root: string;
  stop(): Promise<void>;
}

/** Whether software TPM, its setup and tpm2-tools are installed. */
export async function hasSwtpm(): Promise<boolean> {
  const tools = ["swtpm", "swtpm_setup", "swtpm_localca", "tpm2_quote", "tpm2_startup"];
  const found = await Promise.all(
    tools.map((tool) =>
      access(join("/usr/bin", tool)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

/** Makes and starts one; its files stay in `folder`, which may not exist. */
export async function startSwtpm(folder: string): Promise<Swtpm> {
  const [state, ca] = [join(folder, "state"), join(folder, "ca")];
  await mkdir(state, { recursive: true });
  await mkdir(ca);
  const localca = join(folder, "localca.conf");
  await writeFile(
    localca,
    [
      `statedir = ${ca}`,
      `signingkey = ${join(ca, "signkey.pem")}`,
      `issuercert = ${join(ca, "issuercert.pem")}`,
      `certserial = ${join(ca, "certserial")}`,
      "",
    ].join("\n"),
  );
  const options = join(folder, "localca.options");
  await writeFile(
    options,
    "--platform-manufacturer Deco\n--platform-version 1\n--platform-model swtpm\n",
  );
  const setup = join(folder, "setup.conf");
  await writeFile(
    setup,
    [
      "create_certs_tool = /usr/bin/swtpm_localca",
      `create_certs_tool_config = ${localca}`,
      `create_certs_tool_options = ${options}`,
      "",
    ].join("\n"),
  );
  const certificates = ["--create-ek-cert", "--write-ek-cert-files", folder];
  await run("swtpm_setup", [
    ...["--tpm2", "--tpmstate", state, "--config", setup, "--pcr-banks", "sha256"],
    ...certificates,
  ]);
  const leaf = await readFile(join(folder, "ek-rsa2048.crt"));
  const intermediate = await readFile(join(ca, "issuercert.pem"), "utf8");
  const root = await readFile(join(ca, "swtpm-localca-rootca-cert.pem"), "utf8");
  const port = await freePort();
  const child = spawn(
    "swtpm",
    [
      ...["socket", "--tpm2", "--tpmstate", `dir=${state}`],
      ...["--server", `type=tcp,port=${port},bindaddr=127.0.0.1`],
      ...["--ctrl", `type=tcp,port=${port + 1},bindaddr=127.0.0.1`],
      ...["--flags", "not-need-init,startup-clear"],
    ],
    { stdio: "ignore" },
  );
  const ended = once(child, "exit");
  await sleep(500);
  return {
    tcti: `swtpm:host=127.0.0.1,port=${port}`,
    endorsement: [leaf, pemToDer(intermediate)],
    root,
    async stop() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function pemToDer(pem: string): Buffer {
  const [, body = ""] = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END/.exec(pem) ?? [];
  return Buffer.from(body, "base64");
}

/** The control port is the next one. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
