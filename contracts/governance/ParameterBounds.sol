// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {PostParameters, TaskParameters, TokenParameters} from "../types/Parameters.sol";

/// @title ParameterBounds
/// @notice What governance can never do. Shares in basis points, trust in tenths, windows in seconds.
library ParameterBounds {
    /// @dev A no-show must cost something, and never the whole lock, which is for withheld reveals.
    uint256 internal constant MIN_NO_SHOW_BPS = 100;
    uint256 internal constant MAX_NO_SHOW_BPS = 5_000;
    uint256 internal constant MAX_DECLINE_BPS = 500;
    uint256 internal constant MAX_FAILED_VOTE_BPS = 2_500;
    uint256 internal constant MAX_PROTOCOL_FEE_BPS = 500;
    uint256 internal constant MAX_AGREE_STEP = 10;
    /// @dev From the top of the index to its floor.
    uint256 internal constant MAX_FAULT_STEP = 90;
    uint256 internal constant MAX_WEIGHT_CAP = 10;
    uint256 internal constant MAX_EPOCH = 30 days;
    /// @dev Longest settle window, decline grace, and smallest claim and reveal windows that may be demanded.
    uint256 internal constant MAX_WINDOW = 1 days;
    /// @dev Thousandths of a DECO.
    uint256 internal constant MAX_POSTING_FEE = 1_000_000;
    /// @dev Thousandths of a DECO burned by each task that may raise trust: else tasks at price 0 make a 10.0.
    uint256 internal constant MIN_TRUST_FEE = 1_000;
    /// @dev Whole DECO.
    uint256 internal constant MAX_IDENTITY_STAKE = 1_000_000;
    /// @dev Hundredths of a DECO; all that seven bits hold.
    uint256 internal constant MAX_CHECKPOINT_FEE = 127;
    uint256 internal constant MAX_CALLBACK_GAS = 1_000_000;
    /// @dev A panel has four bits of heads; two would decide nothing that one does not.
    uint256 internal constant MIN_PANEL = 3;
    uint256 internal constant MAX_PANEL = 15;
    uint256 internal constant MAX_POLICY_GAS = 1_000_000;
    /// @dev Thousandths of a DECO.
    uint256 internal constant MIN_LOCK = 1_000;
    uint256 internal constant MAX_LOCK = 1_000_000_000;
    uint256 internal constant MIN_UNBOND = 1 hours;
    /// @dev Half of it, the longest life of a task, must stay below the 2^20 s of a task word.
    uint256 internal constant MAX_UNBOND = 24 days;
    uint256 internal constant MIN_TRUST_START = 10;
    uint256 internal constant MAX_TRUST_START = 30;
    /// @dev 1,000 DECO for one unit of a token with 6 decimals: 1e21 x 1e18 / 1e6.
    uint256 internal constant MAX_LOCK_RATE = 1e33;
    uint256 internal constant MAX_SETTLEMENT_FEE = 1e24;

    function check(TaskParameters memory p) internal pure {
        _within("noShowBps", p.noShowBps, MIN_NO_SHOW_BPS, MAX_NO_SHOW_BPS);
        _within("declineBps", p.declineBps, 0, MAX_DECLINE_BPS);
        _within("failedVoteBps", p.failedVoteBps, 0, MAX_FAILED_VOTE_BPS);
        _within("protocolFeeBps", p.protocolFeeBps, 0, MAX_PROTOCOL_FEE_BPS);
        _within("agreeStep", p.agreeStep, 0, MAX_AGREE_STEP);
        // A fault costs more than one success gains.
        _within("dissentStep", p.dissentStep, uint256(p.agreeStep) + 1, MAX_FAULT_STEP);
        _within("noShowStep", p.noShowStep, uint256(p.agreeStep) + 1, MAX_FAULT_STEP);
        _within("weightCap", p.weightCap, 1, MAX_WEIGHT_CAP);
        _within("epoch", p.epoch, 1, MAX_EPOCH);
        _within("settleWindow", p.settleWindow, 1, MAX_WINDOW);
        _within("declineGrace", p.declineGrace, 0, MAX_WINDOW);
        _within("postingFee", p.postingFee, p.trustMoves ? MIN_TRUST_FEE : 0, MAX_POSTING_FEE);
        _within("minIdentityStake", p.minIdentityStake, 1, MAX_IDENTITY_STAKE);
        _within("checkpointFee", p.checkpointFee, 0, MAX_CHECKPOINT_FEE);
        _within("panelSeats", p.panelSeats, MIN_PANEL, MAX_PANEL);
        _within("widePanelSeats", p.widePanelSeats, p.panelSeats, MAX_PANEL);
    }

    function check(PostParameters memory p) internal pure {
        _within("minLock", p.minLock, MIN_LOCK, MAX_LOCK);
        _within("unbond", p.unbond, MIN_UNBOND, MAX_UNBOND);
        _within("minClaimWindow", p.minClaimWindow, 1, MAX_WINDOW);
        _within("minRevealWindow", p.minRevealWindow, 1, MAX_WINDOW);
        _within("trustStart", p.trustStart, MIN_TRUST_START, MAX_TRUST_START);
        _within("maxCallbackGas", p.maxCallbackGas, 0, MAX_CALLBACK_GAS);
    }

    function check(TokenParameters memory p) internal pure {
        _within("lockRate", p.lockRate, 0, MAX_LOCK_RATE);
        _within("minSettlementFee", p.minSettlementFee, 0, MAX_SETTLEMENT_FEE);
    }

    /// @dev A policy that is asked without gas always says no.
    function checkPolicy(uint24 gasCap) internal pure {
        _within("gasCap", gasCap, 1, MAX_POLICY_GAS);
    }

    function _within(bytes32 parameter, uint256 value, uint256 minimum, uint256 maximum) private pure {
        if (value < minimum || value > maximum) {
            revert IDecoParameters.ParameterOutOfBounds(parameter, value, minimum, maximum);
        }
    }
}
