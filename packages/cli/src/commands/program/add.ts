import { loadProgram, publishJob } from "@deco-network/requester";
import { openStorage } from "@deco-network/storage";
import type { Command } from "commander";

import { storeFolder } from "../../context/content-sources.ts";
import { formatPairs } from "../../output/table.ts";
import type { Cli } from "../cli-action.ts";

export function addProgramAdd(group: Command, cli: Cli): void {
  const command = group
    .command("add")
    .summary("store a program and tell its digest")
    .description(
      "Stores a program file with its module or image archive in the home folder, so that jobs can name it by " +
        "CID. The digest is the program's identity.",
    )
    .argument("<program>", "program file");
  const examples = ["deco program add program.json", "deco program add program.json --json"];
  cli.action(command, { examples }, async (context, _options, path = "") => {
    const { signal } = context;
    const source = await loadProgram(path);
    const storage = await openStorage({ folder: storeFolder(context), peerToPeer: false });
    try {
      const { program, cids, programDocument } = await publishJob(
        storage,
        { program: source },
        { signal },
      );
      const { engine } = programDocument;
      return {
        json: {
          status: "added",
          digest: program,
          cid: cids.program,
          engine,
          program: programDocument,
        },
        text: [
          ...formatPairs([
            ["engine", engine],
            ["digest", program],
            ["CID", cids.program],
          ]),
          `In a job: "program": { "cid": "${cids.program}" }`,
        ],
      };
    } finally {
      await storage.close();
    }
  });
}
