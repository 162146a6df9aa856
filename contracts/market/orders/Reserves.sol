// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoOrders} from "../../interfaces/IDecoOrders.sol";
import {ReserveWord} from "../../types/Hold.sol";
import {ProviderWords} from "../../types/Provider.sol";
import {Drawing} from "../Drawing.sol";

/// @title Reserves
/// @notice Stake that a provider sets aside for the orders that it holds: locked from the reserve's opening to its closing, so that
/// neither a hold nor its proof touches the provider's words.
abstract contract Reserves is Drawing {
    using ProviderWords for uint256;

    /// @dev See {IDecoOrders-openReserve}.
    function openReserve(uint8 index, uint96 amount) external {
        uint32 provider = _caller();
        uint256 key = ReserveWord.key(provider, index);
        if (_reserves[key] != 0) revert ReserveExists(provider, index);
        if (amount == 0) revert ZeroAmount();
        _lock(provider, amount, 0);
        _reserves[key] = ReserveWord.free(amount);
        emit IDecoOrders.ReserveOpened(provider, index, amount);
    }

    /// @dev See {IDecoOrders-closeReserve}.
    function closeReserve(uint32 provider, uint8 index) external {
        if (msg.sender != _keys[provider].operatorOf() && msg.sender != _records[provider].owner) {
            revert NotProviderOwner(provider, msg.sender);
        }
        uint256 key = ReserveWord.key(provider, index);
        uint256 word = _freeReserve(key);
        delete _reserves[key];
        _works[provider] = _works[provider].released(ReserveWord.amountOf(word));
        emit IDecoOrders.ReserveClosed(provider, index);
    }

    function _freeReserve(uint256 key) internal view returns (uint256 word) {
        word = _reserves[key];
        if (!ReserveWord.isFree(word)) revert ReserveNotFree(uint32(key), uint8(key >> 32));
    }
}
