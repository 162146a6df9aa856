// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMarket} from "../interfaces/IDecoMarket.sol";
import {IDecoReceiver} from "../interfaces/IDecoReceiver.sol";
import {Opening} from "../types/Opening.sol";
import {Request} from "../types/Request.sol";

/// @title DecoReceiver
/// @notice To inherit: posts tasks and gets the bytes of their results, each once.
/// @dev What reaches {_onResult} comes from the market, belongs to a task of this contract, hashes to the accepted digest, and has
/// enough stake behind it. When {_onResult} reverts, the delivery failed and may be tried again.
abstract contract DecoReceiver is IDecoReceiver {
    /// @notice Thrown when the caller is not the market.
    error NotMarket(address caller);
    /// @notice Thrown when this contract posted no such task, or has its result.
    error UnexpectedTask(bytes32 taskId);
    /// @notice Thrown when the delivery brings only a digest, or other bytes.
    error DocumentMissing(bytes32 taskId);
    /// @notice Thrown when lying would have cost too little.
    error SecurityTooLow(bytes32 taskId, uint256 securityBudget, uint256 minimum);

    IDecoMarket public immutable market;
    /// @notice Stake that lying must have cost for a result to count, in base units of DECO.
    uint256 public immutable minimumSecurity;

    /// @notice Whether a task was posted whose result has not come.
    mapping(bytes32 taskId => bool) public expected;

    constructor(IDecoMarket market_, uint256 minimumSecurity_) {
        market = market_;
        minimumSecurity = minimumSecurity_;
    }

    /// @inheritdoc IDecoReceiver
    function onDecoResult(bytes32 taskId, Opening calldata opening, uint256 securityBudget) external {
        if (msg.sender != address(market)) revert NotMarket(msg.sender);
        if (!expected[taskId]) revert UnexpectedTask(taskId);
        if (securityBudget < minimumSecurity) revert SecurityTooLow(taskId, securityBudget, minimumSecurity);
        if (opening.document.length == 0 || sha256(opening.document) != opening.digest) revert DocumentMissing(taskId);
        delete expected[taskId];
        _onResult(taskId, opening.document);
    }

    /// @dev Posts a task whose result is to come here.
    function _post(Request calldata request) internal returns (bytes32 taskId) {
        taskId = market.post(request);
        expected[taskId] = true;
    }

    /// @dev Takes a proven result.
    /// @param document The bytes of the result document, or of a bag's manifest. See {ResultDocument} for what it holds.
    function _onResult(bytes32 taskId, bytes calldata document) internal virtual;
}
