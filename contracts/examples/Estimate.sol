// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IDecoMarket} from "../interfaces/IDecoMarket.sol";
import {Request} from "../types/Request.sol";

/// @title Estimate
/// @notice The smallest dApp: a contract that has something computed off-chain, and believes it because the market says
/// that staked providers agreed on it.
/// @dev It holds the tokens that it pays with. Anyone may bring the result's document; what counts is that its digest is
/// the accepted result of a task that this contract posted, and that lying would have cost enough.
contract Estimate {
    using SafeERC20 for IERC20;

    /// @notice Thrown when the caller is not the owner.
    error NotOwner(address caller);
    /// @notice Thrown when this contract did not post the task.
    error NotMine(bytes32 taskId);
    /// @notice Thrown when the document is not the accepted result, or less stake than `minimum` stands behind it.
    error NotProven(bytes32 taskId, uint256 securityBudget, uint256 minimum);

    event Asked(bytes32 indexed taskId);
    event Answered(bytes32 indexed taskId, bytes document);

    IDecoMarket public immutable market;
    address public immutable owner;
    /// @notice DECO that lying must have cost for an answer to count, in base units.
    uint256 public immutable minimumSecurity;

    mapping(bytes32 taskId => bool) public asked;
    /// @notice The last answer: the bytes of a result document.
    bytes public answer;

    constructor(IDecoMarket market_, uint256 minimumSecurity_) {
        market = market_;
        owner = msg.sender;
        minimumSecurity = minimumSecurity_;
    }

    /// @notice Posts a task. The escrow comes out of this contract's tokens; the posting fee is DECO.
    /// @param request Its requester must be this contract.
    /// @param allowance Payment tokens that the market may take.
    /// @param feeAllowance DECO that the market may take for the posting fee, when the payment token is another.
    function ask(Request calldata request, uint256 allowance, uint256 feeAllowance) external returns (bytes32 taskId) {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        if (feeAllowance != 0) IERC20(market.deco()).forceApprove(address(market), feeAllowance);
        IERC20(request.token).forceApprove(address(market), allowance);
        taskId = market.post(request);
        asked[taskId] = true;
        emit Asked(taskId);
    }

    /// @notice Stores a proven result. By anyone.
    function take(bytes32 taskId, bytes calldata document) external {
        if (!asked[taskId]) revert NotMine(taskId);
        (bool accepted, uint256 security) = market.verifyResult(taskId, 0, sha256(document), new bytes32[](0));
        if (!accepted || security < minimumSecurity) revert NotProven(taskId, security, minimumSecurity);
        answer = document;
        emit Answered(taskId, document);
    }

    /// @notice Brings back refunds that wait in the market, and whatever tokens are left here.
    function drain(address token) external {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        uint256 waiting = market.balanceOf(token, address(this));
        if (waiting != 0) market.withdraw(token, waiting, owner);
        uint256 here = IERC20(token).balanceOf(address(this));
        if (here != 0) IERC20(token).safeTransfer(owner, here);
    }
}
