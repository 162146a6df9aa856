// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskParameters} from "../../../contracts/types/Parameters.sol";
import {OrderFixture} from "../OrderFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

/// @dev Whole lives of held orders, and what they leave.
contract HeldOrdersTest is OrderFixture {
    enum End {
        Proven,
        Rescued,
        Dropped,
        Removed
    }

    /// @dev Whatever the order names and however it ends, what its requester pays is what others get, what the holder loses is
    /// burned or the rescuer's, and nobody else's account moves.
    function testFuzz_GivenAnyHeldOrder(uint256 seed, uint256 nonce, uint16 noShowBps, uint16 feeBps, uint96 lock)
        public
    {
        _setShares(noShowBps, feeBps);
        (noShowBps, feeBps) = _shares();
        _askAny(seed, nonce, lock);
        uint256 price = request.minPrice;
        uint256 program = price * request.programBps / 10_000;
        uint256 fee = price * feeBps / 10_000;
        // The requester owns the data: this share returns to it.
        uint256 data = price * request.dataBps / 10_000;
        uint256 slashed = uint256(request.lock) * noShowBps / 10_000;
        Books memory expected = _books();
        _hold();
        _reserveIsUsed();
        eq(_balance(holder), expected.requester - price - fee - program - data, "cost");
        _solvent(price + fee + program + data, 0);
        // Governance changes nothing of it.
        _setShares(noShowBps + 1_234, feeBps + 77);

        End end = End(seed % 4);
        if (end == End.Proven || end == End.Rescued) {
            expected.requester -= price + fee + program;
            (expected.treasury, expected.stranger) = (fee, program);
        }
        if (end == End.Proven) {
            VM.warp(block.timestamp + (seed >> 8) % (uint256(request.commitWindow) + 1));
            _prove(seed & 0x100 == 0 ? STRANGER : _operator(ids[0]), ids[0]);
            expected.first = price;
        } else if (end == End.Rescued) {
            VM.warp(block.timestamp + request.commitWindow + 1 + (seed >> 8) % request.revealWindow);
            _rescue();
            expected.second = price;
            _lost(expected, slashed, slashed / 2);
        } else if (end == End.Dropped) {
            VM.warp(_closesAt() + 1 + (seed >> 8) % 30 days);
            _drop();
            _lost(expected, slashed, 0);
        } else {
            VM.warp(block.timestamp + (seed >> 8) % 30 days);
            parameters.tombstonePolicy(address(policy));
            _drop();
        }
        _booksAre(expected);
        if (end == End.Rescued || end == End.Dropped) _reserveIs(0);
        else _reserveIsFree();
        eq(market.orderNonces(holder, uint248(nonce >> 8)), 1 << (nonce & 0xff), "nonce");
        _solvent(0, 0);
        _notHeld();
    }

    /// @dev Three holders, whose orders end each in its way and in any order.
    function test_GivenOrdersOfSeveralHoldersAtOnce() public {
        bytes32[3] memory taken;
        uint256[3] memory holds;
        _reserve(ids[2], INDEX, RESERVE);
        _reserve(ids[3], INDEX, LOCK);
        uint32[3] memory holders = [ids[0], ids[2], ids[3]];
        for (uint256 i = 0; i < 3; ++i) {
            (request.nonce, request.input) = (100 + i, bytes32(i));
            taskId = market.hashRequest(request);
            (taken[i], holds[i]) = (taskId, _holdBy(holders[i], INDEX));
            _solvent((i + 1) * COST, 0);
        }
        _turnTo(1, taken[1], holds[1]);
        _prove(STRANGER, ids[2]);
        _solvent(2 * COST, 0);
        _turnTo(2, taken[2], holds[2]);
        VM.warp(_closesAt());
        _rescue();
        _solvent(COST, 0);
        _turnTo(0, taken[0], holds[0]);
        VM.warp(_closesAt() + 1);
        _drop();
        _solvent(0, 0);
        eq(_balance(holder), 100e6 - 2 * COST, "two of three are paid");
        eq(_earned(ids[2]), 1e6, "the one that proved");
        eq(_earned(ids[1]), 1e6, "and the one that rescued");
        eq(market.pendingBurn(), NO_SHOW + NO_SHOW / 2, "burned");
        eq(_stake(ids[2]).active, STAKE, "untouched");
        eq(_stake(ids[3]).active, STAKE - NO_SHOW, "a no-show");
    }

    function _turnTo(uint256 i, bytes32 id, uint256 told) private {
        (request.nonce, request.input, taskId, hold) = (100 + i, bytes32(i), id, told);
    }

    function _askAny(uint256 seed, uint256 nonce, uint96 lock) private {
        request.nonce = nonce;
        request.volume = (seed >> 2) % 2 == 0 ? 1 : 1_000;
        if (request.volume > 1) opened.root = WRONG;
        if ((seed >> 16) % 2 == 0) {
            (request.programOwner, request.programBps) = (STRANGER, uint16(1 + (seed >> 24) % 5_000));
        }
        if ((seed >> 40) % 2 == 0) (request.dataOwner, request.dataBps) = (holder, uint16(1 + (seed >> 48) % 5_000));
        request.minPrice = uint96((seed >> 64) % 20e6);
        request.maxPrice = request.minPrice;
        request.lock = 10 ether + lock % (RESERVE - 10 ether + 1);
        request.commitWindow = uint32(1 + (seed >> 96) % 3 days);
        request.revealWindow = uint32(1 + (seed >> 128) % 3 days);
        taskId = market.hashRequest(request);
    }

    /// @dev Within what governance may choose.
    function _setShares(uint256 noShowBps, uint256 feeBps) private {
        TaskParameters memory task = Defaults.task();
        task.noShowBps = uint16(100 + noShowBps % 4_901);
        task.protocolFeeBps = uint16(feeBps % 501);
        parameters.setParameters(task, Defaults.post());
    }

    function _shares() private view returns (uint16, uint16) {
        TaskParameters memory task = parameters.taskParameters(parameters.version());
        return (task.noShowBps, task.protocolFeeBps);
    }
}
