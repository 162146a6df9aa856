// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoOrders} from "../../interfaces/IDecoOrders.sol";
import {IProofPolicy, ProofContext} from "../../interfaces/IProofPolicy.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Openings} from "../../libraries/Openings.sol";
import {Opening} from "../../types/Opening.sol";
import {ORDER_WORDS, Order, OrderLib, OrderTerms} from "../../types/Order.sol";
import {PolicyWord} from "../../types/Parameters.sol";
import {PostWord, TokenWord} from "../../types/PostWord.sol";
import {Royalties} from "../../types/Royalties.sol";
import {Closings} from "../Closings.sol";
import {ProofQuestions} from "../ProofQuestions.sol";
import {SignedOpening} from "../opening/SignedOpening.sol";

/// @title OrderProving
/// @notice Fills a signed order by one proof, in one call. See {OrderLib} for what an order is.
/// @dev Nothing is left of it but its nonce: between its opening and its end there is no state that somebody could need. No fee
/// is burned, since no time of anybody's is taken and no trust is won, and none is paid for settling: the price is what the prover
/// asks. All calls that leave the market here are static, so that nothing can enter it again.
abstract contract OrderProving is SignedOpening, Closings, ProofQuestions {
    using OrderLib for Order;
    using OrderLib for OrderTerms;

    /// @dev See {IDecoOrders-proveOrder}.
    function proveOrder(Order calldata order, bytes calldata signature, Opening calldata opening, bytes calldata proof)
        external
        returns (bytes32 taskId)
    {
        uint32 provider = _caller();
        taskId = _takeOrder(order, signature);
        if (order.isHeld()) revert OrderWantsHold(taskId);
        OrderTerms calldata terms = order.terms;
        (uint256 post,, uint256 gasCap) = _checkOrder(terms, taskId);
        _announceOrder(IDecoOrders.OrderPosted.selector, order, taskId, ORDER_WORDS, 0);
        _judge(order, taskId, provider, gasCap, opening, proof);
        _spend(terms.token, order.requester, _credit(terms, taskId, provider, PostWord.protocolFeeBps(post)));
        _announceProven(taskId, terms.policy, provider, provider | (uint256(terms.price) << 56), 0, opening);
    }

    function _idOf(Order calldata order) internal view returns (bytes32 taskId) {
        return _hashTypedDataV4(order.structHash());
    }

    /// @dev Once, and with its requester's word.
    function _takeOrder(Order calldata order, bytes calldata signature) internal returns (bytes32 taskId) {
        taskId = _idOf(order);
        _requireSigned(order.requester, taskId, signature);
        _useNonce(order.requester, order.terms.nonce);
    }

    /// @dev What `post` would check of those fields that every order has.
    /// @return post See {PostWord}.
    /// @return listing See {TokenWord}.
    /// @return gasCap Of the policy.
    function _checkOrder(OrderTerms calldata terms, bytes32 taskId)
        internal
        view
        returns (uint256 post, uint256 listing, uint256 gasCap)
    {
        if (block.timestamp > terms.expiry) revert RequestExpired(terms.expiry, block.timestamp);
        _within("volume", terms.volume, 1, MAX_VOLUME);
        _checkRoyalties(terms.royalties());
        uint256 policy;
        (post, listing, policy) = PARAMETERS.atOrder(terms.token, terms.policy);
        if (!TokenWord.listed(listing)) revert TokenNotListed(terms.token);
        if (!PolicyWord.listed(policy)) revert PolicyNotListed(terms.policy);
        if (PolicyWord.kindOf(policy) != IProofPolicy.Kind.Instant) revert WrongPolicy(taskId, terms.policy);
        gasCap = PolicyWord.gasCapOf(policy);
    }

    /// @dev Has the policy judge the proof.
    function _judge(
        Order calldata order,
        bytes32 taskId,
        uint32 provider,
        uint256 gasCap,
        Opening calldata opening,
        bytes calldata proof
    ) internal view returns (bytes32 result) {
        OrderTerms calldata terms = order.terms;
        result = Openings.check(opening, terms.volume);
        ProofContext memory context = ProofContext({
            taskId: taskId,
            provider: provider,
            program: order.program,
            input: terms.input,
            policyData: terms.policyData,
            volume: terms.volume
        });
        _ask(terms.policy, gasCap, context, result, proof);
    }

    /// @dev The price to the prover, and the shares of it that come on top.
    /// @return cost What all of it is.
    function _credit(OrderTerms calldata terms, bytes32 taskId, uint32 provider, uint256 protocolFeeBps)
        internal
        returns (uint256 cost)
    {
        address token = terms.token;
        uint256 price = terms.price;
        uint256 fee = Accounting.shareDown(price, protocolFeeBps);
        Royalties calldata shares = terms.royalties();
        bool owed = shares.programBps | shares.dataBps != 0;
        uint256 royalties = owed ? _payRoyalties(shares, taskId, token, price) : 0;
        if (price != 0) _earnings[token][provider] += price;
        if (fee != 0) _balances[token][PARAMETERS.treasury()] += fee;
        return price + fee + royalties;
    }

    /// @dev Stands for `TaskPosted`: the fields that it leaves out are zero. The words are copied as they are: all were read, and so
    /// range-checked, before.
    /// @param words From the terms on.
    /// @param hold Behind them, if not zero.
    function _announceOrder(bytes32 topic, Order calldata order, bytes32 taskId, uint256 words, uint256 hold) internal {
        address requester = order.requester;
        bytes32 program = order.program;
        OrderTerms calldata terms = order.terms;
        assembly ("memory-safe") {
            // Scratch beyond the free pointer; nothing is kept.
            let pointer := mload(0x40)
            let size := shl(5, words)
            calldatacopy(pointer, terms, size)
            if hold {
                mstore(add(pointer, size), hold)
                size := add(size, 0x20)
            }
            log4(pointer, size, topic, taskId, requester, program)
        }
    }
}
