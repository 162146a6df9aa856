import type { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { linksOf } from "./decode-node.ts";
import { loadAhead } from "./load-ahead.ts";
import type { LoadBlock } from "./read-file.ts";

const WALK_AHEAD = 16;

/**
 * Every block of a DAG once, each after its parent, with its bytes.
 * @throws StorageError `dag-invalid`, `cid-invalid`, and whatever `load` throws
 */
export async function* walkDag(
  root: CID,
  load: LoadBlock,
): AsyncGenerator<{ readonly cid: CID; readonly bytes: Uint8Array }> {
  const seen = new Set<string>([root.toString()]);
  let level: CID[] = [root];
  while (level.length > 0) {
    const next: CID[] = [];
    for await (const { item: cid, loaded: bytes } of loadAhead(level, load, WALK_AHEAD)) {
      yield { cid, bytes };
      for (const link of linksOf(cid, bytes)) {
        const name = link.toString();
        if (seen.has(name)) continue;
        seen.add(name);
        next.push(link);
      }
    }
    level = next;
  }
}

/**
 * Every CID of a DAG once, loading only the blocks that can have links. Below a block that `load`
 * does not find, nothing is known and nothing is listed.
 */
export async function* listDag(
  root: CID,
  load: (cid: CID) => Promise<Uint8Array | undefined>,
): AsyncGenerator<CID> {
  const seen = new Set<string>([root.toString()]);
  const pending: CID[] = [root];
  for (let cid = pending.pop(); cid !== undefined; cid = pending.pop()) {
    yield cid;
    if (cid.code === raw.code) continue;
    const bytes = await load(cid);
    if (bytes === undefined) continue;
    for (const link of linksOf(cid, bytes)) {
      const name = link.toString();
      if (seen.has(name)) continue;
      seen.add(name);
      pending.push(link);
    }
  }
}
