// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IDecoErrors} from "../interfaces/IDecoErrors.sol";
import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {Dispute, Verdict} from "../types/Panel.sol";
import {ProviderRecord, ProviderStake, ProviderWork, ProviderWords} from "../types/Provider.sol";
import {Request, RequestLib} from "../types/Request.sol";
import {Task, TaskLib, TaskStatus} from "../types/Task.sol";

/// @title MarketState
/// @notice Storage of the market and the readings that every module shares. The market's code is in two contracts of the
/// same storage layout (see {DecoMarket}); funds live in one place and no module can be swapped.
abstract contract MarketState is IDecoErrors, EIP712, ReentrancyGuardTransient {
    using RequestLib for Request;
    using ProviderWords for uint256;
    using TaskLib for uint256;

    /// @dev Thousandths of a DECO, the unit of packed stakes and fees.
    uint256 internal constant MILLI = 1e15;

    address internal immutable DECO;
    IDecoParameters internal immutable PARAMETERS;
    IRandomness internal immutable RANDOMNESS;

    /// @dev What the market owes to accounts, by token.
    mapping(address token => mapping(address account => uint256)) internal _balances;
    /// @dev What the market owes to providers, by token; an id outlives its keys.
    mapping(address token => mapping(uint32 provider => uint256)) internal _earnings;

    /// @dev Work words, see {ProviderWords}: active stake and {ProviderWork}.
    mapping(uint32 provider => uint256 word) internal _works;
    /// @dev Key words, see {ProviderWords}: operator, offer epoch, age of the stake.
    mapping(uint32 provider => uint256 word) internal _keys;
    mapping(uint32 provider => ProviderRecord) internal _records;
    mapping(address operator => uint32 provider) internal _providerOf;

    /// @dev Packed {Task}, or {Outcome} once ended. Never returns to zero. Panels are here too, by {PanelLib.id}.
    mapping(bytes32 taskId => uint256 word) internal _tasks;
    /// @dev Packed {Seat} by {SeatLib.key}; cleared when the task ends. A panel's seats stay.
    mapping(bytes32 key => uint256 word) internal _seats;

    /// @dev Sum of active stake, the number of identities, of those that may take seats (neither dormant nor leaving), and posting
    /// fees to be burned, in thousandths of a DECO: one word.
    uint128 internal _totalStake;
    uint32 internal _providerCount;
    uint32 internal _activeIdentities;
    uint64 internal _pendingFees;
    /// @dev DECO to be burned beside posting fees: slashes, fees of declines and progress.
    uint256 internal _pendingBurn;

    /// @dev Seats that standing offers filled, by EIP-712 hash; all bits set once cancelled.
    mapping(bytes32 offer => uint256 used) internal _offerUses;

    /// @dev Of tasks whose results are final only after a window; from post on. See {Verdict}.
    mapping(bytes32 taskId => Verdict) internal _verdicts;
    mapping(bytes32 taskId => mapping(uint256 index => Dispute)) internal _disputes;

    /// @dev Nonces of orders that were filled or cancelled: bit `nonce & 0xff` of word `nonce >> 8`.
    mapping(address requester => mapping(uint256 position => uint256 bits)) internal _orderNonces;

    /// @dev What providers set aside for orders that they hold, see {ReserveWord}.
    mapping(uint256 key => uint256 word) internal _reserves;

    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_) EIP712("Deco", "1") {
        DECO = deco_;
        PARAMETERS = parameters_;
        RANDOMNESS = randomness_;
    }

    function _hash(Request calldata request) internal view returns (bytes32) {
        return _hashTypedDataV4(request.structHash());
    }

    /// @dev A task that has not ended and is not folded.
    function _load(bytes32 taskId) internal view returns (Task memory task) {
        uint256 word = _tasks[taskId];
        TaskStatus status = word.statusOf();
        if (status == TaskStatus.None) revert UnknownTask(taskId);
        if (status == TaskStatus.Settled || status == TaskStatus.Ended || status == TaskStatus.Folded) {
            revert WrongStatus(taskId, status);
        }
        return word.unpack();
    }

    function _workOf(uint32 provider) internal view returns (ProviderWork memory) {
        return _works[provider].unpackWork();
    }

    function _storeWork(uint32 provider, ProviderWork memory work) internal {
        _works[provider] = _works[provider].withWork(work);
    }

    function _stakeOf(uint32 provider) internal view returns (ProviderStake memory) {
        return ProviderWords.unpackStake(_works[provider], _keys[provider]);
    }

    function _storeStake(uint32 provider, ProviderStake memory stake) internal {
        _works[provider] = _works[provider].withActive(stake.active);
        _keys[provider] = _keys[provider].withAged(stake.aged, stake.since);
    }

    /// @dev The provider that the caller operates.
    function _caller() internal view returns (uint32 provider) {
        provider = _providerOf[msg.sender];
        if (provider == 0) revert NotAnOperator(msg.sender);
    }
}
