// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {MarketModule} from "../MarketModule.sol";
import {MarketState} from "../MarketState.sol";
import {Posting} from "./Posting.sol";

/// @title MarketOpening
/// @notice How tasks open. See {MarketModule}.
contract MarketOpening is MarketModule, Posting {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}
}
