// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoAccounts} from "../../contracts/interfaces/IDecoAccounts.sol";
import {IDecoTasks} from "../../contracts/interfaces/IDecoTasks.sol";
import {HostileReceiver} from "../../contracts/mocks/HostileReceiver.sol";
import {Opening} from "../../contracts/types/Opening.sol";
import {Matches} from "./Matches.sol";

/// @title Deliveries
/// @notice Brings results to a contract that takes them in every way that a contract can, and checks rule 7.
abstract contract Deliveries is Matches {
    /// @dev What a delivery costs apart from its callback.
    uint256 private constant REST = 250_000;

    function receiveResult(uint256 seed) external {
        if (_undelivered.length == 0) _skip();
        uint256 place = seed % _undelivered.length;
        bytes32 taskId = _undelivered[place];
        bool takes = _setMood(taskId, seed >> 8);
        Opening memory opening = _open(taskId, _settledRight(taskId));
        uint256 held = _heldByMarket();
        uint256 before = gasleft();
        bool delivered = _deliver(taskId, opening);
        if (before - gasleft() > _bodies[taskId].callbackGas + REST) {
            revert("rule 7: a callback used more than its gas");
        }
        if (delivered != takes) revert("rule 7: a delivery did not tell what became of it");
        if (_heldByMarket() != held) revert("rule 7: a callback moved money");
        if (!delivered) return;
        try market.deliver(_bodies[taskId], opening) {
            revert("rule 7: delivered twice");
        } catch (bytes memory reason) {
            if (bytes4(reason) != AlreadyDelivered.selector) revert("rule 7: refused by another error");
        }
        _undelivered[place] = _undelivered[_undelivered.length - 1];
        _undelivered.pop();
    }

    function _deliver(bytes32 taskId, Opening memory opening) private returns (bool delivered) {
        _as(STRANGER);
        // Enough for the callback and the rest, and little more: what is not capped shows.
        try market.deliver{gas: 2_000_000}(_bodies[taskId], opening) returns (bool done) {
            return done;
        } catch {
            revert("rule 7: a callback reverted the delivery");
        }
    }

    /// @return takes Whether the receiver takes the result in this mood.
    function _setMood(bytes32 taskId, uint256 seed) private returns (bool takes) {
        uint256 what = seed % 6;
        if (what == 0) _receiver.set(HostileReceiver.Mood.Accepts);
        else if (what == 1) _receiver.set(HostileReceiver.Mood.Reverts);
        else if (what == 2) _receiver.set(HostileReceiver.Mood.Bombs);
        else if (what == 3) _receiver.set(HostileReceiver.Mood.Burns);
        else if (what == 4) _receiver.setWork((seed >> 8) % 180_000);
        else _setEntering(taskId);
        return what == 0 || what > 3;
    }

    function _setEntering(bytes32 taskId) private {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IDecoTasks.abstain, (taskId, 1));
        calls[1] = abi.encodeCall(IDecoAccounts.withdraw, (address(token), 1, STRANGER));
        _receiver.setCalls(address(market), calls);
    }

    function _settledRight(bytes32 taskId) private view returns (bool) {
        return market.getOutcome(taskId).result == bytes26(_result(taskId, true));
    }

    function _heldByMarket() private view returns (uint256) {
        return token.balanceOf(address(market)) ^ (deco.balanceOf(address(market)) << 128);
    }
}
