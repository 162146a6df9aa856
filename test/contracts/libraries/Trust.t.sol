// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Trust} from "../../../contracts/libraries/Trust.sol";
import {ProviderWork} from "../../../contracts/types/Provider.sol";
import {Asserts} from "../support/Asserts.sol";

/// @dev Each rise and fall at its bounds.
contract TrustTest is Asserts {
    function test_ARiseStopsAtTheMost() public pure {
        _raises(_work(99, 0, 5), 1, 6, _work(100, 0, 6));
        _raises(_work(100, 0, 5), 1, 6, _work(100, 0, 6));
        _raises(_work(98, 0, 5), 5, 6, _work(100, 0, 6));
    }

    function test_ARiseIsOnceAnEpoch() public pure {
        _raises(_work(50, 0, 6), 1, 6, _work(50, 0, 6));
        _raises(_work(50, 0, 6), 1, 5, _work(50, 0, 6));
        _raises(_work(50, 0, 6), 1, 7, _work(51, 0, 7));
    }

    function test_ADebtIsRepaidFirst() public pure {
        _raises(_work(10, 5, 0), 3, 1, _work(10, 2, 1));
        _raises(_work(10, 3, 0), 3, 1, _work(10, 0, 1));
        _raises(_work(10, 2, 0), 3, 1, _work(11, 0, 1));
    }

    function test_AFallBelowTheLeastIsOwed() public pure {
        _lowers(_work(20, 0, 0), 9, _work(11, 0, 0));
        _lowers(_work(20, 0, 0), 10, _work(10, 0, 0));
        _lowers(_work(20, 0, 0), 11, _work(10, 1, 0));
        _lowers(_work(10, 7, 0), 5, _work(10, 12, 0));
    }

    function test_ADebtStopsAtWhatItsFieldHolds() public pure {
        uint16 most = type(uint16).max;
        _lowers(_work(10, most - 5, 0), 5, _work(10, most, 0));
        _lowers(_work(10, most - 5, 0), 6, _work(10, most, 0));
    }

    function _work(uint8 trust, uint16 debt, uint32 epoch) private pure returns (ProviderWork memory work) {
        work.locked = 3;
        work.liveSeats = 2;
        work.leaving = true;
        (work.trust, work.debt, work.raisedEpoch) = (trust, debt, epoch);
    }

    function _raises(ProviderWork memory work, uint256 step, uint256 epoch, ProviderWork memory expected) private pure {
        Trust.raise(work, step, epoch);
        eq(keccak256(abi.encode(work)), keccak256(abi.encode(expected)), "after the rise");
    }

    function _lowers(ProviderWork memory work, uint256 step, ProviderWork memory expected) private pure {
        Trust.lower(work, step);
        eq(keccak256(abi.encode(work)), keccak256(abi.encode(expected)), "after the fall");
    }
}
