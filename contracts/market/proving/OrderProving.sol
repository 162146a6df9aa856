// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProofs} from "../../interfaces/IDecoProofs.sol";
import {IProofPolicy} from "../../interfaces/IProofPolicy.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Openings} from "../../libraries/Openings.sol";
import {Opening} from "../../types/Opening.sol";
import {ORDER_WORDS, OrderLib} from "../../types/Order.sol";
import {PolicyWord} from "../../types/Parameters.sol";
import {PostWord, TokenWord} from "../../types/PostWord.sol";
import {Request} from "../../types/Request.sol";
import {Closings} from "../Closings.sol";
import {SignedOpening} from "../opening/SignedOpening.sol";
import {ProofQuestions} from "./ProofQuestions.sol";

/// @title OrderProving
/// @notice Fills a signed order by one proof, in one call. See {OrderLib} for what an order is.
/// @dev Nothing is left of it but its nonce: between its opening and its end there is no state that somebody could need. No fee
/// is burned, since no time of anybody's is taken and no trust is won, and none is paid for settling: the price is what the prover
/// asks. All calls that leave the market here are static, so that nothing can enter it again.
abstract contract OrderProving is SignedOpening, Closings, ProofQuestions {
    using OrderLib for Request;
    using PostWord for uint256;

    /// @dev See {IDecoProofs-proveOrder}.
    function proveOrder(
        Request calldata request,
        bytes calldata signature,
        Opening calldata opening,
        bytes calldata proof
    ) external returns (bytes32 taskId) {
        taskId = _hash(request);
        uint32 provider = _caller();
        _requireSigned(request.requester, taskId, signature);
        if (!request.isOrder()) {
            (uint256 position, uint256 value) = request.firstForeign();
            revert NotAnOrder(position, value);
        }
        _useNonce(request.requester, request.nonce);
        bytes32 result = Openings.check(opening, request.volume);
        (uint256 protocolFeeBps, uint256 gasCap) = _checkOrder(request, taskId);
        _announceOrder(request, taskId);
        _ask(request, gasCap, taskId, provider, result, proof);
        uint256 paid = _pay(request, taskId, provider, protocolFeeBps);
        _announceProven(taskId, request.policy, provider, provider | (paid << 56), 0, opening);
    }

    /// @dev What `post` would check of those fields that an order has.
    function _checkOrder(Request calldata request, bytes32 taskId)
        private
        view
        returns (uint256 protocolFeeBps, uint256 gasCap)
    {
        if (block.timestamp > request.expiry) revert RequestExpired(request.expiry, block.timestamp);
        _within("volume", request.volume, 1, MAX_VOLUME);
        _checkRoyalties(request);
        (uint256 post, uint256 listing, uint256 policy) = PARAMETERS.atOrder(request.token, request.policy);
        if (!TokenWord.listed(listing)) revert TokenNotListed(request.token);
        if (!PolicyWord.listed(policy)) revert PolicyNotListed(request.policy);
        if (PolicyWord.kindOf(policy) != IProofPolicy.Kind.Instant) revert WrongPolicy(taskId, request.policy);
        return (post.protocolFeeBps(), PolicyWord.gasCapOf(policy));
    }

    /// @dev The price to the prover, and the shares of it that come on top.
    function _pay(Request calldata request, bytes32 taskId, uint32 provider, uint256 protocolFeeBps)
        private
        returns (uint256 price)
    {
        address token = request.token;
        price = request.minPrice;
        uint256 fee = Accounting.shareDown(price, protocolFeeBps);
        uint256 royalties = request.programBps | request.dataBps == 0 ? 0 : _payRoyalties(request, taskId, price);
        _spend(token, request.requester, price + fee + royalties);
        if (price != 0) _earnings[token][provider] += price;
        if (fee != 0) _balances[token][PARAMETERS.treasury()] += fee;
    }

    /// @dev Stands for `TaskPosted`: the fields that it leaves out are zero.
    function _announceOrder(Request calldata request, bytes32 taskId) private {
        bytes32 topic = IDecoProofs.OrderPosted.selector;
        address requester = request.requester;
        bytes32 program = request.program;
        uint256 size = ORDER_WORDS * 32;
        uint256 pointer;
        assembly ("memory-safe") {
            // Scratch beyond the free pointer; nothing is kept.
            pointer := mload(0x40)
        }
        request.copyTerms(pointer);
        assembly ("memory-safe") {
            log4(pointer, size, topic, taskId, requester, program)
        }
    }
}
