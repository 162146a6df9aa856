// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IDecoAccounts} from "../interfaces/IDecoAccounts.sol";
import {MarketState} from "./MarketState.sol";

/// @title Accounts
/// @notice Deposits, withdrawals and burning: the only places where tokens move.
abstract contract Accounts is MarketState {
    using SafeERC20 for IERC20;

    /// @inheritdoc IDecoAccounts
    function deposit(address token, uint256 amount) public nonReentrant returns (uint256 received) {
        _requireListed(token);
        received = _pull(token, amount);
        _balances[token][msg.sender] += received;
    }

    /// @inheritdoc IDecoAccounts
    function depositWithPermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 received)
    {
        _permit(token, amount, deadline, v, r, s);
        return deposit(token, amount);
    }

    /// @inheritdoc IDecoAccounts
    function withdraw(address token, uint256 amount, address to) external nonReentrant {
        uint256 balance = _balances[token][msg.sender];
        if (amount > balance) revert InsufficientBalance(token, amount, balance);
        _balances[token][msg.sender] = balance - amount;
        emit Withdrawn(token, msg.sender, to, amount);
        _send(token, to, amount);
    }

    /// @inheritdoc IDecoAccounts
    function withdrawEarnings(uint32 provider, address token, uint256 amount, address to) external nonReentrant {
        if (_identities[provider].owner != msg.sender) revert NotProviderOwner(provider, msg.sender);
        uint256 balance = _earnings[token][provider];
        if (amount > balance) revert InsufficientBalance(token, amount, balance);
        _earnings[token][provider] = balance - amount;
        emit EarningsWithdrawn(provider, token, to, amount);
        _send(token, to, amount);
    }

    /// @inheritdoc IDecoAccounts
    function burnPending() external nonReentrant returns (uint256 amount) {
        amount = _pendingBurn;
        if (amount == 0) revert ZeroAmount();
        _pendingBurn = 0;
        emit Burned(amount);
        ERC20Burnable(deco).burn(amount);
    }

    /// @inheritdoc IDecoAccounts
    function balanceOf(address token, address account) external view returns (uint256) {
        return _balances[token][account];
    }

    /// @inheritdoc IDecoAccounts
    function earningsOf(address token, uint32 provider) external view returns (uint256) {
        return _earnings[token][provider];
    }

    /// @inheritdoc IDecoAccounts
    function pendingBurn() external view returns (uint256) {
        return _pendingBurn;
    }

    /// @dev Debits the caller's balance, pulling what is missing by allowance.
    function _take(address token, uint256 amount) internal {
        uint256 held = _balances[token][msg.sender];
        if (held < amount) {
            uint256 missing = amount - held;
            uint256 received = _pull(token, missing);
            if (received < missing) revert DepositTooSmall(token, missing, received);
            held += received;
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
    function _pull(address token, uint256 amount) private returns (uint256 received) {
        if (amount == 0) revert ZeroAmount();
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        received = IERC20(token).balanceOf(address(this)) - before;
        emit Deposited(token, msg.sender, received);
    }

    function _send(address token, address to, uint256 amount) private {
        if (amount == 0) revert ZeroAmount();
        if (to == address(0) || to == address(this)) revert InvalidReceiver(to);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @dev DECO is always accepted: stake and fees are paid in it.
    function _requireListed(address token) private view {
        if (token != deco && !parameters.tokenParameters(token).listed) revert TokenNotListed(token);
    }
}
