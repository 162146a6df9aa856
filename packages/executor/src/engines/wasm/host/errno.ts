/** The error numbers of WASI preview 1 that this host returns. */
export const ERRNO = {
  success: 0,
  badf: 8,
  exist: 20,
  fault: 21,
  fbig: 22,
  ilseq: 25,
  inval: 28,
  isdir: 31,
  mfile: 33,
  nametoolong: 37,
  noent: 44,
  nospc: 51,
  nosys: 52,
  notdir: 54,
  notempty: 55,
  notsup: 58,
  perm: 63,
  rofs: 69,
  spipe: 70,
  xdev: 75,
  notcapable: 76,
} as const;
export type ErrnoName = keyof typeof ERRNO;

/** Carries an error number out of a host function; the guest sees the number only. */
export class WasiError extends Error {
  override readonly name = "WasiError";
  readonly code: ErrnoName;
  readonly errno: number;

  constructor(code: ErrnoName) {
    super(`WASI error ${code}`);
    this.code = code;
    this.errno = ERRNO[code];
  }
}

const shared = new Map<ErrnoName, WasiError>();

/** One shared error per number: guests can provoke millions, and none of them needs a stack. */
export function wasiError(code: ErrnoName): WasiError {
  const known = shared.get(code);
  if (known) return known;
  const created = new WasiError(code);
  shared.set(code, created);
  return created;
}
