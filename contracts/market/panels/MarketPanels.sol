// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {MarketModule} from "../MarketModule.sol";
import {MarketState} from "../MarketState.sol";
import {Appeals} from "./Appeals.sol";
import {Finalizing} from "./Finalizing.sol";
import {PanelSeats} from "./PanelSeats.sol";
import {Verdicts} from "./Verdicts.sol";

/// @title MarketPanels
/// @notice Fresh rounds that judge an accepted result: appeals, audits by chance, claims of non-delivery. See {MarketModule}.
contract MarketPanels is MarketModule, Appeals, PanelSeats, Verdicts, Finalizing {
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_)
        MarketState(deco_, parameters_, randomness_)
    {}
}
