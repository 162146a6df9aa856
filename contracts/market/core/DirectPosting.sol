// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Request} from "../../types/Request.sol";
import {Funds} from "../Funds.sol";
import {Posting} from "../opening/Posting.sol";

/// @title DirectPosting
/// @notice Tasks that their requesters post themselves.
abstract contract DirectPosting is Funds, Posting {
    /// @dev See {IDecoTasks-post}.
    function post(Request calldata request) public nonReentrant returns (bytes32 taskId) {
        if (msg.sender != request.requester) revert NotRequester(msg.sender, request.requester);
        taskId = _hash(request);
        if (_tasks[taskId] != 0) revert AlreadyPosted(taskId);
        (uint256 word,, uint256 escrow, uint256 fee) = _open(request, taskId);
        _tasks[taskId] = word;
        _announceRound(taskId, word);
        _takeFunds(request.token, escrow, fee);
    }

    /// @dev See {IDecoTasks-postWithPermit}.
    function postWithPermit(Request calldata request, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (bytes32 taskId)
    {
        _permit(request.token, value, deadline, v, r, s);
        return post(request);
    }

    function _takeFunds(address token, uint256 escrow, uint256 fee) private {
        if (token == DECO) {
            _take(DECO, escrow + fee);
            return;
        }
        _take(token, escrow);
        if (fee != 0) _take(DECO, fee);
    }
}
