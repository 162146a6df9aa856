// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {MarketState} from "./MarketState.sol";

/// @title MarketModule
/// @notice Part of the market's code, run in the market's storage by delegatecall from {DecoMarket}, which fixes its address
/// for ever. Called directly it works on its own empty storage and reaches no funds.
abstract contract MarketModule is MarketState {
    /// @notice What this code was made with; the market checks it at deployment.
    function configuration() external view returns (address, IDecoParameters, IRandomness) {
        return (DECO, PARAMETERS, RANDOMNESS);
    }
}
