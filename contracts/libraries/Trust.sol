// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProviderWork} from "../types/Provider.sol";

/// @title Trust
/// @notice The trust index: 1.0 to 10.0 in tenths. A fault below 1.0 is a debt that later gains repay first.
library Trust {
    uint8 internal constant MINIMUM = 10;
    uint8 internal constant MAXIMUM = 100;

    /// @notice One rise, at most once per epoch. Repaying a debt is a rise.
    function raise(ProviderWork memory work, uint256 step, uint256 epoch) internal pure {
        if (epoch <= work.raisedEpoch) return;
        work.raisedEpoch = uint32(epoch);
        uint256 repaid = step < work.debt ? step : work.debt;
        work.debt -= uint16(repaid);
        uint256 raised = uint256(work.trust) + step - repaid;
        work.trust = raised > MAXIMUM ? MAXIMUM : uint8(raised);
    }

    function lower(ProviderWork memory work, uint256 step) internal pure {
        uint256 room = uint256(work.trust) - MINIMUM;
        if (step <= room) {
            work.trust -= uint8(step);
            return;
        }
        work.trust = MINIMUM;
        uint256 debt = uint256(work.debt) + step - room;
        work.debt = debt > type(uint16).max ? type(uint16).max : uint16(debt);
    }
}
