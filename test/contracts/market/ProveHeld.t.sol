// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoOrders} from "../../../contracts/interfaces/IDecoOrders.sol";
import {IDecoProofs} from "../../../contracts/interfaces/IDecoProofs.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {HostilePolicy} from "../../../contracts/mocks/HostilePolicy.sol";
import {HoldLib, ReserveWord} from "../../../contracts/types/Hold.sol";
import {Order} from "../../../contracts/types/Order.sol";
import {TaskParameters, TokenParameters} from "../../../contracts/types/Parameters.sol";
import {SeatOutcome} from "../../../contracts/types/Seat.sol";
import {OrderFixture} from "../OrderFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract ProveHeldTest is OrderFixture {
    using HoldLib for uint256;

    // --- the hold ---

    function test_RevertWhen_NobodyHoldsTheOrder() public {
        _notHeld();
        hold = HoldLib.pack(ReserveWord.key(ids[0], INDEX), 1, 200, block.timestamp + COMMIT, RESERVE);
        _notHeld();
        // A reserve that is none has no digest in it, which no hold has.
        hold = 0;
        _notHeld();
    }

    function test_RevertWhen_TheHoldIsAltered() public {
        uint256 told = _hold();
        for (uint256 bit = 0; bit < 256; ++bit) {
            hold = told ^ (1 << bit);
            bytes memory reason = abi.encodeWithSelector(OrderNotHeld.selector, taskId);
            _refusesProof(_operator(ids[0]), ids[0], reason);
        }
        hold = told;
        _prove(STRANGER, ids[0]);
    }

    function test_RevertWhen_AnotherOrderIsBrought() public {
        _hold();
        (bytes32 held, uint256 told) = (taskId, hold);
        bytes memory clean = _callOf(_proofOf(ids[0]));
        for (uint256 word = 0; word < 17; ++word) {
            bytes memory data = bytes.concat(clean);
            data[4 + 32 * word + 31] ^= 0x01;
            _as(_operator(ids[0]));
            (bool done, bytes memory answer) = address(market).call(data);
            isTrue(!done && bytes4(answer) == OrderNotHeld.selector, "taken");
        }
        // Nor does another reserve's hold serve.
        _reserve(ids[1], INDEX, RESERVE);
        _askNext();
        _holdBy(ids[1], INDEX);
        (taskId, request.nonce) = (held, 7);
        _notHeld();
        hold = told;
        _prove(STRANGER, ids[0]);
    }

    function test_RevertWhen_ItIsProvenAlready() public {
        _hold();
        _prove(_operator(ids[0]), ids[0]);
        _notHeld();
        VM.warp(_closesAt());
        _notHeld();
    }

    function test_RevertWhen_ItWasRescued() public {
        _hold();
        VM.warp(_closesAt());
        _rescue();
        _notHeld();
        _reserve(ids[0], INDEX, RESERVE);
        _notHeld();
    }

    function test_RevertWhen_ItWasDropped() public {
        _hold();
        VM.warp(_closesAt() + 1);
        _drop();
        _notHeld();
        // Also where the reserve stays, as when nobody was at fault.
        _reserve(ids[0], INDEX, RESERVE);
        _askNext();
        _hold();
        parameters.tombstonePolicy(address(policy));
        _drop();
        _notHeld();
    }

    /// @dev The reserve's next hold has another digest, whatever is the same in it.
    function test_RevertWhen_TheReserveHoldsTheNextOrder() public {
        uint256 told = _hold();
        (bytes32 first, uint256 nonce) = (taskId, request.nonce);
        _prove(STRANGER, ids[0]);
        _askNext();
        _hold();
        eq(hold, told, "the same second, reserve, and amount");
        (taskId, request.nonce) = (first, nonce);
        _notHeld();
    }

    // --- the proof ---

    function test_RevertWhen_TheProofIsAnotherProviderSInTime() public {
        _hold();
        bytes memory reason = abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]);
        _refusesProof(_operator(ids[1]), ids[1], reason);
        _refusesProof(_operator(ids[0]), ids[1], reason);
        VM.warp(hold.untilOf());
        _refusesProof(_operator(ids[1]), ids[1], reason);
        VM.warp(hold.untilOf() + 1);
        _rescue();
    }

    function test_RevertWhen_TheProofIsWrong() public {
        _hold();
        bytes memory reason = abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]);
        _refused(reason);
        _bring(_operator(ids[0]), "");
        bytes memory proof = _proofOf(ids[0]);
        opened.digest = WRONG;
        _refused(reason);
        _bring(_operator(ids[0]), proof);
        _reserveIsUsed();
        _solvent(COST, 0);
    }

    function test_RevertWhen_TheHolderProvesAfterItsTime() public {
        _hold();
        uint256 until = hold.untilOf();
        VM.warp(until + 1);
        _refusesProof(_operator(ids[0]), ids[0], abi.encodeWithSelector(ProofWindowClosed.selector, until));
        // Nor does somebody else bring its proof.
        _refusesProof(STRANGER, ids[0], abi.encodeWithSelector(NotAnOperator.selector, STRANGER));
        bytes memory reason = abi.encodeWithSelector(ProofRefused.selector, taskId, ids[1]);
        _refusesProof(_operator(ids[1]), ids[0], reason);
    }

    function test_RevertWhen_TheTimeToRescueIsOver() public {
        _hold();
        uint256 closesAt = _closesAt();
        VM.warp(closesAt + 1);
        bytes memory reason = abi.encodeWithSelector(ProofWindowClosed.selector, closesAt);
        _refusesProof(_operator(ids[1]), ids[1], reason);
        _refusesProof(_operator(ids[0]), ids[0], reason);
        _refusesProof(STRANGER, ids[0], reason);
    }

    function test_RevertWhen_ThereIsNoTimeToRescue() public {
        request.revealWindow = 0;
        taskId = market.hashRequest(request);
        _hold();
        uint256 until = hold.untilOf();
        VM.warp(until + 1);
        _refusesProof(_operator(ids[1]), ids[1], abi.encodeWithSelector(ProofWindowClosed.selector, until));
        VM.warp(until);
        _prove(STRANGER, ids[0]);
    }

    function test_RevertWhen_ThePolicyIsRemoved() public {
        _hold();
        parameters.tombstonePolicy(address(policy));
        bytes memory reason = abi.encodeWithSelector(PolicyRemoved.selector, address(policy));
        _refusesProof(_operator(ids[0]), ids[0], reason);
        VM.warp(_closesAt());
        _refusesProof(_operator(ids[1]), ids[1], reason);
    }

    function test_RevertWhen_TheOpeningDoesNotFit() public {
        _hold();
        opened.root = WRONG;
        _refusesProof(_operator(ids[0]), ids[0], abi.encodeWithSelector(InvalidOpening.selector));
        (opened.root, opened.document) = (0, "another document");
        bytes32 actual = sha256(opened.document);
        _refusesProof(_operator(ids[0]), ids[0], abi.encodeWithSelector(DocumentMismatch.selector, RIGHT, actual));
    }

    function test_RevertWhen_TooLittleGasIsLeftForThePolicy() public {
        _hold();
        bytes memory data = _callOf(_proofOf(ids[0]));
        _as(_operator(ids[0]));
        (bool succeeded, bytes memory answer) = address(market).call{gas: 255_000}(data);
        isTrue(!succeeded && bytes4(answer) == GasTooLow.selector, "refused by its name");
        _reserveIsUsed();
        _as(_operator(ids[0]));
        (succeeded,) = address(market).call{gas: 500_000}(data);
        isTrue(succeeded, "with enough");
    }

    function test_GivenAPolicyThatAnswersBadly() public {
        HostilePolicy hostile = new HostilePolicy();
        parameters.setPolicy(address(hostile), true, GAS_CAP);
        request.policy = address(hostile);
        taskId = market.hashRequest(request);
        _hold();
        bytes memory proof = _proofOf(ids[0]);
        for (uint256 i = 0; i < 6; ++i) {
            hostile.set(HostilePolicy.Mood(i));
            uint256 before = gasleft();
            _refused(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
            _bring(STRANGER, proof);
            atMost(before - gasleft(), 500_000, "gas");
        }
        _reserveIsUsed();
        _solvent(COST, 0);
    }

    // --- what changed meanwhile ---

    function test_GivenAPolicyAndATokenThatAreNotListedAnyMore() public {
        _hold();
        parameters.setPolicy(address(policy), false, GAS_CAP);
        parameters.setToken(address(token), TokenParameters({listed: false, lockRate: 0, minSettlementFee: 0}));
        _prove(STRANGER, ids[0]);
        eq(_earned(ids[0]), 1e6, "paid");
    }

    function test_GivenARequestThatExpiredMeanwhile() public {
        request.commitWindow = 2 hours;
        taskId = market.hashRequest(request);
        _hold();
        VM.warp(hold.untilOf());
        isTrue(block.timestamp > request.expiry, "expired");
        _prove(STRANGER, ids[0]);
        eq(_earned(ids[0]), 1e6, "paid");
    }

    function test_GivenParametersThatChanged() public {
        _hold();
        TaskParameters memory task = Defaults.task();
        (task.protocolFeeBps, task.noShowBps) = (500, 5_000);
        parameters.setParameters(task, Defaults.post());
        parameters.setTreasury(RELAYER);
        Books memory expected = _books();
        VM.warp(hold.untilOf() + 1);
        _rescue();
        expected.second += 1e6;
        _lost(expected, NO_SHOW, NO_SHOW / 2);
        expected.rest = _books().rest;
        _booksAre(expected);
        eq(_balance(RELAYER), 20_000, "the treasury is the present one, the fee the held one's");
        _solvent(0, 0);
        // The next order is held by the new ones.
        _askNext();
        _reserve(ids[0], INDEX, RESERVE);
        _hold();
        eq(hold.versionOf(), 2, "version");
        eq(hold.feeBpsOf(), 500, "fee");
        _solvent(1_050_000, 0);
    }

    function test_GivenAHolderWithANewOperator() public {
        _hold();
        address successor = VM.addr(OTHER_KEY);
        _as(_owner(ids[0]));
        market.setOperator(ids[0], successor);
        VM.warp(hold.untilOf() + 1);
        // Neither key rescues what its provider held.
        bytes memory reason = abi.encodeWithSelector(NotAnOperator.selector, _operator(ids[0]));
        _refusesProof(_operator(ids[0]), ids[0], reason);
        reason = abi.encodeWithSelector(ProofWindowClosed.selector, hold.untilOf());
        _refusesProof(successor, ids[0], reason);
        VM.warp(hold.untilOf());
        _prove(successor, ids[0]);
        _reserveIsFree();
        _as(successor);
        market.closeReserve(ids[0], INDEX);
    }

    function test_GivenAHolderThatLeaves() public {
        _hold();
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        _prove(STRANGER, ids[0]);
        _close(ids[0], INDEX);
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        eq(_identity(ids[0]).unbonding, STAKE, "all of it");
        eq(_earned(ids[0]), 1e6, "paid");
        _solvent(0, 0);
    }

    // --- the ends ---

    function test_GivenAReserveThatIsUsedAgainAndAgain() public {
        for (uint256 i = 0; i < 3; ++i) {
            _hold();
            _prove(STRANGER, ids[0]);
            _reserveIsFree();
            _askNext();
        }
        eq(_earned(ids[0]), 3e6, "paid");
        eq(_work(ids[0]).locked, RESERVE, "still set aside");
        _solvent(0, 0);
    }

    function test_WhenItIsABag() public {
        request.volume = 1_000;
        opened.root = WRONG;
        opened.document = "a manifest";
        opened.digest = sha256(opened.document);
        taskId = market.hashRequest(request);
        _hold();
        bytes memory proof = _proofOf(ids[0]);
        VM.expectEmit(true, true, true, true);
        emit IDecoProofs.TaskProven(
            taskId, address(policy), ids[0], opened.digest, WRONG, ids[0] | (1e6 << 56), 0, STRANGER, "a manifest"
        );
        _bring(STRANGER, proof);
    }

    function test_WhenTheRescuerIsPaidInDECO() public {
        request.token = address(deco);
        (request.minPrice, request.maxPrice) = (1 ether, 1 ether);
        taskId = market.hashRequest(request);
        _hold();
        VM.warp(_closesAt());
        _rescue();
        eq(market.earningsOf(address(deco), ids[1]), 1 ether + NO_SHOW / 2, "price and bounty");
        eq(market.balanceOf(address(deco), TREASURY), 0.02 ether, "fee");
        _solvent(0, 0);
    }

    function test_WhenTheHolderProvesInTime() public {
        (request.programOwner, request.programBps) = (STRANGER, 1_000);
        taskId = market.hashRequest(request);
        _hold();
        bytes memory proof = _proofOf(ids[0]);
        Books memory expected = _books();
        VM.warp(hold.untilOf());
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.RoyaltyPaid(taskId, STRANGER, 100_000);
        VM.expectEmit(true, true, true, true);
        emit IDecoProofs.TaskProven(
            taskId, address(policy), ids[0], RIGHT, 0, ids[0] | (1e6 << 56), 0, _operator(ids[0]), ""
        );
        _bring(_operator(ids[0]), proof);
        (expected.first, expected.treasury, expected.stranger) = (1e6, 20_000, 100_000);
        _booksAre(expected);
        _reserveIsFree();
        _solvent(0, 0);
        // The market knows the nonce, not the task.
        _refused(abi.encodeWithSelector(UnknownTask.selector, taskId));
        market.getOutcome(taskId);
    }

    /// @dev Whoever copies it out of a mempool does the holder a service.
    function test_WhenAStrangerBringsTheHolderSProof() public {
        _hold();
        bytes memory proof = _proofOf(ids[0]);
        Books memory expected = _books();
        VM.expectEmit(true, true, true, true);
        emit IDecoProofs.TaskProven(taskId, address(policy), ids[0], RIGHT, 0, ids[0] | (1e6 << 56), 0, STRANGER, "");
        _bring(STRANGER, proof);
        (expected.first, expected.treasury) = (1e6, 20_000);
        _booksAre(expected);
        _reserveIsFree();
    }

    function test_WhenAnotherRescuesIt() public {
        (request.dataOwner, request.dataBps) = (STRANGER, 5_000);
        taskId = market.hashRequest(request);
        _hold();
        Books memory expected = _books();
        bytes memory proof = _proofOf(ids[1]);
        VM.warp(hold.untilOf() + 1);
        uint256 kept = VM.snapshotState();
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.SeatEnded(taskId, ids[0], SeatOutcome.NoShow, 0, NO_SHOW, 10, 0);
        VM.expectEmit(true, true, true, true);
        emit IDecoOrders.ReserveClosed(ids[0], INDEX);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.RoyaltyPaid(taskId, STRANGER, 500_000);
        VM.expectEmit(true, true, true, true);
        emit IDecoProofs.ResultProven(taskId, address(policy), ids[1], 1e6, NO_SHOW / 2);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskSettled(taskId, RIGHT, RIGHT, 0, 0, 0, 0, _operator(ids[1]), "");
        _bring(_operator(ids[1]), proof);
        (expected.second, expected.treasury, expected.stranger) = (1e6, 20_000, 500_000);
        _lost(expected, NO_SHOW, NO_SHOW / 2);
        _booksAre(expected);
        _reserveIs(0);
        _solvent(0, 0);
        // Until the last second as well.
        VM.revertToState(kept);
        VM.warp(_closesAt());
        _bring(_operator(ids[1]), proof);
        _booksAre(expected);
        // What was not lost is free stake.
        _as(_owner(ids[0]));
        market.unbond(ids[0], STAKE - uint96(NO_SHOW));
    }

    function _callOf(bytes memory proof) private view returns (bytes memory) {
        Order memory order = _order();
        return abi.encodeCall(IDecoOrders.proveHeld, (order, hold, opened, proof));
    }
}
