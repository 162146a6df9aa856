// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProviders} from "../../interfaces/IDecoProviders.sol";
import {ProviderRecord, ProviderStake, ProviderWords, ProviderWork, StakeLib} from "../../types/Provider.sol";
import {TaskLib} from "../../types/Task.sol";
import {Funds} from "../Funds.sol";

/// @title Providers
/// @notice Identities, keys and stake.
abstract contract Providers is Funds {
    using ProviderWords for uint256;
    using StakeLib for ProviderStake;

    uint256 internal constant MAX_ENDPOINT = 512;

    modifier onlyOwnerOf(uint32 provider) {
        _requireOwner(provider);
        _;
    }

    /// @dev See {IDecoProviders-register}.
    function register(address operator, bytes32 metadata, string calldata endpoint, uint96 amount)
        external
        nonReentrant
        returns (uint32 provider)
    {
        uint256 minimum = _minIdentityStake();
        if (amount < minimum) revert StakeBelowMinimum(amount, minimum);
        provider = ++_providerCount;
        ++_activeIdentities;
        ProviderRecord storage record = _records[provider];
        record.owner = msg.sender;
        _setOperator(provider, operator);
        ProviderWork memory work;
        work.trust = PARAMETERS.postParameters().trustStart;
        _storeWork(provider, work);
        emit IDecoProviders.ProviderRegistered(provider, msg.sender, operator);
        _describe(provider, record, metadata, endpoint);
        _addStake(provider, amount);
    }

    /// @dev See {IDecoProviders-describe}.
    function describe(uint32 provider, bytes32 metadata, string calldata endpoint) external {
        ProviderRecord storage record = _records[provider];
        if (msg.sender != record.owner && (msg.sender != _keys[provider].operatorOf() || record.owner == address(0))) {
            revert NotProviderOwner(provider, msg.sender);
        }
        _describe(provider, record, metadata, endpoint);
    }

    /// @dev See {IDecoProviders-stake}.
    function stake(uint32 provider, uint96 amount) external nonReentrant onlyOwnerOf(provider) {
        if (amount == 0) revert ZeroAmount();
        ProviderWork memory work = _workOf(provider);
        if (work.leaving) revert ProviderLeaving(provider);
        ProviderStake memory current = _addStake(provider, amount);
        uint256 minimum = _minIdentityStake();
        if (current.active < minimum) revert StakeBelowMinimum(current.active, minimum);
        if (work.dormant) {
            work.dormant = false;
            ++_activeIdentities;
            _storeWork(provider, work);
        }
    }

    /// @dev See {IDecoProviders-unbond}.
    function unbond(uint32 provider, uint96 amount) external onlyOwnerOf(provider) {
        if (amount == 0) revert ZeroAmount();
        ProviderWork memory work = _workOf(provider);
        ProviderStake memory current = _stakeOf(provider);
        uint96 free = current.active - work.locked;
        if (amount > free) revert StakeNotFree(provider, amount, free);
        uint256 rest = current.active - amount;
        if (rest == 0) {
            if (!work.dormant && !work.leaving) --_activeIdentities;
            work.dormant = true;
            _storeWork(provider, work);
        } else if (!work.leaving) {
            uint256 minimum = _minIdentityStake();
            if (rest < minimum) revert StakeBelowMinimum(rest, minimum);
        }
        _startUnbonding(provider, current, amount);
    }

    /// @dev See {IDecoProviders-withdrawStake}.
    function withdrawStake(uint32 provider) external onlyOwnerOf(provider) returns (uint256 amount) {
        ProviderRecord storage record = _records[provider];
        amount = record.unbonding;
        if (amount == 0) revert NothingToWithdraw(provider);
        if (block.timestamp < record.unbondsAt) revert StillUnbonding(provider, record.unbondsAt);
        record.unbonding = 0;
        _balances[DECO][msg.sender] += amount;
        emit IDecoProviders.StakeWithdrawn(provider, msg.sender, amount);
    }

    /// @dev See {IDecoProviders-setOperator}.
    function setOperator(uint32 provider, address operator) external onlyOwnerOf(provider) {
        _setOperator(provider, operator);
    }

    /// @dev See {IDecoProviders-offerOwnership}.
    function offerOwnership(uint32 provider, address to) external onlyOwnerOf(provider) {
        _records[provider].pendingOwner = to;
        emit IDecoProviders.OwnershipOffered(provider, to);
    }

    /// @dev See {IDecoProviders-acceptOwnership}.
    function acceptOwnership(uint32 provider) external {
        ProviderRecord storage record = _records[provider];
        if (msg.sender != record.pendingOwner) revert NotPendingOwner(provider, msg.sender);
        address previous = record.owner;
        record.owner = msg.sender;
        record.pendingOwner = address(0);
        ProviderWork memory work = _workOf(provider);
        uint8 start = PARAMETERS.postParameters().trustStart;
        if (work.trust > start) work.trust = start;
        _storeWork(provider, work);
        emit IDecoProviders.OwnershipAccepted(provider, previous, msg.sender, work.trust);
    }

    /// @dev See {IDecoProviders-deregister}.
    function deregister(uint32 provider) external onlyOwnerOf(provider) {
        ProviderWork memory work = _workOf(provider);
        ProviderStake memory current = _stakeOf(provider);
        uint96 free = current.active - work.locked;
        if (work.leaving && free == 0) revert NothingToWithdraw(provider);
        if (!work.leaving) {
            if (!work.dormant) --_activeIdentities;
            emit IDecoProviders.ProviderLeft(provider);
        }
        work.leaving = true;
        _storeWork(provider, work);
        if (free != 0) _startUnbonding(provider, current, free);
    }

    function _addStake(uint32 provider, uint96 amount) private returns (ProviderStake memory current) {
        _take(DECO, amount);
        current = _stakeOf(provider);
        current.add(amount, TaskLib.MAX_WINDOW);
        _storeStake(provider, current);
        _totalStake += amount;
        emit IDecoProviders.StakeChanged(provider, current.active, _records[provider].unbonding);
    }

    function _startUnbonding(uint32 provider, ProviderStake memory current, uint96 amount) private {
        current.remove(amount);
        _storeStake(provider, current);
        _totalStake -= amount;
        ProviderRecord storage record = _records[provider];
        uint96 unbonding = record.unbonding + amount;
        record.unbonding = unbonding;
        record.unbondsAt = uint40(block.timestamp + PARAMETERS.postParameters().unbond);
        emit IDecoProviders.StakeChanged(provider, current.active, unbonding);
    }

    function _setOperator(uint32 provider, address operator) private {
        if (operator == address(0)) revert InvalidOperator(operator);
        uint32 served = _providerOf[operator];
        if (served != 0) revert OperatorInUse(operator, served);
        uint256 key = _keys[provider];
        address previous = key.operatorOf();
        if (previous != address(0)) delete _providerOf[previous];
        _keys[provider] = key.withOperator(operator);
        _providerOf[operator] = provider;
        emit IDecoProviders.OperatorChanged(provider, previous, operator);
    }

    function _describe(uint32 provider, ProviderRecord storage record, bytes32 metadata, string calldata endpoint)
        private
    {
        uint256 length = bytes(endpoint).length;
        if (length > MAX_ENDPOINT) revert EndpointTooLong(length, MAX_ENDPOINT);
        record.metadata = metadata;
        emit IDecoProviders.ProviderDescribed(provider, metadata, endpoint);
    }

    function _minIdentityStake() private view returns (uint256) {
        return uint256(PARAMETERS.taskParameters(PARAMETERS.version()).minIdentityStake) * 1 ether;
    }

    function _requireOwner(uint32 provider) private view {
        address owner = _records[provider].owner;
        if (owner == address(0)) revert UnknownProvider(provider);
        if (owner != msg.sender) revert NotProviderOwner(provider, msg.sender);
    }
}
