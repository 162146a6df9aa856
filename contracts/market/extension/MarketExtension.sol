// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

import {IDecoAccounts} from "../../interfaces/IDecoAccounts.sol";
import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {MarketModule} from "../MarketModule.sol";
import {MarketState} from "../MarketState.sol";
import {Accounts} from "./Accounts.sol";
import {Failures} from "./Failures.sol";
import {Providers} from "./Providers.sol";
import {SeatExits} from "./SeatExits.sol";

/// @title MarketExtension
/// @notice The rarer calls: accounts, providers, exits before a vote, failures. See {MarketModule}.
contract MarketExtension is MarketModule, Accounts, Providers, SeatExits, Failures {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}

    /// @dev See {IDecoAccounts-burnPending}.
    function burnPending() external nonReentrant returns (uint256 amount) {
        amount = _pendingBurn + uint256(_pendingFees) * MILLI;
        if (amount == 0) revert ZeroAmount();
        _pendingBurn = 0;
        _pendingFees = 0;
        emit IDecoAccounts.Burned(amount);
        ERC20Burnable(DECO).burn(amount);
    }
}
