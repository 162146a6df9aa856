// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoOrders} from "../../interfaces/IDecoOrders.sol";
import {IDecoProofs} from "../../interfaces/IDecoProofs.sol";
import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {IProofPolicy} from "../../interfaces/IProofPolicy.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Policies} from "../../libraries/Policies.sol";
import {HoldLib, ReserveWord} from "../../types/Hold.sol";
import {Opening} from "../../types/Opening.sol";
import {HOLD_WORDS, HoldTerms, ORDER_WORDS, Order, OrderTerms} from "../../types/Order.sol";
import {TaskParametersLib} from "../../types/Parameters.sol";
import {PostWord} from "../../types/PostWord.sol";
import {ProviderWork} from "../../types/Provider.sol";
import {SeatOutcome} from "../../types/Seat.sol";
import {EndReason, TaskLib} from "../../types/Task.sol";
import {OrderProving} from "./OrderProving.sol";
import {Reserves} from "./Reserves.sol";

/// @title OrderHolding
/// @notice Orders that a provider holds while it proves. See {IDecoOrders}.
/// @dev A hold is a digest in the word of a reserve: with it the market knows order, holder, deadline, and by which parameters; the
/// money is nowhere but in the difference of what it has and what it owes. As in {OrderProving}, all calls out are static.
abstract contract OrderHolding is OrderProving, Reserves {
    using HoldLib for uint256;

    /// @dev See {IDecoOrders-holdOrder}.
    function holdOrder(Order calldata order, bytes calldata signature, uint8 index)
        external
        returns (bytes32 taskId, uint256 hold)
    {
        uint32 provider = _caller();
        taskId = _takeOrder(order, signature);
        (uint256 post, uint256 listing,) = _checkOrder(order.terms, taskId);
        _checkHold(order, post, listing);
        uint256 key = ReserveWord.key(provider, index);
        uint256 amount = ReserveWord.amountOf(_freeReserve(key));
        if (amount < order.hold.lock) revert ReserveTooSmall(amount, order.hold.lock);
        uint256 feeBps = PostWord.protocolFeeBps(post);
        hold = HoldLib.pack(key, PostWord.versionOf(post), feeBps, block.timestamp + order.hold.commitWindow, amount);
        _reserves[key] = ReserveWord.used(taskId, hold);
        _spend(order.terms.token, order.requester, _cost(order.terms, feeBps));
        _announceOrder(IDecoOrders.OrderHeld.selector, order, taskId, ORDER_WORDS + HOLD_WORDS, hold);
    }

    /// @dev See {IDecoOrders-proveHeld}.
    function proveHeld(Order calldata order, uint256 hold, Opening calldata opening, bytes calldata proof) external {
        bytes32 taskId = _held(order, hold);
        uint32 provider = hold.providerOf();
        bool inTime = block.timestamp <= hold.untilOf();
        if (!inTime) provider = _rescuer(order, hold);
        uint256 gasCap = _livePolicy(order.terms.policy, taskId, IProofPolicy.Kind.Instant);
        bytes32 result = _judge(order, taskId, provider, gasCap, opening, proof);
        uint256 bounty;
        if (inTime) _reserves[hold.reserveOf()] = ReserveWord.free(hold.amountOf());
        else bounty = _loseReserve(order.hold, taskId, hold, provider);
        _credit(order.terms, taskId, provider, hold.feeBpsOf());
        if (inTime) {
            uint256 ended = provider | (uint256(order.terms.price) << 56);
            _announceProven(taskId, order.terms.policy, provider, ended, 0, opening);
        } else {
            emit IDecoProofs.ResultProven(taskId, order.terms.policy, provider, order.terms.price, bounty);
            _announce(taskId, result, opening, 0);
        }
    }

    /// @dev See {IDecoOrders-dropOrder}.
    function dropOrder(Order calldata order, uint256 hold) external {
        bytes32 taskId = _held(order, hold);
        EndReason reason = EndReason.PolicyRemoved;
        if (_serves(order.terms)) {
            uint256 closesAt = hold.untilOf() + order.hold.revealWindow;
            if (block.timestamp <= closesAt) revert ProofWindowOpen(closesAt);
            reason = EndReason.Unproven;
            _loseReserve(order.hold, taskId, hold, 0);
        } else {
            _reserves[hold.reserveOf()] = ReserveWord.free(hold.amountOf());
        }
        uint256 refund = _cost(order.terms, hold.feeBpsOf());
        if (refund != 0) _balances[order.terms.token][order.requester] += refund;
        emit IDecoTasks.TaskEnded(taskId, reason, refund, msg.sender);
    }

    /// @dev What `post` would check of those fields that only such orders have.
    function _checkHold(Order calldata order, uint256 post, uint256 listing) private pure {
        _within("commitWindow", order.hold.commitWindow, 1, TaskLib.MAX_WINDOW);
        _within("revealWindow", order.hold.revealWindow, 0, TaskLib.MAX_WINDOW);
        _checkLock(order.hold.lock, order.terms.price, post, listing);
        uint256 length = uint256(order.hold.commitWindow) + order.hold.revealWindow;
        uint256 half = PostWord.unbond(post) / 2;
        if (length > half) revert TaskTooLong(length, half);
    }

    /// @dev The order's id, when it is held by this hold.
    function _held(Order calldata order, uint256 hold) private view returns (bytes32 taskId) {
        taskId = _idOf(order);
        if (_reserves[hold.reserveOf()] != ReserveWord.used(taskId, hold)) revert OrderNotHeld(taskId);
    }

    /// @dev Who proves when the holder did not, if there is time left.
    function _rescuer(Order calldata order, uint256 hold) private view returns (uint32 provider) {
        uint256 closesAt = hold.untilOf() + order.hold.revealWindow;
        if (block.timestamp > closesAt) revert ProofWindowClosed(closesAt);
        provider = _caller();
        if (provider == hold.providerOf()) revert ProofWindowClosed(hold.untilOf());
    }

    /// @dev Whether proofs can be had at all.
    function _serves(OrderTerms calldata terms) private view returns (bool) {
        return Policies.live(terms.policy, terms.policyData, PARAMETERS.policyWord(terms.policy));
    }

    /// @dev What {_credit} pays.
    function _cost(OrderTerms calldata terms, uint256 feeBps) private pure returns (uint256) {
        uint256 price = terms.price;
        return price + Accounting.shareDown(price, feeBps) + Accounting.shareDown(price, terms.programBps)
            + Accounting.shareDown(price, terms.dataBps);
    }

    /// @dev The holder has not shown up: it loses a share of the lock and the reserve is closed.
    /// @param rescuer Gets half of the share; zero when there is none.
    function _loseReserve(HoldTerms calldata terms_, bytes32 taskId, uint256 hold, uint32 rescuer)
        private
        returns (uint256 bounty)
    {
        uint32 holder = hold.providerOf();
        uint256 terms = PARAMETERS.taskWord(hold.versionOf());
        uint256 slashed = Accounting.shareDown(terms_.lock, TaskParametersLib.noShowBps(terms));
        delete _reserves[hold.reserveOf()];
        ProviderWork memory work = _workOf(holder);
        _unlock(holder, work, uint96(hold.amountOf()), slashed, TaskParametersLib.minIdentityStake(terms) * 1 ether);
        _storeWork(holder, work);
        if (rescuer != 0) {
            bounty = slashed / 2;
            if (bounty != 0) _earnings[DECO][rescuer] += bounty;
        }
        _burnStake(slashed, slashed - bounty);
        emit IDecoTasks.SeatEnded(taskId, holder, SeatOutcome.NoShow, 0, slashed, work.trust, work.debt);
        emit IDecoOrders.ReserveClosed(holder, uint8(hold.reserveOf() >> 32));
    }
}
