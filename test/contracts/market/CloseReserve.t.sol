// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoOrders} from "../../../contracts/interfaces/IDecoOrders.sol";
import {OrderFixture} from "../OrderFixture.sol";
import {VM} from "../support/Vm.sol";

contract CloseReserveTest is OrderFixture {
    function test_RevertWhen_TheCallerIsNeitherOperatorNorOwner() public {
        _refusesFrom(STRANGER, ids[0], INDEX);
        _refusesFrom(_operator(ids[1]), ids[0], INDEX);
        _refusesFrom(_owner(ids[1]), ids[0], INDEX);
        _refusesFrom(holder, ids[0], INDEX);
        _reserveIsFree();
    }

    function test_RevertWhen_ThereIsNoSuchProvider() public {
        uint32 nobody = market.providerCount() + 1;
        _refusesFrom(STRANGER, nobody, INDEX);
        _refusesFrom(STRANGER, 0, INDEX);
    }

    function test_RevertWhen_ThereIsNoReserve() public {
        _isNotFree(ids[0], INDEX + 1);
        _isNotFree(ids[1], INDEX);
    }

    function test_RevertWhen_ItWasClosedBefore() public {
        _close(ids[0], INDEX);
        _isNotFree(ids[0], INDEX);
        eq(_work(ids[0]).locked, 0, "once");
    }

    function test_RevertWhen_AnOrderUsesIt() public {
        _hold();
        _isNotFree(ids[0], INDEX);
        // Nor when the holder's time, or all time, is over.
        VM.warp(hold >> 72 & type(uint40).max);
        _isNotFree(ids[0], INDEX);
        VM.warp(_closesAt() + 1);
        _isNotFree(ids[0], INDEX);
        // Leaving does not help.
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        _isNotFree(ids[0], INDEX);
    }

    function test_RevertWhen_ItWasLost() public {
        _hold();
        VM.warp(_closesAt());
        _rescue();
        _isNotFree(ids[0], INDEX);
        eq(_work(ids[0]).locked, 0, "free already");
    }

    function test_GivenANewOperator() public {
        address successor = VM.addr(OTHER_KEY);
        _as(_owner(ids[0]));
        market.setOperator(ids[0], successor);
        _refusesFrom(_operator(ids[0]), ids[0], INDEX);
        _as(successor);
        market.closeReserve(ids[0], INDEX);
        eq(_work(ids[0]).locked, 0, "free");
    }

    function test_GivenANewOwner() public {
        _as(_owner(ids[0]));
        market.offerOwnership(ids[0], STRANGER);
        _refusesFrom(STRANGER, ids[0], INDEX);
        _as(STRANGER);
        market.acceptOwnership(ids[0]);
        _refusesFrom(_owner(ids[0]), ids[0], INDEX);
        _as(STRANGER);
        market.closeReserve(ids[0], INDEX);
        eq(_work(ids[0]).locked, 0, "free");
    }

    function test_GivenALeavingProvider() public {
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        eq(_stake(ids[0]).active, RESERVE, "left behind");
        _close(ids[0], INDEX);
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        eq(_stake(ids[0]).active, 0, "all of it leaves");
        eq(_identity(ids[0]).unbonding, STAKE, "unbonding");
        _later(14 days);
        _as(_owner(ids[0]));
        market.withdrawStake(ids[0]);
        _solvent(0, 0);
    }

    function test_GivenAReserveThatServedAnOrder() public {
        _hold();
        _prove(STRANGER, ids[0]);
        _close(ids[0], INDEX);
        eq(_work(ids[0]).locked, 0, "free");
        eq(_stake(ids[0]).active, STAKE, "whole");
        _solvent(0, 0);
    }

    function test_GivenAnOrderInAnotherReserve() public {
        _reserve(ids[0], 9, LOCK);
        _holdBy(ids[0], 9);
        _close(ids[0], INDEX);
        eq(_work(ids[0]).locked, LOCK, "the other stays");
        eq(_work(ids[0]).liveSeats, 1, "a seat");
        _prove(STRANGER, ids[0]);
    }

    function test_WhenAllIsWell() public {
        Books memory expected = _books();
        VM.expectEmit(true, false, false, true);
        emit IDecoOrders.ReserveClosed(ids[0], INDEX);
        _as(_operator(ids[0]));
        market.closeReserve(ids[0], INDEX);
        _released(expected);
        _booksAre(expected);
        _reserveIs(0);
        // It is free stake again.
        _as(_owner(ids[0]));
        market.unbond(ids[0], STAKE);
        _solvent(0, 0);
    }

    function _refusesFrom(address sender, uint32 provider, uint8 index) private {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, provider, sender));
        _as(sender);
        market.closeReserve(provider, index);
    }

    /// @dev By operator and owner.
    function _isNotFree(uint32 provider, uint8 index) private {
        bytes memory reason = abi.encodeWithSelector(ReserveNotFree.selector, provider, index);
        _refused(reason);
        _as(_operator(provider));
        market.closeReserve(provider, index);
        _refused(reason);
        _close(provider, index);
    }
}
