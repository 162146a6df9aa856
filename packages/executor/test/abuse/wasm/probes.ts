/** A module that calls `proc_exit(42)` when its abuse has worked. */
export interface ModuleProbe {
  readonly subject: string;
  /** In text format; or bytes where that cannot say it. */
  readonly text: string;
  /** Run twice: the abuse has worked when what is printed differs. */
  readonly twice?: true;
}

const WASI = "wasi_snapshot_preview1";
const SIGNATURES: Record<string, string> = {
  proc_exit: "(param i32)",
  clock_time_get: "(param i32 i64 i32) (result i32)",
  random_get: "(param i32 i32) (result i32)",
  environ_sizes_get: "(param i32 i32) (result i32)",
  fd_write: "(param i32 i32 i32 i32) (result i32)",
  fd_read: "(param i32 i32 i32 i32) (result i32)",
  fd_filestat_set_size: "(param i32 i64) (result i32)",
  fd_allocate: "(param i32 i64 i64) (result i32)",
  path_open: "(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)",
  path_create_directory: "(param i32 i32 i32) (result i32)",
  path_symlink: "(param i32 i32 i32 i32 i32) (result i32)",
  path_link: "(param i32 i32 i32 i32 i32 i32 i32) (result i32)",
  path_rename: "(param i32 i32 i32 i32 i32 i32) (result i32)",
  path_unlink_file: "(param i32 i32 i32) (result i32)",
  poll_oneoff: "(param i32 i32 i32 i32) (result i32)",
  sock_accept: "(param i32 i32 i32) (result i32)",
  sock_send: "(param i32 i32 i32 i32 i32) (result i32)",
  sock_recv: "(param i32 i32 i32 i32 i32 i32) (result i32)",
  sock_shutdown: "(param i32 i32) (result i32)",
};

const WIN = "(call $proc_exit (i32.const 42))";

interface Parts {
  /** WASI functions that it needs beside `proc_exit`. */
  readonly uses?: readonly string[];
  readonly fields?: string;
  readonly memory?: string;
  readonly data?: Readonly<Record<number, string>>;
  readonly start: string;
}

function module({ uses = [], fields = "", memory = "1", data = {}, start }: Parts): string {
  const imports = ["proc_exit", ...uses].map(
    (name) => `(import "${WASI}" "${name}" (func $${name} ${SIGNATURES[name]}))`,
  );
  const segments = Object.entries(data).map(
    ([at, text]) => `(data (i32.const ${at}) ${JSON.stringify(text)})`,
  );
  return `(module ${imports.join("\n")} ${fields} (memory (export "memory") ${memory})
    ${segments.join(" ")} (func (export "_start") (local $i i32) ${start}))`;
}

/** Imports something that is not given, calls it where that is possible, and has won. */
function imported(from: string, name: string, kind = "(func)"): string {
  return `(module (import ${JSON.stringify(from)} ${JSON.stringify(name)} ${kind})
    (import "${WASI}" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 1) (func (export "_start") ${WIN}))`;
}

const succeeds = (call: string) => `(if (i32.eqz ${call}) (then ${WIN}))`;
const text = (at: number, value: string) =>
  `(i32.const ${at}) (i32.const ${Buffer.byteLength(value)})`;
const IN = 3;
const OUT = 4;

/** Opens a path from a folder, for reading or to make it. */
function opening(path: string, { folder = IN, create = false } = {}): string {
  const call = `(call $path_open (i32.const ${folder}) (i32.const 1) ${text(64, path)} (i32.const ${create ? 1 : 0}) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 0))`;
  return module({ uses: ["path_open"], data: { 64: path }, start: succeeds(call) });
}

const repeat = (count: number, body: string) =>
  `(loop $again ${body} (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const ${count}))))`;

const LARGE = 65_536;
/** Writes pages to a descriptor until it is refused; wins when all were taken. */
const writing = (fd: string, pages: number) =>
  `(i32.store (i32.const 0) (i32.const 0)) (i32.store (i32.const 4) (i32.const ${LARGE}))
   ${repeat(pages, `(if (call $fd_write ${fd} (i32.const 0) (i32.const 1) (i32.const 16)) (then (return)))`)} ${WIN}`;

/** @param secret path of a file of this machine that no program was given */
export function moduleProbes(secret: string): ReadonlyMap<string, ModuleProbe> {
  const upwards = `../../secret/secret`;
  const probe = (subject: string, probes: Record<string, string>) =>
    Object.entries(probes).map(([name, wat]): [string, ModuleProbe] => [
      name,
      { subject, text: wat },
    ]);
  const linked = module({
    uses: ["path_symlink", "path_open"],
    data: { 64: secret, 1024: "link" },
    start: `(drop (call $path_symlink ${text(64, secret)} (i32.const ${OUT}) ${text(1024, "link")}))
      ${succeeds(`(call $path_open (i32.const ${OUT}) (i32.const 1) ${text(1024, "link")} (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0))`)}`,
  });
  return new Map<string, ModuleProbe>([
    ...probe("imports", {
      "import-another-module": imported("env", "system"),
      "import-javascript": imported("node:fs", "readFileSync"),
      "import-constructor": imported(WASI, "constructor"),
      "import-prototype": imported(WASI, "__proto__"),
      "import-to-string": imported(WASI, "toString"),
      "import-older-wasi": imported("wasi_unstable", "fd_write"),
      "import-sockets": imported("wasi_snapshot_preview2", "sock_connect"),
      "import-spawn": imported("wasi", "thread-spawn", "(func (param i32) (result i32))"),
      "import-memory": imported("env", "memory2", "(global i64)"),
      "import-table": imported("env", "table", "(table 1 funcref)"),
      "import-fuel": imported("deco", "fuel", "(global i64)"),
      "import-wrong-type": imported(WASI, "fd_sync", "(func (param i64 i64) (result i64))"),
    }),
    ...probe("sockets", {
      "accept-connection": module({
        uses: ["sock_accept"],
        start: succeeds(`(call $sock_accept (i32.const ${IN}) (i32.const 0) (i32.const 0))`),
      }),
      "send-to-socket": module({
        uses: ["sock_send"],
        start: succeeds(
          `(call $sock_send (i32.const ${IN}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))`,
        ),
      }),
      "receive-from-socket": module({
        uses: ["sock_recv"],
        start: succeeds(
          `(call $sock_recv (i32.const ${IN}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))`,
        ),
      }),
    }),
    ...probe("paths", {
      "read-upwards": opening(upwards),
      "read-upwards-from-outputs": opening(upwards, { folder: OUT }),
      "read-upwards-by-detour": opening(`./folder/../${upwards}`),
      "read-upwards-by-slashes": opening(`.//..///../secret//secret`),
      "read-absolute": opening(secret),
      "read-machine": opening("/proc/self/environ"),
      "create-upwards": opening("../../planted", { folder: OUT, create: true }),
      "create-absolute": opening(`${secret}-planted`, { folder: OUT, create: true }),
      "create-in-input": opening("planted", { create: true }),
      "follow-own-link": linked,
      "make-link": module({
        uses: ["path_symlink"],
        data: { 64: secret, 1024: "other" },
        start: succeeds(
          `(call $path_symlink ${text(64, secret)} (i32.const ${OUT}) ${text(1024, "other")})`,
        ),
      }),
      "make-hard-link": module({
        uses: ["path_link"],
        data: { 64: upwards, 1024: "hard" },
        start: succeeds(
          `(call $path_link (i32.const ${IN}) (i32.const 0) ${text(64, upwards)} (i32.const ${OUT}) ${text(1024, "hard")})`,
        ),
      }),
      "make-folder-upwards": module({
        uses: ["path_create_directory"],
        data: { 64: "../../planted-folder" },
        start: succeeds(
          `(call $path_create_directory (i32.const ${OUT}) ${text(64, "../../planted-folder")})`,
        ),
      }),
      "rename-input": module({
        uses: ["path_rename"],
        data: { 64: "movable", 1024: "moved" },
        start: succeeds(
          `(call $path_rename (i32.const ${IN}) ${text(64, "movable")} (i32.const ${IN}) ${text(1024, "moved")})`,
        ),
      }),
      "remove-input": module({
        uses: ["path_unlink_file"],
        data: { 64: "given" },
        start: succeeds(`(call $path_unlink_file (i32.const ${IN}) ${text(64, "given")})`),
      }),
    }),
    ...probe("leaks", {
      "see-the-time": module({
        uses: ["clock_time_get"],
        start: `(drop (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 0)))
          (if (i64.gt_u (i64.load (i32.const 0)) (i64.const 1600000000000000000)) (then ${WIN}))`,
      }),
      "see-the-environment": module({
        uses: ["environ_sizes_get"],
        start: `(drop (call $environ_sizes_get (i32.const 0) (i32.const 4))) (if (i32.load (i32.const 0)) (then ${WIN}))`,
      }),
      "read-standard-input": module({
        uses: ["fd_read"],
        start: `(i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 16))
          (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32))) (if (i32.load (i32.const 32)) (then ${WIN}))`,
      }),
      "see-the-processor-by-nan": module({
        start: `(local $zero f64) (if (i64.ne (i64.reinterpret_f64 (f64.div (local.get $zero) (local.get $zero))) (i64.const 0x7ff8000000000000)) (then ${WIN}))`,
      }),
    }),
    [
      "differ-by-clock",
      {
        subject: "leaks",
        twice: true,
        text: module({
          uses: ["clock_time_get", "fd_write"],
          start: `(drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 64)))
            (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 8))
            (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))`,
        }),
      },
    ],
    [
      "differ-by-chance",
      {
        subject: "leaks",
        twice: true,
        text: module({
          uses: ["random_get", "fd_write"],
          start: `(drop (call $random_get (i32.const 64) (i32.const 32)))
            (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 32))
            (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))`,
        }),
      },
    ],
    ...probe("limits", {
      "grow-memory": module({
        start: `(if (i32.ne (memory.grow (i32.const 1024)) (i32.const -1)) (then ${WIN}))`,
      }),
      "begin-with-memory": module({ memory: "1024", start: WIN }),
      "table-bomb": module({ fields: "(table 2000000 funcref)", start: WIN }),
      "loop-beyond-fuel": module({ start: `${repeat(20_000_000, "")} ${WIN}` }),
      "fill-beyond-fuel": module({
        memory: "200",
        start: `${repeat(40, "(memory.fill (i32.const 0) (i32.const 1) (i32.const 13107200))")} ${WIN}`,
      }),
      "recurse-beyond-depth": module({
        fields: `(func $deep (param i32) (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))))))`,
        start: `(call $deep (i32.const 3000)) ${WIN}`,
      }),
      "flood-standard-output": module({ uses: ["fd_write"], start: writing("(i32.const 1)", 32) }),
      "flood-outputs": module({
        uses: ["path_open", "fd_write"],
        data: { 64: "large" },
        start: `(drop (call $path_open (i32.const ${OUT}) (i32.const 0) ${text(64, "large")} (i32.const 1) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 32)))
          ${writing("(i32.load (i32.const 32))", 64)}`,
      }),
      "open-without-end": module({
        uses: ["path_open"],
        data: { 64: "given2" },
        start: `${repeat(2_000, `(if (call $path_open (i32.const ${IN}) (i32.const 1) ${text(64, "given2")} (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)) (then (return)))`)} ${WIN}`,
      }),
      "too-many-locals": module({ fields: `(func (local ${"i64 ".repeat(20_000)}))`, start: WIN }),
    }),
    ...probe("machine features", {
      "shared-memory": module({ memory: "1 2 shared", start: WIN }),
      atomics: module({
        memory: "1 2 shared",
        start: `(drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) ${WIN}`,
      }),
      "relaxed-simd": module({
        start: `(drop (i8x16.relaxed_swizzle (v128.const i64x2 0 0) (v128.const i64x2 0 0))) ${WIN}`,
      }),
      simd: module({ start: `(drop (v128.const i64x2 0 0)) ${WIN}` }),
      references: module({ start: `(drop (ref.null func)) ${WIN}` }),
      "injected-names": module({
        fields: `(global (export "deco:fuel") (mut i64) (i64.const 9000000000))`,
        start: WIN,
      }),
    }),
  ]);
}
