// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IDecoAccounts} from "../interfaces/IDecoAccounts.sol";
import {MarketState} from "./MarketState.sol";

/// @title Funds
/// @notice How tokens move, in and out. Nothing else in the market calls a token, burning excepted.
abstract contract Funds is MarketState {
    using SafeERC20 for IERC20;

    /// @dev Debits the caller's balance, pulling what is missing by allowance.
    function _take(address token, uint256 amount) internal {
        uint256 held = _balances[token][msg.sender];
        if (held < amount) {
            uint256 missing = amount - held;
            uint256 received = _pull(token, missing);
            if (received < missing) revert DepositTooSmall(token, missing, received);
            // Read again: a hook of the token may have ended another task of the caller's meanwhile.
            held = _balances[token][msg.sender] + received;
        }
        _balances[token][msg.sender] = held - amount;
    }

    /// @dev A used, expired or malformed permit must not stop the call: an earlier allowance may do.
    function _permit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) internal {
        _requireListed(token);
        // A low-level call: a token without code or without permit is no error here.
        (bool ignored,) =
            token.call(abi.encodeCall(IERC20Permit.permit, (msg.sender, address(this), amount, deadline, v, r, s)));
        ignored;
    }

    /// @dev Callers hold the reentrancy lock: a token with hooks must not deposit within a deposit, which would be counted
    /// twice.
    function _pull(address token, uint256 amount) internal returns (uint256 received) {
        if (amount == 0) revert ZeroAmount();
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        received = IERC20(token).balanceOf(address(this)) - before;
        emit IDecoAccounts.Deposited(token, msg.sender, received);
    }

    function _send(address token, address to, uint256 amount) internal {
        if (amount == 0) revert ZeroAmount();
        if (to == address(0) || to == address(this)) revert InvalidReceiver(to);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @dev DECO is always accepted: stake and fees are paid in it.
    function _requireListed(address token) internal view {
        if (token != DECO && !PARAMETERS.tokenParameters(token).listed) revert TokenNotListed(token);
    }
}
