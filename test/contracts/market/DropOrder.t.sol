// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoOrders} from "../../../contracts/interfaces/IDecoOrders.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {HostilePolicy} from "../../../contracts/mocks/HostilePolicy.sol";
import {SignaturePolicy} from "../../../contracts/mocks/SignaturePolicy.sol";
import {HoldLib} from "../../../contracts/types/Hold.sol";
import {Order} from "../../../contracts/types/Order.sol";
import {TaskParameters} from "../../../contracts/types/Parameters.sol";
import {SeatOutcome} from "../../../contracts/types/Seat.sol";
import {EndReason} from "../../../contracts/types/Task.sol";
import {OrderFixture} from "../OrderFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";
import {HostileAnswers, Keys, Wallet} from "../support/Wallets.sol";

contract DropOrderTest is OrderFixture {
    using HoldLib for uint256;

    function test_RevertWhen_NobodyHoldsTheOrder() public {
        _notHeld();
        parameters.tombstonePolicy(address(policy));
        _notHeld();
    }

    function test_RevertWhen_TheHoldIsAltered() public {
        uint256 told = _hold();
        VM.warp(_closesAt() + 1);
        for (uint256 bit = 0; bit < 256; ++bit) {
            hold = told ^ (1 << bit);
            _refused(abi.encodeWithSelector(OrderNotHeld.selector, taskId));
            _drop();
        }
        hold = told;
        _drop();
    }

    function test_RevertWhen_AnotherOrderIsBrought() public {
        _hold();
        VM.warp(_closesAt() + 1);
        bytes memory clean = _callOf();
        for (uint256 word = 0; word < 17; ++word) {
            bytes memory data = bytes.concat(clean);
            data[4 + 32 * word + 31] ^= 0x01;
            (bool done, bytes memory answer) = address(market).call(data);
            isTrue(!done && bytes4(answer) == OrderNotHeld.selector, "taken");
        }
        _drop();
    }

    function test_RevertWhen_ItWasDroppedBefore() public {
        _hold();
        VM.warp(_closesAt() + 1);
        _drop();
        uint256 balance = _balance(holder);
        _notHeld();
        // Also after a new reserve of the same amount, and when nobody was at fault.
        _reserve(ids[0], INDEX, RESERVE);
        _notHeld();
        parameters.tombstonePolicy(address(policy));
        _notHeld();
        eq(_balance(holder), balance, "refunded once");
    }

    function test_RevertWhen_ItWasProven() public {
        _hold();
        _prove(STRANGER, ids[0]);
        VM.warp(_closesAt() + 1);
        _notHeld();
        parameters.tombstonePolicy(address(policy));
        _notHeld();
    }

    function test_RevertWhen_SomebodyMayStillProve() public {
        _hold();
        uint256 closesAt = _closesAt();
        bytes memory reason = abi.encodeWithSelector(ProofWindowOpen.selector, closesAt);
        _refusesDrop(reason);
        VM.warp(hold.untilOf());
        _refusesDrop(reason);
        VM.warp(hold.untilOf() + 1);
        _refusesDrop(reason);
        VM.warp(closesAt);
        _refusesDrop(reason);
        // The holder and the requester are told the same.
        Order memory order = _order();
        _refused(reason);
        _as(_operator(ids[0]));
        market.dropOrder(order, hold);
        _refused(reason);
        _as(holder);
        market.dropOrder(order, hold);
        VM.warp(closesAt + 1);
        _drop();
    }

    /// @dev Nobody may have a policy seem silent by giving it too little gas, to spare the holder its loss or end an order early.
    function test_RevertWhen_TooLittleGasIsLeftForThePolicy() public {
        _hold();
        bytes memory data = _callOf();
        for (uint256 gas_ = 60_000; gas_ <= 270_000; gas_ += 15_000) {
            (bool done, bytes memory answer) = address(market).call{gas: gas_}(data);
            isTrue(!done, "dropped");
            bool named = bytes4(answer) == GasTooLow.selector || bytes4(answer) == ProofWindowOpen.selector;
            isTrue(named || answer.length == 0, "for the gas, or all of it");
        }
        VM.warp(_closesAt() + 1);
        (bool dropped, bytes memory why) = address(market).call{gas: 240_000}(data);
        isTrue(!dropped && bytes4(why) == GasTooLow.selector, "by its name");
        _reserveIsUsed();
    }

    // --- nobody's fault ---

    function test_GivenARemovedPolicy() public {
        _hold();
        Books memory expected = _books();
        parameters.tombstonePolicy(address(policy));
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskEnded(taskId, EndReason.PolicyRemoved, COST, STRANGER);
        _drop();
        expected.requester += COST;
        _booksAre(expected);
        _reserveIsFree();
        _solvent(0, 0);
        // The reserve serves the next order.
        SignaturePolicy other = new SignaturePolicy();
        parameters.setPolicy(address(other), true, GAS_CAP);
        request.policy = address(other);
        _askNext();
        _hold();
        _prove(STRANGER, ids[0]);
        _close(ids[0], INDEX);
    }

    /// @dev Of what was late before it was removed, too: who can tell by what fault.
    function test_GivenAPolicyThatIsRemovedAfterAllTime() public {
        _hold();
        Books memory expected = _books();
        VM.warp(_closesAt() + 1 days);
        parameters.tombstonePolicy(address(policy));
        _drop();
        expected.requester += COST;
        _booksAre(expected);
        _reserveIsFree();
    }

    function test_GivenAPolicyThatServesTheDataNoMore() public {
        _hold();
        Books memory expected = _books();
        VM.mockCall(address(policy), abi.encodeCall(policy.accepts, (request.policyData)), abi.encode(false));
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskEnded(taskId, EndReason.PolicyRemoved, COST, STRANGER);
        _drop();
        expected.requester += COST;
        _booksAre(expected);
        _reserveIsFree();
        _solvent(0, 0);
    }

    /// @dev Data that were never served are no loss for the holder, and none for the requester but the time.
    function test_GivenDataThatThePolicyNeverServed() public {
        request.policyData = 0;
        taskId = market.hashRequest(request);
        Books memory expected = _books();
        _hold();
        _drop();
        _booksAre(expected);
        _reserveIsFree();
        _notHeld();
    }

    function test_GivenAPolicyThatCannotSayWhetherItServes() public {
        HostilePolicy hostile = new HostilePolicy();
        parameters.setPolicy(address(hostile), true, GAS_CAP);
        request.policy = address(hostile);
        taskId = market.hashRequest(request);
        _hold();
        Books memory expected = _books();
        expected.requester += COST;
        VM.etch(address(hostile), address(new HostileAnswers()).code);
        for (uint256 i = 0; i < 7; ++i) {
            uint256 kept = VM.snapshotState();
            HostileAnswers(address(hostile)).set(HostileAnswers.Manner(i));
            uint256 before = gasleft();
            _drop();
            atMost(before - gasleft(), 500_000, "gas");
            _booksAre(expected);
            _reserveIsFree();
            VM.revertToState(kept);
        }
    }

    /// @dev It says that it serves, so the holder should have known better.
    function test_GivenAPolicyThatServesAndAcceptsNoProof() public {
        HostilePolicy hostile = new HostilePolicy();
        parameters.setPolicy(address(hostile), true, GAS_CAP);
        request.policy = address(hostile);
        taskId = market.hashRequest(request);
        _hold();
        Books memory expected = _books();
        VM.warp(_closesAt() + 1);
        _drop();
        expected.requester += COST;
        _lost(expected, NO_SHOW, 0);
        _booksAre(expected);
    }

    function test_GivenAPolicyThatIsNotListedAnyMore() public {
        _hold();
        parameters.setPolicy(address(policy), false, GAS_CAP);
        _refusesDrop(abi.encodeWithSelector(ProofWindowOpen.selector, _closesAt()));
        VM.warp(_closesAt() + 1);
        _drop();
        eq(_stake(ids[0]).active, STAKE - NO_SHOW, "lost as ever");
    }

    // --- the holder's ---

    function test_GivenParametersThatChanged() public {
        _hold();
        TaskParameters memory task = Defaults.task();
        // By these it would lose half of the lock and be dormant.
        (task.protocolFeeBps, task.noShowBps, task.minIdentityStake) = (0, 5_000, 10_000);
        parameters.setParameters(task, Defaults.post());
        Books memory expected = _books();
        VM.warp(_closesAt() + 1);
        _drop();
        expected.requester += COST;
        _lost(expected, NO_SHOW, 0);
        _booksAre(expected);
        isTrue(!_work(ids[0]).dormant, "not dormant");
        _solvent(0, 0);
    }

    function test_GivenALossThatMakesTheProviderDormant() public {
        _as(_owner(ids[0]));
        market.unbond(ids[0], STAKE - 1_000 ether);
        _reserve(ids[0], 9, LOCK);
        _hold();
        uint256 active = market.activeIdentities();
        VM.warp(_closesAt() + 1);
        _drop();
        isTrue(_work(ids[0]).dormant, "dormant");
        eq(market.activeIdentities(), active - 1, "identities");
        eq(_stake(ids[0]).active, 990 ether, "active");
        _refused(abi.encodeWithSelector(ProviderDormant.selector, ids[0]));
        _reserve(ids[0], INDEX, 1);
        // What it has set aside may still hold, be lost, once more without a change of the identities, and closed.
        request.commitWindow = 1;
        _askNext();
        _holdBy(ids[0], 9);
        VM.warp(_closesAt() + 1);
        _drop();
        eq(market.activeIdentities(), active - 1, "counted once");
        eq(_stake(ids[0]).active, 980 ether, "active");
        _as(_owner(ids[0]));
        market.stake(ids[0], 20 ether);
        eq(market.activeIdentities(), active, "back");
        _reserve(ids[0], INDEX, 1_000 ether);
        _solvent(0, 0);
    }

    function test_GivenAReserveOfAllStakeAndTheWholeOfItLocked() public {
        _close(ids[0], INDEX);
        _reserve(ids[0], INDEX, STAKE);
        request.lock = STAKE;
        taskId = market.hashRequest(request);
        _hold();
        VM.warp(_closesAt() + 1);
        _drop();
        eq(_stake(ids[0]).active, STAKE - STAKE / 10, "a share of all");
        eq(_work(ids[0]).locked, 0, "and the rest free");
        eq(market.pendingBurn(), STAKE / 10, "burned");
        market.burnPending();
        _solvent(0, 0);
    }

    /// @dev Rounded down, and so never more than the share.
    function test_GivenALockThatDoesNotDivide() public {
        request.lock = 10 ether + 9_999;
        taskId = market.hashRequest(request);
        _hold();
        uint256 kept = VM.snapshotState();
        VM.warp(_closesAt() + 1);
        _drop();
        eq(_stake(ids[0]).active, STAKE - 1 ether - 999, "slashed");
        eq(market.pendingBurn(), 1 ether + 999, "burned");
        VM.revertToState(kept);
        VM.warp(_closesAt());
        _rescue();
        eq(market.earningsOf(address(deco), ids[1]), 0.5 ether + 499, "bounty");
        eq(market.pendingBurn(), 0.5 ether + 500, "the larger half is burned");
        _solvent(0, 0);
    }

    function test_GivenAHolderThatLeaves() public {
        _hold();
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        uint256 active = market.activeIdentities();
        VM.warp(_closesAt() + 1);
        _drop();
        eq(market.activeIdentities(), active, "counted out already");
        eq(_stake(ids[0]).active, RESERVE - NO_SHOW, "active");
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        eq(_identity(ids[0]).unbonding, STAKE - NO_SHOW, "the rest leaves");
        _later(14 days);
        _as(_owner(ids[0]));
        market.withdrawStake(ids[0]);
        _solvent(0, 0);
    }

    // --- the requester's ---

    function test_WhenAWalletIsTheRequester() public {
        Wallet wallet = _fundedWallet();
        request.requester = address(wallet);
        taskId = market.hashRequest(request);
        _holdBy(ids[0], INDEX, Keys.signAsWallet(REQUESTER_KEY, taskId));
        VM.warp(_closesAt() + 1);
        _drop();
        eq(_balance(address(wallet)), 100e6, "refunded");
        _solvent(0, 0);
    }

    function test_WhenItIsPaidInDECO() public {
        request.token = address(deco);
        (request.minPrice, request.maxPrice) = (1 ether, 1 ether);
        taskId = market.hashRequest(request);
        Books memory expected = _books();
        _hold();
        VM.warp(_closesAt() + 1);
        _drop();
        _lost(expected, NO_SHOW, 0);
        _booksAre(expected);
        _solvent(0, 0);
    }

    function test_WhenThereIsNoPrice() public {
        (request.minPrice, request.maxPrice) = (0, 0);
        taskId = market.hashRequest(request);
        _hold();
        VM.warp(_closesAt() + 1);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskEnded(taskId, EndReason.Unproven, 0, STRANGER);
        _drop();
        eq(_stake(ids[0]).active, STAKE - NO_SHOW, "lost as ever");
    }

    function test_WhenThereIsNoTimeToRescue() public {
        request.revealWindow = 0;
        taskId = market.hashRequest(request);
        _hold();
        _refusesDrop(abi.encodeWithSelector(ProofWindowOpen.selector, hold.untilOf()));
        VM.warp(hold.untilOf());
        _refusesDrop(abi.encodeWithSelector(ProofWindowOpen.selector, hold.untilOf()));
        VM.warp(hold.untilOf() + 1);
        _drop();
    }

    function test_WhenAllIsWell() public {
        (request.programOwner, request.programBps) = (STRANGER, 1_000);
        (request.dataOwner, request.dataBps) = (RELAYER, 333);
        taskId = market.hashRequest(request);
        // Trust is for votes: no order moves it.
        _setTrust(ids[0], 55);
        Books memory expected = _books();
        _hold();
        VM.warp(_closesAt() + 1);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.SeatEnded(taskId, ids[0], SeatOutcome.NoShow, 0, NO_SHOW, 55, 0);
        VM.expectEmit(true, true, true, true);
        emit IDecoOrders.ReserveClosed(ids[0], INDEX);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskEnded(taskId, EndReason.Unproven, COST + 133_300, STRANGER);
        _drop();
        // The requester has all that it paid.
        _lost(expected, NO_SHOW, 0);
        _booksAre(expected);
        _reserveIs(0);
        _solvent(0, 0);
        // The order is over for good: its nonce is used.
        _reserve(ids[1], INDEX, RESERVE);
        request.expiry = type(uint40).max;
        taskId = market.hashRequest(request);
        bytes memory signature = _signRequest(request);
        _refused(abi.encodeWithSelector(NonceUsed.selector, holder, 7));
        _holdBy(ids[1], INDEX, signature);
    }

    function _refusesDrop(bytes memory reason) private {
        _refused(reason);
        _drop();
    }

    function _callOf() private view returns (bytes memory) {
        return abi.encodeCall(IDecoOrders.dropOrder, (_order(), hold));
    }
}
