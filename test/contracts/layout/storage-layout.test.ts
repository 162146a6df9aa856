import { describe, expect, it } from "vitest";
import { marketLayouts } from "./storage-layout.ts";

/** A module that declares storage of its own, before what it inherits is used. */
const planted = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;
import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {MarketModule} from "./MarketModule.sol";
import {MarketState} from "./MarketState.sol";
abstract contract Earlier { uint256 internal _own; }
contract PlantedModule is Earlier, MarketModule {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}
}`;

const modules = ["DecoMarket", "MarketExtension", "MarketOpening", "MarketPanels", "MarketProofs"];

describe("storage of the market's modules", () => {
  it("has one layout in all of them", () => {
    const layouts = marketLayouts();
    expect([...layouts.keys()].sort()).toEqual(expect.arrayContaining(modules));
    const [first] = layouts.values();
    // A layout that solc left empty would be equal to any other such.
    expect(first?.join()).toMatch(/_balances: mapping\(/);
    for (const [name, layout] of layouts) expect(layout, name).toEqual(first);
  });

  it("is compared: a module that keeps something before it is noticed", () => {
    const layouts = marketLayouts({ "contracts/market/PlantedModule.sol": planted });
    const shifted = layouts.get("PlantedModule");
    expect(shifted).not.toEqual(layouts.get("DecoMarket"));
    expect(shifted?.[0]).toMatch(/^0\+0 _own: uint256/);
  });

  it("is compared: a module that keeps something behind it is noticed", () => {
    const other = planted
      .replace("uint256 internal _own;", "")
      .replace("contract PlantedModule is Earlier, MarketModule {", (head) => {
        return `${head} uint128 internal _added;`;
      });
    const layouts = marketLayouts({ "contracts/market/PlantedModule.sol": other });
    const market = layouts.get("DecoMarket") ?? expect.unreachable();
    expect(layouts.get("PlantedModule")?.slice(0, market.length)).toEqual(market);
    expect(layouts.get("PlantedModule")).toHaveLength(market.length + 1);
  });
});
