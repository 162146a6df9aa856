// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoAccounts} from "../../interfaces/IDecoAccounts.sol";
import {Funds} from "../Funds.sol";

/// @title Accounts
/// @notice Deposits and withdrawals.
abstract contract Accounts is Funds {
    /// @dev See {IDecoAccounts-deposit}.
    function deposit(address token, uint256 amount) public nonReentrant returns (uint256 received) {
        _requireListed(token);
        received = _pull(token, amount);
        _balances[token][msg.sender] += received;
    }

    /// @dev See {IDecoAccounts-depositWithPermit}.
    function depositWithPermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 received)
    {
        _permit(token, amount, deadline, v, r, s);
        return deposit(token, amount);
    }

    /// @dev See {IDecoAccounts-withdraw}.
    function withdraw(address token, uint256 amount, address to) external nonReentrant {
        uint256 balance = _balances[token][msg.sender];
        if (amount > balance) revert InsufficientBalance(token, amount, balance);
        _balances[token][msg.sender] = balance - amount;
        emit IDecoAccounts.Withdrawn(token, msg.sender, to, amount);
        _send(token, to, amount);
    }

    /// @dev See {IDecoAccounts-withdrawEarnings}.
    function withdrawEarnings(uint32 provider, address token, uint256 amount, address to) external nonReentrant {
        if (_records[provider].owner != msg.sender) revert NotProviderOwner(provider, msg.sender);
        uint256 balance = _earnings[token][provider];
        if (amount > balance) revert InsufficientBalance(token, amount, balance);
        _earnings[token][provider] = balance - amount;
        emit IDecoAccounts.EarningsWithdrawn(provider, token, to, amount);
        _send(token, to, amount);
    }
}
