// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoAccounts} from "../../interfaces/IDecoAccounts.sol";
import {IDecoMarket} from "../../interfaces/IDecoMarket.sol";
import {Funds} from "../Funds.sol";

/// @title Accounts
/// @notice Deposits, withdrawals and balances.
abstract contract Accounts is IDecoMarket, Funds {
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
}
