// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoOrders} from "../../../contracts/interfaces/IDecoOrders.sol";
import {ReserveWord} from "../../../contracts/types/Hold.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {OrderFixture} from "../OrderFixture.sol";
import {VM} from "../support/Vm.sol";

contract OpenReserveTest is OrderFixture {
    uint32 private other;

    function setUp() public override {
        super.setUp();
        other = ids[1];
    }

    function test_RevertWhen_TheCallerIsNoOperator() public {
        _refusesFrom(STRANGER, 1, 1, abi.encodeWithSelector(NotAnOperator.selector, STRANGER));
        // Its owner has another key.
        _refusesFrom(_owner(other), 1, 1, abi.encodeWithSelector(NotAnOperator.selector, _owner(other)));
    }

    function test_RevertWhen_ThereIsOneOfThisIndex() public {
        bytes memory reason = abi.encodeWithSelector(ReserveExists.selector, ids[0], INDEX);
        _refusesFrom(_operator(ids[0]), INDEX, 1, reason);
        _hold();
        _refusesFrom(_operator(ids[0]), INDEX, 1, reason);
        _prove(STRANGER, ids[0]);
        _refusesFrom(_operator(ids[0]), INDEX, 1, reason);
        _reserveIsFree();
    }

    function test_RevertWhen_TheAmountIsZero() public {
        _refusesFrom(_operator(other), 1, 0, abi.encodeWithSelector(ZeroAmount.selector));
    }

    function test_RevertWhen_TheStakeIsNotFree() public {
        bytes memory reason = abi.encodeWithSelector(StakeNotFree.selector, other, STAKE + 1, STAKE);
        _refusesFrom(_operator(other), 1, STAKE + 1, reason);
        _reserve(other, 1, STAKE - 1);
        _refusesFrom(_operator(other), 2, 2, abi.encodeWithSelector(StakeNotFree.selector, other, 2, 1));
        _reserve(other, 2, 1);
        _refusesFrom(_operator(other), 3, 1, abi.encodeWithSelector(StakeNotFree.selector, other, 1, 0));
        eq(_work(other).locked, STAKE, "all");
    }

    function test_RevertWhen_TheAmountIsBeyondAllStake() public {
        uint96 most = type(uint96).max;
        _refusesFrom(_operator(other), 1, most, abi.encodeWithSelector(StakeNotFree.selector, other, most, STAKE));
    }

    function test_RevertWhen_TheProviderIsLeaving() public {
        _reserve(other, 1, 1);
        _as(_owner(other));
        market.deregister(other);
        _refusesFrom(_operator(other), 2, 1, abi.encodeWithSelector(ProviderLeaving.selector, other));
    }

    function test_RevertWhen_TheProviderIsDormant() public {
        _as(_owner(other));
        market.unbond(other, STAKE);
        _refusesFrom(_operator(other), 1, 1, abi.encodeWithSelector(ProviderDormant.selector, other));
        _as(_owner(other));
        market.stake(other, 1_000 ether);
        _reserve(other, 1, 1_000 ether);
    }

    function test_RevertWhen_TheOperatorWasReplaced() public {
        address successor = VM.addr(OTHER_KEY);
        _as(_owner(other));
        market.setOperator(other, successor);
        _refusesFrom(_operator(other), 1, 1, abi.encodeWithSelector(NotAnOperator.selector, _operator(other)));
        _as(successor);
        market.openReserve(1, 1);
        eq(market.reserveOf(other, 1), ReserveWord.free(1), "reserve");
    }

    /// @dev It is locked, as a seat's lock is.
    function test_GivenStakeInReserve() public {
        _reserve(other, 1, 100 ether);
        bytes memory reason = abi.encodeWithSelector(StakeNotFree.selector, other, STAKE, STAKE - 100 ether);
        _refused(reason);
        _as(_owner(other));
        market.unbond(other, STAKE);
        _as(_owner(other));
        market.unbond(other, STAKE - 1_000 ether);
        _as(_owner(other));
        market.deregister(other);
        eq(_stake(other).active, 100 ether, "what is set aside stays");
        _refused(abi.encodeWithSelector(NothingToWithdraw.selector, other));
        _as(_owner(other));
        market.deregister(other);
    }

    function test_GivenStakeThatASeatNeeds() public {
        _reserve(ids[0], 1, STAKE - RESERVE - LOCK + 1);
        Request memory voted = _request();
        bytes32 votedId = _post(voted);
        _drawAll(voted, votedId);
        _refused(abi.encodeWithSelector(StakeNotFree.selector, ids[0], LOCK, LOCK - 1));
        _claim(voted, ids[0]);
        _close(ids[0], 1);
        _claim(voted, ids[0]);
        // And what the seat has locked is not to be set aside.
        bytes memory reason = abi.encodeWithSelector(StakeNotFree.selector, ids[0], STAKE, STAKE - RESERVE - LOCK);
        _refusesFrom(_operator(ids[0]), 1, STAKE, reason);
    }

    function test_GivenAnIndexThatWasClosedOrLost() public {
        _close(ids[0], INDEX);
        _reserve(ids[0], INDEX, RESERVE);
        _hold();
        VM.warp(_closesAt() + 1);
        _drop();
        _reserve(ids[0], INDEX, RESERVE + 1);
        _reserveIs(ReserveWord.free(RESERVE + 1));
    }

    function test_GivenEveryIndex() public {
        uint256 sum;
        for (uint256 i = 0; i < 256; ++i) {
            _reserve(other, uint8(i), uint96(1 ether + i));
            sum += 1 ether + i;
        }
        for (uint256 i = 0; i < 256; ++i) {
            eq(market.reserveOf(other, uint8(i)), ReserveWord.free(1 ether + i), "each its own");
        }
        eq(_work(other).locked, sum, "locked");
        eq(_work(other).liveSeats, 256, "seats");
        _refusesFrom(_operator(other), 255, 1, abi.encodeWithSelector(ReserveExists.selector, other, 255));
        for (uint256 i = 0; i < 256; ++i) {
            _close(other, uint8(i));
        }
        eq(_work(other).locked, 0, "free again");
    }

    function testFuzz_GivenAnyAmount(uint8 index, uint96 amount) public {
        amount = 1 + amount % STAKE;
        (bytes32 stake, bytes32 work) = (keccak256(abi.encode(_stake(other))), keccak256(abi.encode(_work(other))));
        _reserve(other, index, amount);
        eq(market.reserveOf(other, index), ReserveWord.free(amount), "reserve");
        eq(_work(other).locked, amount, "locked");
        eq(keccak256(abi.encode(_stake(other))), stake, "the stake is what it was");
        _close(other, index);
        eq(market.reserveOf(other, index), 0, "none");
        eq(keccak256(abi.encode(_work(other))), work, "as before");
        eq(keccak256(abi.encode(_stake(other))), stake, "and the stake");
    }

    function test_WhenAllIsWell() public {
        Books memory expected = _books();
        VM.expectEmit(true, false, false, true);
        emit IDecoOrders.ReserveOpened(ids[0], 0, 7 ether);
        _reserve(ids[0], 0, 7 ether);
        expected.locked += 7 ether;
        ++expected.seats;
        _booksAre(expected);
        eq(market.reserveOf(ids[0], 0), ReserveWord.free(7 ether), "reserve");
        eq(market.reserveOf(other, 0), 0, "nobody else's");
        _solvent(0, 0);
    }

    function _refusesFrom(address sender, uint8 index, uint96 amount, bytes memory reason) private {
        _refused(reason);
        _as(sender);
        market.openReserve(index, amount);
    }
}
