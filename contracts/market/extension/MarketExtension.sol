// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

import {IDecoAccounts} from "../../interfaces/IDecoAccounts.sol";
import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {MarketState} from "../MarketState.sol";
import {Failures} from "./Failures.sol";
import {Providers} from "./Providers.sol";
import {SeatExits} from "./SeatExits.sol";

/// @title MarketExtension
/// @notice The rarer half of the market's code, run in the market's storage by delegatecall from {DecoMarket}, which fixes
/// its address for ever. Called directly it works on its own empty storage and reaches no funds.
contract MarketExtension is Providers, SeatExits, Failures {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}

    /// @notice What this code was made with; the market checks it at deployment.
    function configuration() external view returns (address, IDecoParameters, IRandomness) {
        return (DECO, PARAMETERS, RANDOMNESS);
    }

    /// @dev See {IDecoAccounts-burnPending}.
    function burnPending() external nonReentrant returns (uint256 amount) {
        amount = _pendingBurn;
        if (amount == 0) revert ZeroAmount();
        _pendingBurn = 0;
        emit IDecoAccounts.Burned(amount);
        ERC20Burnable(DECO).burn(amount);
    }
}
