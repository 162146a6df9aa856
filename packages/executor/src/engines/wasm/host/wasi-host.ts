import { WASI_MODULE } from "../module/read-module.ts";
import { ERRNO, WasiError } from "./errno.ts";
import { HOST_CALL_FUEL } from "./fuel-gauge.ts";
import type { Guest } from "./guest.ts";
import { descriptorFunctions } from "./wasi-descriptors.ts";
import { WASI_IMPORTS, type WasiFunctions } from "./wasi-imports.ts";
import { pathFunctions } from "./wasi-paths.ts";
import { processFunctions } from "./wasi-process.ts";

/**
 * The import object of a run: exactly the functions of `WASI_IMPORTS`, without prototypes, so
 * that no other name can be reached. Each call is charged, then answered with an error number.
 * @param guest Yields the run's guest, which exists only once the module is instantiated.
 */
export function wasiHost(guest: () => Guest): WebAssembly.Imports {
  let bound: WasiFunctions | undefined;
  const functions = (): WasiFunctions => {
    bound ??= bind(guest());
    return bound;
  };
  const imports: WebAssembly.ModuleImports = Object.create(null);
  for (const name of WASI_IMPORTS.keys() as Iterable<keyof WasiFunctions>) {
    imports[name] = (...args: never[]) => {
      guest().fuel.charge(HOST_CALL_FUEL);
      try {
        (functions()[name] as (...args: never[]) => void)(...args);
        return ERRNO.success;
      } catch (error) {
        if (error instanceof WasiError) return error.errno;
        throw error;
      }
    };
  }
  return Object.assign(Object.create(null), { [WASI_MODULE]: imports });
}

function bind(guest: Guest): WasiFunctions {
  return { ...processFunctions(guest), ...descriptorFunctions(guest), ...pathFunctions(guest) };
}
