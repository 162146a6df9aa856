// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMatching} from "../../interfaces/IDecoMatching.sol";
import {Signatures} from "../../libraries/Signatures.sol";
import {OrderLib} from "../../types/Order.sol";
import {Request} from "../../types/Request.sol";
import {EndReason} from "../../types/Task.sol";
import {Posting} from "./Posting.sol";

/// @title SignedOpening
/// @notice Opens tasks that their requesters signed.
abstract contract SignedOpening is Posting {
    using OrderLib for Request;

    /// @dev See {IDecoMatching-openSigned}.
    function openSigned(Request calldata request, bytes calldata signature)
        external
        nonReentrant
        returns (bytes32 taskId)
    {
        taskId = _hash(request);
        if (_tasks[taskId] != 0) revert AlreadyPosted(taskId);
        (uint256 word,) = _openSigned(request, taskId, signature);
        _tasks[taskId] = word;
        _announceRound(taskId, word);
    }

    /// @dev See {IDecoMatching-cancelRequest}.
    function cancelRequest(Request calldata request) external {
        if (msg.sender != request.requester) revert NotRequester(msg.sender, request.requester);
        bytes32 taskId = _hash(request);
        if (request.isOrder()) {
            _useNonce(request.requester, request.nonce);
        } else {
            if (_tasks[taskId] != 0) revert AlreadyPosted(taskId);
            _end(taskId, EndReason.Cancelled);
        }
        emit IDecoMatching.RequestCancelled(taskId, request.requester);
    }

    /// @dev See {IDecoMatching-cancelOrders}.
    function cancelOrders(uint248 position, uint256 mask) external {
        _orderNonces[msg.sender][position] |= mask;
        emit IDecoMatching.OrdersCancelled(msg.sender, position, mask);
    }

    /// @dev Unordered nonces, 256 in a word (as Permit2's): the next use of a word costs 5,000 gas, a task's own word 22,100.
    function _useNonce(address requester, uint256 nonce) internal {
        mapping(uint256 => uint256) storage words = _orderNonces[requester];
        uint256 word = words[nonce >> 8];
        uint256 bit = 1 << (nonce & 0xff);
        if (word & bit != 0) revert NonceUsed(requester, nonce);
        words[nonce >> 8] = word | bit;
    }

    /// @dev The task id is what the requester signs. The caller stores the task.
    /// @return word The packed task.
    /// @return terms The packed parameters of its post.
    function _openSigned(Request calldata request, bytes32 taskId, bytes calldata signature)
        internal
        returns (uint256 word, uint256 terms)
    {
        _requireSigned(request.requester, taskId, signature);
        uint256 escrow;
        uint256 fee;
        (word, terms, escrow, fee) = _open(request, taskId);
        _charge(request, escrow, fee);
    }

    function _requireSigned(address requester, bytes32 taskId, bytes calldata signature) internal view {
        if (msg.sender != requester && !Signatures.isValid(requester, taskId, signature)) {
            revert InvalidSignature(requester);
        }
    }

    /// @dev Takes what a task costs out of its requester's balance.
    function _charge(Request calldata request, uint256 escrow, uint256 fee) internal {
        address requester = request.requester;
        if (request.token == DECO) {
            _spend(DECO, requester, escrow + fee);
            return;
        }
        _spend(request.token, requester, escrow);
        if (fee != 0) _spend(DECO, requester, fee);
    }

    /// @dev Nobody but the requester itself can make the market pull from its allowance.
    function _spend(address token, address account, uint256 amount) internal {
        uint256 held = _balances[token][account];
        if (held < amount) revert InsufficientBalance(token, amount, held);
        _balances[token][account] = held - amount;
    }
}
