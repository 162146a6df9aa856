// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {MarketModule} from "../MarketModule.sol";
import {MarketState} from "../MarketState.sol";

/// @title MarketProofs
/// @notice Results proven by a policy other than the vote, and delivery of results to contracts. See {MarketModule}.
contract MarketProofs is MarketModule {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}
}
